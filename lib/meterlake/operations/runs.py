"""The record of runs: which versions a run read and wrote, so that the next one knows what is new.

A run has two rows: one where it begins to write, with the days it is about to write, and one where it has finished. The
tables' versions of a finished run belong together.
"""

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta

from pyspark.sql import Row, SparkSession
from pyspark.sql import functions as F

from meterlake import progress
from meterlake.storage import Warehouse
from meterlake.tables import Table
from meterlake.tables.ops import RUNS

AS_OF = "as_of"
LAYERS = ("ingest_bronze", "build_silver", "build_gold")  # the jobs whose runs are recorded
_LONGEST = timedelta(days=3)
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


@dataclass(frozen=True)
class Run:
    """A job at work: what it reads, and since when."""

    job: str
    inputs: dict[str, int]
    fingerprint: str
    started_at: datetime = field(default_factory=lambda: datetime.now(UTC))


class History:
    """What ops.runs tells: of the last days read once, of older runs when it is asked for them.

    A run starts after all that is recorded, whatever the machine's clock says: what came before what hangs on it.
    """

    def __init__(self, warehouse: Warehouse) -> None:
        self._warehouse = warehouse
        self._read_from = datetime.now(UTC) - 2 * _LONGEST
        # Each run adds a file; the last days' are found by their statistics, without opening all of them.
        self._recent = self._rows(self._read_from)

    def begin(self, job: str, inputs: Iterable[Table], fingerprint: str, as_of: datetime | None = None) -> Run:
        """Notes the versions of the tables that the job reads, and ``as_of`` where it is configured."""
        versions = {table.full_name: self._warehouse.version(table) for table in inputs}
        known = [_utc(row["finished_at"] or row["started_at"]) for row in self._recent]
        started_at = max([datetime.now(UTC), *(moment + timedelta(microseconds=1) for moment in known)])
        return Run(job, versions | configured(as_of), fingerprint, started_at)

    def last(self, job: str) -> Row | None:
        """The newest finished run of a job."""
        if done := [row for row in self._recent if row["job"] == job and row["finished_at"] is not None]:
            return max(done, key=lambda row: _utc(row["finished_at"]))
        is_done = (F.col("job") == job) & F.col("finished_at").isNotNull()
        return self._warehouse.read(RUNS).where(is_done).orderBy(F.col("finished_at").desc()).first()

    def days_of_dead(self, job: str, last: Row) -> set[date] | None:
        """The local days that runs of a job set out to write after its last finished one; None for any day."""
        since = _utc(last["started_at"])
        return _days(row for row in self._begun(job, last) if _utc(row["started_at"]) > since)

    def days_written(self, job: str, last: Row) -> set[date] | None:
        """The local days that runs of a job set out to write and had not finished when ``last``, a run of another job,
        began; None for any day."""
        since = _utc(last["started_at"])
        rows = self._around(last)
        late = {_name(row) for row in rows if row["finished_at"] is not None and _utc(row["finished_at"]) > since}
        return _days(row for row in self._begun(job, last) if _utc(row["started_at"]) > since or _name(row) in late)

    def _begun(self, job: str, last: Row) -> list[Row]:
        return [row for row in self._around(last) if row["job"] == job and row["finished_at"] is None]

    def _around(self, last: Row) -> list[Row]:
        """The rows from the time on at which a run that ``last`` met may have begun."""
        first = _utc(last["started_at"]) - _LONGEST
        return self._recent if first >= self._read_from else self._rows(first)

    def _rows(self, first: datetime) -> list[Row]:
        return self._warehouse.read(RUNS).where(F.col("started_at") >= F.lit(first)).collect()


def configured(as_of: datetime | None) -> dict[str, int]:
    """A configured as_of as it stands among a run's inputs, in µs since 1970; nothing where none is."""
    return {} if as_of is None else {AS_OF: (as_of - _EPOCH) // timedelta(microseconds=1)}


def _days(begun: Iterable[Row]) -> set[date] | None:
    rows = list(begun)
    return None if any(row["days"] is None for row in rows) else {day for row in rows for day in row["days"]}


def _name(row: Row) -> tuple[str, str, datetime]:
    return row["run_id"], row["job"], _utc(row["started_at"])


def _utc(moment: datetime) -> datetime:
    """Spark gives the process's local time, and two moments of an hour that a clock repeats compare as one."""
    return moment.astimezone(UTC)


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
    _append(spark, warehouse, run, written, max(datetime.now(UTC), run.started_at), as_of)


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
