"""Cutting landing bytes into physical lines and CSV lines into fields (fine print 2, 3, 4)."""

from collections.abc import Iterator

BLANKS = " \t"
BOM = b"\xef\xbb\xbf"


class Malformed(ValueError):
    """A line that cannot be cut into fields."""


def physical_lines(content: bytes) -> Iterator[tuple[int, bytes]]:
    """Numbered lines without their end (LF or CRLF) and without a leading BOM; lines of only blanks are left out."""
    pieces = content.removeprefix(BOM).split(b"\n")
    for number, piece in enumerate(pieces, start=1):
        has_end = number < len(pieces)
        line = piece.removesuffix(b"\r") if has_end else piece
        if line.strip(BLANKS.encode()):
            yield number, line


def cut(line: str) -> list[str]:
    """The fields of one CSV line as RFC 4180 has them, where a quoted field ends in its own line."""
    fields: list[str] = []
    at = 0
    while True:
        text, at = _quoted(line, at + 1) if line.startswith('"', at) else _plain(line, at)
        fields.append(text)
        if at == len(line):
            return fields
        at += 1  # the comma


def _plain(line: str, at: int) -> tuple[str, int]:
    """An unquoted field (a quote inside is a character) and where it ends."""
    end = line.find(",", at)
    end = len(line) if end < 0 else end
    return line[at:end], end


def _quoted(line: str, at: int) -> tuple[str, int]:
    """A quoted field, whose text begins at `at`, and where it ends: at a comma or the end of the line."""
    text = ""
    while True:
        quote = line.find('"', at)
        if quote < 0:
            raise Malformed("a quoted field does not end in its line")
        text += line[at:quote]
        if not line.startswith('""', quote):
            break
        text += '"'
        at = quote + 2
    end = quote + 1
    if end < len(line) and line[end] != ",":
        raise Malformed(f"character {end + 1} follows a closing quote")
    return text, end
