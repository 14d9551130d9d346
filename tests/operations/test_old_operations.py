"""Tickets, alerts, audits and runs that are old enough to go, and the run that stays however old it is."""

from datetime import UTC, datetime

from pyspark.sql import SparkSession

from meterlake.config import Config
from meterlake.operations.retention import Before
from meterlake.operations.retention_rows import old_operations
from meterlake.storage import Warehouse
from meterlake.tables import Table, ops

ERRORS_FROM, AUDIT_FROM = datetime(2025, 1, 1, tzinfo=UTC), datetime(2019, 1, 1, tzinfo=UTC)


def write(spark: SparkSession, config: Config, table: Table, *rows: dict[str, object]) -> None:
    values = [tuple(row.get(name) for name in table.column_names) for row in rows]
    Warehouse(spark, config).append(spark.createDataFrame(values, table.schema), table, "written by hand")


def day(text: str) -> datetime:
    return datetime.fromisoformat(f"{text}T00:00+00:00")


def test_each_by_its_own_time_and_never_the_newest_run_of_a_job(spark: SparkSession, config: Config) -> None:
    """Gold ran last in January 2018: silver's run before that is the only one that goes."""
    write(spark, config, ops.ERRORS, {"failed_at": day("2024-12-31")}, {"failed_at": ERRORS_FROM})
    write(spark, config, ops.ALERTS, {"raised_at": day("2023-01-01")}, {"raised_at": day("2025-06-01")})
    write(spark, config, ops.AUDIT, {"audited_at": day("2018-12-31")}, {"audited_at": AUDIT_FROM})
    runs = (("silver", "2017-06-01"), ("gold", "2018-01-01"), ("silver", "2018-06-01"), ("silver", "2025-01-01"))
    begun = [{"job": f"build_{layer}", "started_at": day(at), "finished_at": day(at)} for layer, at in runs]
    write(spark, config, ops.RUNS, *begun)
    found = old_operations(Warehouse(spark, config), Before(None, None, None, ERRORS_FROM, AUDIT_FROM))
    assert {old.table.name: (old.rows, old.of) for old in found} == {
        "errors": (1, 2),
        "alerts": (1, 2),
        "audit": (1, 2),
        "runs": (1, 4),
    }
