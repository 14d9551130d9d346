"""Fault episodes where only some days were judged again: what is found joins what is stored over the slices' edges."""

from pyspark.sql import DataFrame, Window
from pyspark.sql import functions as F

from meterlake import grid
from meterlake.config import FaultsConfig
from meterlake.silver.carried import carried_rows
from meterlake.silver.runs import run_episodes

RUNS = ("F01", "F02", "F03")
_RUN_COLUMNS = (
    "neighbourhood_key",
    "meter_key",
    "meter_id",
    "interval_minutes",
    "read_us",
    "kw",
    "value_run_us",
    "over_run_us",
    "over_count",
)


def runs_across(
    judged: DataFrame, slices: DataFrame, stored: DataFrame, rule: FaultsConfig, time_zone: str
) -> DataFrame:
    """F01 to F03 episodes of the slices' meters: meter_id, fault, started_us, ended_us, evidence.

    A stored episode whose last reading lies in a slice has been found again, or is none any more. One whose last
    reading lies elsewhere stands: where it crosses a slice, the slice's last reading belongs to it still (the slices
    were widened until that was so), and both have the same start. The later end and the larger evidence are right.
    """
    rows = judged.select(*_RUN_COLUMNS).unionByName(carried_rows(slices).select(*_RUN_COLUMNS))
    found = run_episodes(rows, rule)
    last_day = grid.local_date(F.col("ended_us") - grid.interval_us(), time_zone)
    intervals = slices.select("meter_id", "interval_minutes").distinct()
    dated = stored.where(F.col("fault").isin(*RUNS)).join(F.broadcast(intervals), "meter_id")
    ends = slices.select(F.col("meter_id").alias("_of"), "first_day", "last_day")
    is_judged = (F.col("meter_id") == F.col("_of")) & F.col("_day").between(F.col("first_day"), F.col("last_day"))
    kept = dated.select("*", last_day.alias("_day")).join(F.broadcast(ends), is_judged, "left_anti")
    columns = ("meter_id", "fault", "started_us", "ended_us", "evidence")
    both = found.select(*columns).unionByName(kept.select(*columns))
    return both.groupBy("meter_id", "fault", "started_us").agg(
        F.max("ended_us").alias("ended_us"), F.max("evidence").alias("evidence")
    )


def changed_spans(old: DataFrame, new: DataFrame) -> DataFrame:
    """Where a meter has a fault in one of the two and not in the other: meter_id, from_us, to_us.

    Both have meter_id, fault, started_us, ended_us; episodes of one fault may overlap.
    """
    series = Window.partitionBy("meter_id", "fault").orderBy("us")
    points = _points(old, "_old").unionByName(_points(new, "_new"), allowMissingColumns=True)
    totals = points.groupBy("meter_id", "fault", "us").agg(
        F.sum(F.coalesce("_old", F.lit(0))).alias("_old"), F.sum(F.coalesce("_new", F.lit(0))).alias("_new")
    )
    so_far = totals.select(
        "meter_id",
        F.col("us").alias("from_us"),
        F.lead("us").over(series).alias("to_us"),
        (F.sum("_old").over(series) > 0).alias("_was"),
        (F.sum("_new").over(series) > 0).alias("_is"),
    )
    return so_far.where((F.col("_was") != F.col("_is")) & F.col("to_us").isNotNull()).select(
        "meter_id", "from_us", "to_us"
    )


def _points(episodes: DataFrame, side: str) -> DataFrame:
    edges = F.array(
        F.struct(F.col("started_us").alias("us"), F.lit(1).alias(side)),
        F.struct(F.col("ended_us").alias("us"), F.lit(-1).alias(side)),
    )
    return episodes.select("meter_id", "fault", F.inline(edges))
