"""gold.peak_periods and gold.peak_exclusions: the hours of highest load of each local day, the weather taken out."""

from dataclasses import dataclass

from pyspark.sql import DataFrame, Window
from pyspark.sql import functions as F

from meterlake import grid, tables
from meterlake.config import PeaksConfig
from meterlake.gold.season import with_season, with_seasonal_part

HOLIDAY, HEAT, COLD, MAINTENANCE = "public_holiday", "extreme_heat", "extreme_cold", "grid_maintenance"


@dataclass(frozen=True)
class Surroundings:
    """What peaks look at beside the load: bronze.weather, bronze.grid_maintenance, and a row (day) a holiday."""

    weather: DataFrame
    maintenance: DataFrame
    holidays: DataFrame


def load_hours(hourly: DataFrame, around: Surroundings, rule: PeaksConfig, time_zone: str) -> DataFrame:
    """A row an hour with a usable reading: local_date, hour, load_kwh of all meter types, meters_reporting,
    temperature_c of the UTC weather hour that holds its start, season, degrees, and reasons to leave it out.
    """
    loads = hourly.groupBy("hour").agg(
        F.sum("energy_kwh").cast("decimal(28,6)").alias("load_kwh"), F.sum("meters_reporting").alias("meters_reporting")
    )
    dated = loads.select(
        "*",
        grid.local_date(F.unix_micros("hour"), time_zone).alias("local_date"),
        F.date_trunc("hour", "hour").alias("_weather_hour"),
    )
    weather = around.weather.where(F.col("region") == F.lit(rule.weather_region)).select(
        F.col("hour").alias("_weather_hour"), "temperature_c"
    )
    holidays = around.holidays.select(F.col("day").alias("local_date"), F.lit(True).alias("_is_holiday"))
    joined = dated.join(F.broadcast(weather), "_weather_hour", "left").join(F.broadcast(holidays), "local_date", "left")
    reasons = {
        HOLIDAY: F.col("_is_holiday"),
        HEAT: F.col("temperature_c") > F.lit(rule.heat_above_c),
        COLD: F.col("temperature_c") < F.lit(rule.cold_below_c),
        MAINTENANCE: F.col("_is_maintained"),
    }
    flagged = _with_maintenance(joined, around.maintenance, rule)
    listed = F.array_compact(F.array(*[F.when(condition, F.lit(reason)) for reason, condition in reasons.items()]))
    return with_season(flagged.select("*", listed.alias("reasons")), rule).drop("_weather_hour", "_is_holiday")


def peak_exclusions(hours: DataFrame) -> DataFrame:
    """A row for each reason why an hour is left out."""
    return hours.select("local_date", "hour", F.explode("reasons").alias("reason"), "load_kwh")


def peak_periods(hours: DataFrame, rule: PeaksConfig) -> DataFrame:
    """The three candidates of each local day with the highest load less its seasonal part; ties: the earlier hour."""
    adjusted = with_seasonal_part(hours, rule)
    candidates = adjusted.where(F.size("reasons") == 0).select(
        "*", (F.col("load_kwh") - F.col("seasonal_kwh")).cast("decimal(28,6)").alias("adjusted_load_kwh")
    )
    day = Window.partitionBy("local_date")
    by_adjusted = day.orderBy(F.col("adjusted_load_kwh").desc(), "hour")
    by_load = day.orderBy(F.col("load_kwh").desc(), "hour")
    ranked = candidates.select(
        "*",
        F.row_number().over(by_adjusted).alias("rank"),
        F.row_number().over(by_load).alias("rank_unadjusted"),
    )
    return ranked.where(F.col("rank") <= rule.ranks).select(*tables.gold.PEAK_PERIODS.column_names)


def _with_maintenance(hours: DataFrame, maintenance: DataFrame, rule: PeaksConfig) -> DataFrame:
    """Marks hours that overlap a maintenance window of the region or of everywhere; the windows are few."""
    concerns = F.col("region").isNull()
    if rule.weather_region is not None:
        concerns = concerns | (F.col("region") == rule.weather_region)
    window = F.struct(F.col("from").alias("start"), F.col("to").alias("end"))
    windows = maintenance.where(concerns).coalesce(1).agg(F.collect_list(window).alias("_windows"))
    hour_end = F.col("hour") + F.expr("INTERVAL 1 HOUR")
    overlaps = F.exists(
        "_windows",
        lambda w: (
            (w["start"] < hour_end)
            & F.coalesce(w["end"] > F.col("hour"), F.lit(True))
            & F.coalesce(w["start"] < w["end"], F.lit(True))
        ),
    )
    return hours.crossJoin(F.broadcast(windows)).select(*hours.columns, overlaps.alias("_is_maintained"))
