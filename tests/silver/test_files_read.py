"""Which files and columns an update reads: those of the days that it judges, and none besides."""

import re
from datetime import date
from pathlib import Path

import pytest
from py4j.protocol import Py4JJavaError
from pyspark.sql import DataFrame, SparkSession
from pyspark.sql import functions as F

from meterlake.config import Config, load
from meterlake.silver.day_sets import is_in
from meterlake.silver.rulebook import Bronze, judge, standardise
from meterlake.storage import Warehouse
from meterlake.tables import Table, bronze, gold, silver
from tests.comparison import rows_of
from tests.conftest import SMALL_SPARK
from tests.small import hours, write_file, write_registry
from tests.test_against_oracle import run_all

LATE = date(2024, 3, 11)
NEAR = {date(2024, 3, day) for day in range(9, 14)}


@pytest.fixture(scope="module")
def config(spark: SparkSession, tmp_path_factory: pytest.TempPathFactory) -> Config:
    """Two neighbours, 1 to 20 March 2024, through all layers; of one the hour from 06:00 of the 11th has not come."""
    root = tmp_path_factory.mktemp("files_read")
    folders = [f"storage.{name}={root / name}" for name in ("landing", "reference", "warehouse")]
    config = load([], [*SMALL_SPARK, *folders, "validation.check_arrival=false"])
    write_registry(config)
    for meter, missing in (("MTR-1", [246]), ("MTR-2", [])):
        write_file(config, "2024/03/21/00", hours(meter, "2024-03-01T00:00", 480, missing), f"{meter}.csv")
    run_all(spark, config)
    return config


def spoil(config: Config, table: Table) -> None:
    """Makes the files of all days but the near ones unreadable."""
    for file in Path(config.storage.warehouse, table.layer, table.name).glob(f"{table.partitions[0]}=*/**/*.parquet"):
        (day,) = re.findall(r"_date=(\d{4}-\d\d-\d\d)/", str(file))
        if date.fromisoformat(day) not in NEAR:
            file.write_bytes(b"no parquet")


def test_days_prune_partitions_and_a_meter_s_rows_are_found_by_statistics(spark: SparkSession, config: Config) -> None:
    rows = Warehouse(spark, config).read(silver.READINGS)
    scan = _scan(rows.where(is_in("read_date", NEAR) & (F.col("meter_id") == "MTR-1")).select("kw"))
    assert re.search(r"PartitionFilters: \[.*read_date", scan)
    assert "EqualTo(meter_id,MTR-1)" in scan
    assert re.search(r"ReadSchema: struct<meter_id:string,kw:decimal\(18,6\)>", scan)


def test_judging_reads_no_column_that_it_does_not_need(spark: SparkSession, config: Config) -> None:
    warehouse = Warehouse(spark, config)
    tables = [warehouse.read(table) for table in (bronze.READINGS, bronze.METERS, bronze.VACANCIES)]
    readings = tables[0].where(is_in("read_date", NEAR))
    scan = _scan(judge(standardise(Bronze(readings, *tables[1:]), config), config).select("kw"), "read_date")
    columns = set(re.findall(r"(\w+):", scan.partition("ReadSchema: ")[2]))
    assert columns & {"content_hash", "batch_id", "ingested_at"} == set()


def test_a_late_reading_opens_no_file_of_other_days(spark: SparkSession, config: Config) -> None:
    """The last test of this module: most files are unreadable after it."""
    large = (bronze.READINGS, silver.READINGS, silver.QUARANTINE, gold.DAILY_CONSUMPTION)
    for table in large:
        spoil(config, table)
    with pytest.raises(Py4JJavaError, match=r"not a Parquet file|Checksum"):
        Warehouse(spark, config).read(silver.READINGS).collect()
    write_file(config, "2024/03/21/01", hours("MTR-1", "2024-03-11T06:00", 1), "late.csv")
    run_all(spark, config)
    near = Warehouse(spark, config).read(gold.DAILY_CONSUMPTION).where(F.col("local_date") == F.lit(LATE))
    assert {row["meter_id"]: row["share_observed"] for row in near.collect()} == {"MTR-1": 1.0, "MTR-2": 1.0}
    begun = [row for row in rows_of(config.storage.warehouse, "ops.runs") if row["days"] is not None]
    assert [row["days"] for row in begun if row["job"] == "build_silver"] == [[LATE]]


def _scan(rows: DataFrame, named: str = "") -> str:
    """The line of the physical plan that reads Parquet; of several the one with a name in it."""
    text = rows._jdf.queryExecution().toString()
    (line,) = {line for line in text.splitlines() if "FileScan parquet" in line and named in line}
    return line
