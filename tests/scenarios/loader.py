"""Scenarios from their folders: what is given as CSV becomes one landing, what is expected becomes rows to compare.

    given_<situation>/when/meters.csv      the registry's rows
                     /when/readings.csv    landed, meter_id, timestamp, value, unit, optional received_at, repeat
                     /when/vacancies.csv   optional
                     /then/<table>.csv     all rows of the scenario's meters in silver.<table>, in the columns named

Every file may have a column ``comment`` that says why a row is there. ``repeat`` makes a line stand for so many
intervals in a row, ``1.0|1.1`` for values in turn. A line without ``landed`` came when its interval ended.
"""

import csv
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from itertools import cycle
from pathlib import Path
from typing import Any

from pyspark.sql.types import ArrayType, BooleanType, DataType, DateType, DecimalType, StringType, TimestampType

from meterlake import tables

Line = dict[str, str]
FOLDER = Path(__file__).parent
TABLES = {table.name: table for table in (tables.silver.READINGS, tables.silver.QUARANTINE, tables.silver.GAPS)}
TABLES["faults"] = tables.silver.FAULTS
ONE_BY_ONE = datetime(2026, 3, 31, 23)  # the hour whose file holds the readings that tell their own received_at
LANDING_COLUMNS = ("meter_id", "timestamp", "value", "unit", "received_at", "comment")


@dataclass(frozen=True)
class Scenario:
    """A situation: its folder without ``given_``, the lines of when/ and, by table, those of then/."""

    situation: str
    meters: list[Line]
    readings: list[Line]
    vacancies: list[Line]
    then: dict[str, list[Line]]
    columns: dict[str, list[str]]

    @property
    def meter_ids(self) -> set[str]:
        return {line["meter_id"].strip() for line in (*self.meters, *self.readings)}

    def landing_files(self) -> dict[str, list[Line]]:
        """Lines by path below the landing: one file an hour, named after the situation."""
        files: dict[str, list[Line]] = defaultdict(list)
        for line in self.readings:
            landed = datetime.fromisoformat(line["landed"]) if line["landed"] else ONE_BY_ONE
            files[f"{landed:raw/%Y/%m/%d/%H}/{self.situation}.csv"] += self._each(line)
        return files

    def expected(self, table: str) -> Counter[tuple[Any, ...]]:
        kinds = {field.name: field.dataType for field in TABLES[table].schema}
        rows: Counter[tuple[Any, ...]] = Counter()
        for line in self.then[table]:
            for row in self._repeated(line, "read_at", ("kw", "energy_kwh")):
                rows[tuple(_typed(row[column], kinds[column]) for column in self.columns[table])] += 1
        return rows

    def _each(self, line: Line) -> Iterator[Line]:
        """The lines that land, with a received_at of their own where no hour is named."""
        for one in self._repeated(line, "timestamp", ("value",)):
            received_at = one.get("received_at", "")
            if not line["landed"]:
                received_at = _text(_time(one["timestamp"]) + self._interval(line["meter_id"]))
            yield one | {"received_at": received_at}

    def _repeated(self, line: Line, time: str, values: tuple[str, ...]) -> Iterator[Line]:
        if not line.get("repeat"):
            yield line
            return
        first, step = _time(line[time]), self._interval(line["meter_id"])
        turns = {name: cycle(line[name].split("|")) for name in values if name in line}
        for number in range(int(line["repeat"])):
            now = {name: next(turn) for name, turn in turns.items()}
            yield line | now | {time: _text(first + number * step)}

    def _interval(self, meter_id: str) -> timedelta:
        minutes = {line["meter_id"]: line["interval_minutes"] for line in self.meters}.get(meter_id)
        return timedelta(minutes=int(minutes or 60))


def scenarios() -> list[Scenario]:
    return [_scenario(folder) for folder in sorted(FOLDER.glob("given_*"))]


def _scenario(folder: Path) -> Scenario:
    when, then = folder / "when", {path.stem: _lines(path) for path in sorted((folder / "then").glob("*.csv"))}
    columns = {name: [c for c in header if c not in ("comment", "repeat")] for name, (header, _) in then.items()}
    return Scenario(
        folder.name.removeprefix("given_"),
        _lines(when / "meters.csv")[1],
        _lines(when / "readings.csv")[1],
        _lines(when / "vacancies.csv")[1] if (when / "vacancies.csv").exists() else [],
        {name: lines for name, (_, lines) in then.items()},
        columns,
    )


def write(scenarios: Iterable[Scenario], landing: Path, reference: Path) -> None:
    """One landing and one registry of all scenarios. The comments land too: no reader minds, no two files are alike."""
    found = list(scenarios)
    meters = [meter for scenario in found for meter in scenario.meters]
    twice = [name for name, n in Counter(meter["meter_id"] for meter in meters).items() if n > 1]
    assert not twice, f"meters of two scenarios: {twice}"
    columns = [name for name, _, _ in tables.bronze.METERS.columns if not name.endswith("_key")]
    _write(reference / "meters.csv", columns, meters)
    vacancies = [vacancy for scenario in found for vacancy in scenario.vacancies]
    _write(reference / "vacancies.csv", ["meter_id", "from", "to"], vacancies)
    for scenario in found:
        for path, lines in scenario.landing_files().items():
            _write(landing / path, LANDING_COLUMNS, lines)


def _write(path: Path, columns: Iterable[str], lines: list[Line]) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    with path.open("w", newline="") as file:
        writer = csv.DictWriter(file, list(columns), restval="", extrasaction="ignore", lineterminator="\n")
        writer.writeheader()
        writer.writerows(lines)


def _lines(path: Path) -> tuple[list[str], list[Line]]:
    with path.open(newline="") as file:
        reader = csv.DictReader(file, strict=True)
        lines = list(reader)
    assert not [line for line in lines if None in line or None in line.values()], f"{path}: a line of another length"
    return list(reader.fieldnames or ()), lines


def _time(text: str) -> datetime:
    time = datetime.fromisoformat(text)
    return time.astimezone(UTC) if time.tzinfo else time.replace(tzinfo=UTC)


def _text(time: datetime) -> str:
    return time.isoformat().replace("+00:00", "Z")


def _typed(text: str, kind: DataType) -> Any:
    """The value that a reader of the table gets; arrays are written with blanks between, an empty field is empty."""
    if isinstance(kind, ArrayType):
        return tuple(text.split())
    if text == "":
        return None
    reads = {
        StringType: str,
        DecimalType: Decimal,
        TimestampType: lambda time: _time(time).replace(tzinfo=None),
        DateType: date.fromisoformat,
        BooleanType: {"true": True, "false": False}.__getitem__,
    }
    return reads.get(type(kind), int)(text)
