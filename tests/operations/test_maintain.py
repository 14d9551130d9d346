"""Upkeep on a small warehouse: no content within its retention changes, and no later run is misled."""

from collections.abc import Callable
from datetime import date
from pathlib import Path

import pytest
from pyspark.sql import SparkSession

from meterlake.config import Config, load
from meterlake.operations.maintain import add_arguments, run
from meterlake.plan.command import make_plan
from meterlake.runner import job_main
from tests.comparison import COMPARED, content_of, differences, rows_of
from tests.conftest import SMALL_SPARK, forget_tables
from tests.small import METERS, files_below, hours, versions, write_file, write_registry
from tests.test_against_oracle import run_all

MAIN = job_main("maintain", run, "", add_arguments, writes=True)
GOLD = [name for name in COMPARED if name.startswith("gold.")]
SETTINGS = ("validation.check_arrival=false", "retention.vacuum_hours=0", "compaction.most_files=2")
OLD, KEPT = "2021-11-30T00:00", "2024-03-12T00:00"
FIRST = date(2022, 3, 17)  # 730 days before the newest landing hour
Captured = pytest.CaptureFixture[str]


def settings(root: Path) -> list[str]:
    folders = [f"storage.{name}={root / name}" for name in ("landing", "reference", "warehouse")]
    return [*SMALL_SPARK, *folders, *SETTINGS]


def maintain(root: Path, *options: str) -> None:
    """The job as from a command line."""
    overrides = [part for setting in settings(root) for part in ("--set", setting)]
    assert MAIN([*overrides, "--allow-short-vacuum", *options]) == 0


@pytest.fixture(scope="module")
def root(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("maintain")


@pytest.fixture(scope="module")
def config(spark: SparkSession, root: Path) -> Config:
    """Files of 2016, of 2021 (zeros for three days: a fault that has ended) and of March 2024, in two runs."""
    config = load([], settings(root))
    write_registry(config)
    write_file(config, "2016/12/01/00", hours("MTR-1", "2016-11-30T00:00", 3), "ancient.csv")
    zeros = [(meter, at, "0") for meter, at, _ in hours("MTR-1", OLD, 72)]
    write_file(config, "2021/12/03/00", [*zeros, *hours("MTR-2", OLD, 72)], "old.csv")
    for meter in ("MTR-1", "MTR-2", "MTR-3"):
        write_file(config, "2024/03/16/00", hours(meter, KEPT, 96, [30]), f"{meter}.csv")
    run_all(spark, config)
    write_file(config, "2024/03/16/01", hours("MTR-2", "2024-03-13T06:00", 1), "later.csv")
    run_all(spark, config)
    return config


def within_retention(content: dict[str, list]) -> dict[str, list]:
    """What is left of silver; gold is for ever."""
    kept = dict(content)
    for name in ("silver.readings", "silver.quarantine"):
        kept[name] = [row for row in content[name] if row["read_date"] >= FIRST]
    for name in ("silver.gaps", "silver.faults"):
        kept[name] = [row for row in content[name] if row["ended_at"] is None or row["ended_at"].date() >= FIRST]
    return kept


def told(found: dict[str, list], expected: dict[str, list]) -> list[str]:
    return [text for name in expected for text in differences(name, found[name], expected[name])]


def test_upkeep_from_a_dry_run_to_a_late_file(
    spark: SparkSession, config: Config, root: Path, capsys: Captured
) -> None:
    """One story, since each step needs those before it."""
    warehouse, landing = config.storage.warehouse, Path(config.storage.landing)
    before = content_of(warehouse)
    assert any(row["fault"] == "F01" for row in before["silver.faults"])

    # A file of those hours that nobody has ingested, and one that has changed since.
    unknown = write_file(config, "2021/12/03/01", hours("MTR-3", OLD, 1), "unknown.csv")
    changed = landing / "raw" / "2021/12/03/00" / "old.csv"
    original = changed.read_text()

    files, at = files_below(str(root)), versions(config)
    maintain(root, "--dry-run")
    assert (files_below(str(root)), versions(config)) == (files, at)
    said = capsys.readouterr().out
    assert "raw files to the archive" in said
    assert "dry run" in said

    changed.write_text(original.replace("MTR-2", "MTR-1"))
    maintain(root)
    assert told(content_of(warehouse), within_retention(before)) == []
    assert changed.exists()
    assert unknown.exists()
    ancient = "raw/2016/12/01/00/ancient.csv"
    assert not (landing / ancient).exists()
    assert not (landing / "archive" / ancient).exists()  # seven years are over
    changed.write_text(original)

    maintain(root)
    assert (landing / "archive" / "raw/2021/12/03/00/old.csv").read_text() == original
    assert unknown.exists()
    unknown.unlink()
    at, files = versions(config), files_below(str(root))
    maintain(root)
    assert (versions(config), files_below(str(root))) == (at, files)

    assert make_plan(spark, config).silver.action == "nothing"
    run_all(spark, config)
    assert versions(config) == at

    # A late file for a day that is kept, one for a day that is not, and a changed registry: gold forgets no day.
    gold = {name: rows_of(warehouse, name) for name in GOLD}
    write_file(config, "2024/03/16/02", hours("MTR-1", "2024-03-13T06:00", 1), "late.csv")
    write_file(config, "2024/03/16/03", hours("MTR-3", OLD, 30), "very_late.csv")
    run_all(spark, config)
    write_registry(config, METERS.replace("MTR-3,shop", "MTR-3,home"))
    run_all(spark, config)
    found = content_of(warehouse)
    assert {row["read_date"] for row in found["silver.readings"]} == {date(2024, 3, day) for day in range(12, 16)}
    old, old_before = ({name: [row for row in of[name] if _day(row) < FIRST] for name in GOLD} for of in (found, gold))
    # MTR-1 in 2016, MTR-2 for three days of 2021; the zeros of MTR-1 are a fault and not in gold.
    assert len(old["gold.daily_consumption"]) == 4
    assert told(old, old_before) == []
    forget_tables(spark)


def _day(row: dict) -> date:
    return row["local_date"] if "local_date" in row else row["hour"].date()


def test_an_unsafe_vacuum_is_refused_before_anything_is_done(
    make_config: Callable[..., Config], capsys: Captured
) -> None:
    config = make_config()
    options = ["--set", f"storage.warehouse={config.storage.warehouse}", "--set", "retention.vacuum_hours=167"]
    assert MAIN([*options, "--set", "spark.shuffle_partitions=3"]) == 2
    assert "--allow-short-vacuum" in capsys.readouterr().err
    assert not Path(config.storage.warehouse).exists()
