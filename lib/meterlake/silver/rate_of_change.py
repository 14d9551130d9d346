"""Rates of change: a rise of more than 500 % (V11), a fall of more than 90 % (V12). Warnings only."""

from pyspark.sql import DataFrame
from pyspark.sql import functions as F

from meterlake.config import RateOfChangeConfig
from meterlake.grid import HOUR_US


def with_rates(readings: DataFrame, rule: RateOfChangeConfig) -> DataFrame:
    """Adds is_spike and is_drop.

    Needs read_us, kw, min_kw, is_accepted, and what previous.with_previous adds. Tested on accepted readings whose
    previous one starts at most 4 h earlier, and not for meters that may export (min_kw < 0). After 0.05 kW a spike is
    above 0.6 kW, after 1.0 kW a drop is below 0.1 kW; a first reading is neither.
    """
    previous = F.col("previous_kw")
    is_near = F.col("read_us") - F.col("previous_us") <= F.lit(int(rule.previous_within_hours * HOUR_US))
    is_tested = F.col("is_accepted") & (F.col("min_kw") >= 0) & F.coalesce(is_near, F.lit(False))
    rises = F.col("kw") > F.lit(rule.spike_factor) * F.greatest(previous, F.lit(rule.spike_floor_kw))
    falls = (previous >= F.lit(rule.drop_floor_kw)) & (F.col("kw") < F.lit(rule.drop_share) * previous)
    return readings.select(
        "*",
        (is_tested & F.coalesce(rises, F.lit(False))).alias("is_spike"),
        (is_tested & F.coalesce(falls, F.lit(False))).alias("is_drop"),
    )
