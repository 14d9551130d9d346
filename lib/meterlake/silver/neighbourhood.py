"""A meter that does not move with its neighbourhood: Pearson r of hourly kW over a week below 0.3. F05."""

from pyspark.sql import Column, DataFrame
from pyspark.sql import functions as F

from meterlake import grid
from meterlake.config import NeighbourhoodConfig
from meterlake.silver import exact
from meterlake.silver.weeks import micro, rounded, spread, weekly_sums
from meterlake.windows import METER

_SUMS = ["n", "sum_x", "sum_y", "sum_xx", "sum_yy", "sum_xy"]


def neighbour_days(readings: DataFrame, rule: NeighbourhoodConfig, time_zone: str, offset_minutes: int) -> DataFrame:
    """The sums that F05 is made of, a row a meter and local day (of the hour's start): METER, day, n, sum_x … sum_xy.

    Needs judged readings (neighbourhood_id, read_us, kw, is_accepted). An hour counts when the meter and at least
    three others of its neighbourhood have accepted readings in it; its kW (x) is the mean of its readings there, that
    of the neighbours (y) the mean of theirs, the meter left out, both to 6 places.
    """
    hours = _hours_with_neighbours(_hourly_kw(readings, offset_minutes), rule.min_neighbours)
    return _daily_sums(hours, time_zone)


def neighbourhood_days(tested: DataFrame, daily: DataFrame, rule: NeighbourhoodConfig) -> DataFrame:
    """The days whose week trips F05: METER, meter_id, day, evidence (r).

    Needs the days to test, of those with an accepted reading (meter_days.accepted_days), and what neighbour_days gives.
    Not tested with fewer than 72 hours, nor where r is undefined.
    """
    weeks = weekly_sums(tested.select(*METER, "meter_id", "day"), daily, _SUMS, rule.days)
    enough = weeks.where(F.col("n") >= rule.min_hours).select(*METER, "meter_id", "day", _correlation().alias("_r"))
    flagged = enough.where(F.col("_r") < F.lit(float(rule.correlation_below)))
    return flagged.select(*METER, "meter_id", "day", rounded(F.col("_r")).alias("evidence"))


def _hourly_kw(readings: DataFrame, offset_minutes: int) -> DataFrame:
    accepted = readings.where(F.col("is_accepted") & F.col("neighbourhood_id").isNotNull())
    hour = grid.hour_us(F.col("read_us"), offset_minutes)
    hours = accepted.select(*METER, hour.alias("hour_us"), micro(F.col("kw")).alias("_kw"))
    means = exact.mean(F.sum(exact.high(F.col("_kw"))), F.sum(exact.low(F.col("_kw"))), F.count("*"))
    return hours.groupBy(*METER, "hour_us").agg(means.alias("x"))


def _hours_with_neighbours(hourly: DataFrame, min_neighbours: int) -> DataFrame:
    x = F.col("x")
    totals = hourly.groupBy("neighbourhood_key", "hour_us").agg(
        F.count("*").alias("_meters"), F.sum(exact.high(x)).alias("_highs"), F.sum(exact.low(x)).alias("_lows")
    )
    enough = totals.where(F.col("_meters") > min_neighbours)
    joined = hourly.join(enough.hint("shuffle_hash"), ["neighbourhood_key", "hour_us"])
    others = exact.mean(F.col("_highs") - exact.high(x), F.col("_lows") - exact.low(x), F.col("_meters") - 1)
    return joined.select(*METER, "hour_us", "x", others.alias("y"))


def _daily_sums(hours: DataFrame, time_zone: str) -> DataFrame:
    day = grid.local_date(F.col("hour_us"), time_zone)
    x, y = F.col("x"), F.col("y")
    return hours.groupBy(*METER, day.alias("day")).agg(
        F.count("*").alias("n"),
        exact.sum_of(x).alias("sum_x"),
        exact.sum_of(y).alias("sum_y"),
        exact.sum_of_products(x, x).alias("sum_xx"),
        exact.sum_of_products(y, y).alias("sum_yy"),
        exact.sum_of_products(x, y).alias("sum_xy"),
    )


def _correlation() -> Column:
    """Pearson r; empty where the meter or its neighbours did not move at all."""
    spread_x, spread_y = _spread_of("x", "x"), _spread_of("y", "y")
    moved = (spread_x > 0) & (spread_y > 0)
    return F.when(moved, _spread_of("x", "y") / F.sqrt(spread_x * spread_y))


def _spread_of(first: str, second: str) -> Column:
    """As a double, from exact sums where 38 digits hold them."""
    n, sum_1, sum_2, sum_12 = F.col("n"), F.col(f"sum_{first}"), F.col(f"sum_{second}"), F.col(f"sum_{first}{second}")
    roughly = n.cast("double") * sum_12.cast("double") - sum_1.cast("double") * sum_2.cast("double")
    return F.coalesce(spread(n, sum_1, sum_2, sum_12).cast("double"), roughly)
