"""CSV of a reference table: strict, every problem named with its row, none passed over."""

import csv
import io
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from decimal import ROUND_HALF_UP, Decimal
from typing import Any
from zoneinfo import ZoneInfo

from meterlake.errors import ReferenceDataError

_SHOWN = 10
_TIME = re.compile(
    r"(\d{4}-\d{2}-\d{2})[T ]([01]\d|2[0-3]):([0-5]\d)(?::([0-5]\d)(?:\.(\d{1,9}))?)?"
    r"(Z|[+-](?:0\d|1[0-8])(?::?[0-5]\d)?)?",
    re.ASCII,
)
_DATE = re.compile(r"\d{4}-\d{2}-\d{2}", re.ASCII)
_NUMBER = re.compile(r"[+-]?(\d+\.?\d*|\.\d+)([eE][+-]?\d{1,4})?", re.ASCII)
_LARGEST = Decimal(10) ** 12


@dataclass(frozen=True)
class Field:
    """How a field's trimmed text becomes a value (ValueError says what is wrong), and whether its column may miss."""

    read: Callable[[str], Any]
    optional: bool = False


def records(
    content: bytes,
    where: str,
    fields: Mapping[str, Field],
    problem_of: Callable[[dict[str, Any]], str | None] = lambda row: None,
) -> list[dict[str, Any]]:
    """The rows as dictionaries of the fields, in the file's order. Blanks around fields and other columns are ignored.

    Raises ReferenceDataError naming the line and field of each row that cannot be read.
    """
    try:
        lines = [(n, line) for n, line in _lines(content) if len(line) > 1 or "".join(line).strip(" \t")]
    except (UnicodeDecodeError, csv.Error) as error:
        raise ReferenceDataError(f"the file cannot be read as CSV in UTF-8: {error}", where, "save it anew") from None
    header = [name.strip(" \t") for name in lines[0][1]] if lines else []
    _require_columns(header, fields, where)
    rows, problems = [], []
    for number, line in lines[1:]:
        row, wrong = _row(header, line, fields)
        wrong = wrong or [text for text in [problem_of(row)] if text]
        problems += [f"line {number}: {text}" for text in wrong]
        rows.append(row)
    _raise_on(problems, where)
    return rows


def unique(rows: list[dict[str, Any]], where: str, key: tuple[str, ...]) -> list[tuple[Any, ...]]:
    """The rows as tuples. Raises ReferenceDataError naming every key that stands there twice."""
    seen: dict[tuple[Any, ...], int] = {}
    for row in rows:
        value = tuple(row[name] for name in key)
        seen[value] = seen.get(value, 0) + 1
    twice = [f"{', '.join(key)} {', '.join(map(str, value))}: {n} rows" for value, n in seen.items() if n > 1]
    _raise_on(twice, where)
    return [tuple(row.values()) for row in rows]


def text_of(text: str) -> str | None:
    return text or None


def required(text: str) -> str:
    if not text:
        raise ValueError("is empty")
    return text


def decimal_of(places: int) -> Callable[[str], Decimal | None]:
    """A number rounded half-up to ``places``, None where the field is empty."""

    def read(text: str) -> Decimal | None:
        if not text:
            return None
        if not _NUMBER.fullmatch(text) or abs(Decimal(text)) >= _LARGEST:
            raise ValueError(f"is {text[:40]!r}, not a number below 10^12")
        return Decimal(text).quantize(Decimal(1).scaleb(-places), ROUND_HALF_UP)

    return read


def instant_of(time_zone: str) -> Callable[[str], datetime | None]:
    """An instant in UTC: without an offset it is UTC, a mere date is its 00:00 local; None where the field is empty."""
    zone = ZoneInfo(time_zone)

    def read(text: str) -> datetime | None:
        if not text:
            return None
        try:
            if _DATE.fullmatch(text):
                return datetime.combine(date.fromisoformat(text), datetime.min.time(), zone).astimezone(UTC)
            if matched := _TIME.fullmatch(text):
                return _instant(*matched.groups())
        except (ValueError, OverflowError):
            pass
        raise ValueError(f"is {text[:40]!r}, not a time such as 2024-03-15T14:00:00Z or a date")

    return read


def _instant(
    day: str, hour: str, minute: str, second: str | None, fraction: str | None, offset: str | None
) -> datetime:
    # Up to the next µs: of whole µs the same ones lie before it.
    micros = -(-int((fraction or "").ljust(9, "0")) // 1000)
    clock = timedelta(hours=int(hour), minutes=int(minute), seconds=int(second or 0), microseconds=micros)
    wall = datetime.combine(date.fromisoformat(day), datetime.min.time(), UTC) + clock
    if offset in (None, "Z"):
        return wall
    digits = offset[1:].replace(":", "").ljust(4, "0")
    shift = timedelta(hours=int(digits[:2]), minutes=int(digits[2:]))
    return wall + shift if offset[0] == "-" else wall - shift


def _lines(content: bytes) -> list[tuple[int, list[str]]]:
    reader = csv.reader(io.StringIO(content.decode("utf-8-sig"), newline=""), strict=True)
    return [(reader.line_num, line) for line in reader]


def _row(header: list[str], line: list[str], fields: Mapping[str, Field]) -> tuple[dict[str, Any], list[str]]:
    if len(line) != len(header):
        return {}, [f"has {len(line)} fields, the header {len(header)}"]
    texts = {name: text.strip(" \t") for name, text in zip(header, line, strict=True)}
    row, problems = {}, []
    for name, field in fields.items():
        try:
            row[name] = field.read(texts.get(name, ""))
        except ValueError as error:
            problems.append(f"{name} {error}")
    return row, problems


def _require_columns(header: list[str], fields: Mapping[str, Field], where: str) -> None:
    missing = [
        f"column {name} is missing" for name, field in fields.items() if name not in header and not field.optional
    ]
    twice = [f"column {name} stands there twice" for name in fields if header.count(name) > 1]
    _raise_on(missing + twice, where)


def _raise_on(problems: list[str], where: str) -> None:
    if problems:
        more = f" and {len(problems) - _SHOWN} more" if len(problems) > _SHOWN else ""
        raise ReferenceDataError("; ".join(problems[:_SHOWN]) + more, where, "correct these rows and run again")
