"""The period that is asked about: [from, to), either end open."""

import re
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

from meterlake.errors import ConfigError

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_TIME = re.compile(r"\d{4}-\d\d-\d\d[T ]\d\d:\d\d(:\d\d(\.\d{1,6})?)?(Z|[+-]\d\d(:?\d\d)?)?")
_DATE = re.compile(r"\d{4}-\d\d-\d\d")


@dataclass(frozen=True)
class Period:
    """µs since 1970-01-01T00:00Z; an empty end is open. The dates are the local ones that the period touches."""

    from_us: int | None = None
    to_us: int | None = None
    first_date: date | None = None
    last_date: date | None = None

    @classmethod
    def of(cls, start: str | None, end: str | None, time_zone: str) -> "Period":
        """From what was typed. Raises ConfigError where it is no time, or the period holds nothing."""
        zone = ZoneInfo(time_zone)
        first, last = _instant("--from", start, zone), _instant("--to", end, zone)
        if first is not None and last is not None and first >= last:
            raise ConfigError(
                "the period ends before it begins",
                f"--from {start} --to {end}",
                "--to is exclusive: for one day write the next one there",
            )
        return cls(_us(first), _us(last), _date(first, zone), _date(last, zone))


def _instant(option: str, text: str | None, zone: ZoneInfo) -> datetime | None:
    """A date is its first local instant; a time without an offset is local, of two the earlier."""
    if text is None:
        return None
    stamp = text.strip()
    try:
        if _DATE.fullmatch(stamp) or _TIME.fullmatch(stamp):
            moment = datetime.fromisoformat(stamp)
            return (moment if moment.tzinfo else moment.replace(tzinfo=zone)).astimezone(UTC)
    except (ValueError, OverflowError):
        pass  # a day that no calendar has
    raise ConfigError(
        "this is neither a date nor a time",
        f"{option} {text}",
        "write 2024-03-15 (local midnight) or 2024-03-15T14:00 (local; with Z or +01:00 as it says)",
    )


def _us(moment: datetime | None) -> int | None:
    return None if moment is None else (moment - _EPOCH) // timedelta(microseconds=1)


def _date(moment: datetime | None, zone: ZoneInfo) -> date | None:
    return None if moment is None else moment.astimezone(zone).date()
