"""Upkeep: raw files to the archive, old rows away, small files joined, files that no version needs deleted.

No content within its retention changes, and the next run has nothing to do because of it. Done again at once it does
nothing. Each part is safe to die in: the next upkeep takes it up.
"""

import argparse
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from functools import partial
from pathlib import Path

from pyspark.sql import SparkSession
from pyspark.sql import functions as F

from meterlake import lock, progress, tables
from meterlake.config import Config, local_folder
from meterlake.errors import ConfigError
from meterlake.operations import archive, audit, marks, retry, runs
from meterlake.operations import retention_rows as rows
from meterlake.operations.maintain_files import crowd_of
from meterlake.operations.retention import Before, local_day
from meterlake.operations.retention_raw import old_files
from meterlake.storage import Warehouse
from meterlake.storage_upkeep import Upkeep

JOB = "maintain"
SAFE_HOURS = 168
_MEGABYTE = 1 << 20
_TOLD_AT_MOST = 1000


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """The job's own options."""
    add = parser.add_argument
    add("--dry-run", action="store_true", help="tell what would be done, and change nothing")
    add("--allow-short-vacuum", action="store_true", help=f"take a retention.vacuum_hours below {SAFE_HOURS}")


def run(spark: SparkSession, config: Config, args: argparse.Namespace) -> None:
    """Keeps the warehouse and the landing in shape. Raises ConfigError where vacuum_hours is unsafe."""
    _require_safe_vacuum(config, args.allow_short_vacuum)
    with lock.held(config, JOB):
        retry.passing(JOB, partial(_Maintain, spark, config, args.dry_run), config).run()


def _require_safe_vacuum(config: Config, allowed: bool) -> None:
    hours = config.retention.vacuum_hours
    if hours < SAFE_HOURS and not allowed:
        raise ConfigError(
            f"retention.vacuum_hours is {hours}: below {SAFE_HOURS}, files are deleted that a reader who began before "
            "may still need, and that time travel needs",
            "retention.vacuum_hours",
            f"raise it to {SAFE_HOURS}, or give --allow-short-vacuum when nobody reads these tables",
        )


class _Maintain:
    def __init__(self, spark: SparkSession, config: Config, dry_run: bool) -> None:
        self.spark, self.config, self.dry_run = spark, config, dry_run
        self.warehouse = Warehouse(spark, config)
        self.upkeep = Upkeep(spark, self.warehouse)
        self.newest_landing = self._newest(tables.bronze.FILES, "landed_hour")
        self.before = Before.of(
            config.retention,
            self.newest_landing,
            self._newest(tables.ops.RUNS, "started_at"),
            datetime.now(UTC),
            config.time_zone,
        )
        self.audited: dict[str, dict[str, int]] = {}

    def run(self) -> None:
        """Part by part: what one has done when another fails stays counted."""
        others, of_runs = ([t for t in tables.ALL if (t.layer == "ops") == is_ops] for is_ops in (False, True))
        parts: list[Callable[[], object]] = [
            self._archive,
            self._delete_archived,
            self._remove_silver,
            self._remove_operations,
            partial(self._join_files, others),
            self._record,
            partial(self._join_files, of_runs),  # with the rows just added
            self._vacuum,
        ]
        for part in parts:
            retry.passing(JOB, part, self.config)

    def _record(self) -> None:
        if self.dry_run:
            return
        newest = {table.full_name: self.warehouse.version(table) for table in tables.ALL}
        marks.carry(self.spark, self.warehouse, list(runs.LAYERS), newest)
        if self.audited:
            audit.record(self.spark, self.warehouse, JOB, self.audited)

    def _archive(self) -> None:
        """Files that bronze holds, and that still are what it holds, from the landing to the archive."""
        landing, target = (local_folder(f) for f in (self.config.storage.landing, self.config.storage.archive_folder))
        if landing is None or target is None:
            progress.say(
                "raw files: the landing or the archive is no local folder, its store's own rules must move them"
            )
            return
        if self.before.raw is None:
            return
        with progress.step("raw files to the archive") as step:
            found = old_files(self.spark, self.warehouse, landing, self.before.raw)
            counts = {"files": 0, "bytes": 0, "changed": 0, "not_in_bronze": found.unknown}
            for row in found.held:
                source = Path(landing, row["source_file"])
                if source.is_symlink() or archive.hash_of(source) != row["content_hash"]:
                    counts["changed"] += 1
                    continue
                counts["files"] += 1
                counts["bytes"] += row["size_bytes"]
                if not self.dry_run:
                    archive.move(source, Path(target, row["source_file"]), row["content_hash"])
                    archive.prune(source.parent, Path(landing, "raw"))
                self._note("landing", "archived")
            step.note(**self._told(counts))

    def _delete_archived(self) -> None:
        target = local_folder(self.config.storage.archive_folder)
        if target is None or self.before.archive is None or not Path(target).is_dir():
            return
        with progress.step("archived files deleted") as step:
            old = list(archive.files_before(Path(target), self.before.archive))
            counts = {"files": len(old), "bytes": sum(file.stat().st_size for file in old)}
            for file in [] if self.dry_run else old:
                file.unlink()
                archive.prune(file.parent, Path(target))
                self._note("archive", "deleted")
            step.note(**self._told(counts))

    def _remove_silver(self) -> None:
        """Gold first: a day whose readings are gone cannot be added up any more."""
        old = rows.old_silver(self.warehouse, self.config, self.before)
        flags = rows.old_flags(self.warehouse, self.config, self.before)
        if not old and (flags is None or flags.isEmpty()):
            return
        if not rows.is_all_read(self.warehouse):
            progress.say("silver: old rows stay until silver and gold have read all that there is: run_pipeline")
            return
        kept_from = self.warehouse.kept_from()
        if not self.dry_run and self.before.silver and (kept_from is None or kept_from < self.before.silver):
            self.upkeep.keep_from(self.before.silver)
        if flags is not None and not self.dry_run and not flags.isEmpty():
            self.warehouse.remove_by_key(flags.localCheckpoint(eager=True), tables.silver.FLAGGED_DAYS)
        self._remove(old)

    def _remove_operations(self) -> None:
        self._remove(rows.old_operations(self.warehouse, self.before))

    def _remove(self, old: list[rows.OldRows]) -> None:
        for found in old:
            with progress.step(f"{found.table.full_name}: old rows removed") as step:
                # Before it is done: where the answer is lost, another attempt finds none any more.
                self.audited[found.table.full_name] = {"kept": found.of - found.rows, "removed": found.rows}
                if not self.dry_run:
                    self.warehouse.remove(found.table, F.expr(found.condition))
                step.note(**self._told({"rows": found.rows}), of=found.of)

    def _join_files(self, among: list[tables.Table]) -> None:
        rule, open_from = self.config.compaction, None
        if self.newest_landing is not None:
            newest = local_day(min(self.newest_landing, datetime.now(UTC)), self.config.time_zone)
            open_from = newest - timedelta(days=rule.open_days - 1)
        listing = self.upkeep.listing(among)
        for table in among:
            crowd = crowd_of(table, self.upkeep.files(table, listing), open_from, rule)
            if crowd is None:
                continue
            with progress.step(f"{table.full_name}: small files joined") as step:
                if not self.dry_run:
                    sizes = rule.small_below_mb * _MEGABYTE, rule.full_mb * _MEGABYTE
                    self.upkeep.join_files(table, crowd.condition, *sizes)
                counts = {"files": crowd.files, "bytes": crowd.bytes, "partitions": crowd.partitions}
                step.note(**self._told(counts))

    def _vacuum(self) -> None:
        hours = self.config.retention.vacuum_hours
        listing = self.upkeep.listing(tables.ALL)
        needed = {file.path for table in tables.ALL for file in self.upkeep.files(table, listing)}
        finished = marks.finished(self.warehouse)
        for table in self._with_unneeded(set(listing.sizes) - needed):
            found = self.upkeep.unneeded(table, hours)
            if not found:
                continue
            if finished.get(table.full_name, newest := self.warehouse.version(table)) != newest:
                progress.say(f"{table.full_name}: old files stay, the newest finished run is read with some of them")
                continue
            with progress.step(f"{table.full_name}: unneeded files deleted") as step:
                if not self.dry_run:
                    self.upkeep.delete_unneeded(table, hours)
                counts = {"files": len(found), "bytes": sum(listing.sizes.get(path, 0) for path in found)}
                step.note(**self._told(counts), or_more=len(found) >= _TOLD_AT_MOST or None)

    def _with_unneeded(self, paths: set[str]) -> list[tables.Table]:
        """The tables whose folder has files of old versions; all of them in a catalog, which has its own folders."""
        if self.config.storage.catalog:
            return [table for table in tables.ALL if self.warehouse.exists(table)]
        return [table for table in tables.ALL if any(f"/{table.layer}/{table.name}/" in path for path in paths)]

    def _told(self, counts: dict[str, int]) -> dict[str, object]:
        return {**counts, **({"dry_run": True} if self.dry_run else {})}

    def _note(self, what: str, disposition: str) -> None:
        """One file more."""
        noted = self.audited.setdefault(what, {disposition: 0})
        noted[disposition] += 1

    def _newest(self, table: tables.Table, column: str) -> datetime | None:
        newest = self.warehouse.read(table).agg(F.unix_micros(F.max(column)).alias("us")).first()
        if newest is None or newest["us"] is None:
            return None
        return datetime(1970, 1, 1, tzinfo=UTC) + timedelta(microseconds=newest["us"])
