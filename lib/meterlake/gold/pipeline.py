"""build_gold: hourly load, peaks, daily consumption and daily quality of the days that silver has changed."""

from collections.abc import Callable
from datetime import date

from pyspark.sql import Column, DataFrame, Row, SparkSession
from pyspark.sql import functions as F

from meterlake import grid, progress
from meterlake.beside import Start, beside
from meterlake.config import Config
from meterlake.errors import ConfigError
from meterlake.few_rows import few_rows
from meterlake.gold.calendar import active_meters
from meterlake.gold.daily_consumption import daily_consumption
from meterlake.gold.daily_quality import daily_quality
from meterlake.gold.holiday_calendar import public_holidays
from meterlake.gold.hourly_load import hourly_load
from meterlake.gold.peaks import Surroundings, load_hours, peak_exclusions, peak_periods
from meterlake.gold.usable import keep_usable
from meterlake.operations import audit, runs
from meterlake.operations.layer import layer
from meterlake.storage import Changes, Warehouse
from meterlake.tables import Table, bronze, gold, silver

JOB, BEFORE = "build_gold", "build_silver"
INPUTS = [
    silver.READINGS,
    silver.QUARANTINE,
    silver.METER_DAYS,
    bronze.METERS,
    bronze.WEATHER,
    bronze.GRID_MAINTENANCE,
]
_READ = (
    "meter_id",
    "meter_type",
    "read_at",
    "read_date",
    "kw",
    "energy_kwh",
    "origin",
    "warnings",
    "faults",
    "quality_score",
    "tier",
)
OUTPUTS = [gold.HOURLY_LOAD, gold.PEAK_EXCLUSIONS, gold.PEAK_PERIODS, gold.DAILY_CONSUMPTION, gold.DAILY_QUALITY]


@layer(JOB)
def run(spark: SparkSession, config: Config, rebuild: bool = False) -> None:
    """Brings gold up to date with silver and the reference tables.

    Raises ConfigError where the tables were made under other settings and no rebuild is asked for.
    """
    warehouse = Warehouse(spark, config)
    with few_rows(spark, 0):  # what earlier runs have noted
        history = runs.History(warehouse)
        this_run = history.begin(JOB, INPUTS, config.fingerprint())
        if before := history.last(BEFORE):
            _require_settings_of_silver(before, config)
            # Nothing of a run of silver that died or is at work, nor a registry that silver has not read yet: the
            # tables of finished runs belong together.
            finished = before["inputs"] | before["outputs"]
            this_run.inputs.update({name: finished[name] for name in this_run.inputs if name in finished})
        last = history.last(JOB)
        if last is not None and not rebuild:
            _require_same_settings(last, this_run)
            if last["inputs"] == this_run.inputs and history.days_of_dead(JOB, last) == set():
                progress.say("gold: nothing new, the tables are as they were")
                return
        days = None if rebuild or last is None else _changed_days(history, last, this_run)
    read = {table: warehouse.read(table, this_run.inputs[table.full_name]) for table in INPUTS}
    for table in OUTPUTS:
        warehouse.read(table)  # one that is not ours is told before another is written
    with few_rows(spark, 0):
        runs.announce(spark, warehouse, this_run, days)
    made = _Gold(spark, config, warehouse, read, days)
    with few_rows(spark, None if days is None else made.rows()):
        written = made.write()
    with few_rows(spark, 0):
        audit.record(spark, warehouse, JOB, written)
        runs.finish(spark, warehouse, this_run, OUTPUTS)


class _Gold:
    def __init__(
        self,
        spark: SparkSession,
        config: Config,
        warehouse: Warehouse,
        read: dict[Table, DataFrame],
        days: set[date] | None,
    ) -> None:
        self.spark, self.config, self.warehouse, self.read, self.days = spark, config, warehouse, read, days
        self.written: dict[str, dict[str, int]] = {}

    def rows(self) -> int:
        """Readings of the days."""
        return self._of(silver.READINGS, "read_date", self._is_near).count()

    def write(self) -> dict[str, dict[str, int]]:
        """Each table of gold; what it wrote by table and kind."""
        with beside() as start:
            self._write(start)
        return self.written

    def _write(self, start: Start) -> None:
        zone, offset = self.config.time_zone, self.config.grid_offset()
        meters = active_meters(self.read[bronze.METERS])
        near = self._of(silver.READINGS, "read_date", self._is_near).select(*_READ)
        if self.days is not None:
            near = near.localCheckpoint(eager=True)  # some days fit in memory, and all below plans faster over a leaf
        of_days = near if self.days is None else near.where(self._is_day(F.col("read_date")))
        usable = self._usable(of_days)
        quality = daily_quality(
            of_days,
            self._of(silver.QUARANTINE, "read_date", lambda day: self._is_day(day) | day.isNull()),
            self._of(silver.METER_DAYS, "read_date", self._is_day),
            meters,
            zone,
            offset,
            self.config.quality.standard_from,
        )
        consumption = daily_consumption(usable, meters, zone, offset)
        # Compared beside the hours and the peaks, which wait for each other.
        of_meters = {
            table: start(self._compared, rows, table, self._is_local_day)
            for table, rows in ((gold.DAILY_CONSUMPTION, consumption), (gold.DAILY_QUALITY, quality))
        }
        hours = hourly_load(self._usable(near), meters, offset)
        self._publish(gold.HOURLY_LOAD, lambda: self._compared(hours, gold.HOURLY_LOAD, self._is_hour))
        around = Surroundings(
            self.read[bronze.WEATHER],
            self.read[bronze.GRID_MAINTENANCE],
            public_holidays(self.spark, self.config.peaks.holiday_region),
        )
        # A day's peaks look at the year before: made of all hourly loads, which are few.
        loads = load_hours(self.warehouse.read(gold.HOURLY_LOAD), around, self.config.peaks, zone)
        exclusions, periods = peak_exclusions(loads), peak_periods(loads, self.config.peaks)
        self._publish(gold.PEAK_EXCLUSIONS, lambda: self._compared(exclusions, gold.PEAK_EXCLUSIONS))
        self._publish(gold.PEAK_PERIODS, lambda: self._compared(periods, gold.PEAK_PERIODS))
        for table, compared in of_meters.items():
            self._publish(table, compared.result)

    def _compared(
        self, rows: DataFrame, table: Table, is_ours: Callable[[], Column] | None = None
    ) -> DataFrame | Changes:
        """All rows where all days are made anew; else, of the run's days, what differs from the stored ones."""
        made = rows.select(*table.column_names)
        if self.days is None:
            return made
        stored = self.warehouse.read(table)
        if is_ours is not None:
            made, stored = made.where(is_ours()), stored.where(is_ours())
        return self.warehouse.compare(made, stored, table)

    def _publish(self, table: Table, found: Callable[[], DataFrame | Changes]) -> None:
        with progress.step(f"{table.full_name} written") as step:
            rows = found()
            if isinstance(rows, Changes):
                written = sum(self.warehouse.apply(rows, table, progress.run_id()).values())
            else:
                spread = rows.repartition(*table.partitions) if table.partitions else rows
                self.warehouse.replace(spread, table, progress.run_id())
                written = self.warehouse.rows_written(table)
            self.written[table.full_name] = {"written": written}
            step.note(rows=written)

    def _of(self, table: Table, column: str, condition: Callable[[Column], Column]) -> DataFrame:
        return self.read[table] if self.days is None else self.read[table].where(condition(F.col(column)))

    def _usable(self, readings: DataFrame) -> DataFrame:
        return keep_usable(readings, self.config.quality.standard_from, self.config.faults.excluding)

    def _is_day(self, day: Column) -> Column:
        return grid.is_one_of(day, self.days or ())

    def _is_near(self, day: Column) -> Column:
        """The days, and those that share an hour with them where the grid's hours cross midnight."""
        if self.config.grid_fits_days():
            return self._is_day(day)
        return self._is_day(day) | self._is_day(F.date_add(day, 1)) | self._is_day(F.date_sub(day, 1))

    def _is_hour(self) -> Column:
        """Hours that share an instant with the days."""
        start = F.unix_micros("hour")
        first = grid.local_date(start, self.config.time_zone)
        last = grid.local_date(start + F.lit(grid.HOUR_US - 1), self.config.time_zone)
        return self._is_day(first) | self._is_day(last)

    def _is_local_day(self) -> Column:
        return self._is_day(F.col("local_date"))


def _changed_days(history: runs.History, last: Row, this_run: runs.Run) -> set[date] | None:
    """The local days that silver set out to write since gold's last run, and runs of gold that died after it; None for
    all, where the registry changed or one of them set out to write all."""
    registry = bronze.METERS.full_name
    if last["inputs"][registry] != this_run.inputs[registry]:
        return None
    changed, died = history.days_written(BEFORE, last), history.days_of_dead(JOB, last)
    return None if changed is None or died is None else changed | died


def _require_settings_of_silver(before: Row, config: Config) -> None:
    if before["fingerprint"] != config.fingerprint_of_silver():
        raise ConfigError(
            "silver was made with other settings than these, and no table mixes two rule sets",
            "silver.readings",
            f"run {BEFORE} --rebuild with these settings, or take the old ones back",
        )


def _require_same_settings(last: Row, this_run: runs.Run) -> None:
    if last["fingerprint"] != this_run.fingerprint:
        raise ConfigError(
            "the settings are not those that gold was made with, and no table mixes two rule sets",
            ", ".join(table.full_name for table in OUTPUTS),
            "make them anew with --rebuild, or take the old settings back",
        )
