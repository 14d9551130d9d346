"""What gold asks of silver's runs: which days they wrote that it has not read."""

import time
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

import pytest
from pyspark.sql import SparkSession

from meterlake import progress
from meterlake.config import Config
from meterlake.operations import runs
from meterlake.storage import Warehouse

TENTH, ELEVENTH, TWELFTH = (date(2024, 3, day) for day in (10, 11, 12))
GOLD, SILVER = "build_gold", "build_silver"


class Recorder:
    """Runs written down under ids of their own, begun some minutes ago."""

    def __init__(self, spark: SparkSession, config: Config) -> None:
        self.spark, self.warehouse = spark, Warehouse(spark, config)

    def announced(self, job: str, minutes_ago: int, days: set[date]) -> runs.Run:
        run = runs.Run(job, {}, "settings", datetime.now(UTC) - timedelta(minutes=minutes_ago))
        with progress.running(progress.Run(job, f"{job} {minutes_ago}")):
            runs.announce(self.spark, self.warehouse, run, days)
        return run

    def finished(self, run: runs.Run, minutes_ago: int) -> None:
        with progress.running(progress.Run(run.job, f"{run.job} {minutes_ago}")):
            runs.finish(self.spark, self.warehouse, run, [])

    def history(self) -> runs.History:
        return runs.History(self.warehouse)


def test_days_of_a_run_that_gold_met_at_work_are_taken_up_by_the_next(spark: SparkSession, config: Config) -> None:
    record = Recorder(spark, config)
    record.announced(SILVER, 30, {TENTH})  # died: silver's next run has these days again
    met = record.announced(SILVER, 20, {ELEVENTH})
    of_gold = record.announced(GOLD, 10, set())
    record.finished(of_gold, 10)
    last = record.history().last(GOLD)
    assert last is not None
    assert record.history().days_written(SILVER, last) == set()
    record.finished(met, 20)
    assert record.history().days_written(SILVER, last) == {ELEVENTH}
    record.announced(SILVER, 5, {TWELFTH})
    assert record.history().days_written(SILVER, last) == {ELEVENTH, TWELFTH}
    assert record.history().days_of_dead(GOLD, last) == set()


def test_a_run_begins_after_all_that_is_recorded_though_the_clock_was_set_back(
    spark: SparkSession, config: Config
) -> None:
    record = Recorder(spark, config)
    ahead = record.announced(GOLD, -60, set())
    record.finished(ahead, -60)
    begun = record.history().begin(SILVER, [], "settings")
    assert begun == replace(begun, started_at=ahead.started_at + timedelta(microseconds=1))
    runs.announce(spark, record.warehouse, begun, {TENTH})
    last = record.history().last(GOLD)
    assert last is not None
    assert record.history().days_written(SILVER, last) == {TENTH}


@pytest.fixture
def _in_berlin(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """As in a notebook whose session was there before."""
    with monkeypatch.context() as during:
        during.setenv("TZ", "Europe/Berlin")
        time.tzset()
        yield
    time.tzset()


@pytest.mark.usefixtures("_in_berlin")
def test_what_came_in_the_second_of_two_hours_of_one_name_came_later(spark: SparkSession, config: Config) -> None:
    """On 25 October 2026 Berlin's clock shows 02:30, and 40 minutes later 02:10."""
    record = Recorder(spark, config)
    of_gold, of_silver = (
        runs.Run(job, {}, "settings", datetime(2026, 10, 25, *at, tzinfo=UTC))
        for job, at in ((GOLD, (0, 30)), (SILVER, (1, 10)))
    )
    record.finished(of_gold, 20)
    with progress.running(progress.Run(SILVER, "later")):
        runs.announce(spark, record.warehouse, of_silver, {TENTH})
    last = record.history().last(GOLD)
    assert last is not None
    assert record.history().days_written(SILVER, last) == {TENTH}
