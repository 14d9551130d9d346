"""gold.daily_quality: completeness, accuracy and freshness of a local day, and what the rules said."""

from decimal import Decimal

from pyspark.sql import Column, DataFrame, Window
from pyspark.sql import functions as F

from meterlake import tables
from meterlake.gold.calendar import expected_per_day, with_day_bounds

_MINUTE_US = 60_000_000.0


def daily_quality(
    readings: DataFrame,
    quarantine: DataFrame,
    rule_counts: DataFrame,
    arrivals: DataFrame,
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
        .join(_map_of(rule_counts, "rule", F.sum("readings"), "rule_counts"), "local_date", "left")
        .join(_map_of(scored, "tier", F.count("*"), "tier_counts"), "local_date", "left")
        .join(_freshness(arrivals), "local_date", "left")
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


def _map_of(rows: DataFrame, name: str, count: Column, alias: str) -> DataFrame:
    counted = rows.groupBy(F.col("read_date").alias("local_date"), name).agg(count.alias("_n"))
    entries = F.array_sort(F.collect_list(F.struct(name, "_n")))
    return counted.groupBy("local_date").agg(F.map_from_entries(entries).alias(alias))


def _freshness(arrivals: DataFrame) -> DataFrame:
    """The smallest delay that 95 % of a day's readings do not exceed, in minutes."""
    delays = arrivals.groupBy(F.col("read_date").alias("local_date"), "delay_us").agg(F.sum("readings").alias("_n"))
    day = Window.partitionBy("local_date")
    up_to = day.orderBy("delay_us").rowsBetween(Window.unboundedPreceding, Window.currentRow)
    ranked = delays.select(
        "local_date", "delay_us", F.sum("_n").over(up_to).alias("_so_far"), F.sum("_n").over(day).alias("_all")
    )
    reached = ranked.where(F.col("_so_far") * 100 >= F.col("_all") * 95)
    return reached.groupBy("local_date").agg(
        (F.min("delay_us").cast("double") / F.lit(_MINUTE_US)).alias("freshness_p95_minutes")
    )
