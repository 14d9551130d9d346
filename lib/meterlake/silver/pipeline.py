"""build_silver: reads bronze, applies the rulebook, checks that the counts balance, publishes silver."""

from datetime import UTC, datetime, timedelta

from pyspark import StorageLevel
from pyspark.sql import DataFrame, SparkSession
from pyspark.sql import functions as F

from meterlake import progress, tables
from meterlake.config import Config
from meterlake.operations import audit, runs
from meterlake.silver import rows as row
from meterlake.silver.faults import fault_rows
from meterlake.silver.rulebook import (
    Bronze,
    arrivals,
    find_episodes,
    gap_rows,
    judge,
    meters_seen,
    rows_to_publish,
    rule_counts,
)
from meterlake.storage import Warehouse

JOB = "build_silver"
INPUTS = [tables.bronze.READINGS, tables.bronze.METERS, tables.bronze.VACANCIES]
OUTPUTS = [
    tables.silver.READINGS,
    tables.silver.QUARANTINE,
    tables.silver.GAPS,
    tables.silver.FAULTS,
    tables.silver.RULE_COUNTS,
    tables.silver.ARRIVALS,
]


def run(spark: SparkSession, config: Config) -> None:
    """Rebuilds silver where bronze or the settings have changed since the last run; else changes nothing.

    Raises AuditError, and publishes nothing, where a bronze reading does not end with exactly one disposition.
    """
    warehouse = Warehouse(spark, config)
    this_run = runs.begin(warehouse, config, JOB, INPUTS)
    if runs.is_done(warehouse, this_run):
        progress.say("silver: nothing new, the tables are as they were")
        return
    bronze = Bronze(*(warehouse.read(table, this_run.inputs[table.full_name]) for table in INPUTS))
    as_of = config.as_of or newest_landing(bronze.readings)
    judged = judge(bronze, config).persist(StorageLevel.MEMORY_AND_DISK)
    try:
        _publish(spark, config, warehouse, this_run, bronze, judged, as_of)
    finally:
        judged.unpersist()


def newest_landing(readings: DataFrame) -> datetime:
    """The start of the latest landing hour that brought a reading; 1970 where none has come."""
    newest = readings.agg(F.coalesce(F.unix_seconds(F.max("landed_hour")), F.lit(0)).alias("at")).first()
    return datetime.fromtimestamp(newest["at"] if newest else 0, UTC)


def _publish(
    spark: SparkSession,
    config: Config,
    warehouse: Warehouse,
    this_run: runs.Run,
    bronze: Bronze,
    judged: DataFrame,
    as_of: datetime,
) -> None:
    run_id, zone = progress.run_id(), config.time_zone
    with progress.step("silver: readings judged") as step:
        rows_in = bronze.readings.count()
        seen = meters_seen(judged, bronze.meters).persist()
        step.note(rows=judged.count())
    with progress.step("silver: fault episodes found") as step:
        episodes = find_episodes(judged, config).persist()
        step.note(episodes=episodes.count())
    rows = rows_to_publish(judged, episodes, config)
    with progress.step("silver: counts balance") as step:
        counts = _counts(rows)
        by_disposition = {d: n for (origin, d), n in counts.items() if origin == row.OBSERVED}
        audit.require_balance("bronze.readings", rows_in, by_disposition)
        step.note(**by_disposition)
    as_of_us = (as_of - datetime(1970, 1, 1, tzinfo=UTC)) // timedelta(microseconds=1)
    outputs = {
        tables.silver.QUARANTINE: row.as_quarantine(rows, zone, run_id),
        tables.silver.GAPS: gap_rows(judged, seen, config, as_of_us),
        tables.silver.FAULTS: fault_rows(episodes, seen, config.faults),
        tables.silver.RULE_COUNTS: rule_counts(rows, zone),
        tables.silver.ARRIVALS: arrivals(judged, zone),
        tables.silver.READINGS: row.as_readings(rows, zone, run_id).repartition("read_date"),
    }
    for table, content in outputs.items():
        with progress.step(f"{table.full_name} written"):
            warehouse.replace(content, table, run_id)
    audit.record(spark, warehouse, JOB, _audited(counts, by_disposition))
    runs.finish(spark, warehouse, this_run, OUTPUTS, as_of)
    seen.unpersist()
    episodes.unpersist()


def _counts(rows: DataFrame) -> dict[tuple[str, str], int]:
    """Rows by origin and disposition."""
    counted = rows.groupBy("origin", "disposition").count()
    return {(r["origin"], r["disposition"]): r["count"] for r in counted.toLocalIterator()}


def _audited(counts: dict[tuple[str, str], int], by_disposition: dict[str, int]) -> dict[str, dict[str, int]]:
    return {
        "bronze.readings": by_disposition,
        "silver.readings": {origin: n for (origin, d), n in counts.items() if d == row.ACCEPTED},
        "silver.quarantine": {
            f"{d} {origin}": n for (origin, d), n in counts.items() if d in (row.QUARANTINED, row.REJECTED)
        },
    }
