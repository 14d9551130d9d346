"""The quality score of a row, its tier, and Q01: what scores too low is set aside for a person."""

from decimal import Decimal

from pyspark.sql import Column, DataFrame
from pyspark.sql import functions as F

from meterlake.config import QualityConfig

PREMIUM, STANDARD, QUARANTINE = "premium", "standard", "quarantine"


def with_score(rows: DataFrame, rule: QualityConfig, excluding: tuple[str, ...]) -> DataFrame:
    """Adds quality_score (0 to 100) and tier to every accepted or interpolated row, empty on all others.

    Needs is_scored, unit_converted, missing (intervals of the hole that the row fills, 0 on readings),
    interval_minutes, warnings, faults. ``excluding`` names the faults that cost points. An hourly reading sent in W
    scores 95; the same row interpolated in a hole of two hours scores 80.
    """
    hole_minutes = (F.col("missing") * F.col("interval_minutes")).cast("decimal(10,0)")
    warned = F.arrays_overlap("warnings", F.array(F.lit("V11"), F.lit("V12")))
    faulty = F.arrays_overlap("faults", F.array(*[F.lit(fault) for fault in excluding]).cast("array<string>"))
    points = (
        F.lit(Decimal(100))
        - _points(F.col("unit_converted"), rule.unit_converted_points)
        - F.lit(rule.hole_points_per_hour) * hole_minutes / F.lit(Decimal(60))  # in this order: a tie stays one
        - _points(F.array_contains("warnings", "V07"), rule.backdated_points)
        - _points(warned, rule.rate_of_change_points)
        - _points(faulty, rule.fault_points)
    )
    computed = F.round(F.greatest(F.lit(Decimal(0)), F.least(F.lit(Decimal(100)), points)), 0).cast("int")
    # Nearly all rows have nothing that costs points; decimals are for the others.
    is_plain = ~F.col("unit_converted") & (F.col("missing") == 0) & _is_empty("warnings") & _is_empty("faults")
    score = F.when(is_plain, F.lit(100)).otherwise(computed)
    scored = rows.select("*", F.when(F.col("is_scored"), score).alias("quality_score"))
    return scored.select("*", _tier(rule).alias("tier"))


def is_low_quality() -> Column:
    """Q01: the row goes to quarantine. False where there is no score."""
    return F.coalesce(F.col("tier") == QUARANTINE, F.lit(False))


def _is_empty(names: str) -> Column:
    return F.size(names) == 0


def _points(condition: Column, points: Decimal) -> Column:
    return F.when(condition, F.lit(points)).otherwise(F.lit(Decimal(0)))


def _tier(rule: QualityConfig) -> Column:
    score = F.col("quality_score")
    return (
        F.when(score >= rule.premium_from, PREMIUM)
        .when(score >= rule.standard_from, STANDARD)
        .when(score.isNotNull(), QUARANTINE)
    )
