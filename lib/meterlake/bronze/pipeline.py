"""ingest_bronze: new landing files to bronze.readings and bronze.dead_letters, known to the ledger last."""

from pyspark import StorageLevel
from pyspark.sql import Row, SparkSession
from pyspark.sql import functions as F

from meterlake import progress, tables
from meterlake.bronze import ledger, reference
from meterlake.bronze.batch import JOB, Batch, write
from meterlake.bronze.discover import pending_files
from meterlake.bronze.files import Parser, summarise
from meterlake.bronze.local_landing import without_checksums
from meterlake.bronze.opened import MEGABYTE, decided, opened
from meterlake.config import Config
from meterlake.errors import DataError
from meterlake.few_rows import few_rows
from meterlake.operations import runs
from meterlake.operations.layer import layer
from meterlake.storage import REMOVED, Warehouse

OUTPUTS = [tables.bronze.READINGS, tables.bronze.DEAD_LETTERS, tables.bronze.FILES]
_BYTES_A_LINE = 40


@layer(JOB)
def run(spark: SparkSession, config: Config) -> None:
    """Loads the reference tables and ingests what is new in the landing folder, as one batch.

    The ledger is written last: what a killed run left behind is removed by the next one. Raises ReferenceDataError
    before anything is written where a reference table cannot be used, and DataError, the other files being safely
    landed, where a file is too large.
    """
    warehouse = Warehouse(spark, config)
    with few_rows(spark, 0):  # reference tables and lists of files are short
        reference.load(spark, config, warehouse)
        _discard_unfinished(warehouse)
        with progress.step("landing: files found") as step:
            known, trust_times = warehouse.read(tables.bronze.FILES), config.ingest.trust_modification_time
            pending = pending_files(spark, config.storage.landing, known, trust_times)
            step.note(new=len(pending))
    most_bytes = config.ingest.max_file_mb * MEGABYTE
    fits = [file for file in pending if file["size_bytes"] <= most_bytes]
    if fits:
        lines = sum(file["size_bytes"] for file in fits) // _BYTES_A_LINE
        with few_rows(spark, lines), without_checksums(spark, config.storage.landing):
            _ingest(spark, config, warehouse, fits)
    else:
        progress.say("bronze: nothing new, the tables are as they were")
    if too_large := sorted(file["source_file"] for file in pending if file["size_bytes"] > most_bytes):
        raise DataError(
            f"{len(too_large)} files are larger than {config.ingest.max_file_mb} MB and were left in the landing",
            ", ".join(too_large[:5]),
            "split them, or raise ingest.max_file_mb (at most 2047)",
        )


def _discard_unfinished(warehouse: Warehouse) -> None:
    """Removes what a run wrote that died before it reached the ledger."""
    finished = warehouse.last_tag(tables.bronze.FILES)
    for table in (tables.bronze.READINGS, tables.bronze.DEAD_LETTERS):
        batch_id = warehouse.last_tag(table)
        if batch_id in (None, REMOVED, finished) or ledger.has_batch(warehouse.read(tables.bronze.FILES), batch_id):
            continue
        progress.say(f"{table.full_name}: removing the rows of run {batch_id}, which did not finish")
        warehouse.remove(table, F.col("batch_id") == batch_id)


def _ingest(spark: SparkSession, config: Config, warehouse: Warehouse, pending: list[Row]) -> None:
    this_run = runs.Run(JOB, {}, config.fingerprint())
    parser = Parser.of(config.sources)
    summaries = summarise(opened(spark, config, pending), parser).persist(StorageLevel.MEMORY_AND_DISK)
    try:
        with progress.step("landing: files read and hashed") as step:
            seen = summaries.select(
                "source_file", "content_hash", "lines", "readings", F.size("dead_letters").alias("dead_letters")
            ).collect()
            step.note(files=len(seen), lines=sum(file["lines"] for file in seen))
        _tell_unread({file["source_file"] for file in pending} - {file["source_file"] for file in seen})
        batch = Batch.of(pending, seen, *decided(spark, warehouse.read(tables.bronze.FILES), seen))
        if batch.entries:
            write(spark, config, warehouse, batch, summaries, parser)
            runs.finish(spark, warehouse, this_run, OUTPUTS)
        else:
            progress.say("bronze: nothing new, the tables are as they were")
    finally:
        summaries.unpersist()


def _tell_unread(names: set[str]) -> None:
    if names:
        shown = ", ".join(sorted(names)[:5])
        progress.say(
            f"warning: {len(names)} listed files were gone, or had another size, when they were opened: {shown} · "
            "next: nothing, the next run looks for them again"
        )
