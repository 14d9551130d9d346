"""The days that the sample covers. A time inside it is a whole number of minutes from its start."""

from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from functools import cached_property
from zoneinfo import ZoneInfo

TIME_ZONE = "America/Los_Angeles"
# Thirty-five days from here have the end of summer time (7 November), Veterans Day, Thanksgiving and days of December.
FIRST_DAY = date(2021, 11, 2)


@dataclass(frozen=True)
class Period:
    """`days` local days from FIRST_DAY; the day on which summer time ends has 25 hours."""

    days: int

    @cached_property
    def start(self) -> datetime:
        return _midnight(0)

    @cached_property
    def end(self) -> int:
        """The minute at which the last local day ends: the landing hour that starts here is the last one."""
        return self.midnight(self.days)

    def midnight(self, day: int) -> int:
        """The minute at which local day `day` (0 is the first) begins."""
        return int((_midnight(day) - self.start).total_seconds()) // 60

    def instant(self, minute: int) -> datetime:
        """A minute as a time in UTC."""
        return self.start + timedelta(minutes=minute)

    def text(self, minute: int) -> str:
        """A minute as truth and reference tables write it: 2021-11-02T07:00:00Z."""
        return self.instant(minute).strftime("%Y-%m-%dT%H:%M:%SZ")


def _midnight(day: int) -> datetime:
    local = datetime.combine(FIRST_DAY + timedelta(days=day), datetime.min.time(), ZoneInfo(TIME_ZONE))
    return local.astimezone(UTC)
