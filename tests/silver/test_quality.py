"""The score, its tier, and Q01."""

from decimal import Decimal

from pyspark.sql import SparkSession
from pyspark.sql import functions as F

from meterlake.config import Config
from meterlake.silver.quality import is_low_quality, with_score
from tests.cases import Case, frame, wrong

FINE = {"is_scored": True, "unit_converted": False, "missing": 0, "interval_minutes": 60, "warnings": "", "faults": ""}


def row(name: str, score: int | None, tier: str | None, **given: object) -> Case:
    return {"case": name, "expected_quality_score": score, "expected_tier": tier, **given}


CASES = [
    row("nothing wrong", 100, "premium"),
    row("MTR-78910: converted", 95, "premium", unit_converted=True),
    row("factor unknown", 100, "premium", unit_converted=None),
    row("late", 85, "standard", warnings="V07"),
    row("a spike", 80, "standard", warnings="V11"),
    row("a drop", 80, "standard", warnings="V12"),
    row("late and a drop", 65, "quarantine", warnings="V07 V12"),
    row("late, a spike, converted", 60, "quarantine", warnings="V07 V11", unit_converted=True),
    row("a fault", 70, "standard", faults="F01"),
    row("two faults cost once", 70, "standard", faults="F02 F03"),
    row("F05 is only reported", 100, "premium", faults="F05"),
    row("F04 beside F05", 70, "standard", faults="F04 F05"),
    row("everything", 30, "quarantine", faults="F01", warnings="V07 V12", unit_converted=True),
    row("1 h filled", 90, "premium", missing=1),
    row("2 h filled", 80, "standard", missing=2),
    row("3 h filled", 70, "standard", missing=3),
    row("3 h filled in a fault", 40, "quarantine", missing=3, faults="F01"),
    row("15 min filled: 97.5", 98, "premium", missing=1, interval_minutes=15),
    row("45 min filled: 92.5", 93, "premium", missing=3, interval_minutes=15),
    row("1 h 5 min filled: 89.1666", 89, "standard", missing=13, interval_minutes=5),
    row("3 h 3 min filled: 69.5", 70, "standard", missing=61, interval_minutes=3),
    row("3 h 4 min filled: 69.3333", 69, "quarantine", missing=92, interval_minutes=2),
    row("3 h 45 min filled in a fault: 32.5", 33, "quarantine", missing=15, interval_minutes=15, faults="F02"),
    row("without a value", None, None, is_scored=False, missing=5),
]


def test_scores_and_tiers(spark: SparkSession, config: Config) -> None:
    rows = with_score(frame(spark, CASES, **FINE), config.quality, config.faults.excluding)
    assert wrong(rows, "quality_score", "tier") == []


def test_what_a_fault_costs_goes_by_its_setting(spark: SparkSession, config: Config) -> None:
    cases = [row("F05, strict", 70, "standard", faults="F05"), row("F01, only reported", 100, "premium", faults="F01")]
    rows = with_score(frame(spark, cases, **FINE), config.quality, ("F02", "F05"))
    assert wrong(rows, "quality_score", "tier") == []


def test_a_hole_costs_by_its_exact_length(spark: SparkSession, config: Config) -> None:
    """A sixth of an hour at 15 points: 97.5."""
    dear = config.quality.model_copy(update={"hole_points_per_hour": Decimal(15)})
    cases = [
        row("10 min filled: 97.5", 98, "premium", missing=1, interval_minutes=10),
        row("130 min filled: 67.5", 68, "quarantine", missing=13, interval_minutes=10),
    ]
    rows = with_score(frame(spark, cases, **FINE), dear, ())
    assert wrong(rows, "quality_score", "tier") == []


def test_a_score_stays_within_0_and_100(spark: SparkSession, config: Config) -> None:
    dear = config.quality.model_copy(update={"fault_points": config.quality.fault_points * 3})
    cases = [row("30 less 60", 0, "quarantine", faults="F01", warnings="V07 V12", unit_converted=True)]
    rows = with_score(frame(spark, cases, **FINE), dear, ("F01",))
    assert wrong(rows, "quality_score", "tier") == []


def test_only_the_lowest_tier_is_set_aside(spark: SparkSession) -> None:
    low = {"premium": False, "standard": False, "quarantine": True, None: False}
    cases = [{"case": str(tier), "tier": tier, "expected_low": str(is_low).lower()} for tier, is_low in low.items()]
    assert (
        wrong(
            frame(spark, cases).select("*", F.expr("true").alias("_"), is_low_quality().cast("string").alias("low")),
            "low",
        )
        == []
    )
