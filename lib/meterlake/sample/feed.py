"""What one meter measures and what of it is delivered, when and how.

Two head-ends bring the district's readings. The default source's has the hourly and half-hourly meters: each landing
hour brings the readings of that hour, some meters' an hour later, stamped at the interval's start, in UTC or with an
offset. `westgrid` has the quarter-hourly meters: files of six hours, stamped at the interval's end in local time
without an offset, each reading with the time at which it was received.
"""

from dataclasses import dataclass, field
from functools import cache, cached_property
from zoneinfo import ZoneInfo

from meterlake.sample.meter import Meter
from meterlake.sample.period import TIME_ZONE, Period

WESTGRID_MINUTES = 15
WESTGRID_FILE_MINUTES = 360


@dataclass(slots=True)
class Line:
    """One reading as it is sent.

    `read_at` is the interval meant, whatever the stamp says; `landed` is the number of the landing hour.
    """

    meter_id: str
    read_at: int
    stamp: str
    value: str
    unit: str
    landed: int
    received_at: int | None = None
    file: str = ""


@dataclass
class Feed:
    """A meter with its curve in whole watts, one for each interval of the period.

    Injections change `watts` first; from the first look at `lines` on they change what is sent. `lost` has the
    intervals without an accepted reading in the meter's active period, `extra` the lines beyond one for each interval.
    """

    meter: Meter
    period: Period
    watts: list[int]
    unit: str = "kW"
    lost: set[int] = field(default_factory=set)
    extra: list[Line] = field(default_factory=list)

    @property
    def interval(self) -> int:
        return self.meter.interval_minutes

    @property
    def is_westgrid(self) -> bool:
        return self.interval == WESTGRID_MINUTES

    @property
    def active(self) -> range:
        """The indexes of the intervals in the meter's active period."""
        first, last = self.meter.active_from or 0, self.meter.active_to or self.period.end
        return range(-(-first // self.interval), -(-min(last, self.period.end) // self.interval))

    @cached_property
    def lines(self) -> dict[int, Line]:
        """The line sent for each interval of the active period, by the interval's index."""
        return {index: self.line(index) for index in self.active}

    def line(self, index: int) -> Line:
        """A good line for an interval, delivered on time."""
        read_at = index * self.interval
        landed, received_at = self._arrival(read_at)
        value = value_text(self.watts[index], self.unit, self.interval)
        stamp = self.stamp(read_at)
        return Line(self.meter.meter_id, read_at, stamp, value, self.unit, landed, received_at)

    def stamp(self, read_at: int) -> str:
        """The start of an interval as this meter's head-end writes it."""
        if self.is_westgrid:
            return _stamp(self.period, read_at + self.interval, WESTGRID)
        return _stamp(self.period, read_at, self.meter.habit % WESTGRID)

    def drop(self, index: int, count: int = 1) -> None:
        """Nothing is sent for these intervals."""
        for each in range(index, index + count):
            self.lines.pop(each, None)
            self.lost.add(each)

    def spoil(self, index: int, value: str | None = None, stamp: str | None = None, unit: str | None = None) -> None:
        """What is sent for an interval fails a check, so that the interval has no accepted reading."""
        line = self.lines[index]
        line.value = line.value if value is None else value
        line.stamp = line.stamp if stamp is None else stamp
        line.unit = line.unit if unit is None else unit
        self.lost.add(index)

    def is_late(self, line: Line) -> bool:
        """Its interval ended more than an hour before it was received: V07."""
        received_at = 60 * (line.landed + 1) if line.received_at is None else line.received_at
        return line.read_at + self.interval < received_at - 60

    def at(self, day: int, hour: int) -> int:
        """The index of the interval that starts `hour` hours after a local day's midnight."""
        return (self.period.midnight(day) + 60 * hour) // self.interval

    def _arrival(self, read_at: int) -> tuple[int, int | None]:
        if self.is_westgrid:
            file_ends = (read_at // WESTGRID_FILE_MINUTES + 1) * WESTGRID_FILE_MINUTES
            minutes_after = 2 + (self.meter.number + read_at // self.interval) % 3
            return min(file_ends, self.period.end) // 60, read_at + self.interval + minutes_after
        return read_at // 60 + self.meter.comes_an_hour_later, None


def value_text(watts: int, unit: str, interval_minutes: int) -> str:
    """Watts in a unit, exactly: energies are those of the interval."""
    if unit == "W":
        return str(watts)
    if unit == "Wh":
        return _divided(watts * interval_minutes, 60)
    if unit == "kWh":
        return _divided(watts * interval_minutes, 60_000)
    return _divided(watts, 1000)


def _divided(number: int, divisor: int) -> str:
    """A quotient as plain decimal text; six digits of fraction are enough for watts and our intervals."""
    digits = f"{abs(number) * 10**6 // divisor:07d}"
    text = f"{digits[:-6]}.{digits[-6:]}".rstrip("0")
    return ("-" if number < 0 else "") + (text + "0" if text.endswith(".") else text)


WESTGRID = 4


@cache
def _stamp(period: Period, minute: int, style: int) -> str:
    instant = period.instant(minute)
    if style == 0:
        return instant.strftime("%Y-%m-%dT%H:%M:%SZ")
    if style == 1:
        return instant.strftime("%Y-%m-%d %H:%M:%S")
    if style == 2:
        return instant.astimezone(ZoneInfo(TIME_ZONE)).isoformat()
    if style == 3:
        return instant.strftime("%Y-%m-%dT%H:%MZ")
    return instant.astimezone(ZoneInfo(TIME_ZONE)).strftime("%Y-%m-%d %H:%M:%S")
