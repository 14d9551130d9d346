"""Rows of silver and ops that are too old: found, counted and removed."""

from dataclasses import dataclass
from datetime import UTC, datetime

from pyspark.sql import DataFrame
from pyspark.sql import functions as F

from meterlake import final
from meterlake.config import Config
from meterlake.operations import marks, runs
from meterlake.operations.retention import Before
from meterlake.storage import Warehouse
from meterlake.tables import Table, bronze, gold, ops, silver

SILVER = (silver.READINGS, silver.QUARANTINE, silver.GAPS, silver.FAULTS)
_BY_TIME = {ops.ERRORS: "failed_at", ops.ALERTS: "raised_at", ops.AUDIT: "audited_at", ops.RUNS: "started_at"}


@dataclass(frozen=True)
class OldRows:
    """A table's rows that are too old, and how many rows it has in all; the condition names them as SQL."""

    table: Table
    condition: str
    rows: int
    of: int


def old_silver(warehouse: Warehouse, config: Config, before: Before) -> list[OldRows]:
    """Readings and refused readings of days before the first one kept, gaps and faults that ended before it.

    A reading without a time has no day and stays, and so does what a run remembers: it is small, and the days that are
    kept depend on it.
    """
    if before.silver is None:
        return []
    closed = {table: f"NOT {final.is_open(table, before.silver, config.time_zone)}" for table in SILVER}
    return [found for table, condition in closed.items() if (found := _old(warehouse, table, condition))]


def old_flags(warehouse: Warehouse, config: Config, before: Before) -> DataFrame | None:
    """Rows of silver.flagged_days behind episodes that are gone: with them, a run would find those episodes again."""
    if before.silver is None or not warehouse.exists(silver.FLAGGED_DAYS):
        return None
    old = warehouse.read(silver.FLAGGED_DAYS).where(F.col("local_date") < F.lit(before.silver))
    is_kept = final.is_open(silver.FAULTS, before.silver, config.time_zone)
    kept = (
        warehouse.read(silver.FAULTS)
        .where(is_kept)
        .select(F.col("meter_id").alias("_meter"), F.col("fault").alias("_fault"), "started_at", "ended_at")
    )
    # A local day differs from the UTC one by less than a day; one flag too many costs little.
    is_of_it = (
        (F.col("meter_id") == F.col("_meter"))
        & (F.col("fault") == F.col("_fault"))
        & F.col("local_date").between(F.date_sub(F.to_date("started_at"), 1), F.date_add(F.to_date("ended_at"), 1))
    )
    return old.join(kept, is_of_it, "left_anti")


def old_operations(warehouse: Warehouse, before: Before) -> list[OldRows]:
    """Tickets and alerts, audits and runs by their own times; never the newest run of a job, which is its mark."""
    limits = {ops.ERRORS: before.errors, ops.ALERTS: before.errors, ops.AUDIT: before.audit, ops.RUNS: before.audit}
    history = runs.History(warehouse)
    newest_runs = [last["started_at"].astimezone(UTC) for job in runs.LAYERS if (last := history.last(job))]
    found = []
    for table, limit in limits.items():
        if limit is None:
            continue
        at = min([limit, *newest_runs]) if table is ops.RUNS else limit
        if old := _old(warehouse, table, f"{_BY_TIME[table]} < TIMESTAMP'{_utc(at)}'"):
            found.append(old)
    return found


def is_all_read(warehouse: Warehouse) -> bool:
    """Whether silver has read what bronze holds now, and gold what silver does: silver's old rows go last, when nobody
    has to read them any more, and no reading goes that gold has never seen."""
    history = runs.History(warehouse)
    read = (("build_silver", (bronze.READINGS,)), ("build_gold", (silver.READINGS, silver.QUARANTINE)))
    for job, inputs in read:
        if (last := history.last(job)) is None or history.days_of_dead(job, last) != set():
            return False
        newest = {table.full_name: warehouse.version(table) for table in inputs}
        # What an upkeep that died had removed before it told the jobs is nothing that they have to read.
        seen = marks.carried(warehouse, last["inputs"] or {}, newest)
        if any(seen.get(name) != version for name, version in newest.items()):
            return False
    return warehouse.exists(gold.DAILY_QUALITY)


def _old(warehouse: Warehouse, table: Table, condition: str) -> OldRows | None:
    if not warehouse.exists(table):
        return None
    rows = warehouse.read(table)
    count = rows.where(condition).count()
    return OldRows(table, condition, count, rows.count()) if count else None


def _utc(at: datetime) -> str:
    return f"{at.astimezone(UTC):%Y-%m-%dT%H:%M:%S.%f}Z"
