"""JSON read strictly: numbers keep their text, NaN and Infinity are faults, and no depth of nesting is too deep."""

import json
import re
from typing import Any, NoReturn

_BLANKS = re.compile(r"[ \t\r\n]*")
_CLOSING = {"[": "]", "{": "}"}


class JsonFault(ValueError):
    """The text is no JSON; the message says what was found where."""


def _refused(literal: str) -> NoReturn:
    raise JsonFault(f"{literal} is not a JSON value")


# Numbers become their own text: neither 1.50 nor an integer of 5,000 digits may pass through a Python number.
_decode = json.JSONDecoder(parse_float=str, parse_int=str, parse_constant=_refused).raw_decode


def behind_blanks(text: str, at: int) -> int:
    found = _BLANKS.match(text, at)
    return found.end() if found else at


def decode_value(text: str, at: int) -> tuple[Any, int]:
    """The value that starts at `at`, and the position behind it.

    Numbers come as their text. Where a value is nested too deep for Python's stack, what is nested inside the
    outermost array or object comes as an empty list: bronze only asks whether something is nested, and the answer
    must not depend on how much stack the caller had left.
    """
    try:
        return _decode(text, at)
    except json.JSONDecodeError as error:
        raise JsonFault(f"{error.msg} at character {error.pos + 1}") from None
    except RecursionError:
        return _decode_without_stack(text, at)


def _decode_without_stack(text: str, at: int) -> tuple[Any, int]:
    """The same grammar, only for an array or an object; of an object the members are kept, the last of a key wins."""
    if text[at] == "[":
        return [], _behind_nested(text, at)
    members: dict[str, Any] = {}
    at = behind_blanks(text, at + 1)
    if text.startswith("}", at):
        return members, at + 1
    while True:
        key, at = _key(text, at)
        if text.startswith(("[", "{"), at):
            members[key], at = [], _behind_nested(text, at)
        else:
            members[key], at = decode_value(text, at)
        at = behind_blanks(text, at)
        if text.startswith("}", at):
            return members, at + 1
        at = _behind_comma(text, at, "}")


def _behind_nested(text: str, at: int) -> int:
    """The position behind the array or object at `at`, its open brackets in a list in the place of the stack."""
    brackets: list[str] = []
    while True:
        opening = text[at : at + 1]
        if opening in _CLOSING:
            brackets.append(opening)
            at = behind_blanks(text, at + 1)
            if not text.startswith(_CLOSING[opening], at):
                at = _key(text, at)[1] if opening == "{" else at
                continue
        else:
            at = decode_value(text, at)[1]
        at = _behind_closing(text, at, brackets)
        if not brackets:
            return at
        at = _behind_comma(text, at, _CLOSING[brackets[-1]])
        at = _key(text, at)[1] if brackets[-1] == "{" else at


def _behind_closing(text: str, at: int, brackets: list[str]) -> int:
    """Close every bracket that closes behind a value; the position of what follows."""
    at = behind_blanks(text, at)
    while brackets and text.startswith(_CLOSING[brackets[-1]], at):
        brackets.pop()
        at = behind_blanks(text, at + 1) if brackets else at + 1
    return at


def _behind_comma(text: str, at: int, closing: str) -> int:
    """Where the next key or element starts."""
    if not text.startswith(",", at):
        raise JsonFault(f"Expecting ',' or '{closing}' at character {at + 1}")
    return behind_blanks(text, at + 1)


def _key(text: str, at: int) -> tuple[str, int]:
    """The key at `at`, and where its value starts."""
    if not text.startswith('"', at):
        raise JsonFault(f"Expecting a key in double quotes at character {at + 1}")
    key, at = decode_value(text, at)
    at = behind_blanks(text, at)
    if not text.startswith(":", at):
        raise JsonFault(f"Expecting ':' at character {at + 1}")
    return key, behind_blanks(text, at + 1)
