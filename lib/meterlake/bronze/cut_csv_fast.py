"""CSV cut by Arrow, for blocks of lines of which nothing surprising can be said.

Arrow's reader and the exact path agree wherever a line is plain text and commas. A block may hold no quote (Arrow
would be told not to see it, the exact path does), no lone CR (Arrow ends a line there), no NUL, no leading byte order
mark (Arrow drops it, here it is a character) and no byte that is not UTF-8; a line with another field count makes
Arrow give up; and the rows must be as many as the line ends say, so that no line was left out as empty. Anything else
is declined.
"""

import numpy as np
import pyarrow as pa
from pyarrow import csv

from meterlake.bronze.cut_csv import Header
from meterlake.bronze.lines import BOM
from meterlake.bronze.outcome import READINGS_SCHEMA

_LARGEST_BLOCK = 1 << 30


def cut_fast(block: bytes, first_line: int, header: Header) -> pa.Table | None:
    """The block's readings, the same the exact path would give; None where only the exact path can tell."""
    if header.width < 2 or not _is_plain(block):
        return None
    try:
        cut = _read(block, header)
    except pa.ArrowInvalid:
        return None
    lines = block.count(b"\n") + (not block.endswith(b"\n"))
    if cut.num_rows != lines:
        return None
    missing = pa.nulls(lines, pa.string())
    columns = [missing if place is None else cut.column(str(place)) for place in header.positions]
    source_lines = pa.array(np.arange(first_line, first_line + lines, dtype=np.int64))
    return pa.Table.from_arrays([*columns, source_lines], schema=READINGS_SCHEMA)


def _is_plain(block: bytes) -> bool:
    if not block or len(block) > _LARGEST_BLOCK or b'"' in block or b"\0" in block or block.startswith(BOM):
        return False
    if b"\r" in block and block.count(b"\r") != block.count(b"\r\n"):
        return False
    return block.isascii() or _is_utf8(block)


def _is_utf8(block: bytes) -> bool:
    try:
        block.decode("utf-8")
    except UnicodeDecodeError:
        return False
    return True


def _read(block: bytes, header: Header) -> pa.Table:
    """Positions stand for names, since a column that is not mapped may have any name, or another one's."""
    names = [str(place) for place in range(header.width)]
    mapped = [str(place) for place in sorted({place for place in header.positions if place is not None})]
    return csv.read_csv(
        pa.BufferReader(block),
        read_options=csv.ReadOptions(use_threads=False, block_size=len(block) + 1, column_names=names),
        parse_options=csv.ParseOptions(
            quote_char=False,
            double_quote=False,
            escape_char=False,
            newlines_in_values=False,
            ignore_empty_lines=True,  # they are missed in the count of rows; kept, they would be rows of empty fields
        ),
        convert_options=csv.ConvertOptions(
            check_utf8=False,  # checked above
            column_types=dict.fromkeys(mapped, pa.string()),
            include_columns=mapped,
            null_values=[],
            strings_can_be_null=False,
        ),
    )
