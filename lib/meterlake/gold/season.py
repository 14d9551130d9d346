"""The part of an hour's load that the weather explains: a season's slope of load on degrees, learnt from a year."""

from pyspark.sql import Column, DataFrame, Window
from pyspark.sql import functions as F

from meterlake.config import PeaksConfig

SUMMER, WINTER, NONE = "summer", "winter", "none"
MICRO = 1_000_000
_WIDE = "decimal(38,0)"


def with_season(hours: DataFrame, rule: PeaksConfig) -> DataFrame:
    """Adds season (by the month of local_date) and degrees above or below its base, empty without weather.

    Needs local_date and temperature_c. 30 °C in July is 8 degrees of summer, 12 °C in January 3 of winter.
    """
    month = F.month("local_date")
    temperature = F.col("temperature_c")
    season = (
        F.when(month.isin(list(rule.summer.months)), SUMMER)
        .when(month.isin(list(rule.winter.months)), WINTER)
        .otherwise(NONE)
    )
    named = hours.select("*", season.alias("season"))
    above = temperature - F.lit(rule.summer.base_temperature_c)
    below = F.lit(rule.winter.base_temperature_c) - temperature
    degrees = F.when(F.col("season") == SUMMER, above).when(F.col("season") == WINTER, below)
    not_below_zero = F.when(degrees > 0, degrees).when(degrees <= 0, F.lit(0))
    return named.select("*", not_below_zero.cast("decimal(12,6)").alias("degrees"))


def with_seasonal_part(hours: DataFrame, rule: PeaksConfig) -> DataFrame:
    """Adds seasonal_kwh = slope × degrees × meters reporting, to 6 places; 0 where there is no slope or no weather.

    Needs local_date, season, degrees, load_kwh and meters_reporting, every hour of the history among the rows. The
    slope of a day is that of load per reporting meter (to 6 places) on degrees, with intercept, by least squares
    over the season's hours of the 365 local days before it that have weather; 0 with fewer than 72 such hours, with
    equal degrees, or below 0.
    """
    days = _daily_sums(hours)
    day_number = F.datediff("local_date", F.lit("1970-01-01").cast("date"))
    year_before = Window.partitionBy("season").orderBy(day_number).rangeBetween(-rule.history_days, -1)
    sums = ("n", "sum_x", "sum_y", "sum_xx", "sum_xy")
    history = days.select("season", "local_date", *[F.sum(name).over(year_before).alias(name) for name in sums])
    slopes = history.select("season", "local_date", _slope(rule.min_hours).alias("_slope"))
    joined = hours.join(slopes, ["season", "local_date"], "left")
    exact = F.col("_slope") * F.col("degrees").cast("double") * F.col("meters_reporting").cast("double")
    # Twelve places first: a tie at the seventh survives the double's last digits.
    seasonal = F.round(exact.cast("decimal(38,12)"), 6).cast("decimal(28,6)")
    return joined.select(*hours.columns, F.coalesce(seasonal, F.lit(0).cast("decimal(28,6)")).alias("seasonal_kwh"))


def _daily_sums(hours: DataFrame) -> DataFrame:
    """A row a season and local day of the data, in whole millionths of a degree and of a kWh per meter."""
    per_meter = F.round(F.col("load_kwh") / F.col("meters_reporting"), 6)
    has_weather = F.col("degrees").isNotNull()
    points = hours.where(F.col("season") != NONE).select(
        "season",
        "local_date",
        F.when(has_weather, F.col("degrees") * F.lit(MICRO)).cast("decimal(18,0)").alias("x"),
        F.when(has_weather, per_meter * F.lit(MICRO)).cast("decimal(18,0)").alias("y"),
    )
    x, y = F.col("x"), F.col("y")
    return points.groupBy("season", "local_date").agg(
        F.count("x").alias("n"),
        F.sum(x).alias("sum_x"),
        F.sum(y).alias("sum_y"),
        F.sum(x * x).alias("sum_xx"),
        F.sum(x * y).alias("sum_xy"),
    )


def _slope(min_hours: int) -> Column:
    """kWh per degree and meter."""
    n = F.col("n").cast("decimal(10,0)")
    covariance = F.try_subtract(_times(n, "sum_xy"), _times(F.col("sum_x").cast(_WIDE), "sum_y"))
    variance = F.try_subtract(_times(n, "sum_xx"), _times(F.col("sum_x").cast(_WIDE), "sum_x"))
    is_known = (F.col("n") >= min_hours) & (variance > 0) & (covariance > 0)
    return F.when(is_known, covariance.cast("double") / variance.cast("double"))


def _times(factor: Column, column: str) -> Column:
    return F.try_multiply(factor, F.col(column).cast(_WIDE))
