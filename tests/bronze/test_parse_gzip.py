"""Gzip files: what unpacks completely is read, anything else is one unreadable file."""

import gzip

import pytest

from meterlake.bronze.parse import parse_file

COLUMNS = {"meter_id": "meter_id", "read_at": "timestamp", "value": "value", "unit": "unit"}
BOM = b"\xef\xbb\xbf"
HEADER = b"meter_id,timestamp,value,unit\n"
CONTENT = HEADER + b"a,b,c,d\nx\n"
PACKED = gzip.compress(CONTENT, mtime=0)

READABLE = {
    "one member": PACKED,
    "two members": gzip.compress(CONTENT[:40]) + gzip.compress(CONTENT[40:]),
    "an empty member first": gzip.compress(b"") + PACKED,
    "a BOM inside": gzip.compress(BOM + CONTENT),
    "zero bytes behind, as tapes pad": PACKED + b"\0" * 512,
}


@pytest.mark.parametrize("content", READABLE.values(), ids=READABLE.keys())
def test_readable(content: bytes) -> None:
    parsed = parse_file(content, "a.csv.gz", COLUMNS)
    assert parsed.readings["source_line"].to_pylist() == [2]
    assert parsed.readings["meter_id"].to_pylist() == ["a"]
    assert [(letter.source_line, letter.raw_line) for letter in parsed.dead_letters] == [(3, "x")]
    assert parsed.lines == 2


NOTHING = {
    "zero bytes": b"",
    "a gzip of nothing": gzip.compress(b""),
    "two of nothing": gzip.compress(b"") * 2,
    "only a BOM in it": gzip.compress(BOM),
    "header only": gzip.compress(HEADER),
    "blank lines": gzip.compress(b"\n \n"),
}


@pytest.mark.parametrize("content", NOTHING.values(), ids=NOTHING.keys())
def test_files_without_a_line(content: bytes) -> None:
    parsed = parse_file(content, "a.csv.gz", COLUMNS)
    assert (parsed.readings.num_rows, parsed.dead_letters, parsed.lines) == (0, [], 0)


def with_byte(content: bytes, place: int) -> bytes:
    """The content with one byte changed."""
    place %= len(content)
    return content[:place] + bytes([content[place] ^ 0xFF]) + content[place + 1 :]


BROKEN = {
    "no gzip at all": CONTENT,
    "a BOM before the gzip": BOM + PACKED,
    "one byte": b"\x1f",
    "only the magic bytes": b"\x1f\x8b",
    "only zero bytes": b"\0" * 20,
    "the header cut off": PACKED[:6],
    "the data cut off": PACKED[: len(PACKED) // 2],
    "the checksum cut off": PACKED[:-4],
    "the last byte cut off": PACKED[:-1],
    "a wrong checksum": with_byte(PACKED, -8),
    "a wrong length": with_byte(PACKED, -4),
    "a wrong method": with_byte(PACKED, 2),
    "damaged data": with_byte(PACKED, 10),
    "garbage behind": PACKED + b"garbage",
    "one byte behind": PACKED + b"\n",
    "a second member cut off": PACKED + PACKED[:-9],
    "blank lines, not packed": b"\n\n",
}


@pytest.mark.parametrize("content", BROKEN.values(), ids=BROKEN.keys())
def test_broken_files_are_one_dead_letter_and_one_line(content: bytes) -> None:
    parsed = parse_file(content, "a.csv.gz", COLUMNS)
    assert (parsed.readings.num_rows, parsed.lines) == (0, 1)
    [letter] = parsed.dead_letters
    assert (letter.source_line, letter.raw_line, letter.reason) == (0, "", "BROKEN_GZIP")
    assert "a whole gzip file expected" in letter.detail


def test_every_truncation_is_broken() -> None:
    for length in range(1, len(PACKED)):
        [letter] = parse_file(PACKED[:length], "a.csv.gz", COLUMNS).dead_letters
        assert letter.reason == "BROKEN_GZIP"


def test_what_is_in_a_gzip_is_judged_like_any_csv() -> None:
    [letter] = parse_file(gzip.compress(b"a,b\n1,2\n"), "a.csv.gz", COLUMNS).dead_letters
    assert (letter.source_line, letter.raw_line, letter.reason) == (0, "a,b", "HEADER_WITHOUT_COLUMNS")


def test_only_the_name_says_gzip() -> None:
    [letter] = parse_file(PACKED, "a.csv", COLUMNS).dead_letters
    assert (letter.source_line, letter.reason) == (0, "UNDECODABLE")
