"""JSON and JSON lines cut into readings and dead letters: every expectation worked out by hand."""

import json
import sys
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from meterlake.bronze.json_text import JsonFault, _decode_without_stack, decode_value
from meterlake.bronze.parse import ParsedFile, parse_file

COLUMNS = {
    "meter_id": "meter_id",
    "read_at": "timestamp",
    "value": "value",
    "unit": "unit",
    "received_at": "received_at",
    "quality_code": "quality_code",
}
BOM = b"\xef\xbb\xbf"
GOOD = b'{"meter_id": "m", "timestamp": "t", "value": 1, "unit": "u"}'
DEEP = 50_000
UNHURRIED = settings(deadline=None, suppress_health_check=[HealthCheck.too_slow])  # other tests may load the machine


def parse(content: bytes, kind: str) -> ParsedFile:
    return parse_file(content, f"raw/2024/03/15/14/a.{kind}", COLUMNS)


def dead(parsed: ParsedFile) -> list[tuple]:
    return [(letter.source_line, letter.raw_line, letter.reason) for letter in parsed.dead_letters]


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


NOTHING = {
    "zero bytes": b"",
    "only a BOM": BOM,
    "blank lines": b"\n \t\r\n\n ",
    "an empty array": b"[]",
    "an empty array and blanks": BOM + b" \n[ \r\n\t]\n",
}


@pytest.mark.parametrize("content", NOTHING.values(), ids=NOTHING.keys())
def test_documents_without_an_element(content: bytes) -> None:
    parsed = parse(content, "json")
    assert (parsed.readings.num_rows, parsed.dead_letters, parsed.lines) == (0, [], 0)


def test_lines_files_without_a_line() -> None:
    parsed = parse(BOM + b"\n \t\r\n\n ", "jsonl")
    assert (parsed.readings.num_rows, parsed.dead_letters, parsed.lines) == (0, [], 0)


def test_a_document_is_numbered_by_position() -> None:
    parsed = parse(b"\n[\n\n" + GOOD + b"\n,\n\n" + GOOD + b"]\n\n", "json")
    assert parsed.readings["source_line"].to_pylist() == [1, 2]
    assert parsed.lines == 2


def test_one_object_is_position_one() -> None:
    assert parse(BOM + b"\n\n {}\n", "json").readings["source_line"].to_pylist() == [1]
    nested = parse(b'\n{"a": {\n}} ', "json")
    assert (dead(nested), nested.lines) == ([(1, '{"a": {\n}}', "MALFORMED_JSON")], 1)


def test_dead_elements_keep_their_own_text() -> None:
    deep = '{"x":' + "[" * DEEP + "]" * DEEP + "}"
    elements = ["{}", "[ 1,\n{} ]", "12", '"t"', '{"a" : [ ]}', '{"unit":"\\udc00"}', deep, "null", '{"unit":"u"}']
    parsed = parse(("[" + " , ".join(elements) + "]").encode(), "json")
    assert parsed.readings["source_line"].to_pylist() == [1, 9]
    assert dead(parsed) == [(place, elements[place - 1], "MALFORMED_JSON") for place in range(2, 9)]
    assert parsed.lines == 9


UNREADABLE = {
    "a number": (b"1", "an array or an object expected, found '1'"),
    "a text": (b'"m"', "an array or an object expected"),
    "null": (b"null", "an array or an object expected, found 'null'"),
    "no JSON": (b"meter_id,value", "an array or an object expected"),
    "two objects": (GOOD + b"\n" + GOOD, "the end expected at character 62"),
    "two arrays": (b"[{}][{}]", "the end expected at character 5"),
    "a comma behind": (b"[{}],", "the end expected at character 5"),
    "an array not closed": (b"[{}", "',' or ']' expected at character 4"),
    "an array cut off": (b'[{},{"a"', "character"),
    "a comma too many": (b"[{},]", "Expecting value at character 5"),
    "no comma": (b"[{} {}]", "',' or ']' expected at character 5"),
    "only a comma": (b"[,]", "Expecting value at character 2"),
    "NaN in one element": (b'[{"value":1},{"value":NaN}]', "NaN is not a JSON value"),
    "two BOMs": (BOM + BOM + b"[]", "an array or an object expected"),
    "deep and not closed": (b"[" * DEEP, "Expecting value"),
    "deep, closed wrongly": (b"[" * DEEP + b"]" * (DEEP - 1) + b"}", "expected at character"),
    "deep, a wrong key": (b'[{"a":' * DEEP + b"{1:2", "Expecting a key in double quotes"),
}


@pytest.mark.parametrize(("content", "detail"), UNREADABLE.values(), ids=UNREADABLE.keys())
def test_unreadable_documents_are_one_dead_letter_and_one_line(content: bytes, detail: str) -> None:
    parsed = parse(content, "json")
    assert (parsed.readings.num_rows, parsed.lines) == (0, 1)
    [letter] = parsed.dead_letters
    assert (letter.source_line, letter.reason) == (0, "MALFORMED_JSON")
    assert letter.raw_line == content.removeprefix(BOM).decode()[:1_000]
    assert detail in letter.detail


@pytest.mark.parametrize(
    "content", [b'[{"unit":"\xff"}]', "[]".encode("utf-16"), b"\xff"], ids=["one byte", "UTF-16", "nothing else"]
)
def test_an_undecodable_document_is_unreadable(content: bytes) -> None:
    parsed = parse(content, "json")
    [letter] = parsed.dead_letters
    assert (letter.source_line, letter.reason, parsed.lines) == (0, "UNDECODABLE", 1)


JSON_PIECES = [*'{}[],:" ', '"a"', '"b":', "1.50", "null", "NaN", '{"a":', "[1,", "\\", "\n"]
json_values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=5),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.sampled_from("abc"), inner, max_size=4),
)
containers = (st.lists(json_values) | st.dictionaries(st.text(max_size=2), json_values)).map(json.dumps)


@st.composite
def nearly_json(draw: st.DrawFn) -> str:
    """A document with one piece put in the place of a few characters, or a heap of pieces."""
    text = draw(containers)
    start = draw(st.integers(1, len(text)))
    piece = draw(st.sampled_from(["", *JSON_PIECES]))
    return text[:start] + piece + text[start + draw(st.integers(0, 3)) :]


heaps = st.lists(st.sampled_from(JSON_PIECES)).map("".join)


@UNHURRIED
@given(containers | nearly_json() | st.sampled_from("{[").flatmap(lambda first: heaps.map(lambda rest: first + rest)))
def test_the_reader_without_a_stack_takes_the_same_texts(text: str) -> None:
    try:
        value, end = decode_value(text, 0)
    except JsonFault:
        with pytest.raises(JsonFault):
            _decode_without_stack(text, 0)
    else:
        assert _decode_without_stack(text, 0) == (hollow(value), end)


def hollow(value: Any) -> Any:
    if isinstance(value, list):
        return []
    return {key: [] if isinstance(member, list | dict) else member for key, member in value.items()}


def test_depth_is_judged_alike_whatever_stack_is_left() -> None:
    """Nested 500 deep: the C reader takes it from a fresh stack, not from one that is half used up."""
    content = b'{"value":1,"a":' + b"[" * 500 + b"]" * 500 + b"}"

    def below(frames: int) -> ParsedFile:
        return parse(content, "jsonl") if frames == 0 else below(frames - 1)

    assert below(sys.getrecursionlimit() - 400).dead_letters == parse(content, "jsonl").dead_letters
