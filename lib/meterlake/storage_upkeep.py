"""The verbs of upkeep, beside those of storage.py: they change how a table's rows are kept, and no row."""

from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from datetime import date
from typing import Any

from pyspark.sql import SparkSession

from meterlake import final
from meterlake.data_files import DataFile, Listing
from meterlake.storage import Warehouse
from meterlake.tables import Table

_DELTA = "spark.databricks.delta"
_VACUUM = {
    # Whoever calls has checked the hours.
    f"{_DELTA}.retentionDurationCheck.enabled": "false",
    f"{_DELTA}.vacuum.logging.enabled": "false",
    # Delta 4.4 would take any hours but 0 for its own week.
    f"{_DELTA}.vacuum.retentionWindowIgnore.enabled": "false",
    # Without adaptive execution it would list each table in ten thousand tasks.
    "spark.sql.sources.parallelPartitionDiscovery.parallelism": "8",
}


class Upkeep:
    """Listing, joining and deleting a warehouse's data files."""

    def __init__(self, spark: SparkSession, warehouse: Warehouse) -> None:
        self._spark, self._warehouse = spark, warehouse

    def listing(self, tables: Iterable[Table]) -> Listing:
        """All data files of the tables' folders, in one listing."""
        return Listing.of(self._spark, [self._location(table) for table in tables if self._warehouse.exists(table)])

    def files(self, table: Table, listing: Listing) -> list[DataFile]:
        """The data files of the table's newest version."""
        if not self._warehouse.exists(table):
            return []
        return listing.named(self._warehouse.read(table).inputFiles(), table.partitions)

    def keep_from(self, day: date) -> None:
        """Makes the rows of the days before final (meterlake.final). There is no way back."""
        keeper = self._warehouse.named(final.KEEPER)
        self._spark.sql(f"ALTER TABLE {keeper} SET TBLPROPERTIES ('{final.PROPERTY}' = '{day}')")

    def join_files(self, table: Table, condition: str | None, small_bytes: int, full_bytes: int) -> None:
        """Joins the small files of the partitions that the condition names, in one commit. It has no tag."""
        sizes = {"minFileSize": small_bytes, "maxFileSize": full_bytes}
        where = f" WHERE {condition}" if condition else ""
        with self._set({f"{_DELTA}.optimize.{name}": str(size) for name, size in sizes.items()}):
            self._spark.sql(f"OPTIMIZE {self._warehouse.named(table)}{where}").collect()

    def unneeded(self, table: Table, hours: int) -> list[str]:
        """Data files, and empty folders, that no version of the last hours needs; a thousand at most."""
        return self._vacuum(table, hours, " DRY RUN")

    def delete_unneeded(self, table: Table, hours: int) -> None:
        """Deletes them, without a commit."""
        self._vacuum(table, hours, "")

    def _vacuum(self, table: Table, hours: int, ending: str) -> list[str]:
        with self._set(_VACUUM), _silenced(self._spark):
            rows = self._spark.sql(f"VACUUM {self._warehouse.named(table)} RETAIN {hours} HOURS{ending}").collect()
        return [row["path"] for row in rows]

    def _location(self, table: Table) -> str:
        detail = self._spark.sql(f"DESCRIBE DETAIL {self._warehouse.named(table)}").select("location").first()
        return str(detail["location"]) if detail else ""

    @contextmanager
    def _set(self, settings: Mapping[str, str]) -> Iterator[None]:
        before = {key: self._spark.conf.get(key, None) for key in settings}
        for key, value in settings.items():
            self._spark.conf.set(key, value)
        try:
            yield
        finally:
            for key, old in before.items():
                if old is None:
                    self._spark.conf.unset(key)
                else:
                    self._spark.conf.set(key, old)


@contextmanager
def _silenced(spark: SparkSession) -> Iterator[None]:
    """Delta prints what it deleted among our lines. Where the session's JVM is out of reach, so be it."""
    try:
        java: Any = spark._jvm
        console = java.java.lang.Class.forName("scala.Console$").getField("MODULE$").get(None)
        out = console.out()
        console.setOutDirect(java.java.io.PrintStream(java.java.io.OutputStream.nullOutputStream()))
    except Exception:
        yield
        return
    try:
        yield
    finally:
        console.setOutDirect(out)
