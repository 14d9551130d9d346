"""Times, numbers and units as text (fine print 7, 8, 9; section 3)."""

import re
from dataclasses import dataclass
from datetime import tzinfo
from fractions import Fraction

from .clock import DAY, END, FIRST, MINUTE, SECOND, instants_of
from .csv_cut import BLANKS
from .settings import Settings

TIME = re.compile(
    r"([0-9]{4})-([0-9]{2})-([0-9]{2})[T ]([0-9]{2}):([0-9]{2})(?::([0-9]{2})(?:\.([0-9]{1,9}))?)?"
    r"(?:(Z)|([+-])([0-9]{2})(?::?([0-9]{2}))?)?"
)
NUMBER = re.compile(r"([+-]?)(?:([0-9]+)(?:\.([0-9]*))?|\.([0-9]+))(?:[eE]([+-]?)([0-9]+))?")
MONTH_DAYS = (31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31)
FAR_DIGITS = 60  # no rule looks at a digit so far from the decimal point

POWER_KW = {
    "kw": Fraction(1),
    "kilowatt": Fraction(1),
    "kilowatts": Fraction(1),
    "w": Fraction(1, 1000),
    "watt": Fraction(1, 1000),
    "watts": Fraction(1, 1000),
    "mw": Fraction(1000),
}
ENERGY_KWH = {"kwh": Fraction(1), "wh": Fraction(1, 1000), "mwh": Fraction(1000)}
UNKNOWN_AS_WRITTEN = ("mW", "mWh")


def trimmed(text: str | None) -> str:
    """Fine print 7: a field without the spaces and tabs around it; a missing field is empty."""
    return (text or "").strip(BLANKS)


@dataclass(frozen=True)
class Stamp:
    """A written time: what the clock on the wall showed, and its offset from UTC where one was written."""

    wall: int
    offset: int | None


def parse_stamp(text: str) -> Stamp | None:
    """Fine print 8: the form of a time; None for anything else (a date alone, 24:00, an epoch number ...)."""
    match = TIME.fullmatch(text)
    if match is None:
        return None
    year, month, day, hour, minute = (int(part) for part in match.groups()[:5])
    second, fraction = int(match[6] or 0), int((match[7] or "").ljust(9, "0"))
    if not 1 <= month <= 12 or not 1 <= day <= _days_in(year, month) or hour > 23 or minute > 59 or second > 59:
        return None
    wall = _days_from_epoch(year, month, day) * DAY + (hour * 60 + minute) * MINUTE + second * SECOND + fraction
    if match[8]:
        return Stamp(wall, 0)
    if match[9] is None:
        return Stamp(wall, None)
    hours, minutes = int(match[10]), int(match[11] or 0)
    if hours > 18 or minutes > 59:
        return None
    size = (hours * 60 + minutes) * MINUTE
    return Stamp(wall, size if match[9] == "+" else -size)


def _is_leap(year: int) -> bool:
    return year % 4 == 0 and (year % 100 != 0 or year % 400 == 0)


def _days_in(year: int, month: int) -> int:
    return 29 if month == 2 and _is_leap(year) else MONTH_DAYS[month - 1]


def _days_from_epoch(year: int, month: int, day: int) -> int:
    """Days from 1970-01-01, also for year 0, which a stamp with an offset may name and be of year 1 in UTC."""
    before = year - 1
    leap_days = before // 4 - before // 100 + before // 400
    in_year = sum(_days_in(year, earlier) for earlier in range(1, month)) + day
    return before * 365 + leap_days + in_year - 719163


def is_twice(stamp: Stamp, tz: tzinfo) -> bool:
    """Whether a stamp without an offset names two instants of the zone."""
    return stamp.offset is None and len(instants_of(stamp.wall, tz)) == 2


def instant(stamp: Stamp, tz: tzinfo, later: bool = False) -> int | None:
    """The instant of a stamp, the earlier of two unless `later`; None in a spring gap and outside the years 1..9999."""
    found = (stamp.wall - stamp.offset,) if stamp.offset is not None else instants_of(stamp.wall, tz)
    if not found:
        return None
    chosen = found[-1] if later else found[0]
    return chosen if FIRST <= chosen < END else None


def parse_number(text: str) -> Fraction | None:
    """Fine print 9: a number, exact; None for anything else.

    A size of 10^60 and more is given as 10^60, one below 10^-60 as 0: no rule tells them apart.
    """
    match = NUMBER.fullmatch(text)
    if match is None:
        return None
    whole, decimals = match[2] or "", match[3] or match[4] or ""
    digits = (whole + decimals).lstrip("0")
    if not digits:
        return Fraction(0)
    exponent_digits = (match[6] or "0").lstrip("0") or "0"
    exponent = int(exponent_digits) if len(exponent_digits) < 10 else 10**10
    point = (-exponent if match[5] == "-" else exponent) - len(decimals)
    sign = -1 if match[1] == "-" else 1
    magnitude = len(digits) + point  # 10^(magnitude - 1) <= size < 10^magnitude
    if magnitude > FAR_DIGITS:
        return Fraction(sign * 10**FAR_DIGITS)
    if magnitude < -FAR_DIGITS:
        return Fraction(0)
    kept = digits[: magnitude + FAR_DIGITS]
    point += len(digits) - len(kept)
    number = sign * int(kept or "0")
    return Fraction(number * 10**point) if point >= 0 else Fraction(number, 10**-point)


@dataclass(frozen=True)
class Unit:
    """What the unit of a reading says: the factor to kW (None: unknown), and whether V04 or V05 failed."""

    factor: Fraction | None = None
    is_unknown: bool = False
    is_ambiguous: bool = False
    is_inferred: bool = False


def unit_of(text: str, value: Fraction | None, interval_minutes: int | None, settings: Settings) -> Unit:
    """Section 3 and V05: the unit of a trimmed field, inferred from the value as sent where the field is blank."""
    if not text:
        return _inferred(value, settings)
    name = text.lower()
    if text in UNKNOWN_AS_WRITTEN or (name not in POWER_KW and name not in ENERGY_KWH):
        return Unit(is_unknown=True)
    if name in POWER_KW:
        return Unit(POWER_KW[name])
    return Unit(None if interval_minutes is None else ENERGY_KWH[name] * Fraction(60, interval_minutes))


def _inferred(value: Fraction | None, settings: Settings) -> Unit:
    if value is None:
        return Unit(is_inferred=True)
    if abs(value) < settings.no_unit_is_kw_below:
        return Unit(POWER_KW["kw"], is_inferred=True)
    if abs(value) > settings.no_unit_is_w_above:
        return Unit(POWER_KW["w"], is_inferred=True)
    return Unit(is_ambiguous=True, is_inferred=True)
