"""Physical lines of a file, as bytes.

A line ends with LF or CRLF and with nothing else: a lone CR, a form feed, U+0085 and U+2028 are characters, and so
is a CR at the end of a last line without LF. A line of only spaces and tabs is not a line, but it is numbered.
"""

import re
from collections.abc import Callable, Iterator

import pyarrow as pa

from meterlake.bronze.outcome import UNDECODABLE, DeadLetter, Row, UncuttableLine, readings_table

BOM = b"\xef\xbb\xbf"
_BLANKS = b" \t"
_BLANK_LINE_STARTS = (b"\n\n", b"\n\r\n", b"\n ", b"\n\t")
_BLANK_LINE = re.compile(rb"^[ \t]*(?:\r?\n|\Z)", re.MULTILINE)


def without_bom(content: bytes) -> bytes:
    """The content behind a leading byte order mark; a second one, or one further down, is a character."""
    return content.removeprefix(BOM)


def is_blank(line: bytes) -> bool:
    return not line.strip(_BLANKS)


def next_line(content: bytes, start: int) -> tuple[bytes, int]:
    """The line at `start` without its end, and where the next one starts."""
    end = content.find(b"\n", start)
    if end < 0:
        return content[start:], len(content)
    return content[start:end].removesuffix(b"\r"), end + 1


def numbered_lines(content: bytes, first: int) -> Iterator[tuple[int, bytes]]:
    """Every line that is one, with its physical number; `first` is the number of the content's first line."""
    ended = content.split(b"\n")
    last = ended.pop()
    for number, ended_line in enumerate(ended, first):
        line = ended_line.removesuffix(b"\r")
        if not is_blank(line):
            yield number, line
    if not is_blank(last):
        yield first + len(ended), last


def count_lines(content: bytes) -> int:
    """How many lines the content has, by counting line ends and blank lines, not by cutting it."""
    physical = content.count(b"\n") + (not content.endswith(b"\n") and content != b"")
    may_be_blank = content[:1] in b" \t\r\n" or any(start in content for start in _BLANK_LINE_STARTS)
    if not may_be_blank:
        return physical
    # Behind a last LF the pattern matches once more, with nothing: that is no line.
    return physical - sum(1 for blank in _BLANK_LINE.finditer(content) if blank.group())


def decoded(line: bytes) -> str:
    try:
        return line.decode("utf-8")
    except UnicodeDecodeError as error:
        raise UncuttableLine(UNDECODABLE, not_utf8(error)) from None


def not_utf8(error: UnicodeDecodeError) -> str:
    return f"byte 0x{error.object[error.start]:02x} at position {error.start + 1} is not UTF-8 ({error.reason})"


def escaped(line: bytes) -> str:
    r"""The line as text, every byte that is no part of UTF-8 written as \xNN."""
    return line.decode("utf-8", "backslashreplace")


def cut_lines(content: bytes, first: int, cut: Callable[[str], Row]) -> tuple[pa.Table, list[DeadLetter]]:
    """Cut line by line: a row of the table, or a dead letter with the complete line. Decoding is checked first."""
    rows: list[Row] = []
    source_lines: list[int] = []
    dead_letters: list[DeadLetter] = []
    for number, line in numbered_lines(content, first):
        try:
            rows.append(cut(decoded(line)))
            source_lines.append(number)
        except UncuttableLine as fault:
            dead_letters.append(DeadLetter(number, escaped(line), fault.reason, fault.detail))
    return readings_table(rows, source_lines), dead_letters
