"""The reference tables from their CSV files: read whole, checked row by row, replaced when their content changed."""

import hashlib
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from pyspark.errors import AnalysisException
from pyspark.sql import SparkSession

from meterlake import progress, tables
from meterlake.bronze.reference_rows import grid_maintenance, meters, vacancies, weather
from meterlake.config import Config
from meterlake.errors import ReferenceDataError
from meterlake.storage import Warehouse

Rows = list[tuple[Any, ...]]


@dataclass(frozen=True)
class Reference:
    """A reference file, its table, and how its text becomes rows."""

    file_name: str
    table: tables.Table
    read: Callable[[bytes, str, Config], Rows]
    must_exist: bool = False


REFERENCES = (
    Reference("meters.csv", tables.bronze.METERS, meters, must_exist=True),
    Reference("vacancies.csv", tables.bronze.VACANCIES, vacancies),
    Reference("weather.csv", tables.bronze.WEATHER, weather),
    Reference("grid_maintenance.csv", tables.bronze.GRID_MAINTENANCE, grid_maintenance),
)


def load(spark: SparkSession, config: Config, warehouse: Warehouse) -> None:
    """Replaces each reference table whose rows have changed; all files are read before a table is touched.

    Raises ReferenceDataError where meters.csv is missing or a file has rows that cannot be used, with the rows named.
    """
    for reference, rows in read(spark, config):
        tag = tag_of(rows, config)
        if warehouse.last_tag(reference.table) == tag:
            continue
        with progress.step(f"{reference.table.full_name} loaded") as step:
            frame = spark.createDataFrame(rows, reference.table.schema).coalesce(1)
            warehouse.replace(frame, reference.table, tag)
            step.note(rows=len(rows))


def read(spark: SparkSession, config: Config) -> list[tuple[Reference, Rows]]:
    """The rows of all files as their tables will hold them."""
    contents = _contents(spark, config)
    return [(reference, _rows(contents.get(reference.file_name), config, reference)) for reference in REFERENCES]


def _contents(spark: SparkSession, config: Config) -> dict[str, bytes]:
    """The files that are there, by name."""
    names = [reference.file_name for reference in REFERENCES]
    files = spark.read.format("binaryFile").option("pathGlobFilter", "{" + ",".join(names) + "}")
    try:
        found = files.load(config.storage.reference).select("path", "content").collect()
    except AnalysisException as error:
        if error.getCondition() != "PATH_NOT_FOUND":
            raise
        return {}
    return {row["path"].rpartition("/")[2]: bytes(row["content"]) for row in found}


def _rows(content: bytes | None, config: Config, reference: Reference) -> Rows:
    """None where an optional file is not there."""
    where = f"{config.storage.reference}/{reference.file_name}"
    if content is None:
        if reference.must_exist:
            raise ReferenceDataError("the registry of meters is missing", where, "put it there: every job needs it")
        return []
    return reference.read(content, where, config)


def tag_of(rows: Rows, config: Config) -> str:
    """Names a load by its content, so that the same rows are not written again."""
    return "sha256:" + hashlib.sha256(repr((config.time_zone, rows)).encode()).hexdigest()
