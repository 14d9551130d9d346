"""Cutting JSON into records whose numbers keep their text (fine print 5)."""

import json
from collections.abc import Iterator
from typing import Any

WHITE = " \t\r\n"


class MalformedJson(ValueError):
    """Text that is not JSON, or not the JSON that a landing file may hold."""


class _Pairs(list):
    """The pairs of a JSON object in their order."""


def _refuse(literal: str) -> None:
    raise MalformedJson(f"{literal} is no JSON")


_decoder = json.JSONDecoder(object_pairs_hook=_Pairs, parse_float=str, parse_int=str, parse_constant=_refuse)


def _decode(text: str, at: int) -> tuple[Any, int]:
    """The JSON value that begins at `at`, and where it ends."""
    try:
        return _decoder.raw_decode(text, at)
    except (ValueError, RecursionError) as error:
        raise MalformedJson(str(error)) from error


def _skip(text: str, at: int) -> int:
    while at < len(text) and text[at] in WHITE:
        at += 1
    return at


def record(value: Any) -> dict[str, str | None]:
    """An object's values as text, null as None; MalformedJson where it is no object or holds a nested value;
    of a key that stands twice the last one counts."""
    if not isinstance(value, _Pairs):
        raise MalformedJson("not an object")
    return {name: _text(name, one) for name, one in dict(value).items()}


def _text(name: str, value: Any) -> str | None:
    if isinstance(value, list):
        raise MalformedJson(f"{name} is nested")
    if isinstance(value, bool):
        return "true" if value else "false"
    if value is not None and any("\ud800" <= character <= "\udfff" for character in value):
        raise MalformedJson(f"{name} is no text")
    return value


def value_of(text: str) -> Any:
    """The one value that a line of `.jsonl` holds."""
    value, end = _decode(text, _skip(text, 0))
    if _skip(text, end) != len(text):
        raise MalformedJson("more than one value")
    return value


def elements(text: str) -> Iterator[tuple[Any, str]]:
    """The elements of a `.json` file (an array, or one object) with the text of each."""
    start = _skip(text, 0)
    whole = value_of(text)
    if isinstance(whole, _Pairs):
        yield whole, text[start:].rstrip(WHITE)
    elif isinstance(whole, list):
        yield from _array(text, start + 1)
    else:
        raise MalformedJson("neither an array nor an object")


def _array(text: str, at: int) -> Iterator[tuple[Any, str]]:
    """The elements of an array, known to be sound, that was opened just before `at`."""
    at = _skip(text, at)
    while text[at] != "]":
        value, end = _decode(text, at)
        yield value, text[at:end]
        at = _skip(text, end)
        at = _skip(text, at + 1) if text[at] == "," else at
