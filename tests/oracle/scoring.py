"""The quality score, its tier, and Q01 (section 6, fine print 13 and 16)."""

from fractions import Fraction

from .clock import HOUR
from .exact import round_whole
from .rows import Row
from .settings import Settings

RATE_WARNINGS = {"V11", "V12"}


def score(row: Row, settings: Settings) -> None:
    """Score an accepted or interpolated row; below 70 it goes to quarantine with the reason Q01."""
    points = Fraction(100)
    if row.unit_converted:
        points -= settings.unit_converted_points
    if row.hole:
        points -= settings.hole_points_per_hour * Fraction(row.hole, HOUR)
    if "V07" in row.warnings:
        points -= settings.backdated_points
    if RATE_WARNINGS & row.warnings:
        points -= settings.rate_of_change_points
    if any(settings.excludes(fault) for fault in row.faults):
        points -= settings.fault_points
    row.score = round_whole(min(max(points, Fraction(0)), Fraction(100)))
    if row.score >= settings.premium_from:
        row.tier = "premium"
    elif row.score >= settings.standard_from:
        row.tier = "standard"
    else:
        row.tier = "quarantine"
        row.reasons = {"Q01"}
        row.disposition = "quarantined"


def is_usable(row: Row, settings: Settings) -> bool:
    """Section 8: score >= 70 and no excluding fault."""
    is_good = row.score is not None and row.score >= settings.standard_from
    return is_good and not any(settings.excludes(fault) for fault in row.faults)
