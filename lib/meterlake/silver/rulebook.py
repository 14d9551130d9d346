"""Silver from bronze: the rules in their order, in one exchange by neighbourhood.

bronze.readings ─ with_meter ─[exchange]─ with_stamps ─ with_read_at ─ with_kw ─ with_checks ─ with_standing
  ─ with_rates ─ with_hole ─ with_runs ─┬─ episodes F01 … F05 ──────────────┐
                                        ├─ explode_fills ─┐                 │
                                        └─ reading_rows ──┴─ with_faults ───┴─ with_score ─ with_low_quality
"""

from dataclasses import dataclass
from decimal import Decimal

from pyspark.sql import DataFrame
from pyspark.sql import functions as F

from meterlake import grid
from meterlake.config import Config
from meterlake.silver.deduplicate import with_standing
from meterlake.silver.faults import episodes_by_meter, fault_rows, with_faults
from meterlake.silver.gaps import closed_holes, explode_fills, outer_holes, with_hole
from meterlake.silver.low_variance import accepted_days, low_variance_episodes
from meterlake.silver.neighbourhood import neighbourhood_episodes
from meterlake.silver.quality import with_score
from meterlake.silver.rate_of_change import with_rates
from meterlake.silver.read_at import with_read_at, with_stamps
from meterlake.silver.registry import with_meter
from meterlake.silver.rows import fill_rows, reading_rows, with_low_quality
from meterlake.silver.runs import run_episodes, with_runs
from meterlake.silver.standardise import with_kw
from meterlake.silver.validate import with_checks


@dataclass(frozen=True)
class Bronze:
    """What silver is made of: bronze.readings, bronze.meters, bronze.vacancies."""

    readings: DataFrame
    meters: DataFrame
    vacancies: DataFrame


def judge(bronze: Bronze, config: Config) -> DataFrame:
    """Every bronze reading with all that the rules say of it by itself and among the meter's readings."""
    offset = config.grid_offset()
    readings = with_meter(bronze.readings, bronze.meters, bronze.vacancies)
    readings = readings.repartition("neighbourhood_key")
    readings = with_stamps(readings, config.sources)
    readings = with_read_at(readings, config.sources, offset, config.validation.grid_tolerance_share)
    readings = with_kw(readings, config.units, config.validation.value_limit)
    readings = with_checks(readings, config.validation)
    readings = with_standing(readings)
    readings = with_rates(readings, config.rate_of_change)
    readings = with_hole(readings, config.gaps)
    return with_runs(readings, config.faults)


def find_episodes(judged: DataFrame, config: Config) -> DataFrame:
    """The fault episodes of all meters: meter_id, meter_key, fault, started_us, ended_us, evidence."""
    zone, offset = config.time_zone, config.grid_offset()
    days = accepted_days(judged, zone)
    runs = run_episodes(judged, config.faults)
    flat = low_variance_episodes(days, config.faults.low_variance, zone, offset)
    apart = neighbourhood_episodes(judged, days, config.faults.neighbourhood, zone, offset)
    return runs.unionByName(flat).unionByName(apart)


def rows_to_publish(judged: DataFrame, episodes: DataFrame, config: Config) -> DataFrame:
    """A row a bronze reading and a row a filled interval: faults, score, tier, final disposition and reasons."""
    of_meter = episodes_by_meter(episodes)
    observed = with_faults(reading_rows(judged), of_meter)
    filled = with_faults(fill_rows(explode_fills(judged)), of_meter)
    scored = with_score(observed.unionByName(filled), config.quality, config.faults.excluding)
    return with_low_quality(scored)


def meters_seen(judged: DataFrame, meters: DataFrame) -> DataFrame:
    """A row a registered meter: first_accepted_us, last_accepted_us, last_standing_us, empty where none has come."""
    at = {condition: F.when(F.col(condition), F.col("read_us")) for condition in ("is_accepted", "is_standing")}
    seen = judged.groupBy("neighbourhood_key", "meter_key").agg(
        F.min(at["is_accepted"]).alias("first_accepted_us"),
        F.max(at["is_accepted"]).alias("last_accepted_us"),
        F.max(at["is_standing"]).alias("last_standing_us"),
    )
    registry = meters.select(
        "meter_id",
        "meter_key",
        "interval_minutes",
        F.unix_micros("active_from").alias("active_from_us"),
        F.unix_micros("active_to").alias("active_to_us"),
    )
    return registry.join(F.broadcast(seen.drop("neighbourhood_key")), "meter_key", "left")


def gap_rows(judged: DataFrame, seen: DataFrame, config: Config, as_of_us: int) -> DataFrame:
    """silver.gaps."""
    outer = outer_holes(seen, config.gaps, as_of_us, config.grid_offset())
    return closed_holes(judged).unionByName(outer)


def rule_counts(rows: DataFrame, time_zone: str) -> DataFrame:
    """silver.rule_counts: bronze readings per local day and rule, superseded ones as V13."""
    superseded = F.when(F.col("disposition") == "superseded", F.array(F.lit("V13")))
    rules = F.concat("reasons", "warnings", F.coalesce(superseded, F.array().cast("array<string>")))
    observed = rows.where((F.col("origin") == "observed") & (F.size(rules) > 0))
    day = grid.local_date(F.coalesce("read_us", "received_us"), time_zone)
    named = observed.select("neighbourhood_key", day.alias("read_date"), F.explode(rules).alias("rule"))
    counted = named.groupBy("neighbourhood_key", "read_date", "rule").agg(F.count("*").alias("readings"))
    return counted.select("read_date", "neighbourhood_key", "rule", "readings")


def arrivals(judged: DataFrame, time_zone: str) -> DataFrame:
    """silver.arrivals: how long after their interval's end accepted readings came, by local day."""
    own = judged.where(F.col("is_accepted") & F.col("has_own_received"))
    received = F.col("received_us").cast("decimal(24,3)") + F.col("received_nanos") * F.lit(Decimal("0.001"))
    delay = (received - F.col("read_us") - grid.interval_us()).cast("decimal(24,3)")
    timed = own.select(
        "neighbourhood_key", grid.local_date(F.col("read_us"), time_zone).alias("read_date"), delay.alias("delay_us")
    )
    counted = timed.groupBy("neighbourhood_key", "read_date", "delay_us").agg(F.count("*").alias("readings"))
    return counted.select("read_date", "neighbourhood_key", "delay_us", "readings")


__all__ = ["Bronze", "arrivals", "fault_rows", "find_episodes", "gap_rows", "judge", "rows_to_publish", "rule_counts"]
