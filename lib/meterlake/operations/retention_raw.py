"""Which old raw files are safely in bronze, so that they may leave the landing."""

from dataclasses import dataclass
from datetime import datetime

from pyspark.sql import DataFrame, Row, SparkSession
from pyspark.sql import functions as F

from meterlake.bronze.discover import landing_files
from meterlake.bronze.ledger import newest_by_path
from meterlake.bronze.lineage import EMPTY, LANDED
from meterlake.storage import Warehouse
from meterlake.tables import bronze

_VERSION = ("source_file", "source_version", "content_hash")


@dataclass(frozen=True)
class OldFiles:
    """Old landing files: those that bronze holds (source_file, content_hash, size_bytes), and how many it does not."""

    held: list[Row]
    unknown: int


def old_files(spark: SparkSession, warehouse: Warehouse, landing: str, before: datetime) -> OldFiles:
    """The landing files of hours before that instant. Whether one still has the content of its hash is left to see."""
    listed = landing_files(spark, landing).where(F.col("landed_hour") < F.lit(before))
    ledger = warehouse.read(bronze.FILES)
    known = newest_by_path(ledger).join(held_contents(warehouse, ledger, before), "content_hash", "left_semi")
    same = ["source_file", "size_bytes"]
    rows = listed.join(known.select(*same, "content_hash"), same, "left").collect()
    held = [row for row in rows if row["content_hash"] is not None]
    return OldFiles(sorted(held, key=lambda row: str(row["source_file"])), len(rows) - len(held))


def held_contents(warehouse: Warehouse, ledger: DataFrame, before: datetime) -> DataFrame:
    """content_hash of all contents that bronze holds: every reading and dead letter that the ledger counts is there.

    Of files that landed before the instant: a copy of a later one waits until that is old too.
    """
    is_old = F.col("landed_hour") < F.lit(before)
    landed = ledger.where(is_old & (F.col("status") == LANDED)).select(*_VERSION, "readings", "dead_letters")
    readings = _counted(warehouse.read(bronze.READINGS).where(is_old), "_readings")
    letters = _counted(warehouse.read(bronze.DEAD_LETTERS), "_letters")
    beside = landed.join(readings, list(_VERSION), "left").join(letters, list(_VERSION), "left")
    is_whole = (F.coalesce("_readings", F.lit(0)) == F.col("readings")) & (
        F.coalesce("_letters", F.lit(0)) == F.col("dead_letters")
    )
    whole = beside.groupBy("content_hash").agg(F.min(is_whole).alias("_is_whole")).where("_is_whole")
    empty = ledger.where(F.col("status") == EMPTY).select("content_hash")
    return whole.select("content_hash").unionByName(empty).distinct()


def _counted(rows: DataFrame, name: str) -> DataFrame:
    return rows.groupBy(*_VERSION).agg(F.count("*").alias(name))
