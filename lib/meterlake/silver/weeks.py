"""Seven local days in a row: what the weekly tests F04 and F05 share."""

from pyspark.sql import Column, DataFrame
from pyspark.sql import functions as F

from meterlake import grid
from meterlake.windows import METER, per_meter_day

MICRO = 1_000_000


def micro(kw: Column) -> Column:
    """kW, DECIMAL(18,6), as a whole number of millionths, BIGINT."""
    return (kw * F.lit(MICRO)).cast("bigint")


def spread(n: Column, sum_x: Column, sum_y: Column, sum_xy: Column) -> Column:
    """n·Σxy − Σx·Σy in DECIMAL(38,0), n² times the covariance; empty where 38 digits do not hold it."""
    product = F.try_multiply(sum_x.cast("decimal(38,0)"), sum_y.cast("decimal(38,0)"))
    return F.try_subtract(F.try_multiply(n.cast("decimal(10,0)"), sum_xy.cast("decimal(38,0)")), product)


def weekly_sums(tested: DataFrame, daily: DataFrame, sums: list[str], days: int) -> DataFrame:
    """The tested days D (METER, day and what else names them) with the sums over the local days D−(days−1) .. D.

    ``daily`` has a row a meter and local day; a sum beyond 38 digits is empty. Each tested day is repeated for the days
    of its week and these are added up: no frame of seven rows slides over the year.
    """
    week = F.sequence(F.date_sub("day", days - 1), F.col("day"))
    repeated = tested.select("*", F.explode(week).alias("_of"))
    of_days = daily.select(*METER, F.col("day").alias("_of"), *sums)
    found = repeated.join(of_days.hint("shuffle_hash"), [*METER, "_of"])
    return found.groupBy(*tested.columns).agg(*[F.try_sum(name).alias(name) for name in sums])


def week_episodes(flagged: DataFrame, fault: str, days: int, time_zone: str) -> DataFrame:
    """F04 or F05 episodes of flagged days: weeks of one meter that overlap or touch are one.

    Needs meter_id, METER, day and evidence (the smaller, the worse). Gives meter_id, meter_key, fault, started_us,
    ended_us, evidence, the smallest of its days.
    """
    weeks = flagged.select(
        "*",
        grid.midnight_us(F.date_sub("day", days - 1), time_zone).alias("_from"),
        grid.midnight_us(F.date_add("day", 1), time_zone).alias("_to"),
    )
    # Instants and not dates: Apia's 29 and 31 December 2011 touch, the 30th did not happen.
    is_apart = F.col("_from") > F.lag("_to").over(per_meter_day())
    marked = weeks.select("*", F.coalesce(is_apart.cast("long"), F.lit(1)).alias("_starts"))
    numbered = marked.select("*", F.sum("_starts").over(per_meter_day()).alias("_episode"))
    episodes = numbered.groupBy(*METER, "meter_id", "_episode").agg(
        F.min("_from").alias("started_us"), F.max("_to").alias("ended_us"), F.min("evidence").alias("evidence")
    )
    return episodes.select(
        "meter_id",
        "meter_key",
        F.lit(fault).alias("fault"),
        "started_us",
        "ended_us",
        F.col("evidence").cast("decimal(18,6)").alias("evidence"),
    )


def rounded(value: Column) -> Column:
    """A double to 6 places, half-up; twelve places first, so that a tie survives the double's last digits."""
    return F.round(value.cast("decimal(38,12)"), 6).cast("decimal(18,6)")
