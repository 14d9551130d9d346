"""A landing file's bytes cut into readings and dead letters: nothing is dropped, nothing is interpreted.

What is looked at first, when a file or a line has more than one fault: the file's gzip (BROKEN_GZIP), its header or
document (UNDECODABLE, then HEADER_WITHOUT_COLUMNS or MALFORMED_JSON), then each line by itself (UNDECODABLE, then
MALFORMED_CSV or MALFORMED_JSON, then WRONG_FIELD_COUNT). A file that cannot be read as a whole is ONE dead letter with
source line 0 and none of its lines anywhere else; its raw line is the header as it stands, or a `.json`'s beginning,
1,000 characters at most, and '' behind a broken gzip: the content hash names the bytes.
"""

import gzip
import zlib
from collections.abc import Iterator, Mapping

import pyarrow as pa

from meterlake.bronze.cut_csv import Body, Header, cut_exactly, read_header
from meterlake.bronze.cut_csv_fast import cut_fast
from meterlake.bronze.cut_json import cut_json_document, cut_json_lines
from meterlake.bronze.lines import count_lines, without_bom
from meterlake.bronze.outcome import (
    BROKEN_GZIP,
    FIELDS,
    REQUIRED_FIELDS,
    WHOLE_FILE,
    DeadLetter,
    ParsedFile,
    UnreadableFile,
    readings_table,
)

__all__ = ["FIELDS", "DeadLetter", "ParsedFile", "parse_file"]

# One odd line sends its block the exact way, and no more than that.
BLOCK_BYTES = 1 << 20


def parse_file(content: bytes, file_name: str, columns: Mapping[str, str]) -> ParsedFile:
    """Cut one file; `columns` names the file's column (or key) for each of our fields.

    received_at and quality_code may be missing in `columns` and in a CSV's header, and are null then. A file without
    a line (zero bytes, only blank lines, a header only, `[]`) gives nothing and is no fault.

    parse_file(b"meter_id,timestamp,value,unit\\nMTR-1,2024-03-15T14:00Z,1250,W\\n", "a.csv", columns) gives one
    reading with source_line 2, no dead letter, and lines = 1.
    """
    mapped = _mapped(columns)
    try:
        if file_name.endswith((".csv", ".csv.gz")):
            return _parse_csv(without_bom(_unpacked(content, file_name)), mapped)
        if file_name.endswith(".jsonl"):
            text = without_bom(content)
            return ParsedFile(*cut_json_lines(text, mapped), count_lines(text))
        if file_name.endswith(".json"):
            readings, dead_letters = cut_json_document(without_bom(content), mapped)
            return ParsedFile(readings, dead_letters, readings.num_rows + len(dead_letters))
    except UnreadableFile as fault:
        dead_letter = DeadLetter(WHOLE_FILE, fault.head, fault.reason, fault.detail)
        return ParsedFile(readings_table([], []), [dead_letter], 1)
    raise ValueError(f"{file_name!r} is no landing file: its name must end in .csv, .csv.gz, .json or .jsonl")


def _mapped(columns: Mapping[str, str]) -> dict[str, str]:
    missing = [field for field in REQUIRED_FIELDS if field not in columns]
    if missing:
        raise ValueError(f"the source names no column for {', '.join(missing)}")
    return {field: columns[field] for field in FIELDS if field in columns}


def _unpacked(content: bytes, file_name: str) -> bytes:
    """The content, unpacked where the name says gzip: all members one after the other; zero bytes stay zero bytes."""
    if not file_name.endswith(".gz"):
        return content
    try:
        return gzip.decompress(content)
    except (OSError, EOFError, zlib.error) as error:
        raise UnreadableFile(BROKEN_GZIP, f"a whole gzip file expected: {error}") from None


def _parse_csv(content: bytes, columns: Mapping[str, str]) -> ParsedFile:
    """Block by block: the fast path where it vouches for the block, else the exact one."""
    header_and_body = read_header(content, columns)
    if header_and_body is None:
        return ParsedFile(readings_table([], []), [], 0)
    header, body = header_and_body
    tables: list[pa.Table] = [readings_table([], [])]
    dead_letters: list[DeadLetter] = []
    for block, first_line in _blocks(content, body):
        table, dead = _cut_block(block, first_line, header)
        tables.append(table)
        dead_letters.extend(dead)
    return ParsedFile(pa.concat_tables(tables), dead_letters, count_lines(content) - 1)


def _cut_block(block: bytes, first_line: int, header: Header) -> tuple[pa.Table, list[DeadLetter]]:
    table = cut_fast(block, first_line, header)
    return (table, []) if table is not None else cut_exactly(block, first_line, header)


def _blocks(content: bytes, body: Body) -> Iterator[tuple[bytes, int]]:
    """The lines behind the header in blocks of whole lines, each with the physical number of its first line."""
    start, first_line = body.start, body.first_line
    while start < len(content):
        line_end = content.find(b"\n", min(start + BLOCK_BYTES, len(content)))
        end = line_end + 1 if line_end >= 0 else len(content)
        block = content[start:end]
        yield block, first_line
        start, first_line = end, first_line + block.count(b"\n")
