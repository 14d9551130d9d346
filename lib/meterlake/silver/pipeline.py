"""build_silver: judges what bronze has gained since the last run, checks the counts, writes what differs."""

from collections import Counter, defaultdict
from datetime import UTC, date, datetime, timedelta

from pyspark.sql import Column, DataFrame, Row, SparkSession
from pyspark.sql import functions as F

from meterlake import progress
from meterlake.beside import beside
from meterlake.compared import Compared, told
from meterlake.config import Config
from meterlake.errors import ConfigError
from meterlake.few_rows import few_rows
from meterlake.instants import trimmed
from meterlake.operations import audit, runs
from meterlake.operations.layer import layer
from meterlake.silver import rows as row
from meterlake.silver.build import build
from meterlake.silver.counts import Counts, count
from meterlake.silver.day_sets import is_in, widened
from meterlake.silver.kept import keep
from meterlake.silver.meters import with_reference
from meterlake.silver.reference import changed_neighbourhoods
from meterlake.silver.request import Request
from meterlake.silver.rulebook import Bronze, standardise
from meterlake.silver.update import Update
from meterlake.storage import REMOVED, Warehouse
from meterlake.tables import Table, bronze, silver

JOB = "build_silver"
INPUTS = [bronze.READINGS, bronze.METERS, bronze.VACANCIES]
# In the order of their commits. What a run remembers comes last: a run that died before that is done again in full.
OUTPUTS = [
    silver.READINGS,
    silver.QUARANTINE,
    silver.GAPS,
    silver.FAULTS,
    silver.FLAGGED_DAYS,
    silver.NEIGHBOUR_DAYS,
    silver.METER_DAYS,
    silver.METERS_JUDGED,
]
_EPOCH, _FIRST_MOMENT = datetime(1970, 1, 1, tzinfo=UTC), datetime.min.replace(tzinfo=UTC)
# A new reading has its meter's day judged again: hourly ones, as a rule.
_READINGS_A_DAY = 24


@layer(JOB)
def run(spark: SparkSession, config: Config, request: Request | None = None) -> None:
    """Brings silver up to date with bronze: the same tables that a rebuild from everything would give.

    Raises AuditError, and publishes nothing, where a reading does not end with exactly one disposition, and ConfigError
    where the tables were made under other settings: they are made anew with ``Request(rebuild=True)``, or not at all.
    """
    with few_rows(spark, 0):  # what earlier runs have noted
        build = _Build(spark, config, request or Request())
    build.run()


class _Build:
    def __init__(self, spark: SparkSession, config: Config, request: Request) -> None:
        self.spark, self.config, self.request = spark, config, request
        self.warehouse = Warehouse(spark, config)
        history = runs.History(self.warehouse)
        self.last = history.last(JOB)
        self.died = set() if self.last is None else history.days_of_dead(JOB, self.last)
        self.this = history.begin(JOB, INPUTS, config.fingerprint_of_silver(), config.as_of)
        self.this.inputs[bronze.READINGS.full_name] = self._finished_readings()
        self.audited: dict[str, Counter[str]] = defaultdict(Counter)

    def run(self) -> None:
        if self.last is not None and not self.request.rebuild:
            _require_same_settings(self.last, self.this)
            if self._is_done(self.last):
                progress.say("silver: nothing new, the tables are as they were")
                return
        stored = self._stored()  # a table that is not ours is told before one is written
        bronze_now = self._bronze()
        tags = self._new_batches()
        if self.request.rebuild or self.last is None or tags is None or self.died is None:
            as_of = self._rebuild(bronze_now)
        else:
            as_of = self._update(bronze_now, stored, self.last, tags)
        with few_rows(self.spark, 0):
            audit.record(self.spark, self.warehouse, JOB, self.audited)
            runs.finish(self.spark, self.warehouse, self.this, OUTPUTS, as_of)

    def _is_done(self, last: Row) -> bool:
        if self.died is None or self.died:  # a run that died has written some of these days
            return False
        return last["inputs"] == self.this.inputs and not self.request.asks_for_more

    def _finished_readings(self) -> int:
        """The version of bronze.readings to read: before a batch that has not reached the ledger. It still may, where
        an ingest runs beside this one, or the next ingest removes its rows; a later run sees either."""
        newest = self.this.inputs[bronze.READINGS.full_name]
        begun, batch = self.warehouse.last_tagged(bronze.READINGS, newest)
        if batch in (None, REMOVED):
            return newest
        is_unfinished = self.warehouse.read(bronze.FILES).where(F.col("batch_id") == batch).isEmpty()
        return begun - 1 if is_unfinished else newest

    def _bronze(self) -> Bronze:
        """The inputs as they were when the run began."""
        return Bronze(*(self.warehouse.read(table, self.this.inputs[table.full_name]) for table in INPUTS))

    def _new_batches(self) -> list[str] | None:
        if self.last is None:
            return None
        return self.warehouse.tags_since(bronze.READINGS, self.last["inputs"][bronze.READINGS.full_name])

    def _rebuild(self, source: Bronze) -> datetime:
        newest, rows_in = _newest_landing(source.readings)
        as_of = self.config.as_of or newest
        with progress.step("silver: everything judged") as step:
            built = build(source, self.config, _us(as_of), progress.run_id())
            step.note(rows=rows_in)
        self._audit(built.counts(), rows_in)
        runs.announce(self.spark, self.warehouse, self.this, None)
        for table in OUTPUTS:
            with progress.step(f"{table.full_name} written"):
                rows = built.tables[table].select(*table.column_names)
                rows = rows.repartition(*table.partitions[:1]) if table.partitions else rows
                self.warehouse.replace(rows, table, progress.run_id())
        return as_of

    def _update(self, source: Bronze, stored: dict[Table, DataFrame], last: Row, tags: list[str]) -> datetime:
        as_of_before = (last["as_of"] or _EPOCH).astimezone(UTC)
        fresh_rows = source.readings.where(F.col("batch_id").isin(tags))
        meter_days = F.count_distinct("meter_id", "read_date")
        newest, rows = _newest_landing(fresh_rows, F.greatest(F.count("*"), meter_days * _READINGS_A_DAY))
        if runs.AS_OF not in last["inputs"]:
            newest = max(newest, as_of_before)
        elif self.config.as_of is None:  # what it would have been was not noted
            newest, _ = _newest_landing(source.readings)
        as_of = self.config.as_of or newest
        if self._judge_neighbourhoods(source, last, as_of):
            stored = self._stored()
        asked = self.request.days() | (self.died or set())
        margin = self.config.bronze_margin_days()
        fresh = fresh_rows
        if asked:
            wide = widened(asked, margin, margin)
            fresh = source.readings.where(F.col("batch_id").isin(tags) | is_in("read_date", wide))
        standard = standardise(Bronze(fresh, source.meters, source.vacancies), self.config)
        with beside() as start:
            compared = Compared(self.warehouse, start)
            update = Update(source, standard, stored, self.config, progress.run_id(), compared.add)
            with few_rows(self.spark, None if asked else rows):
                with progress.step("silver: what is new, judged") as step:
                    # A run that died may have moved the open holes to any moment.
                    update.run(as_of, _FIRST_MOMENT if self.died else as_of_before, asked)
                    step.note(days=len(update.days), rows=update.rows_in)
                self._audit(count(update.rows), update.rows_in)
            # Never no day at all: a run that moves open holes alone, and dies, is known to the next one too. And those
            # asked for with no reading of their own: a run that died may have filled them.
            self._write(compared, (update.days | asked) or {as_of.date()}, None if asked else rows)
        return as_of

    def _judge_neighbourhoods(self, source: Bronze, last: Row, as_of: datetime) -> bool:
        """Judges all of the meters whose registry row or vacancies have changed, and of their neighbours.

        False where none has changed, and nothing was written.
        """
        asked_meter = self.request.meter_id
        registry = with_reference(source.meters, source.vacancies)
        judged = self.warehouse.read(silver.METERS_JUDGED)
        versions = [table.full_name for table in (bronze.METERS, bronze.VACANCIES)]
        if asked_meter is None and all(last["inputs"][name] == self.this.inputs[name] for name in versions):
            return False
        meters = keep(changed_neighbourhoods(registry, judged, asked_meter))
        if meters.isEmpty():
            if asked_meter is not None:
                raise ConfigError(f"meter {asked_meter} is not in the registry", "--meter", "name a registered meter")
            return False
        with progress.step("silver: whole neighbourhoods judged") as step:
            step.note(meters=meters.count())
            own = F.broadcast(meters)
            is_theirs = trimmed(source.readings["meter_id"]) == meters["meter_id"]
            part = Bronze(
                source.readings.join(own, is_theirs, "left_semi"),
                source.meters.join(own, "meter_id", "left_semi"),
                source.vacancies,
            )
            built = build(part, self.config, _us(as_of), progress.run_id())
            self._audit(built.counts(), part.readings.count())
            with beside() as start:
                compared = Compared(self.warehouse, start)
                for table in OUTPUTS:
                    stored = self.warehouse.read(table).join(own, "meter_id", "left_semi")
                    compared.add(table, built.tables[table], stored)
                self._write(compared, None)
        return True

    def _stored(self) -> dict[Table, DataFrame]:
        return {table: self.warehouse.read(table) for table in OUTPUTS}

    def _write(self, compared: Compared, days: set[date] | None, rows: int | None = None) -> None:
        if days is not None:  # the rows that fill a hole can lie on a day before that of the reading that ends it
            days = days | compared.days(silver.READINGS, silver.QUARANTINE)
        with few_rows(self.spark, 0):
            runs.announce(self.spark, self.warehouse, self.this, days)
        for table in OUTPUTS:
            # A commit copies the readings of all days it touches (5,000 meters, 8 days: 20 s interpreted, 9 compiled).
            copied = rows * len(days) if rows and days and table is silver.READINGS else rows
            with few_rows(self.spark, copied), progress.step(f"{table.full_name} compared and written") as step:
                step.note(**told(self.warehouse.apply(compared.changes(table), table, progress.run_id())))

    def _audit(self, counts: Counts, rows_in: int) -> None:
        with progress.step("silver: counts balance") as step:
            by_disposition = {d: n for (origin, d), n in counts.items() if origin == row.OBSERVED}
            audit.require_balance("bronze.readings", rows_in, by_disposition)
            step.note(**by_disposition)
        found = {
            "bronze.readings": by_disposition,
            "silver.readings": {origin: n for (origin, d), n in counts.items() if d == row.ACCEPTED},
            "silver.quarantine": {
                f"{d} {origin}": n for (origin, d), n in counts.items() if d in (row.QUARANTINED, row.REJECTED)
            },
        }
        for table, numbers in found.items():
            self.audited[table].update(numbers)


def _newest_landing(readings: DataFrame, size: Column | None = None) -> tuple[datetime, int]:
    """The start of the latest landing hour that brought a reading, 1970 where none has come; and how many there are,
    or what ``size`` finds."""
    newest = F.coalesce(F.unix_seconds(F.max("landed_hour")), F.lit(0)).alias("at")
    found = readings.agg(newest, (F.count("*") if size is None else size).alias("size")).first()
    return datetime.fromtimestamp(found["at"] if found else 0, UTC), found["size"] if found else 0


def _require_same_settings(last: Row, this: runs.Run) -> None:
    if last["fingerprint"] != this.fingerprint:
        names = ", ".join(table.full_name for table in OUTPUTS[:4])
        raise ConfigError(
            "the rules' settings are not those that the tables were made with, and no table mixes two rule sets",
            f"{names} and gold",
            "make them anew with --rebuild, or take the old settings back",
        )


def _us(instant: datetime) -> int:
    return (instant - _EPOCH) // timedelta(microseconds=1)
