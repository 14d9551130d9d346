"""Storage that fails under a run at the worst moments: the layer is done again, and no row is there twice."""

import errno
import shutil
from collections import Counter
from collections.abc import Callable, Mapping
from pathlib import Path

import pytest
from delta.exceptions import ConcurrentAppendException
from pyspark.sql import DataFrame, SparkSession

from meterlake import tables
from meterlake.bronze import batch, opened
from meterlake.bronze import pipeline as bronze
from meterlake.config import Config
from meterlake.operations.layer import layer
from meterlake.runner import job_main
from meterlake.storage import Warehouse
from tests.comparison import rows_of
from tests.test_hostile_input import GOOD, METERS

Captured = pytest.CaptureFixture[str]
INGEST = layer("ingest_bronze")(bronze.run)
MAIN = job_main("ingest_bronze", INGEST, "", writes=True)
FIRST, SECOND = "raw/2024/03/15/14/first.csv", "raw/2024/03/15/15/second.csv"


@pytest.fixture
def config(make_config: Callable[..., Config], tmp_path: Path) -> Config:
    """Two files with a reading each, one of them with a line that is none; and nobody waits between attempts."""
    (tmp_path / "reference").mkdir()
    (tmp_path / "reference" / "meters.csv").write_text(METERS + "MTR-1,home,60,N1,,,,\n")
    for name, content in ((FIRST, GOOD + b"broken\n"), (SECOND, GOOD.replace(b"14:00", b"15:00"))):
        (tmp_path / "landing" / name).parent.mkdir(parents=True)
        (tmp_path / "landing" / name).write_bytes(content)
    return make_config("retry.wait_seconds=[0,0,0]")


def keys_that_stand_twice(config: Config) -> dict[str, list[tuple]]:
    twice = {}
    for table in tables.ALL:
        keys = Counter(
            tuple(str(row[name]) for name in table.key) for row in rows_of(config.storage.warehouse, table.full_name)
        )
        twice[table.full_name] = [key for key, count in keys.items() if count > 1]
    return {name: keys for name, keys in twice.items() if keys}


def count(config: Config, *names: str) -> list[int]:
    return [len(rows_of(config.storage.warehouse, name)) for name in names]


def test_commits_that_landed_but_whose_answers_were_lost(
    spark: SparkSession, config: Config, answers_lost: set[str], capsys: Captured
) -> None:
    """Where it was the ledger's, there is nothing left to do."""
    answers_lost |= {"bronze.readings", "bronze.files"}
    INGEST(spark, config)
    assert answers_lost == set()
    assert keys_that_stand_twice(config) == {}
    assert count(config, "bronze.readings", "bronze.dead_letters", "bronze.files") == [2, 1, 2]
    assert capsys.readouterr().out.count("ingest_bronze: attempt") == 2


def test_another_writer_s_commit_and_a_file_that_vanished(
    spark: SparkSession, config: Config, monkeypatch: pytest.MonkeyPatch, capsys: Captured
) -> None:
    listing, append = opened.landing_contents, Warehouse.append
    conflicts = [ConcurrentAppendException("Files were added by a concurrent update")]

    def listed_then_gone(spark: SparkSession, landing: str, sizes: Mapping[str, int]) -> DataFrame:
        contents = listing(spark, landing, sizes)
        shutil.rmtree((Path(landing) / FIRST).parent, ignore_errors=True)
        return contents

    def append_after_another(self: Warehouse, rows: DataFrame, table: tables.Table, tag: str) -> None:
        if conflicts:
            raise conflicts.pop()
        append(self, rows, table, tag)

    monkeypatch.setattr(opened, "landing_contents", listed_then_gone)
    monkeypatch.setattr(Warehouse, "append", append_after_another)
    INGEST(spark, config)
    assert count(config, "bronze.readings", "bronze.dead_letters", "bronze.files") == [1, 0, 1]
    said = capsys.readouterr().out
    assert said.count("ingest_bronze: attempt") == 1, "the commit; a file that is gone is no failure"
    assert f"1 listed files were gone, or had another size, when they were opened: {FIRST}" in said


def test_a_file_that_vanished_after_it_was_hashed(
    spark: SparkSession, config: Config, monkeypatch: pytest.MonkeyPatch, capsys: Captured
) -> None:
    """Its dead letter and the other file's reading are written by then, and taken back."""
    listing = batch.landing_contents

    def listed_then_gone(spark: SparkSession, landing: str, sizes: Mapping[str, int]) -> DataFrame:
        contents = listing(spark, landing, sizes)
        shutil.rmtree((Path(landing) / FIRST).parent, ignore_errors=True)
        return contents

    monkeypatch.setattr(batch, "landing_contents", listed_then_gone)
    INGEST(spark, config)
    assert count(config, "bronze.readings", "bronze.dead_letters", "bronze.files") == [1, 0, 1]
    said = capsys.readouterr().out
    assert said.count("ingest_bronze: attempt") == 1
    assert "2 rows were decided on and 1 written" in said


def test_a_disk_that_stays_full_ends_the_run_and_the_next_one_takes_it_up(
    spark: SparkSession, config: Config, monkeypatch: pytest.MonkeyPatch
) -> None:
    append = Warehouse.append

    def on_a_full_disk(self: Warehouse, rows: DataFrame, table: tables.Table, tag: str) -> None:
        if table is tables.bronze.READINGS:
            raise OSError(errno.ENOSPC, "No space left on device")
        append(self, rows, table, tag)

    with monkeypatch.context() as patched:
        patched.setattr(Warehouse, "append", on_a_full_disk)
        assert MAIN(options(config, "retry.wait_seconds=[0]")) == 1
    [ticket] = rows_of(config.storage.warehouse, "ops.errors")
    assert (ticket["step"], ticket["attempts"]) == ("ingest_bronze", 2)
    assert MAIN(options(config)) == 0
    assert count(config, "bronze.readings", "bronze.dead_letters", "bronze.files") == [2, 1, 2]


def test_a_folder_that_cannot_be_written_is_no_reason_to_try_again(
    spark: SparkSession, config: Config, capsys: Captured
) -> None:
    """A file in its place: rights would not stop a test that runs as root."""
    warehouse = Path(config.storage.warehouse)
    warehouse.mkdir()
    (warehouse / "bronze").write_text("a file, no folder")
    assert MAIN(options(config)) == 1
    said = capsys.readouterr()
    assert "ingest_bronze: attempt" not in said.out
    [ticket] = rows_of(warehouse, "ops.errors")
    assert ticket["attempts"] == 1
    assert str(warehouse / "bronze") in ticket["input"]


def options(config: Config, *overrides: str) -> list[str]:
    storage = [f"storage.{name}={getattr(config.storage, name)}" for name in ("landing", "reference", "warehouse")]
    settings = [*storage, "retry.wait_seconds=[0,0,0]", "spark.shuffle_partitions=3", *overrides]
    return [part for setting in settings for part in ("--set", setting)]
