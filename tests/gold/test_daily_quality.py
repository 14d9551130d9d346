"""gold.daily_quality: completeness, accuracy, freshness, and how often each rule and tier."""

from pyspark.sql import Column, SparkSession
from pyspark.sql import functions as F

from meterlake.gold.daily_quality import daily_quality
from tests.cases import beside, frame, wrong

READINGS = [
    *[{"read_date": "2026-03-10", "quality_score": 100, "tier": "premium"}] * 2,
    {"read_date": "2026-03-10", "quality_score": 80, "tier": "standard"},
    {"read_date": "2026-03-10", "quality_score": 90, "tier": "premium", "origin": "interpolated"},
    {"read_date": "2026-03-10", "quality_score": None, "tier": None, "origin": "missing_short"},
    {"read_date": "2026-03-11", "quality_score": 100, "tier": "premium"},
    {"read_date": "2026-03-13", "quality_score": 90, "tier": "premium", "origin": "interpolated"},
]
QUARANTINE = [
    {"read_date": "2026-03-10", "quality_score": 65, "tier": "quarantine", "reasons": "Q01"},
    {"read_date": "2026-03-10", "quality_score": 40, "tier": "quarantine", "reasons": "Q01", "origin": "interpolated"},
    {"read_date": "2026-03-10", "quality_score": None, "tier": None, "reasons": "V10"},
    {"read_date": "2026-03-12", "quality_score": None, "tier": None, "reasons": "V10"},
]
RULES = [
    ("2026-03-10", 1, "V10", 1),
    ("2026-03-10", 2, "V10", 2),
    ("2026-03-10", 1, "V07", 4),
    ("2026-03-12", 1, "V10", 1),
]
MINUTE = 60_000_000
# 18 readings after a minute, 2 after an hour: the 19th of 20 is the 95th percentile. Of 3 it is the third.
ARRIVALS = [("2026-03-10", 1, MINUTE, 10), ("2026-03-10", 2, MINUTE, 8), ("2026-03-10", 1, 60 * MINUTE, 2)]


def test_a_day_with_an_accepted_reading(spark: SparkSession) -> None:
    cases = [
        {
            "case": "four observed of 24, one of them of low quality",
            "local_date": "2026-03-10",
            "expected_expected": 24,
            "expected_observed": 4,
            "expected_completeness": 4 / 24,
            "expected_accuracy": 0.75,
            "expected_freshness_p95_minutes": 60.0,
            "expected_rules": "V07 4, V10 3",
            "expected_tiers": "premium 3, quarantine 2, standard 1",
        },
        {
            "case": "no rule, and no reading with a received_at of its own",
            "local_date": "2026-03-11",
            "expected_expected": 24,
            "expected_observed": 1,
            "expected_completeness": 1 / 24,
            "expected_accuracy": 1.0,
            "expected_freshness_p95_minutes": None,
            "expected_rules": "",
            "expected_tiers": "premium 1",
        },
    ]
    meters = [{"interval_minutes": 60, "active_from_us": None, "active_to_us": None}]
    found = daily_quality(
        frame(spark, READINGS, origin="observed"),
        frame(spark, QUARANTINE, origin="observed"),
        spark.createDataFrame(
            RULES, "read_date string, neighbourhood_key int, rule string, readings bigint"
        ).withColumn("read_date", F.to_date("read_date")),
        spark.createDataFrame(
            ARRIVALS, "read_date string, neighbourhood_key int, delay_us bigint, readings bigint"
        ).withColumn("read_date", F.to_date("read_date")),
        frame(spark, meters),
        "UTC",
        0,
        70,
    )
    told = found.select("*", _text("rule_counts").alias("rules"), _text("tier_counts").alias("tiers"))
    columns = [name.removeprefix("expected_") for name in cases[0] if name.startswith("expected_")]
    assert wrong(beside(frame(spark, cases), told, "local_date"), *columns) == []


def test_freshness_is_the_nearest_rank(spark: SparkSession) -> None:
    """Of 20 readings the 19th, of 19 the 19th, of 21 the 20th; and one that came before its interval's end."""
    days = {
        "2026-03-10": ("19 and 1", [(1, 19), (60, 1)], 1.0),
        "2026-03-11": ("18 and 1", [(1, 18), (60, 1)], 60.0),
        "2026-03-12": ("20 and 1", [(1, 20), (60, 1)], 1.0),
        "2026-03-13": ("19 and 2", [(1, 19), (60, 2)], 60.0),
        "2026-03-14": ("one, early", [(-30, 1)], -30.0),
    }
    cases = [
        {"case": name, "local_date": day, "expected_freshness_p95_minutes": minutes}
        for day, (name, _, minutes) in days.items()
    ]
    readings = [{"read_date": day, "origin": "observed", "quality_score": 100, "tier": "premium"} for day in days]
    times = [
        {"read_date": day, "neighbourhood_key": 1, "delay_us": minutes * MINUTE, "readings": n}
        for day, (_, delays, _) in days.items()
        for minutes, n in delays
    ]
    found = daily_quality(
        frame(spark, readings),
        frame(spark, QUARANTINE[2:], origin="observed"),
        frame(spark, [{"read_date": "1990-01-01", "rule": "V07", "readings": 1}]),
        frame(spark, times),
        frame(spark, [{"interval_minutes": 60, "active_from_us": None, "active_to_us": None}]),
        "UTC",
        0,
        70,
    )
    assert wrong(beside(frame(spark, cases), found, "local_date"), "freshness_p95_minutes") == []


def _text(column: str) -> Column:
    entries = F.array_sort(F.map_entries(column))
    return F.concat_ws(", ", F.transform(entries, lambda entry: F.concat_ws(" ", entry["key"], entry["value"])))
