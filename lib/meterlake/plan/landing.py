"""The landing as the next run would find it: pending files, opened and counted as ingest does, and not written."""

from collections import Counter
from dataclasses import dataclass

from pyspark.sql import DataFrame, Row, SparkSession
from pyspark.sql import functions as F

from meterlake import tables
from meterlake.bronze import ledger
from meterlake.bronze.batch import read_date
from meterlake.bronze.discover import pending_files
from meterlake.bronze.files import Parser, readings_of, summarise
from meterlake.bronze.lineage import COPY, EMPTY, LANDED, UNCHANGED, Decision
from meterlake.bronze.opened import MEGABYTE, decided, opened
from meterlake.config import Config
from meterlake.plan.model import Landing
from meterlake.storage import REMOVED, Warehouse

PENDING = "pending"


@dataclass(frozen=True)
class Pending:
    """The numbers, and the readings that would come, with bronze.readings' columns."""

    landing: Landing
    readings: DataFrame


def pending(spark: SparkSession, config: Config, warehouse: Warehouse) -> Pending:
    """What lies in the landing and is not in bronze yet."""
    known = warehouse.read(tables.bronze.FILES)
    files = pending_files(spark, config.storage.landing, known, config.ingest.trust_modification_time)
    fitting = [file for file in files if file["size_bytes"] <= config.ingest.max_file_mb * MEGABYTE]
    unfinished = unfinished_batch(warehouse)
    if not fitting:
        nothing = spark.createDataFrame([], tables.bronze.READINGS.schema)
        return Pending(Landing(too_large=len(files), unfinished_batch=unfinished), nothing)
    parser = Parser.of(config.sources)
    own = opened(spark, config, fitting)
    counts = ("content_hash", "lines", "readings", F.size("dead_letters").alias("dead_letters"))
    seen = summarise(own, parser).select("source_file", *counts).collect()
    decisions, _ = decided(spark, known, seen)
    landing = _counted(fitting, seen, decisions, len(files) - len(fitting), unfinished)
    return Pending(landing, _readings(spark, own, parser, seen, decisions))


def unfinished_batch(warehouse: Warehouse) -> str | None:
    """A batch that died before the ledger: the next run removes its rows, and nobody counts them."""
    newest = warehouse.last_tag(tables.bronze.READINGS)
    if newest in (None, REMOVED) or ledger.has_batch(warehouse.read(tables.bronze.FILES), newest):
        return None
    return newest


def _counted(
    files: list[Row], seen: list[Row], decisions: list[Decision], too_large: int, unfinished: str | None
) -> Landing:
    hours = [file["landed_hour"] for file in files]
    status = Counter(decision.status for decision in decisions)
    first = {d.source_file for d in decisions if d.status == LANDED and d.source_version == 1}
    landed = {d.source_file for d in decisions if d.status == LANDED}
    return Landing(
        files=len(files),
        bytes=sum(file["size_bytes"] for file in files),
        oldest_hour=min(hours),
        newest_hour=max(hours),
        new=len(first),
        changed=len(landed) - len(first),
        copies=status[COPY],
        empty=status[EMPTY],
        unchanged=status[UNCHANGED],
        too_large=too_large,
        readings=sum(row["readings"] for row in seen if row["source_file"] in landed),
        dead_letters=sum(row["dead_letters"] for row in seen if row["source_file"] in landed),
        unfinished_batch=unfinished,
    )


def _readings(
    spark: SparkSession, contents: DataFrame, parser: Parser, seen: list[Row], decisions: list[Decision]
) -> DataFrame:
    hashes = {row["source_file"]: row["content_hash"] for row in seen}
    landed = [(d.source_file, d.source_version, hashes[d.source_file]) for d in decisions if d.status == LANDED]
    versions = spark.createDataFrame(landed, "source_file string, source_version int, content_hash string")
    read = readings_of(contents.join(F.broadcast(versions), "source_file"), parser)
    stamped = read.select(
        "*",
        F.lit(PENDING).alias("batch_id"),
        F.lit(None).cast("timestamp").alias("ingested_at"),
        read_date().alias("read_date"),
    )
    return stamped.select(*tables.bronze.READINGS.column_names)
