"""CSV cut exactly: small, slow, and the measure for the fast path.

RFC 4180, but a quoted field ends in its own line: an open quote spoils one line, and the next is read by itself.
Behind a closing quote only a comma or the line's end may stand; a quote inside an unquoted field is a character.
Of a line's faults the first in this order is named: UNDECODABLE, MALFORMED_CSV, WRONG_FIELD_COUNT.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import partial

import pyarrow as pa

from meterlake.bronze.lines import cut_lines, escaped, is_blank, next_line, not_utf8
from meterlake.bronze.outcome import (
    FIELDS,
    HEADER_WITHOUT_COLUMNS,
    MALFORMED_CSV,
    OPTIONAL_FIELDS,
    UNDECODABLE,
    WRONG_FIELD_COUNT,
    DeadLetter,
    Row,
    UncuttableLine,
    UnreadableFile,
    shown,
)


@dataclass(frozen=True)
class Header:
    """How many fields a line has, and at which position each of FIELDS stands (None: not in this file)."""

    width: int
    positions: tuple[int | None, ...]


@dataclass(frozen=True)
class Body:
    """Where the lines behind the header start: the offset in the content, and the first one's physical number."""

    start: int
    first_line: int


def cut_fields(line: str) -> list[str]:
    """The fields of one line: `a,"b,""c"" ",` gives `a`, `b,"c" ` and an empty one."""
    if '"' not in line:
        return line.split(",")
    fields = []
    at = 0
    while True:
        if line.startswith('"', at):
            field, at = _quoted_field(line, at)
        else:
            comma = line.find(",", at)
            end = comma if comma >= 0 else len(line)
            field, at = line[at:end], end
        fields.append(field)
        if at == len(line):
            return fields
        at += 1  # over the comma


def _quoted_field(line: str, opening: int) -> tuple[str, int]:
    """The field whose opening quote stands at `opening`, and the position behind its closing quote."""
    parts = []
    at = opening + 1
    while True:
        quote = line.find('"', at)
        if quote < 0:
            raise UncuttableLine(MALFORMED_CSV, f"the quote at character {opening + 1} is not closed in its line")
        parts.append(line[at:quote])
        behind = line[quote + 1 : quote + 2]
        if behind != '"':
            break
        parts.append('"')
        at = quote + 2
    if behind not in ("", ","):
        found = f"found {shown(behind)} behind the closing quote at character {quote + 1}"
        raise UncuttableLine(MALFORMED_CSV, f"{found}, a comma or the line's end expected")
    return "".join(parts), quote + 1


def read_header(content: bytes, columns: Mapping[str, str]) -> tuple[Header, Body] | None:
    """The first line that is one, read as the header; None where the content has no line at all."""
    start, number = 0, 0
    while start < len(content):
        line, start = next_line(content, start)
        number += 1
        if not is_blank(line):
            return _header_of(line, columns), Body(start, number + 1)
    return None


def _header_of(line: bytes, columns: Mapping[str, str]) -> Header:
    try:
        text = line.decode("utf-8")
    except UnicodeDecodeError as error:
        raise UnreadableFile(UNDECODABLE, f"in the header: {not_utf8(error)}", escaped(line)) from None
    try:
        names = [name.strip(" \t") for name in cut_fields(text)]
    except UncuttableLine as fault:
        raise UnreadableFile(HEADER_WITHOUT_COLUMNS, f"the header cannot be cut: {fault.detail}", text) from None
    wrong = [found for field in FIELDS if (found := _column_fault(field, names, columns))]
    if wrong:
        raise UnreadableFile(HEADER_WITHOUT_COLUMNS, "; ".join(wrong), text)
    places = {name: place for place, name in enumerate(names)}
    return Header(len(names), tuple(places.get(columns[field]) if field in columns else None for field in FIELDS))


def _column_fault(field: str, names: list[str], columns: Mapping[str, str]) -> str | None:
    """What is wrong with the header's column for this field, in words; None where it can be used."""
    if field in OPTIONAL_FIELDS and field not in columns:
        return None
    times = names.count(columns[field])
    if times > 1:
        return f"column {shown(columns[field])} stands {times} times, once expected"
    if times == 0 and field not in OPTIONAL_FIELDS:
        return f"column {shown(columns[field])} ({field}) is missing"
    return None


def cut_row(line: str, header: Header) -> Row:
    """One line's mapped fields in the order of FIELDS, blanks and all."""
    fields = cut_fields(line)
    if len(fields) != header.width:
        found = f"{len(fields)} field{'s' if len(fields) > 1 else ''}"
        raise UncuttableLine(WRONG_FIELD_COUNT, f"{found}, the header has {header.width}")
    return tuple([None if place is None else fields[place] for place in header.positions])


def cut_exactly(block: bytes, first_line: int, header: Header) -> tuple[pa.Table, list[DeadLetter]]:
    """Every line of the block, whatever it looks like; `first_line` is the physical number of its first one."""
    return cut_lines(block, first_line, partial(cut_row, header=header))
