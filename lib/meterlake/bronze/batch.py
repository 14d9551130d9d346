"""One batch of landing files: its ledger rows, and its writes in the order that makes a kill harmless."""

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC
from typing import Any

from pyspark.sql import Column, DataFrame, Row, SparkSession
from pyspark.sql import functions as F
from pyspark.sql.types import StructType

from meterlake import progress, tables
from meterlake.bronze.discover import landing_contents
from meterlake.bronze.files import Parser, readings_of
from meterlake.bronze.lineage import LANDED, UNCHANGED, Decision, KnownPath
from meterlake.config import Config
from meterlake.errors import ChangedMeanwhile
from meterlake.instants import instant
from meterlake.operations import audit
from meterlake.storage import Warehouse

JOB = "ingest_bronze"
_BATCH_COLUMNS = ("batch_id", "ingested_at")


@dataclass(frozen=True)
class Batch:
    """The ledger rows of a batch, but for batch_id and ingested_at."""

    entries: list[dict[str, Any]]

    @staticmethod
    def of(listed: list[Row], seen: list[Row], decisions: list[Decision], known: Mapping[str, KnownPath]) -> "Batch":
        """Files that the ledger knows by content, size and time have no row: they were only looked at again."""
        listed_by_name = {row["source_file"]: row.asDict() for row in listed}
        seen_by_name = {row["source_file"]: row.asDict() for row in seen}
        entries = []
        for decision in decisions:
            file, counts = listed_by_name[decision.source_file], seen_by_name[decision.source_file]
            if decision.status == UNCHANGED and known[decision.source_file].is_as_listed(file):
                continue
            if decision.status != LANDED:
                counts = counts | {"lines": 0, "readings": 0, "dead_letters": 0}
            # Without a zone, Python takes the hour that a clock repeats for its first.
            times = {name: file[name].astimezone(UTC) for name in ("landed_hour", "modified_at")}
            entries.append(file | times | counts | vars(decision))
        return Batch(entries)

    @property
    def landed(self) -> list[dict[str, Any]]:
        return [entry for entry in self.entries if entry["status"] == LANDED]

    def total(self, column: str) -> int:
        return sum(entry[column] for entry in self.landed)

    def by_status(self) -> dict[str, int]:
        return dict(Counter(entry["status"] for entry in self.entries))


def write(
    spark: SparkSession, config: Config, warehouse: Warehouse, batch: Batch, summaries: DataFrame, parser: Parser
) -> None:
    """Dead letters, then readings, then their audit, then the ledger: a batch counts from the ledger's commit on.

    Raises AuditError where lines landed are not readings plus dead letters; nothing is written then.
    """
    batch_id = progress.new_run_id()
    counts = {"readings": batch.total("readings"), "dead_letters": batch.total("dead_letters")}
    audit.require_balance("landing", batch.total("lines"), counts)
    stamped = [F.lit(batch_id).alias("batch_id"), F.current_timestamp().alias("ingested_at")]
    schema = StructType([field for field in tables.bronze.FILES.schema if field.name not in _BATCH_COLUMNS])
    entries = spark.createDataFrame(batch.entries, schema)
    ledger_rows = entries.select("*", *stamped).select(*tables.bronze.FILES.column_names).coalesce(1)
    landed = entries.where(F.col("status") == LANDED).select("source_file", "source_version", "content_hash")
    if counts["dead_letters"]:
        with progress.step("bronze.dead_letters written") as step:
            letters = summaries.join(F.broadcast(landed), ["source_file", "content_hash"])
            rows = letters.select("source_file", "source_version", "content_hash", F.inline("dead_letters"), *stamped)
            _append(warehouse, rows, tables.bronze.DEAD_LETTERS, batch_id, counts["dead_letters"])
            step.note(rows=counts["dead_letters"])
    if counts["readings"]:
        with progress.step("bronze.readings written") as step:
            sizes = {file["source_file"]: file["size_bytes"] for file in batch.landed}
            contents = landing_contents(spark, config.storage.landing, sizes)
            readings = readings_of(contents.join(F.broadcast(landed), "source_file"), parser)
            rows = readings.select("*", *stamped, read_date().alias("read_date"))
            _append(warehouse, rows, tables.bronze.READINGS, batch_id, counts["readings"])
            step.note(rows=counts["readings"])
    audit.record(spark, warehouse, JOB, {"landing": counts, "bronze.files": batch.by_status()})
    warehouse.append(ledger_rows, tables.bronze.FILES, batch_id)
    progress.say("bronze: " + ", ".join(f"{n} files {status}" for status, n in sorted(batch.by_status().items())))


def read_date() -> Column:
    """UTC date of read_at, a stamp without an offset taken for UTC: the partition that a later run looks for it in.
    Needs read_at and usual_day.

    Rough on purpose. It depends on no setting, so that it stays where it is when a source's zone or the registry
    changes; silver looks a day or two further on either side.
    """
    return F.coalesce("usual_day", F.to_date(F.timestamp_micros(instant(F.col("read_at"), None)["us"])))


def _append(warehouse: Warehouse, rows: DataFrame, table: tables.Table, batch_id: str, expected: int) -> None:
    """Appends the batch's rows and counts them: a file that changed after it was hashed would be short."""
    warehouse.append(rows.select(*table.column_names), table, batch_id)
    written = warehouse.rows_written(table)
    if written != expected:
        warehouse.remove(table, F.col("batch_id") == batch_id)
        raise ChangedMeanwhile(
            f"{expected} rows were decided on and {written} written: a landing file changed meanwhile",
            table.full_name,
            "run again: that removes what was written of this batch and starts it anew",
        )
