"""CSV files cut into readings and dead letters: every expectation worked out by hand."""

import csv

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from meterlake.bronze.cut_csv import cut_fields
from meterlake.bronze.outcome import UncuttableLine
from meterlake.bronze.parse import FIELDS, DeadLetter, ParsedFile, parse_file

COLUMNS = {
    "meter_id": "meter_id",
    "read_at": "timestamp",
    "value": "value",
    "unit": "unit",
    "received_at": "received_at",
    "quality_code": "quality_code",
}
HEADER = b"meter_id,timestamp,value,unit\n"
BOM = b"\xef\xbb\xbf"
UNHURRIED = settings(deadline=None, suppress_health_check=[HealthCheck.too_slow])  # other tests may load the machine


def parse(content: bytes, columns: dict[str, str] = COLUMNS) -> ParsedFile:
    return parse_file(content, "raw/2024/03/15/14/a.csv", columns)


def rows(parsed: ParsedFile) -> list[tuple]:
    """(source_line, meter_id, read_at, value, unit): the optional fields have tests of their own."""
    return [
        (row["source_line"], row["meter_id"], row["read_at"], row["value"], row["unit"])
        for row in parsed.readings.to_pylist()
    ]


def dead(parsed: ParsedFile) -> list[tuple]:
    return [(letter.source_line, letter.raw_line, letter.reason) for letter in parsed.dead_letters]


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


HEADERS = {
    "BOM": BOM + HEADER,
    "CRLF": b"meter_id,timestamp,value,unit\r\n",
    "quoted": b'"meter_id","timestamp",value,"unit"\n',
    "blanks around": b" meter_id,timestamp\t,\t value , unit \r\n",
    "blanks around, in the quotes": b'" meter_id","timestamp ",value,"\tunit"\n',
}


@pytest.mark.parametrize("header", HEADERS.values(), ids=HEADERS.keys())
def test_headers_that_can_be_read(header: bytes) -> None:
    parsed = parse(header + b"a,b,c,d\n")
    assert rows(parsed) == [(2, "a", "b", "c", "d")]
    assert (parsed.dead_letters, parsed.lines) == ([], 1)


def test_other_columns_and_another_order() -> None:
    parsed = parse(b"x,unit,x,value,,timestamp,meter_id,\n1,kW,2,3,4,t,m,5\n1,kW,2,3,4,t,m\n")
    assert rows(parsed) == [(2, "m", "t", "3", "kW")]
    assert [letter.detail for letter in parsed.dead_letters] == ["7 fields, the header has 8"]


def test_optional_columns() -> None:
    parsed = parse(b"received_at,meter_id,timestamp,value,unit\n,m,t,v,u\nr,m,t,v,u\n")
    assert parsed.readings["received_at"].to_pylist() == ["", "r"]
    assert parsed.readings["quality_code"].to_pylist() == [None, None]


def test_an_optional_field_without_a_column_is_null_whatever_the_header_has() -> None:
    columns = {field: COLUMNS[field] for field in ("meter_id", "read_at", "value", "unit")}
    parsed = parse(b"received_at,meter_id,timestamp,value,unit,\nr,m,t,v,u,\n", columns)
    assert parsed.readings["received_at"].to_pylist() == [None]
    assert parsed.readings["quality_code"].to_pylist() == [None]


def test_an_unmapped_column_may_stand_twice_a_mapped_optional_one_may_not() -> None:
    header = b"meter_id,timestamp,value,unit,received_at,received_at\n"
    columns = {field: COLUMNS[field] for field in ("meter_id", "read_at", "value", "unit")}
    assert parse(header + b"a,b,c,d,e,f\n", columns).readings.num_rows == 1
    assert dead(parse(header + b"a,b,c,d,e,f\n")) == [(0, header[:-1].decode(), "HEADER_WITHOUT_COLUMNS")]


def test_two_fields_may_come_from_one_column() -> None:
    parsed = parse(HEADER + b"a,b,c,d\n", {**COLUMNS, "received_at": "timestamp"})
    assert parsed.readings["read_at"].to_pylist() == parsed.readings["received_at"].to_pylist() == ["b"]


UNREADABLE = {
    "a column missing": (b"meter_id,timestamp,value\n", "HEADER_WITHOUT_COLUMNS", "column 'unit' (unit) is missing"),
    "another case": (b"Meter_ID,timestamp,value,unit\n", "HEADER_WITHOUT_COLUMNS", "'meter_id' (meter_id) is missing"),
    "a column twice": (b"meter_id,timestamp,value,unit,value\n", "HEADER_WITHOUT_COLUMNS", "'value' stands 2 times"),
    "twice but for blanks": (b"meter_id,timestamp,value,unit, unit\n", "HEADER_WITHOUT_COLUMNS", "2 times"),
    "open quote": (b'meter_id,timestamp,value,unit,"x\n', "HEADER_WITHOUT_COLUMNS", "cannot be cut"),
    "text behind a quote": (b'"meter_id" ,timestamp,value,unit\n', "HEADER_WITHOUT_COLUMNS", "cannot be cut"),
    "a blank before the quote": (b' "meter_id",timestamp,value,unit\n', "HEADER_WITHOUT_COLUMNS", "missing"),
    "no UTF-8": (b"meter_id,timestamp,value,unit,\xff\n", "UNDECODABLE", "in the header: byte 0xff at position 31"),
    "undecodable before missing": (b"\xff\n", "UNDECODABLE", "in the header"),
    "UTF-16": ("\ufeffmeter_id,timestamp,value,unit\n".encode("utf-16-le"), "UNDECODABLE", "in the header"),
    "two BOMs": (BOM + BOM + HEADER, "HEADER_WITHOUT_COLUMNS", "'meter_id' (meter_id) is missing"),
    "semicolons": (b"meter_id;timestamp;value;unit\n", "HEADER_WITHOUT_COLUMNS", "missing"),
    "CR as line end": (b"meter_id,timestamp,value,unit\ra,b,c,d\r\n", "HEADER_WITHOUT_COLUMNS", "'unit' (unit)"),
    "no-break space": ("meter_id\xa0,timestamp,value,unit\n".encode(), "HEADER_WITHOUT_COLUMNS", "missing"),
}


@pytest.mark.parametrize(("header", "reason", "detail"), UNREADABLE.values(), ids=UNREADABLE.keys())
@pytest.mark.parametrize("body", [b"", b"a,b,c,d\nx\n\xff\n"], ids=["header only", "with lines"])
def test_unreadable_files_are_one_dead_letter_and_one_line(
    header: bytes, reason: str, detail: str, body: bytes
) -> None:
    parsed = parse(header + body)
    assert (parsed.readings.num_rows, parsed.lines) == (0, 1)
    [letter] = parsed.dead_letters
    assert (letter.source_line, letter.reason) == (0, reason)
    assert detail in letter.detail


def test_a_lone_cr_behind_a_header_is_part_of_its_last_name() -> None:
    assert dead(parse(HEADER[:-1] + b"\r")) == [(0, "meter_id,timestamp,value,unit\r", "HEADER_WITHOUT_COLUMNS")]


def test_the_raw_line_of_an_unreadable_file_is_its_header_but_never_long() -> None:
    assert parse(b"\na,b\nc,d\n").dead_letters[0].raw_line == "a,b"
    assert parse(b"x" * 5_000_000).dead_letters[0].raw_line == "x" * 1_000


def test_a_dead_line_is_kept_however_long_it_is() -> None:
    line = b"a," * 400_000
    letters = parse(HEADER + line + b"\n").dead_letters
    assert letters == [DeadLetter(2, line.decode(), "WRONG_FIELD_COUNT", "400001 fields, the header has 4")]


def test_a_source_without_a_needed_column_is_a_wrong_configuration() -> None:
    with pytest.raises(ValueError, match="no column for unit"):
        parse(HEADER, {"meter_id": "meter_id", "read_at": "timestamp", "value": "value"})


def test_a_name_with_another_ending_is_no_landing_file() -> None:
    with pytest.raises(ValueError, match="no landing file"):
        parse_file(HEADER, "a.CSV", COLUMNS)


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
