"""JSON files as the tests write and read them."""

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


def parse(content: bytes, kind: str) -> ParsedFile:
    return parse_file(content, f"raw/2024/03/15/14/a.{kind}", COLUMNS)


def dead(parsed: ParsedFile) -> list[tuple]:
    return [(letter.source_line, letter.raw_line, letter.reason) for letter in parsed.dead_letters]
