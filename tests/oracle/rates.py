"""V11 SPIKE and V12 DROP (section 2) on the accepted readings of one meter."""

from itertools import pairwise

from .clock import hours
from .exact import MILLION
from .rows import Row
from .settings import Settings


def warn_of_rates(accepted: list[Row], settings: Settings) -> None:
    """Compare each accepted reading, in time order, with the last one before it, at most 4 h earlier."""
    near = hours(settings.previous_within_hours)
    for previous, row in pairwise(accepted):
        is_near = row.read_at - previous.read_at <= near
        if is_near and row.meter.min_kw >= 0:
            row.warnings |= _rate(previous.kw, row.kw, settings)


def _rate(before: int, kw: int, settings: Settings) -> set[str]:
    """V11 where kw rose more than sixfold, V12 where it fell below a tenth; both in millionths of a kW."""
    found = set()
    if kw > settings.spike_factor * max(before, settings.spike_floor_kw * MILLION):
        found.add("V11")
    if before >= settings.drop_floor_kw * MILLION and kw < settings.drop_share * before:
        found.add("V12")
    return found
