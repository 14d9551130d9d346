"""Seven local days in a row: what the weekly tests F04 and F05 share."""

from pyspark.sql import Column, DataFrame
from pyspark.sql import functions as F

from meterlake import grid
from meterlake.windows import METER, per_meter_day

MICRO = 1_000_000


def micro(kw: Column) -> Column:
    """kW as a whole number of millionths, DECIMAL(18,0): products of it are exact."""
    return (kw * F.lit(MICRO)).cast("decimal(18,0)")


def spread(n: Column, sum_x: Column, sum_y: Column, sum_xy: Column) -> Column:
    """n·Σxy − Σx·Σy in DECIMAL(38,0), n² times the covariance; empty where 38 digits do not hold it."""
    product = F.try_multiply(sum_x.cast("decimal(38,0)"), sum_y.cast("decimal(38,0)"))
    return F.try_subtract(F.try_multiply(n.cast("decimal(10,0)"), sum_xy.cast("decimal(38,0)")), product)


def weekly_sums(daily: DataFrame, sums: list[str], days: int) -> DataFrame:
    """For each meter and each tested day D the sums over the local days D−(days−1) .. D, column ``day`` = D.

    Needs a row a meter and local day. A day counts in ``days`` tested weeks, so its row is repeated and added up:
    no frame of seven rows slides over the year.
    """
    week = F.sequence("day", F.date_add("day", days - 1))
    repeated = daily.select(*METER, F.explode(week).alias("day"), *sums)
    return repeated.groupBy(*METER, "day").agg(*[F.sum(name).alias(name) for name in sums])


def week_episodes(flagged: DataFrame, fault: str, days: int, time_zone: str) -> DataFrame:
    """F04 or F05 episodes of flagged days: weeks of one meter that overlap or touch are one.

    Needs meter_id, METER, day and evidence (the smaller, the worse). Gives meter_id, meter_key, fault, started_us,
    ended_us, evidence, the smallest of its days.
    """
    gap = F.datediff("day", F.lag("day").over(per_meter_day()))
    marked = flagged.select("*", F.coalesce((gap > days).cast("long"), F.lit(1)).alias("_starts"))
    numbered = marked.select("*", F.sum("_starts").over(per_meter_day()).alias("_episode"))
    episodes = numbered.groupBy(*METER, "meter_id", "_episode").agg(
        F.min("day").alias("_first"), F.max("day").alias("_last"), F.min("evidence").alias("evidence")
    )
    return episodes.select(
        "meter_id",
        "meter_key",
        F.lit(fault).alias("fault"),
        grid.midnight_us(F.date_sub("_first", days - 1), time_zone).alias("started_us"),
        grid.midnight_us(F.date_add("_last", 1), time_zone).alias("ended_us"),
        F.col("evidence").cast("decimal(18,6)").alias("evidence"),
    )


def rounded(value: Column) -> Column:
    """A double to 6 places, half-up; twelve places first, so that a tie survives the double's last digits."""
    return F.round(value.cast("decimal(38,12)"), 6).cast("decimal(18,6)")
