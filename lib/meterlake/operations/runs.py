"""The record of runs: which versions a run read and wrote, so that the next one knows what is new.

A run has two rows: one where it begins to write, with the days it is about to write, and one where it has finished. The
tables' versions of a finished run belong together.
"""

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta

from pyspark.sql import DataFrame, Row, SparkSession
from pyspark.sql import functions as F

from meterlake import progress
from meterlake.storage import Warehouse
from meterlake.tables import Table
from meterlake.tables.ops import RUNS

AS_OF = "as_of"
_RECENT = timedelta(days=3)
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


@dataclass(frozen=True)
class Run:
    """A job at work: what it reads, and since when."""

    job: str
    inputs: dict[str, int]
    fingerprint: str
    started_at: datetime = field(default_factory=lambda: datetime.now(UTC))


def begin(
    warehouse: Warehouse, job: str, inputs: Iterable[Table], fingerprint: str, as_of: datetime | None = None
) -> Run:
    """Notes the versions of the tables that the job reads, and ``as_of`` where it is configured."""
    versions = {table.full_name: warehouse.version(table) for table in inputs}
    return Run(job, versions | configured(as_of), fingerprint)


def configured(as_of: datetime | None) -> dict[str, int]:
    """A configured as_of as it stands among a run's inputs, in µs since 1970; nothing where none is."""
    return {} if as_of is None else {AS_OF: (as_of - _EPOCH) // timedelta(microseconds=1)}


def last(warehouse: Warehouse, job: str) -> Row | None:
    """The newest finished run of a job."""
    done = warehouse.read(RUNS).where((F.col("job") == job) & F.col("finished_at").isNotNull())
    # Each run adds a file; the last days' are found by their statistics, without opening all of them.
    recent = done.where(F.col("finished_at") > F.lit(datetime.now(UTC) - _RECENT))
    return _newest(recent) or _newest(done)


def days_written_since(warehouse: Warehouse, job: str, since: datetime) -> set[date] | None:
    """The local days that runs of a job set out to write after an instant; None where one set out to write any."""
    begun = warehouse.read(RUNS).where((F.col("job") == job) & (F.col("started_at") > F.lit(since)))
    rows = begun.where(F.col("finished_at").isNull()).select("days").collect()
    if any(row["days"] is None for row in rows):
        return None
    return {day for row in rows for day in row["days"]}


def announce(spark: SparkSession, warehouse: Warehouse, run: Run, days: Iterable[date] | None) -> None:
    """Records that a run begins to write: what it changes before it dies is known to who reads after it."""
    _append(spark, warehouse, run, {}, days=None if days is None else sorted(days))


def finish(
    spark: SparkSession,
    warehouse: Warehouse,
    run: Run,
    outputs: Iterable[Table],
    as_of: datetime | None = None,
) -> None:
    """Records the run as finished, the last commit of a job: what it wrote belongs together."""
    written = {table.full_name: warehouse.version(table) for table in outputs}
    _append(spark, warehouse, run, written, datetime.now(UTC), as_of)


def _append(
    spark: SparkSession,
    warehouse: Warehouse,
    run: Run,
    written: dict[str, int],
    finished_at: datetime | None = None,
    as_of: datetime | None = None,
    days: list[date] | None = None,
) -> None:
    row = (progress.run_id(), run.job, run.started_at, finished_at, as_of, run.inputs, written, run.fingerprint, days)
    warehouse.append(spark.createDataFrame([row], RUNS.schema).coalesce(1), RUNS, progress.run_id())


def _newest(runs: DataFrame) -> Row | None:
    return runs.orderBy(F.col("finished_at").desc()).first()
