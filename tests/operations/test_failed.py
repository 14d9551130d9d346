"""What a run that failed for good leaves: a ticket, one alert per episode, its own error and an exit code."""

import errno
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from pyspark.sql import SparkSession

from meterlake import progress, tables
from meterlake.config import Config
from meterlake.errors import ConfigError, DataError
from meterlake.operations import failed, retry
from meterlake.runner import job_main
from meterlake.storage import Warehouse
from tests.comparison import Row, rows_of

Captured = pytest.CaptureFixture[str]
FULL = OSError(errno.ENOSPC, "No space left on device", "/lake/silver/readings")
pytestmark = pytest.mark.usefixtures("spark")


def main(config: Config, error: Exception, run_id: str = "r1", writes: bool = True) -> int:
    """A job whose one step, build_silver, fails with this error."""

    def work() -> None:
        raise error

    def run(spark: SparkSession, config: Config) -> None:
        retry.passing("build_silver", work, config)

    settings = [f"storage.warehouse={config.storage.warehouse}", "retry.wait_seconds=[0,0,0]"]
    options = [part for setting in settings for part in ("--set", setting)]
    job: Callable[..., int] = job_main("run_pipeline", run, "", writes=writes)
    return job([*options, "--set", "spark.shuffle_partitions=3", "--run-id", run_id])


def row(config: Config, table: tables.Table) -> Row:
    [found] = rows_of(config.storage.warehouse, table.full_name)
    return found


def test_after_the_last_attempt_there_is_a_ticket_and_an_alert(config: Config, capsys: Captured) -> None:
    assert main(config, FULL) == 1
    said = capsys.readouterr()
    [line] = said.err.splitlines()
    assert line.startswith("meterlake run_pipeline failed: OSError: [Errno 28] No space left on device")
    assert said.out.count("build_silver: attempt") == 3
    assert "ticket ML-r1 is in ops.errors" in said.out
    ticket = row(config, tables.ops.ERRORS)
    assert {name: ticket[name] for name in ticket if name not in ("failed_at", "message")} == {
        "ticket": "ML-r1",
        "run_id": "r1",
        "job": "run_pipeline",
        "step": "build_silver",
        "kind": "OSError",
        "input": "/lake/silver/readings",
        "attempts": 4,
        "status": "open",
    }
    assert "No space left on device" in ticket["message"]
    alert = row(config, tables.ops.ALERTS)
    assert (alert["kind"], alert["severity"], alert["subject"], alert["status"], alert["run_id"]) == (
        "transformation_failed",
        "critical",
        "build_silver",
        "open",
        "r1",
    )
    assert alert["due_at"] - alert["raised_at"] == timedelta(minutes=30)
    assert alert["detail"].startswith("ML-r1: OSError: ")
    assert len(alert["alert_id"]) == 64


def test_bad_data_has_its_ticket_at_once(config: Config) -> None:
    assert main(config, DataError("meters.csv is empty", "/ref/meters.csv", "fill it")) == 1
    ticket = row(config, tables.ops.ERRORS)
    assert (ticket["kind"], ticket["message"], ticket["input"], ticket["attempts"]) == (
        "DataError",
        "meters.csv is empty",
        "/ref/meters.csv",
        1,
    )


class Told:
    """Steps that fail and layers that succeed, and the alerts so far."""

    def __init__(self, spark: SparkSession, config: Config) -> None:
        self.spark, self.config, self.warehouse = spark, config, Warehouse(spark, config)

    def alerts(self) -> int:
        return len(rows_of(self.config.storage.warehouse, "ops.alerts"))

    def fail(self, step: str, run_id: str) -> None:
        with progress.running(progress.Run(step, run_id)):
            failed.record(self.spark, self.config, step, DataError("bad"))

    def finish(self, run_id: str) -> None:
        success = {"run_id": run_id, "job": "build_silver", "finished_at": datetime.now(UTC)}
        row = tuple(success.get(name) for name in tables.ops.RUNS.column_names)
        self.warehouse.append(self.spark.createDataFrame([row], tables.ops.RUNS.schema), tables.ops.RUNS, run_id)


def test_an_episode_has_one_alert_until_the_step_succeeds(spark: SparkSession, config: Config) -> None:
    told = Told(spark, config)
    told.fail("build_silver", "r1")
    told.fail("build_silver", "r2")
    assert (len(rows_of(config.storage.warehouse, "ops.errors")), told.alerts()) == (2, 1)
    told.finish("r3")
    told.fail("build_silver", "r4")
    assert told.alerts() == 2
    told.finish("r5")  # it landed what it could, and failed for the rest
    told.fail("build_silver", "r5")
    told.fail("build_silver", "r6")
    assert told.alerts() == 2


def test_upkeep_that_fails_again_after_runs_that_succeeded_has_another_alert(
    spark: SparkSession, config: Config
) -> None:
    told = Told(spark, config)
    told.fail("maintain", "january")
    told.fail("maintain", "the day after")
    assert told.alerts() == 1
    told.finish("february")
    told.fail("maintain", "march")
    assert told.alerts() == 2


def test_a_job_that_only_reads_and_a_wrong_setting_write_nothing(config: Config) -> None:
    assert main(config, DataError("no such meter"), writes=False) == 1
    assert main(config, ConfigError("this Java does not know the time zone")) == 2
    assert not Path(config.storage.warehouse).exists()


def test_where_the_ticket_cannot_be_written_the_error_stays_and_a_line_says_so(
    config: Config, capsys: Captured
) -> None:
    (Path(config.storage.warehouse) / "ops").parent.mkdir()
    (Path(config.storage.warehouse) / "ops").write_text("a file, no folder")
    assert main(config, DataError("meters.csv is empty")) == 1
    first, second = capsys.readouterr().err.splitlines()
    assert first == "meterlake run_pipeline failed: meters.csv is empty"
    assert second.startswith("meterlake run_pipeline failed: this failure is not in ops.errors: ")


@pytest.mark.parametrize(
    ("text", "place"),
    [
        ("java.io.FileNotFoundException: File file:/lake/a.parquet does not exist.", "file:/lake/a.parquet"),
        ("[FAILED_READ_FILE] while reading s3a://bucket/raw/b.csv, see there", "s3a://bucket/raw/b.csv"),
        ("10 W/m and 3/4 of it", ""),
        ("see https://example.org/x", ""),
    ],
)
def test_the_input_that_failed_is_found_in_the_text(text: str, place: str) -> None:
    assert failed._input(RuntimeError(text)) == place


def test_what_is_behind_the_error_names_it_too() -> None:
    error: Any = RuntimeError("could not write")
    error.__cause__ = OSError(errno.EIO, "Input/output error", "/lake/silver/gaps")
    assert failed._input(error) == "/lake/silver/gaps"


def test_a_dead_session_is_no_second_failure(config: Config) -> None:
    error = DataError("bad")
    gone: Any = None
    failed.record(gone, config, "build_silver", error)
    assert error.__notes__[0].startswith("this failure is not in ops.errors: ")
