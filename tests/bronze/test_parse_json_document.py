"""JSON documents, arrays or one object, cut into readings and dead letters; and the reader that needs no stack."""

import json
import sys
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from meterlake.bronze.json_text import JsonFault, _decode_without_stack, decode_value
from meterlake.bronze.parse import ParsedFile
from tests.bronze.json_files import BOM, DEEP, GOOD, dead, parse

UNHURRIED = settings(deadline=None, suppress_health_check=[HealthCheck.too_slow])  # other tests may load the machine

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
