"""The real homes' curves, and the district's curves made of them: mixed, shifted by whole days, scaled, with noise.

The homes' stamps are clock hours of the place (loads peak in the evening, the air is warmest after noon), so a curve is
read at local standard time, which is eight hours behind UTC there.
"""

import csv
import math
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from pathlib import Path
from random import Random

from meterlake.errors import MeterlakeError
from meterlake.sample.period import Period

CLOCK = timedelta(hours=-8)
FLOOR_WATTS = 120
# A clean meter moves less within four hours than V11 and V12 report, whichever of its readings are missing.
LARGEST_RISE, LARGEST_FALL = 5.0, 0.15
RATE_MINUTES = 240
RATE_FLOOR_WATTS = 100


class Homes:
    """The hourly curves of the real homes, each divided by its mean."""

    def __init__(self, folder: Path, period: Period) -> None:
        by_home: dict[str, list[float]] = {}
        rows = read_rows(folder / "homes.csv")
        for row in rows:
            by_home.setdefault(row["home"], []).append(float(row["kw"]))
        self._curves = [_divided_by_mean(curve) for _, curve in sorted(by_home.items())]
        self._hours = period.end // 60 + 1
        first = datetime.fromisoformat(rows[0]["timestamp"])
        self._offset = int((period.start + CLOCK - first) / timedelta(hours=1))

    def curve(self, random: Random) -> list[float]:
        """One home's curve over the period, taken from other days of its year."""
        home = self._curves[random.randrange(len(self._curves))]
        begin = self._offset + 24 * random.randrange(-75, 180)
        return [home[(begin + hour) % len(home)] for hour in range(self._hours)]

    def mixed(self, random: Random) -> list[float]:
        """What the homes of one neighbourhood have in common: two homes' curves in one."""
        first, second = self.curve(random), self.curve(random)
        return [0.6 * one + 0.4 * other for one, other in zip(first, second, strict=True)]


def sunshine(random: Random, period: Period) -> list[float]:
    """Output of solar panels over the period, 0 to 1 by the hour: a November sun and clouds that last a day."""
    hours = period.end // 60 + 1
    clouds = [0.35 + 0.65 * random.random() for _ in range(hours // 24 + 2)]
    output = []
    for hour in range(hours):
        clock = period.instant(60 * hour) + CLOCK
        height = math.sin(math.pi * (clock.hour + 0.5 - 6.5) / 10.5) if 6 < clock.hour < 17 else 0.0
        output.append(max(height, 0.0) * clouds[hour // 24])
    return output


def opening_hours(period: Period) -> list[float]:
    """A business's share of a curve by the hour: all of it on a working day from eight to six, less at other times."""
    shares = []
    for hour in range(period.end // 60 + 1):
        clock = period.instant(60 * hour) + CLOCK
        shares.append(1.0 if 8 <= clock.hour < 18 and clock.weekday() < 5 else 0.45)
    return shares


def at_intervals(hourly: Sequence[float], interval_minutes: int, count: int) -> list[float]:
    """An hourly curve at shorter intervals: straight lines between the middles of the hours."""
    values = []
    for index in range(count):
        position = max((index + 0.5) * interval_minutes / 60 - 0.5, 0.0)
        hour = int(position)
        after = hourly[min(hour + 1, len(hourly) - 1)]
        values.append(hourly[hour] + (position - hour) * (after - hourly[hour]))
    return values


def settle(watts: list[int], begin: int, interval_minutes: int, cap_watts: int) -> None:
    """Hold the rates of change from index `begin` on, until the end, within what V11 and V12 let pass."""
    steps = RATE_MINUTES // interval_minutes
    for index in range(begin, len(watts)):
        low, high = FLOOR_WATTS, cap_watts
        if before := watts[max(index - steps, 0) : index]:
            low = max(low, math.ceil(LARGEST_FALL * max(before)))
            high = min(high, int(LARGEST_RISE * max(min(before), RATE_FLOOR_WATTS)))
        watts[index] = min(max(watts[index], low), high)


def weather(folder: Path, period: Period) -> list[tuple[str, str]]:
    """(UTC hour, °C) from a week before the period to a week after it."""
    first, last = period.start - timedelta(days=7), period.instant(period.end) + timedelta(days=7)
    rows = []
    for row in read_rows(folder / "weather.csv"):
        hour = datetime.fromisoformat(row["timestamp"]).astimezone(UTC) - CLOCK
        if first <= hour < last:
            rows.append((hour.strftime("%Y-%m-%dT%H:%M:%SZ"), row["temperature_c"]))
    return rows


def read_rows(file: Path) -> list[dict[str, str]]:
    """The rows of one of the homes' files."""
    try:
        with file.open(encoding="utf-8", newline="") as lines:
            return list(csv.DictReader(lines))
    except OSError as error:
        raise MeterlakeError(
            f"cannot read the homes' curves: {error.strerror}",
            str(file),
            "run from a clone of the repository, or name its data/homes folder with --homes",
        ) from None


def _divided_by_mean(curve: Sequence[float]) -> list[float]:
    mean = sum(curve) / len(curve)
    return [kw / mean for kw in curve]
