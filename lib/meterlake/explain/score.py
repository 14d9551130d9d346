"""Where the points of a quality score went."""

from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Decimal

from meterlake.config import Config
from meterlake.explain.model import Stored

_RATES = ("V11", "V12")
_MINUTES = Decimal(60)


@dataclass(frozen=True)
class Deduction:
    """Points that a row lost, and for what."""

    points: Decimal
    why: str


def deductions(row: Stored, config: Config) -> list[Deduction]:
    """Of a scored row: unit, hole, lateness, rate of change, an excluding fault; in the order of the rules."""
    rule = config.quality
    excluding = [fault for fault in row.faults if fault in config.faults.excluding]
    hours = _hole_hours(row)
    lost = [
        Deduction(rule.unit_converted_points if row.unit_converted else Decimal(0), "unit"),
        Deduction(rule.hole_points_per_hour * hours, f"hole of {plain(hours)} h"),
        Deduction(rule.backdated_points if "V07" in row.warnings else Decimal(0), "late"),
        Deduction(rule.rate_of_change_points if set(_RATES) & set(row.warnings) else Decimal(0), "rate"),
        Deduction(rule.fault_points if excluding else Decimal(0), f"fault {' '.join(excluding)}"),
    ]
    return [deduction for deduction in lost if deduction.points]


def calculation(row: Stored, config: Config) -> str:
    """``95 premium = 100 − 5 unit``; where silver holds another score than the sum gives, that is said."""
    lost = deductions(row, config)
    left = 100 - sum((deduction.points for deduction in lost), Decimal(0))
    points = min(max(left, Decimal(0)), Decimal(100))
    total = points.quantize(Decimal(1), ROUND_HALF_UP)
    minus = "".join(f" − {plain(deduction.points)} {deduction.why}" for deduction in lost)
    differs = f", which is {total}: a person's decision or other settings" if total != row.quality_score else ""
    return f"{row.quality_score} {row.tier}" + (f" = 100{minus}{differs}" if minus or differs else "")


def plain(number: Decimal) -> str:
    """Two decimals at most, no zeros at the end."""
    text = f"{number:.2f}"
    return text.rstrip("0").rstrip(".")


def _hole_hours(row: Stored) -> Decimal:
    """The exact length: stored hours are rounded, whole intervals are not."""
    if not row.interval_minutes or not row.hole_hours:
        return Decimal(0)
    intervals = (row.hole_hours * _MINUTES / row.interval_minutes).quantize(Decimal(1))
    return intervals * row.interval_minutes / _MINUTES
