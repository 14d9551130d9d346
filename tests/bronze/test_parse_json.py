"""JSON lines, and the values of both kinds of file, cut into readings and dead letters: worked out by hand."""

import pytest

from meterlake.bronze.parse import parse_file
from tests.bronze.json_files import BOM, COLUMNS, DEEP, GOOD, dead, parse


def test_every_field_of_a_line() -> None:
    line = b'{"quality_code": "A", "received_at": "r", "meter_id": "m", "timestamp": "t", "value": 1.50, "unit": "u"}'
    assert parse(line, "jsonl").readings.to_pylist() == [
        {
            "meter_id": "m",
            "read_at": "t",
            "value": "1.50",
            "unit": "u",
            "received_at": "r",
            "quality_code": "A",
            "source_line": 1,
        }
    ]


def test_missing_keys_are_empty_but_a_field_without_a_column_is_null() -> None:
    assert parse(b"{}", "jsonl").readings.to_pylist() == [
        dict.fromkeys(("meter_id", "read_at", "value", "unit", "received_at", "quality_code"), "") | {"source_line": 1}
    ]
    columns = {field: COLUMNS[field] for field in ("meter_id", "read_at", "value", "unit")}
    parsed = parse_file(b'{"received_at": "r"}', "a.jsonl", columns)
    assert parsed.readings["received_at"].to_pylist() == [None]


VALUES = {
    "zeros at the end": ("1.50", "1.50"),
    "exponent": ("1e5", "1e5"),
    "exponent, large letter and sign": ("-1.0E+05", "-1.0E+05"),
    "too large for a double": ("1e400", "1e400"),
    "more digits than a double": ("0.1234567890123456789012345", "0.1234567890123456789012345"),
    "minus zero": ("-0", "-0"),
    "an integer beyond 64 bits": ("123456789012345678901234567890", "123456789012345678901234567890"),
    "an integer of 5,000 digits": ("7" * 5_000, "7" * 5_000),
    "a text": ('"1250"', "1250"),
    "a text with blanks": ('" 1 "', " 1 "),
    "an empty text": ('""', ""),
    "null": ("null", ""),
    "true": ("true", "true"),
    "false": ("false", "false"),
    "escapes": (r'"a\n\t\"\\\/\u00e9"', 'a\n\t"\\/\xe9'),
    "an escaped NUL": (r'"\u0000"', "\0"),
    "a surrogate pair": (r'"\ud83d\ude00"', "\U0001f600"),
    "U+2028 as itself": ('"\u2028\x85"', "\u2028\x85"),
    "1 MB of text": ('"' + "x" * 1_000_000 + '"', "x" * 1_000_000),
    "NaN as a text": ('"NaN"', "NaN"),
}


@pytest.mark.parametrize(("written", "expected"), VALUES.values(), ids=VALUES.keys())
@pytest.mark.parametrize("kind", ["json", "jsonl"])
def test_a_value_keeps_its_text(written: str, expected: str, kind: str) -> None:
    parsed = parse(f'{{"meter_id":"m","value":{written}}}'.encode(), kind)
    assert parsed.readings["value"].to_pylist() == [expected]
    assert (parsed.dead_letters, parsed.lines) == ([], 1)


DEAD_LINES = {
    "no JSON": ("meter_id,timestamp,value,unit", "Expecting value at character 1"),
    "not closed": ('{"meter_id":"m"', "Expecting ',' delimiter"),
    "two objects": ("{} {}", "the end expected at character 4, found '{}'"),
    "text behind": ("{},", "the end expected at character 3"),
    "a comma too many": ('{"a":1,}', "character"),
    "single quotes": ("{'a':1}", "character 2"),
    "a leading zero": ('{"a":01}', "character"),
    "a plus": ('{"a":+1}', "Expecting value at character 6"),
    "a point without digits": ('{"a":1.}', "character"),
    "a control character in a text": ('{"a":"\x01"}', "Invalid control character"),
    "a tab in a text": ('{"a":"\t"}', "Invalid control character"),
    "a wrong escape": (r'{"a":"\x41"}', "escape"),
    "NaN": ('{"value":NaN}', "NaN is not a JSON value"),
    "NaN under another key": ('{"other":NaN}', "NaN is not a JSON value"),
    "Infinity": ('{"value":Infinity}', "Infinity is not a JSON value"),
    "-Infinity": ('{"value":-Infinity}', "-Infinity is not a JSON value"),
    "an array": ("[1]", "an object expected, found an array"),
    "an array with an object": ("[{}]", "an object expected, found an array"),
    "a number": ("1", "an object expected, found a text or a number"),
    "a text": ('"m"', "an object expected, found a text or a number"),
    "null": ("null", "an object expected, found 'null'"),
    "true": ("true", "an object expected, found 'true'"),
    "a nested value": ('{"value":{"kw":1}}', "the value of 'value' is nested"),
    "an empty array": ('{"value":[]}', "the value of 'value' is nested"),
    "nested under another key": ('{"meter_id":"m","tags":[1]}', "the value of 'tags' is nested"),
    "nested under half a surrogate pair": (r'{"\ud800":{}}', r"the value of '\ud800' is nested"),
    "half a surrogate pair": (r'{"unit":"\ud800"}', r"half a surrogate pair in unit: '\ud800'"),
    "the wrong half": (r'{"unit":"\uDE00x"}', "half a surrogate pair in unit"),
    "only a form feed": ("\x0c", "Expecting value at character 1"),
    "a BOM inside the file": ("\ufeff{}", "Expecting value at character 1"),
    "nested deeply": ('{"a":' + "[" * DEEP + "]" * DEEP + "}", "the value of 'a' is nested"),
    "nested deeply, not closed": ('{"a":' + "[" * DEEP, f"Expecting value at character {6 + DEEP}"),
    "nested deeply, closed wrongly": ("[" * DEEP + "}", f"Expecting value at character {1 + DEEP}"),
    "a deep array": ("[" * DEEP + "]" * DEEP, "an object expected, found an array"),
    "deep objects": ('{"a":' * DEEP + "1" + "}" * DEEP, "the value of 'a' is nested"),
}


@pytest.mark.parametrize(("line", "detail"), DEAD_LINES.values(), ids=DEAD_LINES.keys())
@pytest.mark.parametrize("line_end", [b"\n", b"\r\n"], ids=["LF", "CRLF"])
def test_a_dead_line_between_two_readings(line: str, detail: str, line_end: bytes) -> None:
    parsed = parse(GOOD + line_end + line.encode() + line_end + GOOD, "jsonl")
    assert parsed.readings["source_line"].to_pylist() == [1, 3]
    assert dead(parsed) == [(2, line, "MALFORMED_JSON")]
    assert detail in parsed.dead_letters[0].detail
    assert parsed.lines == 3


def test_an_undecodable_line_is_one_dead_letter() -> None:
    parsed = parse(GOOD + b'\n{"meter_id":"\xff"\n' + GOOD, "jsonl")
    assert parsed.readings["source_line"].to_pylist() == [1, 3]
    assert dead(parsed) == [(2, '{"meter_id":"\\xff"', "UNDECODABLE")]


def test_lines_are_physical_and_blank_ones_are_numbered() -> None:
    parsed = parse(BOM + b"\n \t\r\n" + GOOD + b"\n\n  " + GOOD + b"\t\n[\n]\n", "jsonl")
    #                     1    2          3       4     5           6   7
    assert parsed.readings["source_line"].to_pylist() == [3, 5]
    assert dead(parsed) == [(6, "[", "MALFORMED_JSON"), (7, "]", "MALFORMED_JSON")]
    assert parsed.lines == 4


def test_a_lone_cr_is_a_blank_of_json_but_no_line_end() -> None:
    assert parse(GOOD + b"\r", "jsonl").readings.num_rows == 1
    assert dead(parse(GOOD + b"\r" + GOOD, "jsonl")) == [(1, (GOOD + b"\r" + GOOD).decode(), "MALFORMED_JSON")]
    assert dead(parse(b"\r", "jsonl")) == [(1, "\r", "MALFORMED_JSON")]
    assert dead(parse(b"\r", "json")) == [(0, "\r", "MALFORMED_JSON")]


@pytest.mark.parametrize(
    ("key_twice", "expected"),
    [(b'{"value":1,"value":2}', "2"), (b'{"value":1,"value":null}', ""), (b'{"value":[1],"value":2}', "2")],
    ids=["numbers", "then null", "first one nested"],
)
@pytest.mark.parametrize("kind", ["json", "jsonl"])
def test_of_a_key_twice_the_last_wins(key_twice: bytes, expected: str, kind: str) -> None:
    assert parse(key_twice, kind).readings["value"].to_pylist() == [expected]


def test_half_a_surrogate_pair_that_nobody_asked_for_does_no_harm() -> None:
    assert parse(rb'{"value":"1","other":"\ud800"}', "jsonl").readings["value"].to_pylist() == ["1"]


def test_keys_are_taken_as_they_are() -> None:
    assert parse(b'{"Value":"1"," value":"2"}', "jsonl").readings["value"].to_pylist() == [""]


def test_of_a_key_twice_the_last_wins_beside_deep_nesting_too() -> None:
    deep = b"[" * DEEP + b"]" * DEEP
    assert parse(b'{"value":' + deep + b',"value":1.50}', "jsonl").readings["value"].to_pylist() == ["1.50"]
    assert parse(b'{"value":1.50,"value":' + deep + b"}", "jsonl").dead_letters[0].reason == "MALFORMED_JSON"


def test_lines_files_without_a_line() -> None:
    parsed = parse(BOM + b"\n \t\r\n\n ", "jsonl")
    assert (parsed.readings.num_rows, parsed.dead_letters, parsed.lines) == (0, [], 0)
