"""CSV files as the tests write and read them."""

from meterlake.bronze.parse import ParsedFile, parse_file

COLUMNS = {
    "meter_id": "meter_id",
    "read_at": "timestamp",
    "value": "value",
    "unit": "unit",
    "received_at": "received_at",
    "quality_code": "quality_code",
}
HEADER = b"meter_id,timestamp,value,unit\n"
BOM = b"\xef\xbb\xbf"


def parse(content: bytes, columns: dict[str, str] = COLUMNS) -> ParsedFile:
    return parse_file(content, "raw/2024/03/15/14/a.csv", columns)


def rows(parsed: ParsedFile) -> list[tuple]:
    """(source_line, meter_id, read_at, value, unit): the optional fields have tests of their own."""
    return [
        (row["source_line"], row["meter_id"], row["read_at"], row["value"], row["unit"])
        for row in parsed.readings.to_pylist()
    ]


def dead(parsed: ParsedFile) -> list[tuple]:
    return [(letter.source_line, letter.raw_line, letter.reason) for letter in parsed.dead_letters]
