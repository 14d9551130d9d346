"""Landing files through the parser: the one place where Python sees rows, a whole file at a time."""

import hashlib
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass

import pyarrow as pa
from pyspark.sql import DataFrame

from meterlake.bronze.discover import landed_hour
from meterlake.bronze.parse import FIELDS, ParsedFile, parse_file
from meterlake.bronze.usual_days import usual_days
from meterlake.config import SourceConfig

_DEAD_LETTERS = "array<struct<source_line: bigint, raw_line: string, reason: string, detail: string>>"
_SUMMARY = f"source_file string, content_hash string, lines long, readings long, dead_letters {_DEAD_LETTERS}"
_READINGS = ", ".join(f"{name} string" for name in FIELDS) + (
    ", source_line long, source_file string, source_version int, content_hash string"
    ", landed_hour timestamp, usual_day date"
)
_LINEAGE = ("source_file", "source_version", "content_hash", "landed_hour")
DEFAULT_COLUMNS = {
    "meter_id": "meter_id",
    "read_at": "timestamp",
    "value": "value",
    "unit": "unit",
    "received_at": "received_at",
    "quality_code": "quality_code",
}


@dataclass(frozen=True)
class Parser:
    """Finds a file's source by its name and cuts it; travels to the executors."""

    sources: tuple[tuple[str, dict[str, str]], ...]

    @staticmethod
    def of(sources: Mapping[str, SourceConfig]) -> "Parser":
        return Parser(tuple((s.file_pattern, s.columns.model_dump(exclude_none=True)) for s in sources.values()))

    def parse(self, source_file: str, content: bytes) -> ParsedFile:
        name = source_file.rpartition("/")[2]
        fitting = (columns for pattern, columns in self.sources if re.fullmatch(pattern, name, re.DOTALL))
        columns = next(fitting, DEFAULT_COLUMNS)
        return parse_file(content, name, columns)


def summarise(contents: DataFrame, parser: Parser) -> DataFrame:
    """A row a file: content_hash, lines, readings, and the dead letters themselves. Needs source_file, content."""

    def summaries(batches: Iterator[pa.RecordBatch]) -> Iterator[pa.RecordBatch]:
        for source_file, content in _files(batches):
            parsed = parser.parse(source_file, content)
            row = {
                "source_file": source_file,
                "content_hash": hashlib.sha256(content).hexdigest(),
                "lines": parsed.lines,
                "readings": parsed.readings.num_rows,
                "dead_letters": [vars(letter) for letter in parsed.dead_letters],
            }
            yield pa.RecordBatch.from_pylist([row], schema=_summary_schema())

    return contents.select("source_file", "content").mapInArrow(summaries, _SUMMARY)


def readings_of(contents: DataFrame, parser: Parser) -> DataFrame:
    """The readings of files, each with its lineage, landing hour and usual_day. Needs source_file, source_version,
    content_hash, content.

    A file whose content is no longer the one that was decided on gives nothing: the count of rows will tell.
    """

    def readings(batches: Iterator[pa.RecordBatch]) -> Iterator[pa.RecordBatch]:
        for batch in batches:
            for row in range(batch.num_rows):
                content = batch.column("content")[row].as_py()
                content_hash = batch.column("content_hash")[row].as_py()
                if hashlib.sha256(content).hexdigest() != content_hash:
                    continue
                lineage = {name: batch.column(name)[row] for name in _LINEAGE}
                source_file = lineage["source_file"].as_py()
                yield from _with_lineage(parser.parse(source_file, content).readings, lineage)

    named = contents.select("*", landed_hour().alias("landed_hour"))
    return named.select(*_LINEAGE, "content").mapInArrow(readings, _READINGS)


def _files(batches: Iterator[pa.RecordBatch]) -> Iterator[tuple[str, bytes]]:
    for batch in batches:
        for source_file, content in zip(batch.column("source_file"), batch.column("content"), strict=True):
            yield source_file.as_py(), content.as_py()


def _with_lineage(table: pa.Table, lineage: Mapping[str, pa.Scalar]) -> Iterator[pa.RecordBatch]:
    for name, value in lineage.items():
        table = table.append_column(name, pa.repeat(value, table.num_rows))
    yield from table.append_column("usual_day", usual_days(table.column("read_at"))).to_batches()


def _summary_schema() -> pa.Schema:
    letter = pa.struct(
        [("source_line", pa.int64()), ("raw_line", pa.string()), ("reason", pa.string()), ("detail", pa.string())]
    )
    return pa.schema(
        [
            ("source_file", pa.string()),
            ("content_hash", pa.string()),
            ("lines", pa.int64()),
            ("readings", pa.int64()),
            ("dead_letters", pa.list_(letter)),
        ]
    )
