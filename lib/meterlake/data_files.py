"""The data files of tables: where they lie, how large they are, what partition they belong to."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from urllib.parse import unquote

from pyspark.sql import SparkSession

_GLOB_CHARACTERS = re.compile(r"([*?\[\]{}\\])")
_NULL = "__HIVE_DEFAULT_PARTITION__"


@dataclass(frozen=True)
class DataFile:
    """A file of a table's newest version."""

    path: str
    bytes: int
    partition: Mapping[str, str | None]

    def day(self, column: str) -> date | None:
        """The day of its partition by that column; None where the partition has none."""
        value = self.partition.get(column)
        return date.fromisoformat(value) if value else None


@dataclass(frozen=True)
class Listing:
    """All files below some folders by their paths: bytes. Also those that belong to old versions only."""

    sizes: Mapping[str, int]

    @staticmethod
    def of(spark: SparkSession, folders: Sequence[str]) -> Listing:
        """By Spark, on any file system that it knows, and without opening one."""
        if not folders:
            return Listing({})
        escaped = [_GLOB_CHARACTERS.sub(r"\\\1", folder) for folder in folders]
        files = spark.read.format("binaryFile").option("recursiveFileLookup", "true").load(escaped)
        return Listing({row["path"]: row["length"] for row in files.select("path", "length").collect()})

    def named(self, paths: Iterable[str], partitions: Sequence[str]) -> list[DataFile]:
        """The files with these paths, as the newest version of a table tells them."""
        return [DataFile(path, self.sizes.get(path, 0), partition_of(path, partitions)) for path in sorted(paths)]


def partition_of(path: str, partitions: Sequence[str]) -> dict[str, str | None]:
    """The partition's values that a path tells: .../read_date=2024-03-15/meter_type=home/part-1.parquet."""
    folders = path.split("/")[:-1]
    told = dict(folder.split("=", 1) for folder in folders[len(folders) - len(partitions) :] if "=" in folder)
    values = {name: unquote(told[name]) for name in partitions if name in told}
    return {name: None if value == _NULL else value for name, value in values.items()}
