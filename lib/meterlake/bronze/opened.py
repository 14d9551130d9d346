"""Pending files opened: their contents, and what each of them is to the ledger. An ingest and a plan of it alike."""

from pyspark.sql import DataFrame, Row, SparkSession
from pyspark.sql import functions as F

from meterlake.bronze import ledger
from meterlake.bronze.discover import landing_contents
from meterlake.bronze.lineage import Decision, KnownPath, SeenFile, decide
from meterlake.config import Config

MEGABYTE = 1 << 20
_ARROW_BATCH_MB = 256


def opened(spark: SparkSession, config: Config, files: list[Row]) -> DataFrame:
    """landing_contents of these files alone. Parsing them is limited to what fits into memory.

    ``files`` are those of discover.pending_files that are not too large, at least one.
    """
    # A row is a whole file, so few rows make an Arrow batch; many small files share a task.
    largest = max(1, *(file["size_bytes"] for file in files))
    rows = max(1, min(config.ingest.files_per_arrow_batch, _ARROW_BATCH_MB * MEGABYTE // largest))
    spark.conf.set("spark.sql.execution.arrow.maxRecordsPerBatch", rows)
    spark.conf.set("spark.sql.files.openCostInBytes", 64 * 1024)
    contents = landing_contents(spark, config.storage.landing, {f["source_file"]: f["size_bytes"] for f in files})
    names = spark.createDataFrame([(file["source_file"],) for file in files], "source_file string")
    return contents.join(F.broadcast(names), "source_file", "left_semi")


def decided(spark: SparkSession, known: DataFrame, seen: list[Row]) -> tuple[list[Decision], dict[str, KnownPath]]:
    """A decision a file (lineage.decide), and the ledger's newest row of each path that it knows.

    ``known`` is the ledger, ``seen`` what files.summarise gives, collected.
    """
    files = [SeenFile(row["source_file"], row["content_hash"], row["lines"]) for row in seen]
    paths = spark.createDataFrame([(file.source_file,) for file in files], "source_file string")
    hashes = spark.createDataFrame([(file.content_hash,) for file in files], "content_hash string")
    known_paths = ledger.known_paths(known, paths)
    return decide(files, known_paths, ledger.known_hashes(known, hashes)), known_paths
