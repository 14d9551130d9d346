"""What gold asks of silver's runs: which days they wrote that it has not read."""

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

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
