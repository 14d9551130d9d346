"""Rates of change: a rise of more than 500 % (V11), a fall of more than 90 % (V12). Warnings only."""

from pyspark.sql import Column, DataFrame
from pyspark.sql import functions as F

from meterlake.config import RateOfChangeConfig
from meterlake.grid import HOUR_US
from meterlake.silver.carried import carried
from meterlake.windows import before, per_meter


def with_rates(readings: DataFrame, rule: RateOfChangeConfig) -> DataFrame:
    """Adds previous_us, previous_kw (the meter's last accepted reading before this one), is_spike and is_drop.

    Needs read_us, kw, min_kw, is_accepted. Tested on accepted readings whose previous one starts at most 4 h
    earlier, and not for meters that may export (min_kw < 0). After 0.05 kW a spike is above 0.6 kW, after 1.0 kW a
    drop is below 0.1 kW; a first reading is neither.
    """
    accepted = F.when(F.col("is_accepted"), F.struct(F.col("read_us").alias("us"), F.col("kw").alias("kw")))
    previous_one = F.coalesce(F.last(accepted, ignorenulls=True).over(before(per_meter())), _carried_one(readings))
    compared = readings.select("*", previous_one.alias("_previous"))
    previous = F.col("_previous.kw")
    is_near = F.col("read_us") - F.col("_previous.us") <= F.lit(int(rule.previous_within_hours * HOUR_US))
    is_tested = F.col("is_accepted") & (F.col("min_kw") >= 0) & F.coalesce(is_near, F.lit(False))
    rises = F.col("kw") > F.lit(rule.spike_factor) * F.greatest(previous, F.lit(rule.spike_floor_kw))
    falls = (previous >= F.lit(rule.drop_floor_kw)) & (F.col("kw") < F.lit(rule.drop_share) * previous)
    return compared.select(
        *readings.columns,
        F.col("_previous.us").alias("previous_us"),
        previous.alias("previous_kw"),
        (is_tested & F.coalesce(rises, F.lit(False))).alias("is_spike"),
        (is_tested & F.coalesce(falls, F.lit(False))).alias("is_drop"),
    )


def _carried_one(readings: DataFrame) -> Column:
    """The last accepted reading before the slice, empty where there is none."""
    us = carried(readings, "accepted_us").cast("long")
    one = F.struct(us.alias("us"), carried(readings, "accepted_kw").cast("decimal(18,6)").alias("kw"))
    return F.when(us.isNotNull(), one)
