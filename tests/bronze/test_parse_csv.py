"""Lines of CSV files cut into readings and dead letters: every expectation worked out by hand."""

import csv

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from meterlake.bronze.cut_csv import cut_fields
from meterlake.bronze.outcome import UncuttableLine
from meterlake.bronze.parse import FIELDS, DeadLetter
from tests.bronze.csv_files import BOM, HEADER, dead, parse, rows

UNHURRIED = settings(deadline=None, suppress_health_check=[HealthCheck.too_slow])  # other tests may load the machine


def test_a_plain_file() -> None:
    parsed = parse(HEADER + b"M1,2024-03-15T14:00Z,1250,W\nM2,2024-03-15T14:00Z,1.50,kW\n")
    assert parsed.readings.column_names == [*FIELDS, "source_line"]
    assert parsed.readings.to_pylist() == [
        {
            "meter_id": "M1",
            "read_at": "2024-03-15T14:00Z",
            "value": "1250",
            "unit": "W",
            "received_at": None,
            "quality_code": None,
            "source_line": 2,
        },
        {
            "meter_id": "M2",
            "read_at": "2024-03-15T14:00Z",
            "value": "1.50",
            "unit": "kW",
            "received_at": None,
            "quality_code": None,
            "source_line": 3,
        },
    ]
    assert (parsed.dead_letters, parsed.lines) == ([], 2)


GOOD_LINES = {
    "no line end behind the last": (b"a,b,c,d", [(2, "a", "b", "c", "d")]),
    "CRLF": (b"a,b,c,d\r\ne,f,g,h\r\n", [(2, "a", "b", "c", "d"), (3, "e", "f", "g", "h")]),
    "LF and CRLF mixed": (b"a,b,c,d\r\ne,f,g,h\n", [(2, "a", "b", "c", "d"), (3, "e", "f", "g", "h")]),
    "of CR CR LF one CR is a character": (b"a,b,c,d\r\r\n", [(2, "a", "b", "c", "d\r")]),
    "lone CR inside a line": (b"a,b\rb,c,d\n", [(2, "a", "b\rb", "c", "d")]),
    "lone CR at the end of the last line": (b"a,b,c,d\r", [(2, "a", "b", "c", "d\r")]),
    "only CRs as line ends are no line ends": (b"a,b,c,d\re\r", [(2, "a", "b", "c", "d\re\r")]),
    "form feed, vertical tab, FS": (b"a\x0c,b\x0b,c\x1c,d\n", [(2, "a\x0c", "b\x0b", "c\x1c", "d")]),
    "U+0085 and U+2028": ("a\x85,b\u2028,c,d\n".encode(), [(2, "a\x85", "b\u2028", "c", "d")]),
    "NUL": (b"a\0,b,\0,d\n", [(2, "a\0", "b", "\0", "d")]),
    "a BOM further down is a character": (BOM + b"a,b,c,d\n", [(2, "\ufeffa", "b", "c", "d")]),
    "only commas": (b",,,\n", [(2, "", "", "", "")]),
    "only commas and blanks": (b" ,\t,,\n", [(2, " ", "\t", "", "")]),
    "blanks stay": (b" a ,\tb,c\t, d\n", [(2, " a ", "\tb", "c\t", " d")]),
    "four empty quoted fields": (b'"","","",""\n', [(2, "", "", "", "")]),
    "everything quoted": (b'"a","b","c","d"\r\n', [(2, "a", "b", "c", "d")]),
    "a quoted comma": (b'"a,1",b,"c,,",d\n', [(2, "a,1", "b", "c,,", "d")]),
    "doubled quotes": (b'"a""1""",b,"""",""""""\n', [(2, 'a"1"', "b", '"', '""')]),
    "a quote in an unquoted field": (b'a"b,5"",c"d",d"\n', [(2, 'a"b', '5""', 'c"d"', 'd"')]),
    "a blank before the quote: unquoted": (b'a, "b",c,d\n', [(2, "a", ' "b"', "c", "d")]),
    "a lone CR in quotes": (b'a,"b\rc",c,d\n', [(2, "a", "b\rc", "c", "d")]),
    "quoted, then CRLF": (b'a,b,c,"d"\r\n', [(2, "a", "b", "c", "d")]),
    "beyond the BMP": ("\U0001f600,b,c,d\n".encode(), [(2, "\U0001f600", "b", "c", "d")]),
    "1 MB in one field": (b"a,b," + b"9" * 1_000_000 + b",d\n", [(2, "a", "b", "9" * 1_000_000, "d")]),
    "1 MB in a quoted field": (b'a,b,"' + b'""' * 500_000 + b'",d\n', [(2, "a", "b", '"' * 500_000, "d")]),
    "null, NA and nan are texts": (b"null,NA,nan,#N/A\n", [(2, "null", "NA", "nan", "#N/A")]),
    "a backslash escapes nothing": (b'a\\,b,"c\\",d\n', [(2, "a\\", "b", "c\\", "d")]),
    "the header again is a line": (HEADER, [(2, "meter_id", "timestamp", "value", "unit")]),
}


@pytest.mark.parametrize(("lines", "expected"), GOOD_LINES.values(), ids=GOOD_LINES.keys())
def test_lines_that_are_readings(lines: bytes, expected: list[tuple]) -> None:
    parsed = parse(HEADER + lines)
    assert rows(parsed) == expected
    assert (parsed.dead_letters, parsed.lines) == ([], len(expected))


DEAD_LINES = {
    "a field too many": (b"a,b,c,d,e", "a,b,c,d,e", "WRONG_FIELD_COUNT", "5 fields, the header has 4"),
    "a field too few": (b"a,b,c", "a,b,c", "WRONG_FIELD_COUNT", "3 fields, the header has 4"),
    "a comma behind the last field": (b"a,b,c,d,", "a,b,c,d,", "WRONG_FIELD_COUNT", "5 fields"),
    "one word": (b"end", "end", "WRONG_FIELD_COUNT", "1 field, the header has 4"),
    "one empty quoted field": (b'""', '""', "WRONG_FIELD_COUNT", "1 field, the header has 4"),
    "only a form feed": (b"\x0c", "\x0c", "WRONG_FIELD_COUNT", "1 field, the header has 4"),
    "only a NUL": (b"\0", "\0", "WRONG_FIELD_COUNT", "1 field, the header has 4"),
    "only a lone CR": (b"\r\r", "\r", "WRONG_FIELD_COUNT", "1 field, the header has 4"),
    "a no-break space is no blank": ("\xa0".encode(), "\xa0", "WRONG_FIELD_COUNT", "1 field, the header has 4"),
    "open quote": (b'a,"b,c,d', 'a,"b,c,d', "MALFORMED_CSV", "quote at character 3 is not closed"),
    "open quote, blanks kept": (b'a,b,c,"d ', 'a,b,c,"d ', "MALFORMED_CSV", "not closed"),
    "open quote after doubled ones": (b'a,"b"",c,d', 'a,"b"",c,d', "MALFORMED_CSV", "not closed"),
    "text behind a quote": (b'"a"x,b,c,d', '"a"x,b,c,d', "MALFORMED_CSV", "found 'x' behind the closing quote"),
    "a blank behind a quote": (b'"a" ,b,c,d', '"a" ,b,c,d', "MALFORMED_CSV", "found ' ' behind"),
    "a CR behind a quote": (b'a,b,c,"d"\r\r', 'a,b,c,"d"\r', "MALFORMED_CSV", "found '\\r' behind"),
    "malformed before wrong count": (b'"a', '"a', "MALFORMED_CSV", "not closed"),
    "no UTF-8": (b"a,b\xff,c,d", "a,b\\xff,c,d", "UNDECODABLE", "byte 0xff at position 4 is not UTF-8"),
    "Latin-1": (b"a,b,c,k\xb0W", "a,b,c,k\\xb0W", "UNDECODABLE", "0xb0"),
    "overlong": (b"a,\xc0\x80,c,d", "a,\\xc0\\x80,c,d", "UNDECODABLE", "0xc0"),
    "an encoded surrogate": (b"a,\xed\xa0\x80,c,d", "a,\\xed\\xa0\\x80,c,d", "UNDECODABLE", "0xed"),
    "cut off in a character": (b"a,b,c,\xe2\x82", "a,b,c,\\xe2\\x82", "UNDECODABLE", "0xe2"),
    "undecodable before malformed": (b'"\xff', '"\\xff', "UNDECODABLE", "0xff"),
    "undecodable before wrong count": (b"\xff", "\\xff", "UNDECODABLE", "0xff"),
}


@pytest.mark.parametrize(("line", "raw_line", "reason", "detail"), DEAD_LINES.values(), ids=DEAD_LINES.keys())
@pytest.mark.parametrize("line_end", [b"\n", b"\r\n"], ids=["LF", "CRLF"])
def test_a_dead_line_between_two_readings(
    line: bytes, raw_line: str, reason: str, detail: str, line_end: bytes
) -> None:
    """The line is kept complete, and its neighbours are read by themselves."""
    if line.endswith(b"\r"):
        line, line_end = line[:-1], b"\r\n"  # written with the CR that belongs to the line end
    parsed = parse(HEADER + b"a,b,c,d\n" + line + line_end + b"e,f,g,h\n")
    assert rows(parsed) == [(2, "a", "b", "c", "d"), (4, "e", "f", "g", "h")]
    assert dead(parsed) == [(3, raw_line, reason)]
    assert detail in parsed.dead_letters[0].detail
    assert parsed.lines == 3


def test_an_open_quote_is_closed_by_nothing_in_the_next_line() -> None:
    parsed = parse(HEADER + b'a,"b\nc",c,d\nx,"y",z,w\n')
    assert rows(parsed) == [(4, "x", "y", "z", "w")]
    assert dead(parsed) == [(2, 'a,"b', "MALFORMED_CSV"), (3, 'c",c,d', "WRONG_FIELD_COUNT")]
    assert parsed.lines == 3


def test_a_lone_cr_behind_the_last_quote_of_the_file() -> None:
    parsed = parse(HEADER + b'a,b,c,"d"\r')
    assert dead(parsed) == [(2, 'a,b,c,"d"\r', "MALFORMED_CSV")]
    assert parsed.lines == 1


NOTHING = {
    "zero bytes": b"",
    "only a BOM": BOM,
    "one line end": b"\n",
    "blank lines": b"\n \n\t\r\n\r\n  \t",
    "a BOM and blank lines": BOM + b"\r\n ",
    "header only": HEADER,
    "header without a line end": HEADER[:-1],
    "header and blank lines": b"\n \n" + HEADER + b"\n\t\n  ",
    "BOM and header": BOM + HEADER,
}


@pytest.mark.parametrize("content", NOTHING.values(), ids=NOTHING.keys())
def test_files_without_a_line(content: bytes) -> None:
    parsed = parse(content)
    assert (parsed.readings.num_rows, parsed.dead_letters, parsed.lines) == (0, [], 0)
    assert parsed.readings.column_names == [*FIELDS, "source_line"]


def test_blank_lines_are_numbered_but_are_no_lines() -> None:
    parsed = parse(b"\n \r\n" + HEADER + b"\n\t \na,b,c,d\n\r\n\nx\n  ")
    #                1   2         3        4     5   6        7    8   9 10
    assert rows(parsed) == [(6, "a", "b", "c", "d")]
    assert dead(parsed) == [(9, "x", "WRONG_FIELD_COUNT")]
    assert parsed.lines == 2


def test_a_dead_line_is_kept_however_long_it_is() -> None:
    line = b"a," * 400_000
    letters = parse(HEADER + line + b"\n").dead_letters
    assert letters == [DeadLetter(2, line.decode(), "WRONG_FIELD_COUNT", "400001 fields, the header has 4")]


@UNHURRIED
@given(st.text(alphabet='",ab \t\0', min_size=1, max_size=30))
def test_one_line_is_cut_as_pythons_strict_csv_reader_cuts_it(line: str) -> None:
    try:
        expected = next(csv.reader([line], strict=True))
    except csv.Error:
        with pytest.raises(UncuttableLine):
            cut_fields(line)
    else:
        assert cut_fields(line) == expected
