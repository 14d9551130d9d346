"""Every table can be read without a JVM, has the columns that it claims, and no feature that such readers refuse."""

from pathlib import Path

import polars as pl
import pytest
from deltalake import DeltaTable
from pyspark.sql import SparkSession

from meterlake import tables
from meterlake.bronze import pipeline as bronze
from meterlake.config import Config, load
from meterlake.errors import StorageError
from meterlake.gold import pipeline as gold
from meterlake.operations import failed
from meterlake.silver import pipeline as silver
from tests.conftest import SMALL_SPARK
from tests.test_hostile_input import GOOD, HOUR, METERS


@pytest.fixture(scope="module")
def filled(spark: SparkSession, tmp_path_factory: pytest.TempPathFactory) -> Config:
    """A warehouse with one reading in it."""
    folder = tmp_path_factory.mktemp("readers")
    (folder / "reference").mkdir()
    (folder / "reference" / "meters.csv").write_text(METERS + "MTR-1,home,60,N1,,,,\n")
    (folder / "landing" / HOUR).mkdir(parents=True)
    (folder / "landing" / HOUR / "good.csv").write_bytes(GOOD + b"broken\n")
    folders = [f"storage.{name}={folder / name}" for name in ("landing", "reference", "warehouse")]
    config = load([], [*SMALL_SPARK, *folders])
    for layer in (bronze, silver, gold):
        layer.run(spark, config)
    failed.record(spark, config, "build_gold", StorageError("a failure, so that it has a table"))
    return config


@pytest.mark.parametrize("table", tables.ALL, ids=lambda table: table.full_name)
def test_deltalake_and_polars_read_it(filled: Config, table: tables.Table) -> None:
    place = f"{filled.storage.warehouse}/{table.layer}/{table.name}"
    frame = pl.read_delta(place)
    assert frame.columns == table.column_names
    assert DeltaTable(place).to_pyarrow_table().num_rows == frame.height
    assert DeltaTable(place).metadata().partition_columns == list(table.partitions)


@pytest.mark.parametrize("table", tables.ALL, ids=lambda table: table.full_name)
def test_columns_carry_their_units(filled: Config, table: tables.Table) -> None:
    fields = DeltaTable(f"{filled.storage.warehouse}/{table.layer}/{table.name}").schema().fields
    comments = {field.name: field.metadata.get("comment", "") for field in fields}
    assert comments == {name: text for name, _, text in table.columns}


@pytest.mark.parametrize(
    "table",
    [tables.bronze.READINGS, tables.silver.READINGS, tables.silver.METER_DAYS],
    ids=lambda table: table.full_name,
)
def test_delta_notes_the_bounds_of_what_is_searched_by(filled: Config, table: tables.Table) -> None:
    files = DeltaTable(f"{filled.storage.warehouse}/{table.layer}/{table.name}").get_add_actions(flatten=True)
    noted = {name.removeprefix("min.") for name in files.schema.names if name.startswith("min.")}
    assert noted == set(table.searched_by)


def test_nothing_is_written_outside_the_layers(filled: Config) -> None:
    written = {path.name for path in Path(filled.storage.warehouse).iterdir()}
    assert written == {"bronze", "silver", "gold", "ops"}
