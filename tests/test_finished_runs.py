"""A reader who looks at finished runs sees tables that belong together, whatever a run that died has left."""

import pytest
from pyspark.sql import SparkSession

from meterlake import tables
from meterlake.config import Config
from meterlake.explore import Warehouse as Explored
from meterlake.operations import runs
from meterlake.storage import Warehouse


@pytest.fixture
def warehouse(spark: SparkSession, config: Config) -> Warehouse:
    return Warehouse(spark, config)


def test_what_a_run_writes_is_seen_once_it_has_finished(
    spark: SparkSession, warehouse: Warehouse, config: Config
) -> None:
    flag = ("M", "F04", None, None)
    one = spark.createDataFrame([flag], tables.silver.FLAGGED_DAYS.schema)
    this = runs.History(warehouse).begin("build_silver", [], "settings")
    warehouse.replace(one, tables.silver.FLAGGED_DAYS, "first")
    runs.announce(spark, warehouse, this, [])
    runs.finish(spark, warehouse, this, [tables.silver.FLAGGED_DAYS])
    warehouse.append(one, tables.silver.FLAGGED_DAYS, "second")
    explored = Explored(config)
    assert len(explored.read("silver.flagged_days")) == 1
    runs.finish(spark, warehouse, this, [tables.silver.FLAGGED_DAYS])
    assert len(explored.read("silver.flagged_days")) == 2
