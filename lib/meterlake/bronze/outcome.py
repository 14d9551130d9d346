"""What cutting a landing file gives: readings, dead letters, and a count of lines to balance them against."""

from collections.abc import Sequence
from dataclasses import dataclass

import pyarrow as pa

REQUIRED_FIELDS = ("meter_id", "read_at", "value", "unit")
OPTIONAL_FIELDS = ("received_at", "quality_code")
FIELDS = REQUIRED_FIELDS + OPTIONAL_FIELDS

WRONG_FIELD_COUNT = "WRONG_FIELD_COUNT"
UNDECODABLE = "UNDECODABLE"
MALFORMED_CSV = "MALFORMED_CSV"
MALFORMED_JSON = "MALFORMED_JSON"
BROKEN_GZIP = "BROKEN_GZIP"
HEADER_WITHOUT_COLUMNS = "HEADER_WITHOUT_COLUMNS"

WHOLE_FILE = 0
"""The source_line of a dead letter that stands for a file nothing can be read of."""

READINGS_SCHEMA = pa.schema([*((field, pa.string()) for field in FIELDS), ("source_line", pa.int64())])

Row = tuple[str | None, ...]
"""One reading: a value per field of FIELDS, None where the source has no such column."""

_HEAD_CHARACTERS = 1_000
_SHOWN_CHARACTERS = 60


@dataclass(frozen=True)
class DeadLetter:
    """A line (or with source_line 0 a whole file) that cannot be cut; the line is kept as it came."""

    source_line: int
    raw_line: str
    reason: str
    detail: str


@dataclass(frozen=True)
class ParsedFile:
    """A file's readings and dead letters; `lines` is counted apart from both where the format allows it."""

    readings: pa.Table
    dead_letters: list[DeadLetter]
    lines: int


class UncuttableLine(Exception):
    """This line becomes a dead letter; its neighbours are not touched by it."""

    def __init__(self, reason: str, detail: str) -> None:
        super().__init__(detail)
        self.reason = reason
        self.detail = detail


class UnreadableFile(Exception):
    """The whole file becomes one dead letter; `head` is the part of its text that shows why, if there is one."""

    def __init__(self, reason: str, detail: str, head: str = "") -> None:
        super().__init__(detail)
        self.reason = reason
        self.detail = detail
        self.head = head[:_HEAD_CHARACTERS]


def readings_table(rows: Sequence[Row], source_lines: Sequence[int]) -> pa.Table:
    """Rows as an Arrow table, one string column per field and the line each row stood on."""
    columns = zip(*rows, strict=True) if rows else ((),) * len(FIELDS)
    arrays = [pa.array(column, pa.string()) for column in columns]
    return pa.Table.from_arrays([*arrays, pa.array(source_lines, pa.int64())], schema=READINGS_SCHEMA)


def shown(text: str) -> str:
    """Text from a file as it may stand in a detail: quoted, printable, never longer than a line on a screen."""
    return repr(text) if len(text) <= _SHOWN_CHARACTERS else f"{text[:_SHOWN_CHARACTERS]!r}..."
