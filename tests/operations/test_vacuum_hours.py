"""Delta's week: files are deleted by the hours of the setting, and a version that was written before it is read."""

import os
import re
import time
from pathlib import Path

from pyspark.sql import SparkSession

from meterlake import tables
from meterlake.config import Config
from meterlake.storage import Warehouse
from meterlake.storage_upkeep import Upkeep
from tests.conftest import forget_tables

HOUR = 3600


def test_a_file_is_deleted_as_soon_as_the_setting_says(spark: SparkSession, config: Config) -> None:
    warehouse, table = Warehouse(spark, config), tables.silver.FLAGGED_DAYS
    one = spark.createDataFrame([("M", "F04", None, None)], table.schema).coalesce(1)
    for tag in ("first", "second"):
        warehouse.replace(one, table, tag)
    _let_pass(spark, Path(warehouse.place(table)), 30 * HOUR)
    upkeep = Upkeep(spark, warehouse)
    assert upkeep.unneeded(table, 48) == []
    assert [path.endswith(".parquet") for path in upkeep.unneeded(table, 24)] == [True]
    upkeep.delete_unneeded(table, 24)
    assert upkeep.unneeded(table, 0) == []
    assert warehouse.read(table).count() == 1


def test_a_version_older_than_a_week_is_read_though_a_newer_one_is_there(spark: SparkSession, config: Config) -> None:
    """Gold reads silver as its newest finished run left it, however long ago that was."""
    warehouse, table = Warehouse(spark, config), tables.silver.FLAGGED_DAYS
    one = spark.createDataFrame([("M", "F04", None, None)], table.schema)
    warehouse.replace(one, table, "finished")
    finished = warehouse.version(table)
    warehouse.replace(one.union(one), table, "died")
    _let_pass(spark, Path(warehouse.place(table)), 10 * 24 * HOUR)
    assert (warehouse.read(table, finished).count(), warehouse.read(table).count()) == (1, 2)


def _let_pass(spark: SparkSession, folder: Path, seconds: int) -> None:
    """What was done to the table was done that long ago."""
    at = time.time() - seconds
    for commit in folder.glob("_delta_log/*.json"):
        aged = re.sub(r'("deletionTimestamp"):[0-9]+', rf"\1:{int(at * 1000)}", commit.read_text())
        commit.write_text(aged)
        commit.with_name(f".{commit.name}.crc").unlink(missing_ok=True)
    for file in [path for path in folder.rglob("*") if path.is_file()]:
        os.utime(file, (at, at))
    forget_tables(spark)
