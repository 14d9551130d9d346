"""What a slice takes over from before it, for tests: its readings come in hours from the slice's first midnight."""

from decimal import Decimal
from typing import Any

from tests.cases import at

MIDNIGHT, HOUR = at("2026-03-10T00:00"), 3_600_000_000


def hours(number: float | None) -> int | None:
    """An hour of the slice, negative before it, as an instant."""
    return None if number is None else MIDNIGHT + int(number * HOUR)


def handed_on(
    accepted: tuple[float, str] | None = None,
    standing: float | None = None,
    value_run: tuple[float, str] | None = None,
    over_run: tuple[float, int] | None = None,
) -> dict[str, Any]:
    """``accepted`` is hour and kW, ``standing`` an hour, ``value_run`` start and kW, ``over_run`` start and count."""
    return {
        "accepted_us": hours(accepted and accepted[0]),
        "accepted_kw": Decimal(accepted[1]) if accepted else None,
        "standing_us": hours(standing),
        "run_kw": Decimal(value_run[1]) if value_run else None,
        "is_over": over_run is not None,
        "value_run_us": hours(value_run and value_run[0]),
        "over_run_us": hours(over_run and over_run[0]),
        "over_count": over_run and over_run[1],
    }
