"""The reference tables from CSV to typed rows (section 1, fine print 11, 12)."""

import csv
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import date
from fractions import Fraction
from functools import cached_property
from pathlib import Path
from typing import TypeVar

from .clock import HOUR, MINUTE, Clock
from .exact import MILLION, whole_if_whole
from .parsing import instant, parse_number, parse_stamp, trimmed
from .settings import Settings

INTERVAL_MINUTES = (1, 2, 3, 5, 6, 10, 12, 15, 20, 30, 60)
Entry = TypeVar("Entry")


class ReferenceError(Exception):
    """A reference table that cannot be loaded; the message names the rows."""


class _BadRow(ValueError):
    """A row that cannot be read."""


@dataclass(frozen=True)
class Period:
    """[start, end) in nanoseconds, an empty end is open."""

    start: int | None
    end: int | None

    def holds(self, ns: int) -> bool:
        """Whether an instant lies in the period."""
        return (self.start is None or self.start <= ns) and (self.end is None or ns < self.end)

    def overlaps(self, start: int, end: int) -> bool:
        """Whether the period and [start, end) have an instant in common."""
        return (self.start is None or self.start < end) and (self.end is None or start < self.end)


@dataclass(frozen=True)
class Meter:
    """A row of the registry, its limits in kW and its interval in nanoseconds too."""

    meter_id: str
    meter_type: str
    interval_minutes: int
    neighbourhood_id: str | None
    max_kw: Fraction
    min_kw: Fraction
    active: Period

    @cached_property
    def interval(self) -> int:
        """The interval in nanoseconds."""
        return self.interval_minutes * MINUTE

    @cached_property
    def limits(self) -> tuple[Fraction | int, Fraction | int]:
        """min_kw and max_kw in millionths."""
        return whole_if_whole(self.min_kw * MILLION), whole_if_whole(self.max_kw * MILLION)


@dataclass(frozen=True)
class Maintenance:
    """Grid maintenance, of every region where none is named."""

    period: Period
    region: str | None


@dataclass
class Reference:
    """All reference tables."""

    meters: dict[str, Meter] = field(default_factory=dict)
    vacancies: dict[str, list[Period]] = field(default_factory=dict)
    weather: dict[tuple[str, int], Fraction] = field(default_factory=dict)
    maintenance: list[Maintenance] = field(default_factory=list)


def _rows(path: Path, required: tuple[str, ...]) -> Iterator[tuple[int, dict[str, str]]]:
    """The rows of a reference file with their physical line, fields trimmed; a file that is not there has none."""
    if not path.exists():
        return
    with path.open(encoding="utf-8-sig", newline="") as lines:
        reader = csv.reader(lines, strict=True)
        header: list[str] | None = None
        for fields in reader:
            values = [trimmed(value) for value in fields]
            if not any(values) and len(values) < 2:
                continue
            if header is None:
                header = values
                if any(header.count(name) != 1 for name in required):
                    raise ReferenceError(f"{path.name}: the header needs {', '.join(required)}, once each")
            elif len(values) != len(header):
                yield reader.line_num, {}
            else:
                yield reader.line_num, dict(zip(header, values, strict=True))


def _readable_rows(path: Path, required: tuple[str, ...]) -> list[tuple[int, dict[str, str]]]:
    """All rows of a file, or ReferenceError where it is no CSV in UTF-8."""
    try:
        return list(_rows(path, required))
    except (csv.Error, UnicodeDecodeError) as error:
        raise ReferenceError(f"{path.name}: {error}") from error


def _load(
    path: Path, required: tuple[str, ...], read: Callable[[dict[str, str]], Entry], key: Callable[[Entry], object]
) -> list[Entry]:
    """All rows of a file; ReferenceError with every row that cannot be read or repeats a key."""
    found: list[Entry] = []
    keys: set[object] = set()
    bad: list[str] = []
    for line, values in _readable_rows(path, required):
        try:
            if not values:
                raise _BadRow("another field count than the header")
            entry = read(values)
            if key(entry) in keys:
                raise _BadRow("its key is there twice")
        except _BadRow as error:
            bad.append(f"row {line}: {error}")
        else:
            keys.add(key(entry))
            found.append(entry)
    if bad:
        raise ReferenceError(f"{path.name}: " + "; ".join(bad))
    return found


def _name(values: dict[str, str], column: str) -> str:
    if not values[column]:
        raise _BadRow(f"{column} is empty")
    return values[column]


def _number(values: dict[str, str], column: str) -> Fraction | None:
    text = values.get(column, "")
    number = parse_number(text)
    if text and number is None:
        raise _BadRow(f"{column} is no number")
    return number


def _time(values: dict[str, str], column: str, clock: Clock) -> int | None:
    """A stamp (UTC without an offset), or a mere date: its 00:00 local."""
    text = values.get(column, "")
    if not text:
        return None
    if len(text) == len("2024-01-01"):
        stamp = parse_stamp(f"{text}T00:00")
        found = None if stamp is None else _local_midnight(text, clock)
    else:
        stamp = parse_stamp(text)
        found = None if stamp is None else instant(stamp, Clock("UTC", 0).zone)
    if found is None:
        raise _BadRow(f"{column} is no time")
    return found


def _local_midnight(text: str, clock: Clock) -> int | None:
    try:
        return clock.day_start(date.fromisoformat(text))
    except (ValueError, OverflowError):
        return None


def _period(values: dict[str, str], start: str, end: str, clock: Clock) -> Period:
    period = Period(_time(values, start, clock), _time(values, end, clock))
    if period.start is not None and period.end is not None and period.end <= period.start:
        raise _BadRow(f"{end} is not after {start}")
    return period


def load_reference(folder: Path, settings: Settings) -> Reference:
    """The tables of a folder; every history is judged by this load."""
    clock = Clock(settings.time_zone, settings.grid_offset_minutes)

    def meter(values: dict[str, str]) -> Meter:
        kind = _name(values, "meter_type")
        limit, low = _number(values, "max_kw"), _number(values, "min_kw")
        by_type = settings.max_kw_by_meter_type.get(kind, settings.max_kw)
        text = values["interval_minutes"] or str(settings.default_interval_minutes)
        if text not in [str(minutes) for minutes in INTERVAL_MINUTES]:
            raise _BadRow(f"interval_minutes is {text}, not one of {INTERVAL_MINUTES}")
        return Meter(
            meter_id=_name(values, "meter_id"),
            meter_type=kind,
            interval_minutes=int(text),
            neighbourhood_id=values["neighbourhood_id"] or None,
            max_kw=by_type if limit is None else limit,
            min_kw=settings.min_kw if low is None else low,
            active=_period(values, "active_from", "active_to", clock),
        )

    def vacancy(values: dict[str, str]) -> tuple[str, Period]:
        period = _period(values, "from", "to", clock)
        if period.start is None:
            raise _BadRow("from is empty")
        return _name(values, "meter_id"), period

    def weather(values: dict[str, str]) -> tuple[str, int, Fraction]:
        hour, temperature = _time(values, "hour", clock), _number(values, "temperature_c")
        if hour is None or hour % HOUR or temperature is None:
            raise _BadRow("hour is no whole hour, or temperature_c is empty")
        return _name(values, "region"), hour, temperature

    def maintenance(values: dict[str, str]) -> Maintenance:
        period = _period(values, "from", "to", clock)
        if period.start is None:
            raise _BadRow("from is empty")
        return Maintenance(period, values.get("region") or None)

    if not (folder / "meters.csv").exists():
        raise ReferenceError("meters.csv is missing")
    columns = ("meter_id", "meter_type", "interval_minutes", "neighbourhood_id")
    meters = _load(folder / "meters.csv", columns, meter, lambda one: one.meter_id)
    reference = Reference(meters={one.meter_id: one for one in meters})
    vacancies = _load(folder / "vacancies.csv", ("meter_id", "from", "to"), vacancy, lambda one: (one[0], one[1].start))
    for meter_id, period in vacancies:
        reference.vacancies.setdefault(meter_id, []).append(period)
    hours = _load(folder / "weather.csv", ("region", "hour", "temperature_c"), weather, lambda one: one[:2])
    reference.weather = {(region, hour): temperature for region, hour, temperature in hours}
    reference.maintenance = _load(
        folder / "grid_maintenance.csv", ("from", "to"), maintenance, lambda one: (one.region, one.period.start)
    )
    return reference
