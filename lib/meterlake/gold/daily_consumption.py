"""gold.daily_consumption: what a meter used in a local day, and how much of it was measured."""

from pyspark.sql import DataFrame
from pyspark.sql import functions as F

from meterlake import tables
from meterlake.gold.calendar import expected_in_day, with_day_bounds


def daily_consumption(usable: DataFrame, meters: DataFrame, time_zone: str, offset_minutes: int) -> DataFrame:
    """A row a meter and local day with a usable reading, all from usable rows.

    Shares are of the day's grid points in the meter's active period; what is neither observed nor interpolated is
    missing.
    """
    is_observed = F.col("origin") == "observed"
    days = usable.groupBy("meter_id", F.col("read_date").alias("local_date")).agg(
        F.sum("energy_kwh").cast("decimal(28,6)").alias("energy_kwh"),
        F.max("kw").alias("peak_kw"),
        F.count_if(is_observed).alias("_observed"),
        F.count_if(~is_observed).alias("_interpolated"),
        F.round(F.avg(F.col("quality_score").cast("decimal(10,6)")), 6).cast("decimal(18,6)").alias("mean_score"),
        F.min("quality_score").alias("lowest_score"),
    )
    registered = meters.select("meter_id", "interval_minutes", "active_from_us", "active_to_us")
    bounded = with_day_bounds(days.join(F.broadcast(registered), "meter_id"), time_zone)
    expected = bounded.select("*", expected_in_day(offset_minutes).alias("_expected"))
    return expected.select(
        "*",
        (F.col("_observed") / F.col("_expected")).alias("share_observed"),
        (F.col("_interpolated") / F.col("_expected")).alias("share_interpolated"),
        ((F.col("_expected") - F.col("_observed") - F.col("_interpolated")) / F.col("_expected")).alias(
            "share_missing"
        ),
    ).select(*tables.gold.DAILY_CONSUMPTION.column_names)
