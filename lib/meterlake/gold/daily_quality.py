"""gold.daily_quality: completeness, accuracy and freshness of a local day, and what the rules said."""

from decimal import Decimal

from pyspark.sql import DataFrame, Window
from pyspark.sql import functions as F

from meterlake import grid, tables
from meterlake.gold.calendar import expected_per_day, with_day_bounds

_MINUTE_US = 60_000_000.0


def daily_quality(
    readings: DataFrame,
    quarantine: DataFrame,
    meter_days: DataFrame,
    meters: DataFrame,
    time_zone: str,
    offset_minutes: int,
    standard_from: Decimal,
) -> DataFrame:
    """A row a local day with an accepted reading; what was set aside for low quality (Q01) counts as accepted.

    completeness is observed ÷ expected grid points of all meters, accuracy the share of accepted readings that
    score 70 or more, freshness the 95th percentile (nearest rank) over accepted readings with a received_at of
    their own, rule counts per bronze reading, tier counts over all scored rows.
    """
    low = quarantine.where(F.array_contains("reasons", "Q01"))
    columns = ["read_date", "origin", "quality_score", "tier"]
    scored = readings.select(*columns).unionByName(low.select(*columns)).where(F.col("tier").isNotNull())
    is_observed = F.col("origin") == "observed"
    days = (
        scored.groupBy(F.col("read_date").alias("local_date"))
        .agg(
            F.count_if(is_observed).alias("observed"),
            F.count_if(is_observed & (F.col("quality_score") >= F.lit(standard_from))).alias("_good"),
        )
        .where(F.col("observed") > 0)
    )
    expected = expected_per_day(with_day_bounds(days.select("local_date"), time_zone), meters, offset_minutes)
    joined = (
        days.join(expected, "local_date")
        .join(_map_of(_rules(readings, quarantine, meter_days, time_zone), "rule", "rule_counts"), "local_date", "left")
        .join(_map_of(_dated(scored, "tier"), "tier", "tier_counts"), "local_date", "left")
        .join(_freshness(meter_days), "local_date", "left")
    )
    return joined.select(
        "local_date",
        "expected",
        "observed",
        (F.col("observed") / F.col("expected")).alias("completeness"),
        (F.col("_good") / F.col("observed")).alias("accuracy"),
        "freshness_p95_minutes",
        F.coalesce("rule_counts", F.create_map().cast("map<string,bigint>")).alias("rule_counts"),
        "tier_counts",
    ).select(*tables.gold.DAILY_QUALITY.column_names)


def _rules(readings: DataFrame, quarantine: DataFrame, meter_days: DataFrame, time_zone: str) -> DataFrame:
    """local_date, rule, n: of bronze readings on their own day, else the day they were received."""
    stood = readings.where((F.col("origin") == "observed") & (F.size("warnings") > 0))
    refused = quarantine.where(F.col("origin") == "observed")
    day = F.coalesce("read_date", grid.local_date(F.unix_micros("received_at"), time_zone))
    superseded = meter_days.where(F.col("superseded") > 0).select(
        F.col("read_date").alias("local_date"),
        F.inline(
            F.array(
                F.struct(F.lit("V13").alias("rule"), F.col("superseded").alias("n")),
                F.struct(F.lit("V07").alias("rule"), F.col("superseded_late").alias("n")),
            )
        ),
    )
    one = F.lit(1).cast("long").alias("n")
    told = stood.select(F.col("read_date").alias("local_date"), F.explode("warnings").alias("rule"), one)
    failed = refused.select(day.alias("local_date"), F.explode(F.concat("reasons", "warnings")).alias("rule"), one)
    return told.unionByName(failed).unionByName(superseded.where(F.col("n") > 0))


def _dated(rows: DataFrame, name: str) -> DataFrame:
    return rows.select(F.col("read_date").alias("local_date"), name, F.lit(1).cast("long").alias("n"))


def _map_of(counts: DataFrame, name: str, alias: str) -> DataFrame:
    counted = counts.groupBy("local_date", name).agg(F.sum("n").alias("_n"))
    entries = F.array_sort(F.collect_list(F.struct(name, "_n")))
    return counted.groupBy("local_date").agg(F.map_from_entries(entries).alias(alias))


def _freshness(meter_days: DataFrame) -> DataFrame:
    """The smallest delay that 95 % of a day's readings do not exceed, in minutes."""
    timed = meter_days.select(F.col("read_date").alias("local_date"), F.explode("delays_us").alias("delay_us"))
    delays = timed.groupBy("local_date", "delay_us").agg(F.count("*").alias("_n"))
    day = Window.partitionBy("local_date")
    up_to = day.orderBy("delay_us").rowsBetween(Window.unboundedPreceding, Window.currentRow)
    ranked = delays.select(
        "local_date", "delay_us", F.sum("_n").over(up_to).alias("_so_far"), F.sum("_n").over(day).alias("_all")
    )
    reached = ranked.where(F.col("_so_far") * 100 >= F.col("_all") * 95)
    return reached.groupBy("local_date").agg(
        (F.min("delay_us").cast("double") / F.lit(_MINUTE_US)).alias("freshness_p95_minutes")
    )
