"""Times as whole nanoseconds: local days, the grid, and what a local wall clock can mean."""

from datetime import UTC, date, datetime, timedelta, timezone, tzinfo
from fractions import Fraction
from functools import lru_cache
from zoneinfo import ZoneInfo

from .exact import whole_if_whole

SECOND = 10**9
MINUTE = 60 * SECOND
HOUR = 60 * MINUTE
DAY = 24 * HOUR
EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
EPOCH_LOCAL = datetime(1970, 1, 1)
FIRST = -719162 * DAY  # 0001-01-01T00:00Z
END = 2932897 * DAY  # 10000-01-01T00:00Z
FOUR_HUNDRED_YEARS = 146097 * DAY


def nanoseconds(when: datetime) -> int:
    """An aware datetime as nanoseconds since the epoch."""
    return (when - EPOCH) // timedelta(microseconds=1) * 1000


def utc(ns: int) -> datetime:
    """An instant as an aware UTC datetime, truncated to microseconds."""
    return EPOCH + timedelta(microseconds=ns // 1000)


@lru_cache
def hours(amount: Fraction | int) -> Fraction | int:
    """So many hours in nanoseconds."""
    return whole_if_whole(Fraction(amount) * HOUR)


@lru_cache
def zone(name: str) -> tzinfo:
    """A time zone by its IANA name or as a fixed offset ±hh:mm."""
    if name[0] in "+-":
        size = timedelta(hours=int(name[1:3]), minutes=int(name[4:6]))
        return timezone(size if name[0] == "+" else -size)
    return ZoneInfo(name)


def instants_of(wall: int, tz: tzinfo) -> tuple[int, ...]:
    """The instants at which a zone's clocks show `wall`: none in a spring gap, two (earlier first) in autumn."""
    shift = FOUR_HUNDRED_YEARS if wall < FIRST else 0
    local = EPOCH_LOCAL + timedelta(seconds=(wall + shift) // SECOND)
    first, second = (tz.utcoffset(local.replace(tzinfo=tz, fold=fold)) for fold in (0, 1))
    if first < second:
        return ()
    found = (wall - _ns(first), wall - _ns(second))
    return found[:1] if first == second else found


def _ns(offset: timedelta) -> int:
    return offset // timedelta(seconds=1) * SECOND


def standard_offset_minutes(tz: tzinfo) -> int:
    """Fine print 11: the smaller of the zone's offsets on 2024-01-01 and 2024-07-01."""
    offsets = (tz.utcoffset(datetime(2024, month, 1, tzinfo=tz)) for month in (1, 7))
    return min(offset // timedelta(minutes=1) for offset in offsets)


class Clock:
    """The suite's local days and its grid (whole intervals from 00:00 UTC, shifted by the standard-time offset)."""

    def __init__(self, time_zone: str, grid_offset_minutes: int | None) -> None:
        self.zone = zone(time_zone)
        minutes = standard_offset_minutes(self.zone) if grid_offset_minutes is None else grid_offset_minutes
        self.offset = minutes * MINUTE
        self._dates: dict[int, date] = {}

    def date_of(self, ns: int) -> date | None:
        """The local date of an instant; None where the calendar has no such year."""
        minute = ns // MINUTE
        if minute not in self._dates:
            try:
                self._dates[minute] = (EPOCH + timedelta(minutes=minute)).astimezone(self.zone).date()
            except OverflowError:
                return None
        return self._dates[minute]

    def day_start(self, day: date) -> int:
        """The first instant of a local date: its midnight, or where clocks skip midnight the end of the skip."""
        midnight = datetime(day.year, day.month, day.day, tzinfo=self.zone)
        return nanoseconds(midnight.astimezone(UTC))

    def day_end(self, day: date) -> int:
        """The first instant after a local date."""
        return self.day_start(day + timedelta(days=1))

    def first_grid_point(self, ns: int, interval: int) -> int:
        """The first grid point at or after an instant."""
        return ns + -(ns + self.offset) % interval

    def grid_points(self, start: int, end: int, interval: int) -> int:
        """How many grid points lie in [start, end)."""
        first = self.first_grid_point(start, interval)
        return max(0, -((first - end) // interval))

    def nearest_grid_point(self, ns: int, interval: int) -> int:
        """The grid point nearest to an instant (the later one of two equally near)."""
        later = self.first_grid_point(ns, interval)
        return later if 2 * (later - ns) <= interval else later - interval

    def hour_of(self, ns: int) -> int:
        """Fine print 19: the start of the whole hour of the suite's grid that holds an instant."""
        return ns - (ns + self.offset) % HOUR
