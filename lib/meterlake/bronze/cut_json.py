"""JSON cut into readings: `.jsonl` line by line, `.json` element by element.

A value keeps the text it has in the file: 1.50 stays 1.50, true is 'true', a string is its content; null and a
missing key are ''. Of a key that stands twice the last value counts. What cannot be a reading is MALFORMED_JSON: no
JSON, no object, a nested value under any key, half a surrogate pair in a mapped value (no UTF-8 can hold it).
"""

from collections.abc import Iterator, Mapping
from functools import partial
from typing import Any

import pyarrow as pa

from meterlake.bronze.json_text import JsonFault, behind_blanks, decode_value
from meterlake.bronze.lines import count_lines, cut_lines, escaped, not_utf8
from meterlake.bronze.outcome import (
    FIELDS,
    MALFORMED_JSON,
    UNDECODABLE,
    DeadLetter,
    Row,
    UncuttableLine,
    UnreadableFile,
    readings_table,
    shown,
)

_LITERALS = {True: "true", False: "false", None: ""}


def cut_json_lines(content: bytes, columns: Mapping[str, str]) -> tuple[pa.Table, list[DeadLetter]]:
    """A `.jsonl`: one object a line, the source line is the physical one."""
    return cut_lines(content, 1, partial(_cut_line, columns=columns))


def _cut_line(line: str, columns: Mapping[str, str]) -> Row:
    try:
        value, end = decode_value(line, behind_blanks(line, 0))
        _expect_end(line, end)
    except JsonFault as fault:
        raise UncuttableLine(MALFORMED_JSON, str(fault)) from None
    return _row(value, line, columns)


def cut_json_document(content: bytes, columns: Mapping[str, str]) -> tuple[pa.Table, list[DeadLetter]]:
    """A `.json`: an array of objects or one object, the source line is the position in the array, from 1.

    A dead letter's raw line is the element's own text. One fault in the JSON itself makes the whole file unreadable.
    """
    rows: list[Row] = []
    source_lines: list[int] = []
    dead_letters: list[DeadLetter] = []
    if not count_lines(content):
        return readings_table(rows, source_lines), dead_letters
    text = _document_text(content)
    try:
        for position, (value, raw) in enumerate(_elements(text), 1):
            try:
                rows.append(_row(value, raw, columns))
                source_lines.append(position)
            except UncuttableLine as fault:
                dead_letters.append(DeadLetter(position, raw, fault.reason, fault.detail))
    except JsonFault as fault:
        raise UnreadableFile(MALFORMED_JSON, str(fault), text) from None
    return readings_table(rows, source_lines), dead_letters


def _document_text(content: bytes) -> str:
    try:
        return content.decode("utf-8")
    except UnicodeDecodeError as error:
        raise UnreadableFile(UNDECODABLE, not_utf8(error), escaped(content[:1_000])) from None


def _elements(text: str) -> Iterator[tuple[Any, str]]:
    """Each element of the outermost array, or the one object, with the text it was read from."""
    at = behind_blanks(text, 0)
    if text.startswith("{", at):
        value, end = decode_value(text, at)
        yield value, text[at:end]
        _expect_end(text, end)
        return
    if not text.startswith("[", at):
        raise JsonFault(f"an array or an object expected, found {shown(text[at:])}")
    at = behind_blanks(text, at + 1)
    is_last = text.startswith("]", at)
    while not is_last:
        value, end = decode_value(text, at)
        yield value, text[at:end]
        at = behind_blanks(text, end)
        is_last = text.startswith("]", at)
        if not is_last and not text.startswith(",", at):
            raise JsonFault(f"',' or ']' expected at character {at + 1}, found {shown(text[at : at + 20])}")
        at = at if is_last else behind_blanks(text, at + 1)
    _expect_end(text, at + 1)


def _expect_end(text: str, at: int) -> None:
    at = behind_blanks(text, at)
    if at < len(text):
        raise JsonFault(f"the end expected at character {at + 1}, found {shown(text[at : at + 20])}")


def _row(value: Any, raw: str, columns: Mapping[str, str]) -> Row:
    """One object's mapped fields in the order of FIELDS; `raw` is the text the object was read from."""
    if not isinstance(value, dict):
        raise UncuttableLine(MALFORMED_JSON, f"an object expected, found {_kind(value)}")
    for key, member in value.items():
        if isinstance(member, dict | list):
            raise UncuttableLine(MALFORMED_JSON, f"the value of {shown(key)} is nested, a text or number expected")
    row = tuple([_text(value.get(columns[field])) if field in columns else None for field in FIELDS])
    # Half a surrogate pair can only come from an escape: the file itself is UTF-8.
    if "\\u" in raw:
        _expect_encodable(row)
    return row


def _text(member: str | bool | None) -> str:
    return member if isinstance(member, str) else _LITERALS[member]


def _expect_encodable(row: Row) -> None:
    for field, text in zip(FIELDS, row, strict=True):
        try:
            (text or "").encode("utf-8")
        except UnicodeEncodeError:
            raise UncuttableLine(MALFORMED_JSON, f"half a surrogate pair in {field}: {shown(text or '')}") from None


def _kind(value: Any) -> str:
    if isinstance(value, list):
        return "an array"
    return "a text or a number" if isinstance(value, str) else f"'{_LITERALS[value] or 'null'}'"
