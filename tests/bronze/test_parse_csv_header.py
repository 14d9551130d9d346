"""The header of a CSV file: which columns a reading's fields come from, and files that are unreadable for theirs."""

import pytest

from meterlake.bronze.parse import parse_file
from tests.bronze.csv_files import BOM, COLUMNS, HEADER, dead, parse, rows

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


def test_a_source_without_a_needed_column_is_a_wrong_configuration() -> None:
    with pytest.raises(ValueError, match="no column for unit"):
        parse(HEADER, {"meter_id": "meter_id", "read_at": "timestamp", "value": "value"})


def test_a_name_with_another_ending_is_no_landing_file() -> None:
    with pytest.raises(ValueError, match="no landing file"):
        parse_file(HEADER, "a.CSV", COLUMNS)
