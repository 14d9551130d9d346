"""How values, units and times are written, in every form that the rules take and in many that they refuse."""

from datetime import UTC, datetime, timedelta, timezone
from decimal import Decimal
from random import Random
from zoneinfo import ZoneInfo

from .plan import EPOCH

BAD_TIMES = (
    "",
    "soon",
    "2024-06-03",
    "1717372800",
    "2024-06-03T24:00",
    "2024-06-03T10:00:60Z",
    "2024-06-03T10:00:00+19:00",
    "2024-06-03T10:00:00.1234567890Z",
    "2024-06-03T10:00.5Z",
    "2024-06-03t10:00:00Z",
    "2024-06-03T10:00:00z",
    "2024-06-03T10:00:00 Z",
    "2024-02-30T10:00:00Z",
    "2024-6-3T10:00:00Z",
    "2024-06-03  10:00",
    "03.06.2024 10:00",
    "2024-06-03T10",
    "12024-06-03T10:00",
)
BAD_VALUES = (
    "", " ", "NaN", "inf", "-Infinity", "abc", "1,5", "1.2.3", "0x1F", "1_000", "--1", "+", ".", "1e", "e5", "1e1.5",
    "\u0661", "1 000", "1e12", "-1000000000000", "1e400", "12d", "1f", "null",
)  # fmt: skip
ODD_VALUES = (
    "999999999999.9999995", "999999999999.999999", "1e-400", "-0", "-0.0000004", "-0.0000005", "0.0000005", ".5", "5.",
    "+3.25", "1E+1", "12e-1", "00012", "9.999999", "10", "1000", "1000.000001", "-10", "9.9999999", "1e9", "0.1234565",
)  # fmt: skip
KW = ("kW", "kW", "KW", "kw", " kW", "Kilowatt", "KILOWATTS", "\tkW ")
W = ("W", "w", "Watt", "watts", " W ")
MW = ("MW", "mw", "Mw")
ENERGY = {"kWh": 1, "KWH": 1, "kwh ": 1, "Wh": 1000, "wh": 1000, "MWh": Decimal("0.001"), "mwh": Decimal("0.001")}
BAD_UNITS = ("mW", "mWh", "kVA", "J", "k W", "kW/h", "GW", " mW ", "-")


def value_and_unit(rng: Random, kw: int, minutes: int) -> tuple[str, str]:
    """A power (millionths of a kW) as a value with a unit, plainly most of the time."""
    power = Decimal(kw).scaleb(-6)
    draw = rng.random()
    if draw < 0.7:
        return _number(rng, power), rng.choice(KW)
    if draw < 0.8:
        return _number(rng, power * 1000), rng.choice(W)
    if draw < 0.84:
        return _number(rng, power / 1000), rng.choice(MW)
    if draw < 0.94:
        unit = rng.choice(list(ENERGY))
        energy = (power * ENERGY[unit] * minutes / 60).quantize(Decimal("1e-9"))
        return _number(rng, energy), unit
    if abs(power) < 10:
        return _number(rng, power), rng.choice(("", "", " "))
    return _number(rng, power * 1000), ""


def _number(rng: Random, number: Decimal) -> str:
    """A number in one of its forms."""
    text = f"{number:f}"
    if "." in text and rng.random() < 0.7:
        text = text.rstrip("0").rstrip(".") or "0"
    draw = rng.random()
    if draw < 0.9:
        return text
    if draw < 0.92:
        return f" {text}\t"
    if draw < 0.94:
        return text if text.startswith("-") else "+" + text
    if draw < 0.96:
        return f"{number * 100:f}e-2"
    if draw < 0.98:
        return f"{number / 10:f}E+1"
    return text.removeprefix("0") if text.startswith("0.") else text + ("" if "." in text else ".")


def stamp(rng: Random, at: int, zone: str, is_local: bool) -> str:
    """An instant written with an offset, or without one as the clocks of `zone` show it."""
    seconds, fraction = divmod(at, 10**9)
    when = EPOCH + timedelta(seconds=seconds)
    if is_local:
        when = when.astimezone(zone_of(zone))
        return _clock(rng, when, fraction)
    draw = rng.random()
    if draw < 0.6:
        return _clock(rng, when, fraction) + "Z"
    if zone == "UTC" and draw < 0.8:
        return _clock(rng, when, fraction)
    minutes = rng.choice((0, 60, 120, -300, 330, -210, 345, 1139, -1139))
    when = when.astimezone(timezone(timedelta(minutes=minutes)))
    return _clock(rng, when, fraction) + _offset(rng, minutes)


def zone_of(name: str) -> ZoneInfo | timezone:
    """A zone by its name or as a fixed offset ±hh:mm."""
    if name[0] not in "+-":
        return ZoneInfo(name)
    return datetime.strptime(name, "%z").tzinfo or UTC


def _clock(rng: Random, when: datetime, fraction: int) -> str:
    separator = "T" if rng.random() < 0.85 else " "
    text = when.strftime(f"%Y-%m-%d{separator}%H:%M:%S")
    if fraction:
        return text + "." + f"{fraction:09d}".rstrip("0")
    draw = rng.random()
    if when.second == 0 and draw < 0.2:
        return text[:-3]
    return text + rng.choice((".0", ".000", ".000000000")) if draw < 0.26 else text


def _offset(rng: Random, minutes: int) -> str:
    sign = "-" if minutes < 0 else "+"
    hours, rest = divmod(abs(minutes), 60)
    forms = [f"{sign}{hours:02d}:{rest:02d}", f"{sign}{hours:02d}{rest:02d}"]
    if rest == 0:
        forms.append(f"{sign}{hours:02d}")
    return rng.choice(forms)
