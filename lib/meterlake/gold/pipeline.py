"""build_gold: hourly load, peaks, daily consumption and daily quality from silver."""

from pyspark.sql import DataFrame, SparkSession

from meterlake import progress, tables
from meterlake.config import Config
from meterlake.gold.calendar import active_meters
from meterlake.gold.daily_consumption import daily_consumption
from meterlake.gold.daily_quality import daily_quality
from meterlake.gold.holiday_calendar import public_holidays
from meterlake.gold.hourly_load import hourly_load
from meterlake.gold.peaks import Surroundings, load_hours, peak_exclusions, peak_periods
from meterlake.gold.usable import keep_usable
from meterlake.operations import audit, runs
from meterlake.storage import Warehouse

JOB = "build_gold"
SILVER = tables.silver
INPUTS = [
    SILVER.READINGS,
    SILVER.QUARANTINE,
    SILVER.RULE_COUNTS,
    SILVER.ARRIVALS,
    tables.bronze.METERS,
    tables.bronze.WEATHER,
    tables.bronze.GRID_MAINTENANCE,
]


def run(spark: SparkSession, config: Config) -> None:
    """Rebuilds gold where silver, the reference tables or the settings have changed; else changes nothing."""
    warehouse = Warehouse(spark, config)
    this_run = runs.begin(warehouse, config, JOB, INPUTS)
    if runs.is_done(warehouse, this_run):
        progress.say("gold: nothing new, the tables are as they were")
        return
    read = {table: warehouse.read(table, this_run.inputs[table.full_name]) for table in INPUTS}
    usable = keep_usable(read[SILVER.READINGS], config.quality.standard_from, config.faults.excluding)
    meters = active_meters(read[tables.bronze.METERS])
    zone, offset = config.time_zone, config.grid_offset()
    written: dict[str, dict[str, int]] = {}

    def publish(rows: DataFrame, table: tables.Table) -> DataFrame:
        with progress.step(f"{table.full_name} written") as step:
            warehouse.replace(rows.select(*table.column_names), table, progress.run_id())
            count = warehouse.rows_written(table)
            written[table.full_name] = {"written": count}
            step.note(rows=count)
        return warehouse.read(table)

    hourly = publish(hourly_load(usable, meters, offset), tables.gold.HOURLY_LOAD)
    around = Surroundings(
        read[tables.bronze.WEATHER],
        read[tables.bronze.GRID_MAINTENANCE],
        public_holidays(spark, config.peaks.holiday_region),
    )
    hours = load_hours(hourly, around, config.peaks, zone)
    publish(peak_exclusions(hours), tables.gold.PEAK_EXCLUSIONS)
    publish(peak_periods(hours, config.peaks), tables.gold.PEAK_PERIODS)
    publish(daily_consumption(usable, meters, zone, offset), tables.gold.DAILY_CONSUMPTION)
    quality = daily_quality(
        read[SILVER.READINGS],
        read[SILVER.QUARANTINE],
        read[SILVER.RULE_COUNTS],
        read[SILVER.ARRIVALS],
        meters,
        zone,
        offset,
        config.quality.standard_from,
    )
    publish(quality, tables.gold.DAILY_QUALITY)
    audit.record(spark, warehouse, JOB, written)
    outputs = [table for table in tables.ALL if table.layer == "gold"]
    runs.finish(spark, warehouse, this_run, outputs)
