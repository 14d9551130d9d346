"""gold.hourly_load: the load of each hour by meter type."""

from pyspark.sql import Column, DataFrame
from pyspark.sql import functions as F

from meterlake import grid, tables
from meterlake.gold.calendar import with_meters_expected

MICRO = 1_000_000


def hourly_load(usable: DataFrame, meters: DataFrame, offset_minutes: int) -> DataFrame:
    """A row an hour and meter type with a usable reading.

    A meter's kW in an hour is the mean of its usable readings there, rounded to 6 places; total, mean, extremes and
    the population standard deviation are over meters, the energy is the sum of the readings'.
    """
    hour = grid.hour_us(F.unix_micros("read_at"), offset_minutes)
    per_meter = usable.groupBy("meter_id", "meter_type", hour.alias("hour_us")).agg(
        F.round(F.avg("kw"), 6).cast("decimal(18,6)").alias("kw"), F.sum("energy_kwh").alias("energy_kwh")
    )
    x = (F.col("kw") * F.lit(MICRO)).cast("decimal(18,0)")
    by_type = per_meter.groupBy("hour_us", "meter_type").agg(
        F.sum("kw").cast("decimal(28,6)").alias("total_kw"),
        F.min("kw").alias("min_kw"),
        F.max("kw").alias("max_kw"),
        F.sum("energy_kwh").cast("decimal(28,6)").alias("energy_kwh"),
        F.count("*").alias("meters_reporting"),
        F.sum(x).alias("_sum_x"),
        F.try_sum(x * x).alias("_sum_xx"),
        F.sum(x.cast("double") * x.cast("double")).alias("_sum_xx_roughly"),
    )
    rows = with_meters_expected(by_type, meters, offset_minutes)
    return rows.select(
        grid.as_timestamp(F.col("hour_us")).alias("hour"),
        "*",
        F.round(F.col("total_kw") / F.col("meters_reporting"), 6).cast("decimal(18,6)").alias("mean_kw"),
        _standard_deviation().alias("stddev_kw"),
        (F.col("meters_reporting") / F.col("meters_expected")).alias("coverage"),
    ).select(*tables.gold.HOURLY_LOAD.column_names)


def _standard_deviation() -> Column:
    """sqrt(n·Σx² − (Σx)²) ÷ n, from exact sums where 38 digits hold them."""
    n, sum_x, sum_xx = F.col("meters_reporting"), F.col("_sum_x"), F.col("_sum_xx")
    wide = "decimal(38,0)"
    exact = F.try_subtract(
        F.try_multiply(n.cast("decimal(10,0)"), sum_xx.cast(wide)), F.try_multiply(sum_x.cast(wide), sum_x.cast(wide))
    )
    roughly = n.cast("double") * F.col("_sum_xx_roughly") - sum_x.cast("double") * sum_x.cast("double")
    spread = F.coalesce(exact.cast("double"), F.greatest(roughly, F.lit(0.0)))
    return F.sqrt(spread) / n / F.lit(float(MICRO))
