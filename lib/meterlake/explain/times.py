"""Instants and lengths in words. Instants are µs since 1970-01-01T00:00Z and are shown in the utility's time zone."""

from datetime import UTC, datetime, timedelta, tzinfo
from zoneinfo import ZoneInfo

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_UNITS = (("d", 86_400_000_000), ("h", 3_600_000_000), ("min", 60_000_000))


class Clock:
    """Shows instants in a time zone; those that its calendar cannot hold (near the years 1 and 9999) in UTC."""

    def __init__(self, time_zone: str) -> None:
        self._zone = ZoneInfo(time_zone)

    def day(self, instant_us: int) -> str:
        """Fri 2024-03-15."""
        return f"{self._local(instant_us):%a} {self.date(instant_us)}"

    def date(self, instant_us: int) -> str:
        """2024-03-15."""
        return self._local(instant_us).date().isoformat()

    def time(self, instant_us: int) -> str:
        """14:00 CET; seconds where there are some. The zone's letters tell the two 02:00 of an October night apart."""
        local = self._local(instant_us)
        fraction = f".{local.microsecond:06d}".rstrip("0") if local.microsecond else ""
        seconds = f":{local:%S}{fraction}" if local.second or local.microsecond else ""
        return f"{local:%H:%M}{seconds} {local.tzname()}"

    def moment(self, instant_us: int) -> str:
        """2024-03-15 14:00 CET."""
        return f"{self.date(instant_us)} {self.time(instant_us)}"

    def near(self, instant_us: int, other_us: int | None) -> str:
        """The time alone where it is on the same day as the other instant, else with its date."""
        same = other_us is not None and self.date(instant_us) == self.date(other_us)
        return self.time(instant_us) if same else self.moment(instant_us)

    def _local(self, instant_us: int) -> datetime:
        instant, zone = _EPOCH + timedelta(microseconds=instant_us), self._zone
        return _shown(instant, zone)


def _shown(instant: datetime, zone: tzinfo) -> datetime:
    try:
        return instant.astimezone(zone)
    except OverflowError:
        return instant


def iso(instant_us: int | None) -> str | None:
    """2024-03-15T14:00:00Z, for machines."""
    if instant_us is None:
        return None
    return (_EPOCH + timedelta(microseconds=instant_us)).isoformat().replace("+00:00", "Z")


def length(microseconds: int) -> str:
    """3 h 10 min; of a length of days and hours the minutes too, seconds with their fraction."""
    parts, rest = [], abs(microseconds)
    for name, size in _UNITS:
        count, rest = divmod(rest, size)
        if count:
            parts.append(f"{count} {name}")
    if rest or not parts:
        parts.append(f"{rest / 1_000_000:.6f}".rstrip("0").rstrip(".") + " s")
    return " ".join(parts)
