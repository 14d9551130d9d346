"""A meter whose week hardly moves: population standard deviation ÷ mean below 0.01. F04."""

from decimal import Decimal

from pyspark.sql import Column, DataFrame
from pyspark.sql import functions as F

from meterlake import grid
from meterlake.config import LowVarianceConfig
from meterlake.silver.weeks import rounded, spread, weekly_sums
from meterlake.windows import METER


def low_variance_days(
    tested: DataFrame, days: DataFrame, rule: LowVarianceConfig, time_zone: str, offset_minutes: int
) -> DataFrame:
    """F04, day by day: METER, meter_id, day, evidence (the ratio).

    Needs what meter_days.accepted_days gives, as ``tested`` those of them that are to be tested: over the seven local
    days that end with each; not with fewer than 80 % of the grid points of those days (23 or 25 hours where the clock
    changes), nor where the mean is not above 0. Compared as n·Σx² − (Σx)² < 0.0001·(Σx)² in whole millionths of a kW.
    """
    named = tested.select(*METER, "meter_id", "interval_minutes", "day")
    weeks = weekly_sums(named, days, ["n", "sum_x", "sum_xx"], rule.days)
    start = grid.midnight_us(F.date_sub("day", rule.days - 1), time_zone)
    end = grid.midnight_us(F.date_add("day", 1), time_zone)
    expected = grid.points_between(start, end, grid.interval_us(), offset_minutes)
    is_enough = (F.col("n") >= F.lit(rule.min_intervals_share) * expected) & (F.col("sum_x") > 0)
    enough = weeks.where(is_enough).select("*", _spread().alias("_spread"), _ratio().alias("_ratio"))
    return enough.where(_is_below(rule.ratio_below)).select(
        *METER, "meter_id", "day", rounded(F.col("_ratio")).alias("evidence")
    )


def _spread() -> Column:
    return spread(F.col("n"), F.col("sum_x"), F.col("sum_x"), F.col("sum_xx"))


def _ratio() -> Column:
    """Standard deviation ÷ mean; from doubles only where 38 digits do not hold the exact spread."""
    n, sum_x, sum_xx = (F.col(name).cast("double") for name in ("n", "sum_x", "sum_xx"))
    spread_of = F.coalesce(_spread().cast("double"), F.greatest(n * sum_xx - sum_x * sum_x, F.lit(0.0)))
    return F.sqrt(spread_of) / sum_x


def _is_below(ratio: Decimal) -> Column:
    # Whole numbers on both sides: Spark would round a fraction off to compare it with one of 38 digits.
    above, below = (Decimal(part) for part in (ratio * ratio).as_integer_ratio())
    square = F.try_multiply(F.col("sum_x").cast("decimal(38,0)"), F.col("sum_x").cast("decimal(38,0)"))
    exact = F.try_multiply(F.col("_spread"), F.lit(below)) < F.try_multiply(square, F.lit(above))
    return F.coalesce(exact, F.col("_ratio") < F.lit(float(ratio)))
