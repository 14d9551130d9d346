"""What build_silver would do with what is in bronze and what would come."""

from dataclasses import dataclass, field, replace
from datetime import date

from pyspark.sql import DataFrame, Row
from pyspark.sql import functions as F

from meterlake import grid
from meterlake.config import Config
from meterlake.operations import runs
from meterlake.plan.landing import Pending
from meterlake.plan.model import (
    FIRST_BUILD,
    MOST_NAMED,
    NOTHING,
    REBUILD,
    REFUSED,
    UPDATE,
    Days,
    Silver,
    counted,
)
from meterlake.plan.reference import Loaded
from meterlake.plan.sizes import Sizes
from meterlake.silver.day_sets import days_in, is_in, widened
from meterlake.silver.meters import with_reference
from meterlake.silver.pipeline import INPUTS, JOB
from meterlake.silver.reference import changed_neighbourhoods
from meterlake.silver.rulebook import Bronze, standardise
from meterlake.storage import REMOVED, Warehouse
from meterlake.tables import bronze, silver

_KEYS = ("neighbourhood_key", "meter_id")


@dataclass
class SilverPlanner:
    """``days`` are the local days that an update would announce to gold, None for all."""

    config: Config
    warehouse: Warehouse
    sizes: Sizes
    pending: Pending
    loaded: Loaded
    days: set[date] | None = field(default_factory=set)

    def plan(self) -> Silver:
        history = runs.History(self.warehouse)
        last = history.last(JOB)
        coming = self.pending.landing.readings
        if last is None:
            return self._everything(FIRST_BUILD, "silver has not been built yet")
        if last["fingerprint"] != self.config.fingerprint_of_silver():
            return Silver(
                REFUSED, "the settings are not those that silver was made with: run with --rebuild, or take them back"
            )
        tags = self.warehouse.tags_since(bronze.READINGS, last["inputs"][bronze.READINGS.full_name])
        if tags is None:
            return self._everything(
                REBUILD, "the history of bronze.readings no longer reaches back to silver's last run"
            )
        if (died := history.days_of_dead(JOB, last)) is None:
            return self._everything(REBUILD, "a run died that had set out to write any day")
        tags = [tag for tag in tags if tag not in (REMOVED, self.pending.landing.unfinished_batch)]
        changed, with_neighbours = self._changed_meters()
        if not coming and not died and not self._has_new_reference() and self._has_seen_all(last):
            return Silver(NOTHING, "silver has read all that bronze holds")
        fresh = self.warehouse.read(bronze.READINGS).where(F.col("batch_id").isin(tags))
        plan = self._update(fresh.unionByName(self.pending.readings), with_neighbours, died)
        if with_neighbours:  # their readings are looked for on all days
            read, compared = (self.sizes.all_of(table) for table in (bronze.READINGS, silver.READINGS))
            plan = replace(plan, bronze_read=read, silver_compared=compared)
        return replace(
            plan,
            why=_why(len(tags), coming, changed, with_neighbours, died),
            batches=len(tags),
            new_readings=fresh.count(),
            pending_readings=coming,
            meters_changed=changed,
            meters_with_neighbours=with_neighbours,
        )

    def _has_new_reference(self) -> bool:
        return bool(self.loaded.reference.replaced.keys() & {table.full_name for table in INPUTS})

    def _has_seen_all(self, last: Row) -> bool:
        seen = {table.full_name: self.warehouse.version(table) for table in INPUTS}
        return bool(last["inputs"] == seen | runs.configured(self.config.as_of))

    def _everything(self, action: str, why: str) -> Silver:
        """Told by partitions alone: bronze is not read for it."""
        self.days = None
        coming = self.pending.readings
        days = self.sizes.days(bronze.READINGS) | days_in(coming, "read_date")
        stored = self.sizes.all_of(bronze.READINGS)
        return Silver(
            action,
            why,
            pending_readings=self.pending.landing.readings,
            meters=self.loaded.tables[bronze.METERS].count(),
            neighbourhoods=self.loaded.tables[bronze.METERS].select("neighbourhood_key").distinct().count(),
            days=Days.of(days),
            bronze_read=replace(stored, rows=stored.rows + self.pending.landing.readings),
            silver_compared=self.sizes.all_of(silver.READINGS),
        )

    def _update(self, fresh: DataFrame, with_neighbours: int, died: set[date]) -> Silver:
        meters, vacancies = self.loaded.tables[bronze.METERS], self.loaded.tables[bronze.VACANCIES]
        zone = self.config.time_zone
        standard = standardise(Bronze(fresh, meters, vacancies), self.config).persist()
        try:
            touched = self._touched(standard, meters).persist()
            days = days_in(touched) | died
            alone = standard.where(F.col("meter_key").isNull() | F.col("read_us").isNull())
            at = F.coalesce("read_us", "received_us")
            alone_days = days_in(alone.select(grid.local_date(at, zone).alias("day")))
            self.days = None if with_neighbours else days | alone_days
            margin = self.config.bronze_margin_days()
            ids = [row["meter_id"] for row in touched.select("meter_id").distinct().sort("meter_id").collect()]
            return Silver(
                UPDATE,
                meters=len(ids),
                meter_ids=tuple(ids[:MOST_NAMED]),
                neighbourhoods=touched.select("neighbourhood_key").distinct().count(),
                days=Days.of(days),
                bronze_read=self.sizes.of_days(bronze.READINGS, widened(days, margin, margin)),
                silver_compared=self.sizes.of_days(silver.READINGS, widened(days, 2, 0)),
            )
        finally:
            standard.unpersist()

    def _touched(self, standard: DataFrame, meters: DataFrame) -> DataFrame:
        """meter_id, neighbourhood_key and day: where new readings lie, for each meter of the neighbourhood that has
        readings on that day. As silver.update has it."""
        dated = standard.where(F.col("meter_key").isNotNull() & F.col("read_us").isNotNull())
        own = dated.select(*_KEYS, grid.local_date(F.col("read_us"), self.config.time_zone).alias("day")).distinct()
        cells = own.select("neighbourhood_key", "day").distinct()
        days = days_in(cells)
        if not self.config.grid_fits_days():
            around = F.explode(F.sequence(F.date_add("day", -1), F.date_add("day", 1)))
            cells = cells.select("neighbourhood_key", around.alias("day")).distinct()
            days = widened(days, 1, 1)
        stored = self.warehouse.read(silver.METER_DAYS).where(is_in("read_date", days))
        known = stored.select("meter_id", F.col("read_date").alias("day")).join(meters.select(*_KEYS), "meter_id")
        beside = known.join(F.broadcast(cells), ["neighbourhood_key", "day"], "left_semi")
        return own.unionByName(beside.select(*own.columns)).distinct()

    def _changed_meters(self) -> tuple[int, int]:
        """Meters whose registry row or vacancies are not those that silver was made with; and with their neighbours."""
        registry = with_reference(self.loaded.tables[bronze.METERS], self.loaded.tables[bronze.VACANCIES])
        judged = self.warehouse.read(silver.METERS_JUDGED)
        both = registry.select("meter_id", "reference").join(
            judged.select("meter_id", F.col("reference").alias("_judged")), "meter_id", "full"
        )
        changed = both.where(~F.col("reference").eqNullSafe(F.col("_judged"))).count()
        return changed, changed_neighbourhoods(registry, judged).count() if changed else 0


def _why(batches: int, coming: int, changed: int, with_neighbours: int, died: set[date]) -> str:
    reasons = [
        f"{counted(len(died), 'day')} of a run that died" if died else "",
        f"{counted(batches, 'batch', 'batches')} in bronze that silver has not read" if batches else "",
        f"{counted(coming, 'reading')} in pending files" if coming else "",
        f"registry row or vacancies of {counted(changed, 'meter')} changed, {with_neighbours:,} with the neighbours"
        if changed
        else "",
    ]
    return "; ".join(reason for reason in reasons if reason) or "a table that silver reads has a new version"
