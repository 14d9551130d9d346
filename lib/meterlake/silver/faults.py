"""Fault episodes on rows, and as silver.faults. F01 to F05 meet here; each is found in its own file."""

from pyspark.sql import Column, DataFrame
from pyspark.sql import functions as F

from meterlake import grid
from meterlake.config import FaultsConfig


def episodes_by_span(episodes: DataFrame) -> DataFrame:
    """A row a meter and span of 25 days that has some: meter_key, span and the episodes there,
    ARRAY<STRUCT<fault, started_us, ended_us>>.

    Episodes are few and materialised: one partition, so that grouping them costs no exchange.
    """
    spans = F.explode(F.sequence(_span(F.col("started_us")), _span(F.col("ended_us") - 1)))
    episode = F.struct("fault", "started_us", "ended_us")
    of_spans = episodes.coalesce(1).select("meter_key", spans.alias("span"), episode.alias("_episode"))
    return of_spans.groupBy("meter_key", "span").agg(F.collect_list("_episode").alias("episodes"))


def with_faults(rows: DataFrame, by_span: DataFrame) -> DataFrame:
    """Adds faults: the sorted ids of the meter's episodes [start, end) that hold read_us.

    Needs meter_key and read_us; whatever the row's origin or disposition. By span, because a row is held against each
    episode that it is joined with: ten years of one meter have fifty.
    """
    joined = rows.withColumn("span", _span(F.col("read_us"))).join(F.broadcast(by_span), ["meter_key", "span"], "left")
    holding = F.filter("episodes", lambda e: (e["started_us"] <= F.col("read_us")) & (F.col("read_us") < e["ended_us"]))
    ids = F.array_sort(F.array_distinct(F.transform(holding, lambda episode: episode["fault"])))
    none = F.array().cast("array<string>")
    return joined.select(*rows.columns, F.when(F.col("episodes").isNotNull(), ids).otherwise(none).alias("faults"))


def fault_rows(episodes: DataFrame, meters: DataFrame, rule: FaultsConfig) -> DataFrame:
    """silver.faults. ``meters`` gives last_standing_us by meter_key: an episode that ends after it is open."""
    joined = episodes.join(F.broadcast(meters.select("meter_key", "last_standing_us")), "meter_key", "left")
    nothing = F.lit(None)
    return joined.select(
        "meter_id",
        "fault",
        grid.as_timestamp(F.col("started_us")).alias("started_at"),
        grid.as_timestamp(F.col("ended_us")).alias("ended_at"),
        F.coalesce(F.col("ended_us") > F.col("last_standing_us"), F.lit(False)).alias("is_open"),
        "evidence",
        _action(rule).alias("action"),
        F.lit("open").alias("status"),
        nothing.cast("string").alias("resolved_by"),
        nothing.cast("timestamp").alias("resolved_at"),
        nothing.cast("string").alias("comment"),
    )


def _action(rule: FaultsConfig) -> Column:
    actions = {
        "F01": rule.zero_value.action,
        "F02": rule.stuck_value.action,
        "F03": rule.overload.action,
        "F04": rule.low_variance.action,
        "F05": rule.neighbourhood.action,
    }
    pairs = [F.lit(text) for pair in actions.items() for text in pair]
    return F.element_at(F.create_map(*pairs), F.col("fault"))


def _span(instant_us: Column) -> Column:
    """The instant's number among spans of 25 days: whole ones of 2^41 µs, which are found by a shift."""
    return F.shiftright(instant_us, 41)
