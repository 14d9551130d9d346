"""Commits of silver and gold that land while their answer is lost: tried again, the tables are as if nothing was."""

from collections.abc import Callable
from pathlib import Path

import pytest
from pyspark.sql import SparkSession

from meterlake.config import Config
from tests.comparison import COMPARED, content_of, differences
from tests.test_against_oracle import run_all
from tests.test_any_order import REMEMBERED
from tests.test_hostile_input import HEADER, METERS

NAMES = [*COMPARED, *REMEMBERED]
HOURS = ("00:00", "01:00", "02:00", "05:00")


def land(landing: Path, hour: str, *lines: str) -> None:
    folder = landing / "raw/2024/03/15" / hour
    folder.mkdir(parents=True)
    (folder / "meters.csv").write_bytes(HEADER + "".join(f"{line}\n" for line in lines).encode())


@pytest.fixture
def config(make_config: Callable[..., Config], tmp_path: Path) -> Config:
    """Two meters, one of them with a hole from 03:00 to 05:00."""
    (tmp_path / "reference").mkdir()
    registry = "".join(f"MTR-{number},home,60,N1,,,,\n" for number in (1, 2))
    (tmp_path / "reference" / "meters.csv").write_text(METERS + registry)
    readings = [f"MTR-1,2024-03-15T{hour}:00Z,1.5,kW" for hour in HOURS]
    land(tmp_path / "landing", "06", *readings, "MTR-2,2024-03-15T00:00:00Z,2.5,kW")
    return make_config("retry.wait_seconds=[0,0,0]")


def land_more(landing: Path) -> None:
    """A correction, a reading in the hole, one that nobody can read, and a new one."""
    land(
        landing,
        "07",
        "MTR-1,2024-03-15T01:00:00Z,1.75,kW",
        "MTR-1,2024-03-15T04:00:00Z,2.0,kW",
        "MTR-1,2024-03-15T06:00:00Z,n/a,kW",
        "MTR-2,2024-03-15T01:00:00Z,2.5,kW",
    )


def test_the_layers_are_done_again(
    spark: SparkSession, config: Config, make_config: Callable[..., Config], tmp_path: Path, answers_lost: set[str]
) -> None:
    """Once after silver's first commit, once after one in the middle, once in gold; beside a warehouse undisturbed."""
    run_all(spark, config)
    land_more(tmp_path / "landing")
    answers_lost |= {"silver.readings", "silver.meter_days", "gold.daily_consumption"}
    run_all(spark, config)
    assert answers_lost == set()
    undisturbed = make_config(f"storage.warehouse={tmp_path / 'undisturbed'}")
    run_all(spark, undisturbed)
    found, expected = (content_of(one.storage.warehouse, NAMES) for one in (config, undisturbed))
    assert [text for name in NAMES for text in differences(name, found[name], expected[name])] == []
    by_time = {row["read_at"].hour: row["kw"] for row in found["silver.readings"] if row["meter_id"] == "MTR-1"}
    assert [str(by_time[hour]) for hour in (1, 3, 4, 5)] == ["1.750000", "1.750000", "2.000000", "1.500000"]
