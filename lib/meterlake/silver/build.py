"""Silver from readings that stand by themselves: all there are, or all of some whole neighbourhoods."""

from dataclasses import dataclass

from pyspark.sql import DataFrame, Observation
from pyspark.sql import functions as F

from meterlake.config import Config
from meterlake.silver import content
from meterlake.silver import rows as row
from meterlake.silver.counts import Counts, counting, counts_of
from meterlake.silver.faults import fault_rows
from meterlake.silver.gaps import closed_holes, outer_holes
from meterlake.silver.kept import JUDGED, keep
from meterlake.silver.meter_days import accepted_days, meter_days, timed, with_delays
from meterlake.silver.meters import with_reference, with_seen
from meterlake.silver.neighbourhood import neighbour_days
from meterlake.silver.placement import BY_METER, BY_NEIGHBOURHOOD, too_large
from meterlake.silver.rulebook import (
    Bronze,
    find_flagged_days,
    judge,
    meters_seen,
    rows_to_publish,
    standardise,
    weekly_episodes,
)
from meterlake.silver.runs import run_episodes
from meterlake.tables import Table, silver


@dataclass
class Built:
    """Silver's rows by table."""

    tables: dict[Table, DataFrame]
    observation: Observation

    def counts(self) -> Counts:
        """Rows by origin and disposition, counted by the pass that found those of quarantine."""
        return counts_of(self.observation)


def build(bronze: Bronze, config: Config, as_of_us: int, run_id: str) -> Built:
    """Every table of silver. ``bronze`` holds whole neighbourhoods: their readings, meters and vacancies."""
    zone, offset = config.time_zone, config.grid_offset()
    is_even = too_large(bronze.meters, config.spark.shuffle_partitions).isEmpty()
    spread_by = BY_NEIGHBOURHOOD if is_even else BY_METER
    judged = keep(judge(standardise(bronze, config, spread_by=spread_by), config).select(*JUDGED))
    days = keep(days_of(judged, zone))
    neighbours = keep(neighbour_days(judged, config.faults.neighbourhood, zone, offset))
    accepted = accepted_days(days)
    flagged = keep(find_flagged_days(accepted, accepted, neighbours, config))
    episodes = keep(run_episodes(judged, config.faults).unionByName(weekly_episodes(flagged, config)))
    named = F.broadcast(bronze.meters.select("meter_key", "meter_id"))
    seen = meters_seen(judged).join(named, "meter_key")
    meters = keep(with_seen(with_reference(bronze.meters, bronze.vacancies), seen))
    rows = rows_to_publish(judged, episodes, config)
    counted, observation = counting(rows)
    holes = closed_holes(judged).unionByName(outer_holes(meters, config.gaps, as_of_us, offset))
    made = {
        silver.READINGS: row.as_readings(rows, zone, run_id),
        silver.QUARANTINE: keep(row.as_quarantine(counted, zone, run_id)),
        silver.GAPS: holes,
        silver.FAULTS: fault_rows(episodes, meters, config.faults),
        silver.FLAGGED_DAYS: content.flagged_day_rows(flagged),
        silver.NEIGHBOUR_DAYS: content.neighbour_day_rows(neighbours.join(named, "meter_key")),
        silver.METER_DAYS: content.meter_day_rows(days),
        silver.METERS_JUDGED: content.meter_rows(meters),
    }
    return Built(made, observation)


def days_of(judged: DataFrame, time_zone: str) -> DataFrame:
    """meter_days.meter_days with delays_us; most sources do not say when they received a reading."""
    days = meter_days(judged, time_zone)
    if timed(judged).isEmpty():
        return days.select("*", F.lit(None).cast("array<decimal(24,3)>").alias("delays_us"))
    return with_delays(days, judged, time_zone)
