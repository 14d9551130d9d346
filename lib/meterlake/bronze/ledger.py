"""The ledger of files, bronze.files: which path and content is known, and what each file brought."""

from pyspark.sql import DataFrame
from pyspark.sql import functions as F

from meterlake.bronze.lineage import KnownPath


def newest_by_path(ledger: DataFrame) -> DataFrame:
    """The newest row a path: of its highest version, whatever clock ingested_at was read from."""
    newest = F.max_by(F.struct(*ledger.columns), F.struct("source_version", "ingested_at", "batch_id")).alias("newest")
    return ledger.groupBy("source_file").agg(newest).select("newest.*")


def not_known(files: DataFrame, ledger: DataFrame) -> DataFrame:
    """The listed files that the ledger does not know by path, size and time.

    A file that changed (modified_at, or touched_at where that is later) less than two seconds before it was ingested is
    not trusted: it may have changed since within the tick of the file system's clock.
    """
    trusted_until = (F.col("ingested_at") - F.expr("INTERVAL 2 SECONDS")).alias("_trusted_until")
    known = newest_by_path(ledger).select("source_file", "size_bytes", "modified_at", trusted_until)
    looked_up = files.join(known, ["source_file", "size_bytes", "modified_at"], "left")
    changed_at = F.greatest("modified_at", "touched_at")
    is_known = F.col("_trusted_until").isNotNull() & (changed_at < F.col("_trusted_until"))
    return looked_up.where(~is_known).drop("_trusted_until")


def known_paths(ledger: DataFrame, source_files: DataFrame) -> dict[str, KnownPath]:
    """The ledger's newest row of each named path that it has."""
    rows = newest_by_path(ledger.join(F.broadcast(source_files), "source_file", "left_semi"))
    fields = ("content_hash", "source_version", "size_bytes", "modified_at")
    return {row["source_file"]: KnownPath(*(row[field] for field in fields)) for row in rows.collect()}


def known_hashes(ledger: DataFrame, hashes: DataFrame) -> set[str]:
    """Which of the contents the ledger knows, under whatever name."""
    rows = ledger.join(F.broadcast(hashes), "content_hash", "left_semi").select("content_hash").distinct()
    return {row["content_hash"] for row in rows.collect()}


def has_batch(ledger: DataFrame, batch_id: str) -> bool:
    """Whether a batch reached the ledger."""
    return not ledger.where(F.col("batch_id") == batch_id).isEmpty()
