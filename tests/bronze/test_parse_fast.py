"""The fast path against the exact one: where it does not decline it gives the same, and no line is ever lost."""

from unittest.mock import patch

import pytest
from hypothesis import HealthCheck, assume, event, example, given, settings
from hypothesis import strategies as st

from meterlake.bronze import parse as parse_module
from meterlake.bronze.cut_csv import Header, cut_exactly
from meterlake.bronze.cut_csv_fast import cut_fast
from meterlake.bronze.lines import count_lines, numbered_lines
from meterlake.bronze.parse import ParsedFile, parse_file

COLUMNS = {"meter_id": "meter_id", "read_at": "timestamp", "value": "value", "unit": "unit", "received_at": "received"}
HEADER_LINE = b"meter_id,timestamp,value,unit\n"
BOM = b"\xef\xbb\xbf"
LINE = "MTR-000123,2024-03-15T14:00:00Z,1.234567,kW"

UNHURRIED = settings(deadline=None, suppress_health_check=[HealthCheck.too_slow])  # other tests may load the machine
HEADERS = [
    Header(4, (0, 1, 2, 3, None, None)),
    Header(5, (4, 1, 1, 0, None, 2)),
    Header(2, (0, 1, 1, 0, None, None)),
    Header(2, (1, 1, 1, 1, None, 1)),
    Header(1, (0, 0, 0, 0, None, None)),
]
HOSTILE_TEXTS = ["a", ",", ",,,", '"', "\r", "\n", "\r\n", " ", "\t", "\0", "\x0c", "\x1c", "\\", "'", "#", "\ufeff"]
HOSTILE_TEXTS += ["\x85", "\u2028", "\xa0", "null", "NaN", "1.50"]
HOSTILE = [*(text.encode() for text in HOSTILE_TEXTS), b"\xff", b"\xed\xa0\x80"]
PLAIN_TEXTS = [
    "",
    " ",
    "\t",
    "a",
    "1.50",
    "null",
    "NaN",
    "\xe9",
    "\x0c",
    "\x1c",
    "\x85",
    "\u2028",
    "\\",
    "'",
    "#",
    "\x01",
]

heaps = st.lists(st.sampled_from(HOSTILE), max_size=40).map(b"".join)
plain_fields = st.lists(st.sampled_from(PLAIN_TEXTS), max_size=2).map("".join)
line_ends = st.sampled_from([b"\n", b"\r\n"])


@st.composite
def plain_lines(draw: st.DrawFn, width: int) -> bytes:
    """Lines the fast path should take, blank ones only by accident; the last may lack its end."""
    fields = st.lists(plain_fields, min_size=width, max_size=width)
    lines = draw(st.lists(st.tuples(fields, line_ends), max_size=6))
    block = b"".join(",".join(texts).encode() + end for texts, end in lines)
    return block.rstrip(b"\r\n") if draw(st.booleans()) else block


@st.composite
def nearly_plain_lines(draw: st.DrawFn, width: int) -> bytes:
    """The same with one hostile piece somewhere, between the bytes of a character perhaps."""
    block = draw(plain_lines(width))
    place = draw(st.integers(0, len(block)))
    return block[:place] + draw(st.sampled_from(HOSTILE)) + block[place:]


def bodies(width: int) -> st.SearchStrategy[bytes]:
    return plain_lines(width) | nearly_plain_lines(width) | heaps | st.binary(max_size=60)


headers_and_blocks = st.sampled_from(HEADERS).flatmap(lambda header: st.tuples(st.just(header), bodies(header.width)))


@given(headers_and_blocks, st.integers(1, 1_000_000))
@example((HEADERS[0], BOM + b"a,b,c,d\n"), 2)
@example((HEADERS[0], b"a,b,c,d\r"), 2)
@example((HEADERS[0], b"a,b,c,d\n\n"), 2)
@example((HEADERS[2], b"\n"), 2)
@example((HEADERS[4], b"a\n\nb\n"), 2)
@example((HEADERS[4], b"a\n \nb\n"), 2)
@settings(UNHURRIED, max_examples=400)
def test_the_fast_path_says_what_the_exact_one_says_or_nothing(
    header_and_block: tuple[Header, bytes], first_line: int
) -> None:
    header, block = header_and_block
    fast = cut_fast(block, first_line, header)
    event("declined" if fast is None else "taken")
    if fast is None:
        return
    exact, dead_letters = cut_exactly(block, first_line, header)
    assert dead_letters == []
    assert fast.schema == exact.schema
    assert fast.to_pylist() == exact.to_pylist()


@UNHURRIED
@given(st.integers(2, 5).flatmap(lambda width: st.tuples(st.just(width), plain_lines(width))))
def test_the_fast_path_takes_every_block_of_plain_lines(width_and_block: tuple[int, bytes]) -> None:
    """As soon as it declines all, comparing says nothing: so it must take what has nothing odd in it."""
    width, block = width_and_block
    header = Header(width, (0, 1, 0, 1, None, None))
    _, dead_letters = cut_exactly(block, 1, header)
    assume(block and not dead_letters)
    assert cut_fast(block, 1, header) is not None


def exactly(content: bytes) -> ParsedFile:
    with patch.object(parse_module, "cut_fast", lambda *_: None), patch.object(parse_module, "BLOCK_BYTES", 1 << 30):
        return parse_file(content, "a.csv", COLUMNS)


@UNHURRIED
@given(st.lists(bodies(4), max_size=5).map(b"".join), st.integers(1, 40))
def test_a_file_in_small_blocks_is_the_file_cut_exactly(body: bytes, block_bytes: int) -> None:
    content = b" \n" + HEADER_LINE + body
    with patch.object(parse_module, "BLOCK_BYTES", block_bytes):
        parsed = parse_file(content, "a.csv", COLUMNS)
    expected = exactly(content)
    assert parsed.readings.to_pylist() == expected.readings.to_pylist()
    assert parsed.dead_letters == expected.dead_letters
    assert parsed.lines == expected.lines == parsed.readings.num_rows + len(parsed.dead_letters)


@UNHURRIED
@given(
    bodies(4),
    st.sampled_from([b"", HEADER_LINE, BOM, BOM + HEADER_LINE, b"[{},", b"{}\n"]),
    st.sampled_from(["a.csv", "a.csv.gz", "a.json", "a.jsonl"]),
)
def test_whatever_lands_is_counted_and_nothing_is_lost(body: bytes, before: bytes, name: str) -> None:
    parsed = parse_file(before + body, name, COLUMNS)
    assert parsed.lines == parsed.readings.num_rows + len(parsed.dead_letters)
    if any(letter.source_line == 0 for letter in parsed.dead_letters):
        assert (parsed.lines, parsed.readings.num_rows) == (1, 0)
    for letter in parsed.dead_letters:
        f"{letter.raw_line}{letter.detail}".encode()  # both can be stored
    source_lines = parsed.readings["source_line"].to_pylist() + [letter.source_line for letter in parsed.dead_letters]
    assert len(set(source_lines)) == len(source_lines)


@UNHURRIED
@given(heaps | st.binary(max_size=60))
def test_the_count_of_lines_is_the_number_of_lines_that_are_cut(content: bytes) -> None:
    assert count_lines(content) == len(list(numbered_lines(content, 1)))


COUNTS = {
    "nothing": (b"", 0),
    "one line end": (b"\n", 0),
    "one CRLF": (b"\r\n", 0),
    "one CR": (b"\r", 1),
    "CR CR LF": (b"\r\r\n", 1),
    "one line": (b"a", 1),
    "an empty line between": (b"a\n\nb", 2),
    "an empty line between, CRLF": (b"a\r\n\r\nb", 2),
    "blanks between": (b"a\n  \nb\n", 2),
    "a tab between": (b"a\n\t\nb\n", 2),
    "a blank line first": (b"\nb\n", 1),
    "blanks first": (b" \t\nb\n", 1),
    "blanks last": (b"a\n \t", 1),
    "a blank and a CR last": (b"a\n \r", 2),
    "a line that begins with a blank": (b"a\n b\n\tc", 3),
    "a form feed": (b"a\n\x0c\nb", 3),
}


@pytest.mark.parametrize(("content", "expected"), COUNTS.values(), ids=COUNTS.keys())
def test_counting_lines(content: bytes, expected: int) -> None:
    assert count_lines(content) == len(list(numbered_lines(content, 1))) == expected


TAKEN = {
    "LF": f"{LINE}\n{LINE}\n",
    "CRLF": f"{LINE}\r\n{LINE}\r\n",
    "both": f"{LINE}\r\n{LINE}\n",
    "no line end behind the last": f"{LINE}\n{LINE}",
    "beyond ASCII": f"{LINE}\xe9\u2028\x85\n{LINE}\n",
    "empty fields": f",,,\n{LINE}\n",
    "blanks": f" , ,\t,\n{LINE}\n",
}


@pytest.mark.parametrize("block", TAKEN.values(), ids=TAKEN.keys())
def test_what_sources_send_every_day_is_not_declined(block: str) -> None:
    table = cut_fast(block.encode(), 2, Header(4, (0, 1, 2, 3, None, None)))
    assert table is not None
    assert table["source_line"].to_pylist() == [2, 3]


DECLINED = {
    "nothing": b"",
    "a quote": b'a,"b",c,d\n',
    "a quote inside": b'a,b"b,c,d\n',
    "a lone CR": b"a,b\rb,c,d\n",
    "a CR at the end": b"a,b,c,d\r",
    "a NUL": b"a,\0,c,d\n",
    "a leading BOM": BOM + b"a,b,c,d\n",
    "no UTF-8": b"a,b,c,\xff\n",
    "a field too few": b"a,b,c,d\na,b,c\n",
    "a field too many": b"a,b,c,d\na,b,c,d,e\n",
    "a blank line": b"a,b,c,d\n\na,b,c,d\n",
    "a line of blanks": b"a,b,c,d\n \t\na,b,c,d\n",
    "a blank line at the end": b"a,b,c,d\n\n",
    "blanks at the end": b"a,b,c,d\n  ",
}


@pytest.mark.parametrize("block", DECLINED.values(), ids=DECLINED.keys())
def test_what_arrow_cannot_vouch_for_is_declined(block: bytes) -> None:
    assert cut_fast(block, 2, Header(4, (0, 1, 2, 3, None, None))) is None


def test_line_numbers_go_on_across_blocks_of_both_paths() -> None:
    """Ten thousand lines in blocks of about 23, every 777th one odd: the odd ones' blocks are cut exactly."""
    lines = [LINE] * 10_000
    for place in range(0, 10_000, 777):
        lines[place] = "odd"
    content = HEADER_LINE + "\n".join(lines).encode()
    with patch.object(parse_module, "BLOCK_BYTES", 1_000):
        parsed = parse_file(content, "a.csv", COLUMNS)
    assert [letter.source_line for letter in parsed.dead_letters] == [place + 2 for place in range(0, 10_000, 777)]
    expected = [place + 2 for place in range(10_000) if place % 777]
    assert parsed.readings["source_line"].to_pylist() == expected
    assert parsed.lines == 10_000
