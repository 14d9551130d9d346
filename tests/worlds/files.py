"""Landing files from lines: CSV, gzip, JSON and JSON lines, with a hostile line now and then."""

import gzip
import json
import re
from datetime import timedelta
from random import Random

from .plan import EPOCH
from .sending import Feed, Sent

JSON_NUMBER = re.compile(r"-?(0|[1-9][0-9]*)(\.[0-9]+)?([eE][+-]?[0-9]+)?")
BOM = b"\xef\xbb\xbf"
HOSTILE_CSV = (
    b"",
    b" \t ",
    b"just one field",
    b",,,",
    b'"an open quote,2024-06-03T10:00:00Z,1,kW',
    b'"MTR-1" ,2024-06-03T10:00:00Z,1,kW',
    b'"MTR-1"x,2024-06-03T10:00:00Z,1,kW',
    b"MTR-1,2024-06-03T10:00:00Z,\xff\xfe,kW",
    b"\xed\xa0\x80,,,",
    b"MTR-1,2024-06-03T10:00:00Z,1,kW,,,,,,,,",
    b'M"TR"-1,2024-06-03T10:00:00Z,1"2,kW',
    b'"A,7","2024-06-03T10:00:00Z","1.5","k""W"',
    b"MTR-1,2024-06-03\rT10:00:00Z,1,kW",
    b"\xe2\x80\x85,\xc2\xa0,\xe2\x80\xa8,\x0b",
)
HOSTILE_JSON = (
    "{}",
    "[]",
    "null",
    "17",
    '"text"',
    '{"meter_id": {"id": 1}, "timestamp": "x", "value": 1, "unit": "kW"}',
    '{"meter_id": "MTR-1", "timestamp": "2024-06-03T10:00:00Z", "value": 1.50, "unit": null, "tags": []}',
    '{"meter_id": 17, "timestamp": 1717372800, "value": true, "unit": false}',
    '{"meter_id": "MTR-1", "value": 1e0}',
)
BROKEN_JSON = (
    '{"meter_id": "MTR-1", "value": NaN}',
    '{"meter_id": "MTR-1", "value": -Infinity}',
    '{"meter_id": "MTR-1", "value": 01}',
    '{"meter_id": "MTR-1"} {}',
    "{'meter_id': 1}",
    '{"meter_id": "MTR-1",}',
    "meter_id,timestamp,value,unit",
    '{"meter_id": "tab\there"}',
)


def folder(bucket: int) -> str:
    """The landing folder of an hour."""
    return (EPOCH + timedelta(seconds=bucket // 10**9)).strftime("raw/%Y/%m/%d/%H")


def encode(rng: Random, feed: Feed, lines: list[Sent], hostility: float) -> bytes:
    """The bytes of a file; `hostility` is the chance of a hostile line or an odd form."""
    if feed.ending == "json":
        return _json(rng, feed, lines, hostility)
    content = (
        _csv(rng, feed, lines, hostility) if feed.ending.startswith("csv") else _jsonl(rng, feed, lines, hostility)
    )
    return gzip.compress(content, mtime=0) if feed.ending.endswith(".gz") else content


def _joined(rng: Random, lines: list[bytes], hostility: float) -> bytes:
    """Physical lines: LF or CRLF or both, the last with or without its end, with or without a BOM."""
    style = rng.choice((b"\n", b"\n", b"\r\n", None))
    ended = b"".join(line + (style or rng.choice((b"\n", b"\r\n"))) for line in lines)
    if rng.random() < 0.3:
        ended = ended.removesuffix(b"\n").removesuffix(b"\r")
        ended += b"\r" if rng.random() < hostility / 2 else b""
    return BOM + ended if rng.random() < 0.1 else ended


def _csv(rng: Random, feed: Feed, lines: list[Sent], hostility: float) -> bytes:
    """A header with the feed's columns in its order, then the lines."""
    header = [f" {name}\t" if rng.random() < 0.05 else _quoted(rng, name) for name in feed.header]
    found = [",".join(header).encode()]
    if rng.random() < 0.05:
        found.insert(0, rng.choice((b"", b"  ", b"\t")))
    for line in lines:
        values = _values(feed, line)
        fields = (_quoted(rng, values.get(column) or "") for column in feed.header)
        found.append(",".join(fields).encode())
        if rng.random() < hostility / 8:
            found.append(rng.choice(HOSTILE_CSV))
    return _joined(rng, found, hostility)


def _values(feed: Feed, line: Sent) -> dict[str, str]:
    """A line's texts by the feed's columns, and something in the columns that nobody reads."""
    values = {column: getattr(line, name) for name, column in feed.columns.items()}
    return {column: values.get(column, "x") for column in feed.header}


def _quoted(rng: Random, text: str) -> str:
    """A field, in quotes where it must be and sometimes where it need not."""
    needs = "," in text or text.startswith('"')
    return '"' + text.replace('"', '""') + '"' if needs or rng.random() < 0.03 else text


def _object(rng: Random, feed: Feed, line: Sent) -> str:
    """A JSON object whose numbers are numbers or texts, and whose empty values are null, missing or empty."""
    parts = []
    for column, text in _values(feed, line).items():
        if text == "" and rng.random() < 0.6:
            if rng.random() < 0.5:
                parts.append(f"{json.dumps(column)}: null")
            continue
        is_number = JSON_NUMBER.fullmatch(text) and rng.random() < 0.7
        written = text if is_number else json.dumps(text, ensure_ascii=rng.random() < 0.5)
        parts.append(f"{json.dumps(column)}: {written}")
    return "{" + ", ".join(parts) + "}"


def _jsonl(rng: Random, feed: Feed, lines: list[Sent], hostility: float) -> bytes:
    found = []
    for line in lines:
        found.append(_object(rng, feed, line).encode())
        if rng.random() < hostility / 8:
            found.append(rng.choice((*HOSTILE_JSON, *BROKEN_JSON)).encode())
        if rng.random() < hostility / 20:
            found.append(rng.choice((b"", b" \t", b'{"meter_id": "\xff"}')))
    return _joined(rng, found, hostility)


def _json(rng: Random, feed: Feed, lines: list[Sent], hostility: float) -> bytes:
    parts = [_object(rng, feed, line) for line in lines]
    if len(parts) == 1 and rng.random() < 0.5:
        text = parts[0]
    else:
        if rng.random() < hostility:
            parts.insert(rng.randint(0, len(parts)), rng.choice(HOSTILE_JSON))
        text = "[" + rng.choice((",", ",\n", " ,\r\n  ")).join(parts) + "]"
    content = rng.choice(("", "", "\n", " ")) + text + rng.choice(("", "\n"))
    return (BOM if rng.random() < 0.1 else b"") + content.encode()
