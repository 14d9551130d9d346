"""The audit: what came in is what came out, by table and disposition, or nothing is published."""

from collections.abc import Mapping
from datetime import UTC, datetime

from pyspark.sql import SparkSession
from pyspark.sql import functions as F

from meterlake import progress
from meterlake.errors import AuditError
from meterlake.storage import Warehouse
from meterlake.tables.ops import AUDIT


def require_balance(table: str, rows_in: int, by_disposition: Mapping[str, int]) -> None:
    """Raises AuditError where the dispositions do not sum to the rows that came in."""
    rows_out = sum(by_disposition.values())
    if rows_in != rows_out:
        counts = ", ".join(f"{disposition} {rows}" for disposition, rows in sorted(by_disposition.items()))
        raise AuditError(
            f"{rows_in} rows came in and {rows_out} came out ({counts}); nothing was published",
            table,
            "run again with --spark-log INFO and report it with both outputs: this is a fault of Meterlake",
        )


def record(spark: SparkSession, warehouse: Warehouse, job: str, counts: Mapping[str, Mapping[str, int]]) -> None:
    """Writes a row a table and disposition to ops.audit, in one commit. What an earlier attempt wrote gives way."""
    now = datetime.now(UTC)
    rows = [
        (progress.run_id(), job, table, sum(by_disposition.values()), disposition, count, now)
        for table, by_disposition in counts.items()
        for disposition, count in sorted(by_disposition.items())
    ]
    ours = (F.col("run_id") == progress.run_id()) & (F.col("job") == job)
    if not warehouse.read(AUDIT).where(ours).isEmpty():
        warehouse.remove(AUDIT, ours)
    warehouse.append(spark.createDataFrame(rows, AUDIT.schema).coalesce(1), AUDIT, progress.run_id())
