"""The programs that Meterlake is measured beside do the same work: their tables equal Meterlake's to the last digit."""

import shutil
from pathlib import Path
from types import ModuleType

import duckdb
import pytest
from pyspark.sql import SparkSession

from bench import equal
from bench.generated import Size, generate
from bench.peers import duckdb_silver, polars_silver
from meterlake.config import Config, load
from meterlake.silver import pipeline
from tests.conftest import SMALL_SPARK

SIZE = Size(meters=30, days=20)


@pytest.fixture(scope="module")
def warehouse(spark: SparkSession, tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("bench")
    config = configured(folder)
    generate(spark, config, SIZE)
    pipeline.run(spark, config)
    return folder / "warehouse"


def configured(folder: Path) -> Config:
    folders = [f"storage.{name}={folder / name}" for name in ("landing", "reference", "warehouse")]
    return load([], [*SMALL_SPARK, *folders])


@pytest.mark.parametrize("peer", [duckdb_silver, polars_silver], ids=["duckdb", "polars"])
@pytest.mark.parametrize("layout", ["like ours", "plain"])
def test_a_peer_makes_meterlake_s_tables(warehouse: Path, tmp_path: Path, peer: ModuleType, layout: str) -> None:
    peer.run(equal.bronze_files(warehouse), tmp_path, layout)
    assert equal.differences(equal.delta_silver(warehouse / "silver"), equal.parquet_silver(tmp_path)) == []


def test_the_generated_readings_meet_every_rule(warehouse: Path) -> None:
    """Else equal tables would prove little."""
    silver = equal.delta_silver(warehouse / "silver")
    met = {
        "reasons": "V01 V02 V03 V04 V05 V06 V08 V09 V10 V14 Q01",
        "warnings": "V07 V11 V12",
        "faults": "F01 F02 F03 F04 F05",
    }
    for column, names in met.items():
        files = silver["quarantine"] + (silver["readings"] if column != "reasons" else [])
        rows = duckdb.sql(
            f"SELECT DISTINCT unnest({column}) FROM read_parquet({files}, union_by_name = true)"
        ).fetchall()
        assert {name for (name,) in rows} >= set(names.split()), column
    origins = duckdb.sql(f"SELECT DISTINCT origin FROM read_parquet({silver['readings']})").fetchall()
    assert {origin for (origin,) in origins} == {"observed", "interpolated", "missing_short"}
    holes = duckdb.sql(f"SELECT DISTINCT class FROM read_parquet({silver['gaps']})").fetchall()
    assert {name for (name,) in holes} == {"interpolated", "missing_short", "missing_extended"}


@pytest.mark.parametrize(
    ("change", "told"),
    [
        ("* REPLACE (kw + 0.000001 AS kw)", "differs in kw"),
        ("* REPLACE (read_at + INTERVAL 1 MICROSECOND AS read_at)", "is missing"),
        ("* REPLACE (['F01'] AS faults)", "differs in faults"),
    ],
)
def test_a_difference_is_told(warehouse: Path, tmp_path: Path, change: str, told: str) -> None:
    ours = equal.delta_silver(warehouse / "silver")
    for name, files in ours.items():
        what = change if name == "readings" else "*"
        source = f"read_parquet({files}, hive_partitioning = true)"
        duckdb.sql(f"COPY (SELECT {what} FROM {source}) TO '{tmp_path}/{name}.parquet'")
    found = equal.differences(ours, equal.parquet_silver(tmp_path))
    assert found
    assert all("silver.readings" in text for text in found)
    assert any(told in text for text in found)
    shutil.rmtree(tmp_path)
