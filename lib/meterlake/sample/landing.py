"""Lines as landing files: raw/YYYY/MM/DD/HH/*, CSV, gzipped CSV, JSON lines and JSON arrays."""

import csv
import gzip
import io
import json
import re
from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field

from meterlake.sample.feed import Feed, Line
from meterlake.sample.period import Period

HEADER = ("meter_id", "timestamp", "value", "unit")
WESTGRID_HEADER = ("device", "ts", "val", "uom", "arrived")
WESTGRID_PREFIX = "westgrid_"
JSON_HOUR, JSON_LINES_HOUR = 5, 17  # of the day in UTC; every third hour is gzipped, the others are plain CSV
JSON_NUMBER = re.compile(r"-?(0|[1-9]\d*)(\.\d+)?")

Place = tuple[int, str]
"""A landing hour's number and a file's name in it."""


@dataclass
class Landing:
    """The files that lines do not make by themselves: lines of no use in a file, and files written as a whole."""

    period: Period
    useless_lines: dict[Place, list[bytes]] = field(default_factory=dict)
    whole_files: dict[Place, bytes] = field(default_factory=dict)

    def path(self, place: Place) -> str:
        """A file's path below the landing folder."""
        hour, name = place
        return f"raw/{self.period.instant(60 * hour):%Y/%m/%d/%H}/{name}"

    def place(self, line: Line) -> Place:
        """The file that brings a line: its own, or the one of its head-end and landing hour."""
        if line.file:
            return line.landed, line.file
        hour = self.period.instant(60 * line.landed)
        if line.received_at is not None:
            return line.landed, f"{WESTGRID_PREFIX}{hour:%Y%m%d%H}.jsonl"
        return line.landed, f"amr_{hour:%Y%m%d%H}.{_suffix(hour.hour)}"

    def files(self, feeds: Iterable[Feed]) -> dict[str, bytes]:
        """Every landing file's content by its path."""
        by_place: dict[Place, list[Line]] = defaultdict(list)
        for feed in feeds:
            for line in sorted([*feed.lines.values(), *feed.extra], key=lambda line: line.read_at):
                by_place[self.place(line)].append(line)
        contents = {
            place: self.content(place[1], lines, self.useless_lines.get(place, ())) for place, lines in by_place.items()
        }
        contents |= self.whole_files
        return {self.path(place): contents[place] for place in sorted(contents)}

    def content(self, name: str, lines: Iterable[Line], useless_lines: Iterable[bytes] = ()) -> bytes:
        """A file's bytes: lines in the format of its name, then lines of no use."""
        header = WESTGRID_HEADER if name.startswith(WESTGRID_PREFIX) else HEADER
        rows = [self._fields(line) for line in lines]
        if name.endswith((".csv", ".csv.gz")):
            text = _csv([header, *rows])
        elif name.endswith(".jsonl"):
            text = "".join(_json(header, row) + "\n" for row in rows)
        else:
            text = "[\n" + ",\n".join(_json(header, row) for row in rows) + "\n]\n"
        plain = text.encode() + b"".join(line + b"\n" for line in useless_lines)
        return gzip.compress(plain, mtime=0) if name.endswith(".gz") else plain

    def _fields(self, line: Line) -> tuple[str, ...]:
        fields = (line.meter_id, line.stamp, line.value, line.unit)
        return fields if line.received_at is None else (*fields, self.period.text(line.received_at))


def _suffix(hour_of_day: int) -> str:
    if hour_of_day == JSON_HOUR:
        return "json"
    if hour_of_day == JSON_LINES_HOUR:
        return "jsonl"
    return "csv.gz" if hour_of_day % 3 == 0 else "csv"


def _csv(rows: Iterable[Sequence[str]]) -> str:
    text = io.StringIO()
    csv.writer(text, lineterminator="\n").writerows(rows)
    return text.getvalue()


def _json(header: Sequence[str], row: Sequence[str]) -> str:
    """An object with the value as a number of exactly the digits sent, where it is one, and no unit as null."""
    pairs = []
    for name, text in zip(header, row, strict=True):
        is_number = name == header[2] and JSON_NUMBER.fullmatch(text)
        value = text if is_number else json.dumps(text or None, ensure_ascii=False)
        pairs.append(f'"{name}": {value}')
    return "{" + ", ".join(pairs) + "}"
