"""The Delta verbs; upkeep's are in storage_upkeep.py. The schema is checked before each write, here and only here."""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date
from typing import Any

from delta.tables import DeltaTable
from pyspark.sql import Column, DataFrame, DataFrameWriter, SparkSession
from pyspark.sql import functions as F
from pyspark.sql.types import StructType

from meterlake import final
from meterlake.config import Config
from meterlake.differences import CHANGE, DELETE, INSERT, differences
from meterlake.errors import StorageError
from meterlake.grid import date_literal
from meterlake.tables import Table

REMOVED = "rows removed"
_COMMITS_LOOKED_AT = 20
_USER_METADATA = "spark.databricks.delta.commitInfo.userMetadata"


@dataclass(frozen=True)
class Changes:
    """What is to be written to a table: rows with _change, their number by kind, and the partitions they lie in."""

    rows: DataFrame
    counts: dict[str, int]
    parts: set[Any]


class Warehouse:
    """Tables by layer and name, below a folder or in a catalog."""

    def __init__(self, spark: SparkSession, config: Config) -> None:
        self._spark = spark
        self._folder = config.storage.warehouse
        self._catalog = config.storage.catalog
        self._zone = config.time_zone

    def place(self, table: Table) -> str:
        """Where a table is: a path, or catalog.layer.table."""
        if self._catalog:
            return f"{self._catalog}.{table.layer}.{table.name}"
        return f"{self._folder}/{table.layer}/{table.name}"

    def named(self, table: Table) -> str:
        """The table's name in SQL."""
        return self.place(table) if self._catalog else f"delta.`{self.place(table).replace('`', '``')}`"

    def exists(self, table: Table) -> bool:
        if self._catalog:
            return self._spark.catalog.tableExists(self.place(table))
        return DeltaTable.isDeltaTable(self._spark, self.place(table))

    def read(self, table: Table, version: int | None = None) -> DataFrame:
        """The table's rows, those of a version where one is named (-1: before the first); none where there is no table.

        Raises StorageError where the table's columns are not ours.
        """
        if version == -1 or not self.exists(table):
            return self._spark.createDataFrame([], table.schema)
        reader = self._spark.read.format("delta")
        if version is not None:
            reader = reader.option("versionAsOf", version)
        rows = reader.table(self.place(table)) if self._catalog else reader.load(self.place(table))
        self._require(rows.schema, table)
        return rows.select(*table.column_names)

    def version(self, table: Table) -> int:
        """The table's newest version, -1 where there is none."""
        return self._last_commit(table).get("version", -1)

    def last_tag(self, table: Table) -> str | None:
        """The tag of the newest commit that has one, as upkeep's have not; REMOVED where rows were removed last."""
        return self.last_tagged(table)[1]

    def last_tagged(self, table: Table, version: int | None = None) -> tuple[int, str | None]:
        """The newest commit with a tag, up to a version where one is named: its version and tag; (-1, None) without."""
        if not self.exists(table):
            return -1, None
        commits = self._delta(table).history(_COMMITS_LOOKED_AT).select("version", "userMetadata").collect()
        tagged = [(at, tag) for at, tag in commits if tag and (version is None or at <= version)]
        return max(tagged, default=(-1, None))

    def rows_written(self, table: Table) -> int:
        """Rows that the newest commit wrote."""
        metrics = self._last_commit(table).get("operationMetrics") or {}
        return int(metrics.get("numOutputRows", 0))

    def append(self, rows: DataFrame, table: Table, tag: str) -> None:
        """Adds rows in one commit."""
        self._write(rows, table, "append", tag)

    def replace(self, rows: DataFrame, table: Table, tag: str) -> None:
        """Replaces all rows that are not final in one commit; a reader sees the old ones or the new ones."""
        is_open = self._open(table)
        self._write(rows.where(is_open) if is_open else rows, table, "overwrite", tag, is_open)

    def compare(self, made: DataFrame, stored: DataFrame, table: Table) -> Changes:
        """What differs between the made rows and the stored ones, the part of the table that ``made`` answers for."""
        if is_open := self._open(table):
            made, stored = made.where(is_open), stored.where(is_open)
        # Without the plan that made them: MERGE would analyse and run it again for each of its jobs.
        changes = differences(made, stored, table).localCheckpoint(eager=True)
        of_parts = changes.groupBy(CHANGE, *table.partitions[:1]).count().collect()
        counts: dict[str, int] = {}
        for row in of_parts:
            counts[row[CHANGE]] = counts.get(row[CHANGE], 0) + row["count"]
        return Changes(changes, counts, {row[1] for row in of_parts} if table.partitions else set())

    def apply(self, changes: Changes, table: Table, tag: str) -> dict[str, int]:
        """Makes the changes in one commit that touches them alone; none where there are none. Gives rows by kind."""
        if set(changes.counts) == {INSERT}:
            rows = changes.rows.select(*table.column_names)
            self.append(rows.repartition(*table.partitions) if table.partitions else rows.coalesce(1), table, tag)
        elif changes.counts:
            self._merge(changes.rows, table, tag, changes.parts)
        return changes.counts

    def tags_since(self, table: Table, version: int) -> list[str] | None:
        """The tags of the commits after a version; None where the table's history does not reach back that far."""
        newest = self.version(table)
        if newest <= version:
            return []
        commits = self._delta(table).history(newest - version).select("version", "userMetadata").collect()
        if not set(range(version + 1, newest + 1)) <= {commit["version"] for commit in commits}:
            return None
        return [commit["userMetadata"] for commit in commits if commit["userMetadata"]]

    def remove(self, table: Table, condition: Column) -> None:
        """Deletes the rows that the condition names."""
        if self.exists(table):
            with self._tagged(REMOVED):
                self._delta(table).delete(condition)

    def remove_by_key(self, rows: DataFrame, table: Table) -> None:
        """Deletes these rows of the table."""
        parts = (
            {row[0] for row in rows.select(*table.partitions[:1]).distinct().collect()} if table.partitions else set()
        )
        self._merge(rows.select("*", F.lit(DELETE).alias(CHANGE)), table, REMOVED, parts)

    def kept_from(self) -> date | None:
        """The first local day that silver keeps: what hangs on those before it is final (meterlake.final)."""
        if not self.exists(final.KEEPER):
            return None
        properties = self._spark.sql(f"SHOW TBLPROPERTIES {self.named(final.KEEPER)}").collect()
        return final.day_in({row["key"]: row["value"] for row in properties})

    def _open(self, table: Table) -> str | None:
        """The condition of the table's rows that may still be written; None where all may."""
        if table not in final.BY_TABLE or not self.exists(table) or (day := self.kept_from()) is None:
            return None
        return final.is_open(table, day, self._zone)

    def _merge(self, changes: DataFrame, table: Table, tag: str, parts: set[Any]) -> None:
        """One MERGE by key. The days, which hang on the key, are named as literals, so that no other file is read."""
        matches = F.lit(True)
        for name in table.key:
            matches = matches & F.col(f"stored.{name}").eqNullSafe(F.col(f"changed.{name}"))
        for name in table.partitions[:1]:  # a changed meter_type moves a row to another partition
            within = F.col(f"stored.{name}").isin([date_literal(day) for day in sorted(parts - {None})])
            matches = matches & (within | F.col(f"stored.{name}").isNull() if None in parts else within)
        row: dict[str, str | Column] = {name: F.col(f"changed.{name}") for name in table.column_names}
        is_gone = F.col(f"changed.{CHANGE}") == DELETE
        with self._tagged(tag):
            (
                self._delta(table)
                .alias("stored")
                .merge(changes.alias("changed"), matches)
                .whenMatchedDelete(is_gone)
                .whenMatchedUpdate(~is_gone, row)
                .whenNotMatchedInsert(~is_gone, row)
                .execute()
            )

    @contextmanager
    def _tagged(self, tag: str) -> Iterator[None]:
        """Commits of the session carry the tag; for the verbs that take no option."""
        self._spark.conf.set(_USER_METADATA, tag)
        try:
            yield
        finally:
            self._spark.conf.unset(_USER_METADATA)

    def _delta(self, table: Table) -> DeltaTable:
        if self._catalog:
            return DeltaTable.forName(self._spark, self.place(table))
        return DeltaTable.forPath(self._spark, self.place(table))

    def _last_commit(self, table: Table) -> Mapping[str, Any]:
        if not self.exists(table):
            return {}
        newest = self._delta(table).history(1).select("version", "userMetadata", "operationMetrics").first()
        return newest.asDict() if newest else {}

    def _write(self, rows: DataFrame, table: Table, mode: str, tag: str, within: str | None = None) -> None:
        if difference := _difference(rows.schema, table.schema):
            raise StorageError(f"the rows made for {table.full_name} do not fit: {difference}", self.place(table))
        if self.exists(table):
            self.read(table)
        shaped = rows.select(*[F.col(f.name).alias(f.name, metadata=f.metadata) for f in table.schema])
        writer = shaped.write.format("delta").mode(mode).option("userMetadata", tag).options(**_properties(table))
        if within:
            writer = writer.option("replaceWhere", within)
        self._save(writer.partitionBy(*table.partitions) if table.partitions else writer, table)

    def _save(self, writer: DataFrameWriter, table: Table) -> None:
        if not self._catalog:
            writer.save(self.place(table))
            return
        self._spark.sql(f"CREATE SCHEMA IF NOT EXISTS `{self._catalog}`.`{table.layer}`")
        writer.saveAsTable(self.place(table))

    def _require(self, found: StructType, table: Table) -> None:
        if difference := _difference(found, table.schema):
            raise StorageError(
                f"{table.full_name} is not a table of this version of Meterlake: {difference}",
                self.place(table),
                "move the folder away and run again, or point storage.warehouse elsewhere",
            )


def _properties(table: Table) -> dict[str, str]:
    """What a table is created with. Readers without a JVM refuse tables with deletion vectors."""
    searched = {"delta.dataSkippingStatsColumns": ",".join(table.searched_by)} if table.searched_by else {}
    return {"delta.enableDeletionVectors": "false"} | searched


def _difference(found: StructType, expected: StructType) -> str:
    """What differs in columns and types, in words; empty where nothing does."""
    ours = {field.name: field.dataType.simpleString() for field in expected}
    theirs = {field.name: field.dataType.simpleString() for field in found}
    missing = [f"column {name} is missing" for name in ours if name not in theirs]
    others = [f"column {name} is not ours" for name in theirs if name not in ours]
    types = [
        f"column {name} is {theirs[name]} and not {kind}"
        for name, kind in ours.items()
        if name in theirs and theirs[name] != kind
    ]
    return "; ".join(missing + others + types)
