"""gold.daily_quality: completeness, accuracy, freshness, and how often each rule and tier."""

from decimal import Decimal

from pyspark.sql import Column, DataFrame, SparkSession
from pyspark.sql import functions as F

from meterlake.gold.daily_quality import daily_quality
from tests.cases import Case, beside, frame, wrong

READINGS = [
    *[{"read_date": "2026-03-10", "quality_score": 100, "tier": "premium"}] * 2,
    {"read_date": "2026-03-10", "quality_score": 80, "tier": "standard", "warnings": "V07 V11"},
    {"read_date": "2026-03-10", "quality_score": 90, "tier": "premium", "origin": "interpolated", "warnings": "V07"},
    {"read_date": "2026-03-10", "quality_score": None, "tier": None, "origin": "missing_short"},
    {"read_date": "2026-03-11", "quality_score": 100, "tier": "premium"},
    {"read_date": "2026-03-13", "quality_score": 90, "tier": "premium", "origin": "interpolated"},
]
# A reading without a time of its own counts on the day it was received.
QUARANTINE = [
    {"read_date": "2026-03-10", "quality_score": 65, "tier": "quarantine", "reasons": "Q01", "warnings": "V07"},
    {"read_date": "2026-03-10", "quality_score": 40, "tier": "quarantine", "reasons": "Q01", "origin": "interpolated"},
    {"read_date": "2026-03-10", "quality_score": None, "tier": None, "reasons": "V08 V10"},
    {"read_date": None, "quality_score": None, "tier": None, "reasons": "V02"},
    {"read_date": "2026-03-12", "quality_score": None, "tier": None, "reasons": "V10"},
]
MINUTE = 60_000_000


def meter_day(day: str, minutes: list[float], superseded: int = 0, superseded_late: int = 0) -> Case:
    """A row of silver.meter_days: the delays of its readings in minutes."""
    delays = [Decimal(int(delay * MINUTE)) for delay in minutes]
    return {"read_date": day, "delays_us": delays, "superseded": superseded, "superseded_late": superseded_late}


# Of two meters: 18 readings after a minute, 2 after an hour: the 19th of 20 is the 95th percentile. Of 3 the third.
METER_DAYS = [
    meter_day("2026-03-10", [1] * 10 + [60] * 2, superseded=2, superseded_late=1),
    meter_day("2026-03-10", [1] * 8, superseded=1),
    {"read_date": "2026-03-11", "delays_us": None, "superseded": 0, "superseded_late": 0},
]


def quality(spark: SparkSession, readings: list[Case], meter_days: list[Case]) -> DataFrame:
    """With one meter that reads hourly."""
    common = {"origin": "observed", "warnings": "", "received_at": "2026-03-10T12:00"}
    meters = [{"interval_minutes": 60, "active_from_us": None, "active_to_us": None}]
    return daily_quality(
        frame(spark, readings, **common),
        frame(spark, QUARANTINE, **common),
        frame(spark, meter_days),
        frame(spark, meters),
        "UTC",
        0,
        Decimal(70),
    )


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
            "expected_rules": "Q01 1, V02 1, V07 3, V08 1, V10 1, V11 1, V13 3",
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
    found = quality(spark, READINGS, METER_DAYS)
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
    times = [meter_day(day, [minute for minute, n in delays for _ in range(n)]) for day, (_, delays, _) in days.items()]
    found = quality(spark, readings, times)
    assert wrong(beside(frame(spark, cases), found, "local_date"), "freshness_p95_minutes") == []


def _text(column: str) -> Column:
    entries = F.array_sort(F.map_entries(column))
    return F.concat_ws(", ", F.transform(entries, lambda entry: F.concat_ws(" ", entry["key"], entry["value"])))
