"""Silver from bronze: the rules in their order, in one exchange by neighbourhood (silver/placement.py).

standardise   with_keys ─[exchange]─ with_registry ─ with_stamps ─ with_read_at ─ with_kw ─ with_checks
judge         ─ with_standing ─ with_run_values ─ with_previous
              ─ with_rates ─ with_hole ─ with_runs ─┬─ episodes F01 … F05 ────────┐
rows_to_publish                                     ├─ explode_fills ─┐           │
                                                    └─ reading_rows ──┴─ with_faults ─ with_score ─ with_low_quality
"""

from collections.abc import Sequence
from dataclasses import dataclass

from pyspark.sql import DataFrame
from pyspark.sql import functions as F

from meterlake.config import Config
from meterlake.silver.aside import put_aside, taken_back
from meterlake.silver.deduplicate import with_standing
from meterlake.silver.faults import episodes_by_span, with_faults
from meterlake.silver.gaps import explode_fills, with_hole
from meterlake.silver.low_variance import low_variance_days
from meterlake.silver.neighbourhood import neighbourhood_days
from meterlake.silver.placement import BY_NEIGHBOURHOOD
from meterlake.silver.previous import with_previous
from meterlake.silver.quality import with_score
from meterlake.silver.rate_of_change import with_rates
from meterlake.silver.read_at import with_read_at, with_stamps
from meterlake.silver.registry import with_keys, with_registry
from meterlake.silver.rows import fill_rows, reading_rows, with_low_quality
from meterlake.silver.runs import with_run_values, with_runs
from meterlake.silver.standardise import with_kw
from meterlake.silver.validate import with_checks
from meterlake.silver.weeks import week_episodes


@dataclass(frozen=True)
class Bronze:
    """What silver is made of: bronze.readings, bronze.meters, bronze.vacancies."""

    readings: DataFrame
    meters: DataFrame
    vacancies: DataFrame


def standardise(
    bronze: Bronze, config: Config, only_registered: bool = False, spread_by: Sequence[str] = BY_NEIGHBOURHOOD
) -> DataFrame:
    """Every bronze reading with all that the rules say of it by itself; ``spread_by`` as silver/placement.py has it."""
    offset = config.grid_offset()
    readings = with_keys(bronze.readings, bronze.meters)
    if only_registered:
        readings = readings.where(F.col("meter_key").isNotNull())
    readings = readings.repartition(*spread_by)
    readings = with_registry(readings, bronze.meters, bronze.vacancies)
    readings = with_stamps(readings, config.sources)
    readings = with_read_at(readings, config.sources, offset, config.validation.grid_tolerance_share)
    readings = with_kw(readings, config.units, config.validation.value_limit)
    return with_checks(readings, config.validation)


def judge(readings: DataFrame, config: Config) -> DataFrame:
    """Standardised readings with all that the rules say of them among the meter's others, in time order."""
    readings = with_standing(put_aside(readings))
    readings = with_previous(with_run_values(readings))
    readings = with_rates(readings, config.rate_of_change)
    readings = with_hole(readings, config.gaps)
    return taken_back(with_runs(readings, config.faults))


def find_flagged_days(tested: DataFrame, days: DataFrame, neighbours: DataFrame, config: Config) -> DataFrame:
    """Those of the tested days whose week trips F04 or F05: METER, meter_id, fault, day, evidence.

    Needs meter_days.accepted_days, twice: those to test, and all of their weeks; and neighbourhood.neighbour_days.
    """
    flat = low_variance_days(tested, days, config.faults.low_variance, config.time_zone, config.grid_offset())
    apart = neighbourhood_days(tested, neighbours, config.faults.neighbourhood)
    columns = ("neighbourhood_key", "meter_key", "meter_id", "fault", "day", "evidence")
    named = [
        rows.select("*", F.lit(fault).alias("fault")).select(*columns)
        for fault, rows in (("F04", flat), ("F05", apart))
    ]
    return named[0].unionByName(named[1])


def weekly_episodes(flagged: DataFrame, config: Config) -> DataFrame:
    """F04 and F05 episodes of flagged days."""
    lengths = {"F04": config.faults.low_variance.days, "F05": config.faults.neighbourhood.days}
    found = [
        week_episodes(flagged.where(F.col("fault") == fault), fault, days, config.time_zone)
        for fault, days in lengths.items()
    ]
    return found[0].unionByName(found[1])


def rows_to_publish(judged: DataFrame, episodes: DataFrame, config: Config) -> DataFrame:
    """A row a bronze reading and a row a filled interval: faults, score, tier, final disposition and reasons."""
    by_span = episodes_by_span(episodes)
    observed = with_faults(reading_rows(judged), by_span)
    filled = with_faults(fill_rows(explode_fills(judged)), by_span)
    scored = with_score(observed.unionByName(filled), config.quality, config.faults.excluding)
    return with_low_quality(scored)


def meters_seen(judged: DataFrame) -> DataFrame:
    """A row a meter with standing readings: METER, first_accepted_us, last_accepted_us, last_standing_us."""
    at = {condition: F.when(F.col(condition), F.col("read_us")) for condition in ("is_accepted", "is_standing")}
    known = judged.where(F.col("is_standing"))
    return known.groupBy("neighbourhood_key", "meter_key").agg(
        F.min(at["is_accepted"]).alias("first_accepted_us"),
        F.max(at["is_accepted"]).alias("last_accepted_us"),
        F.max(at["is_standing"]).alias("last_standing_us"),
    )
