"""The record of runs: which versions a run read and wrote, so that the next one knows whether anything is new."""

from dataclasses import dataclass, field
from datetime import UTC, datetime

from pyspark.sql import SparkSession
from pyspark.sql import functions as F

from meterlake import progress
from meterlake.config import Config
from meterlake.storage import Warehouse
from meterlake.tables import Table
from meterlake.tables.ops import RUNS


@dataclass(frozen=True)
class Run:
    """A job at work: what it reads, and since when."""

    job: str
    inputs: dict[str, int]
    fingerprint: str
    started_at: datetime = field(default_factory=lambda: datetime.now(UTC))


def begin(warehouse: Warehouse, config: Config, job: str, inputs: list[Table]) -> Run:
    """Notes the versions of the tables that the job reads."""
    versions = {table.full_name: warehouse.version(table) for table in inputs}
    return Run(job, versions, config.fingerprint())


def is_done(warehouse: Warehouse, run: Run) -> bool:
    """Whether the job's last finished run read the same versions under the same settings."""
    newest = warehouse.read(RUNS).where(F.col("job") == run.job).orderBy(F.col("finished_at").desc()).first()
    return newest is not None and newest["inputs"] == run.inputs and newest["fingerprint"] == run.fingerprint


def finish(
    spark: SparkSession, warehouse: Warehouse, run: Run, outputs: list[Table], as_of: datetime | None = None
) -> None:
    """Records the run as finished, the last commit of a job: what it wrote belongs together."""
    written = {table.full_name: warehouse.version(table) for table in outputs}
    row = (
        progress.run_id(),
        run.job,
        run.started_at,
        datetime.now(UTC),
        as_of,
        run.inputs,
        written,
        run.fingerprint,
    )
    warehouse.append(spark.createDataFrame([row], RUNS.schema).coalesce(1), RUNS, progress.run_id())
