"""When a reading was taken and when it was received: stamps to instants, interval ends to starts, the grid. V08."""

from collections.abc import Mapping
from decimal import Decimal

from pyspark.sql import Column, DataFrame, Window
from pyspark.sql import functions as F

from meterlake import grid
from meterlake.config import SourceConfig
from meterlake.instants import instant, wall_clock
from meterlake.silver.sources import per_source

Sources = Mapping[str, SourceConfig]


def with_stamps(readings: DataFrame, sources: Sources) -> DataFrame:
    """Adds stamp_us, stamp_nanos (the stamp as an instant, empty where it is no time: V02), is_local,
    received_us, received_nanos and has_own_received.

    received_at is the source's own where readable, else the end of the landing hour.
    """
    parsed = readings.select(
        "*",
        per_source(sources, lambda source: instant(F.col("raw_read_at"), _zone(source))).alias("_stamp"),
        per_source(sources, lambda source: instant(F.col("raw_received_at"), _zone(source))).alias("_received"),
    )
    landed_end = F.col("landed_us") + F.lit(grid.HOUR_US)
    stamped = parsed.select(
        *readings.columns,
        F.col("_stamp.us").alias("stamp_us"),
        F.coalesce("_stamp.nanos", F.lit(0)).alias("stamp_nanos"),
        F.coalesce("_stamp.is_local", F.lit(False)).alias("is_local"),
        F.coalesce("_received.us", landed_end).alias("received_us"),
        F.coalesce("_received.nanos", F.lit(0)).alias("received_nanos"),
        F.col("_received").isNotNull().alias("has_own_received"),
    )
    return _with_repeated_hour(stamped, sources) if any(map(_zone, sources.values())) else stamped


def with_read_at(readings: DataFrame, sources: Sources, offset_minutes: int, tolerance_share: Decimal) -> DataFrame:
    """Adds read_us, read_nanos (start of the interval) and is_off_grid (V08).

    A stamp within the tolerance of the meter's grid is snapped to it; further away it keeps its own time. A meter
    that is not in the registry has no interval and no grid: its stamp is its time. 14:02:59 of an hourly meter is
    14:00, 14:03:01 is off the grid (5 % of an hour is 3 minutes).
    """
    marks_end = per_source(sources, lambda source: F.lit(source is not None and source.stamps == "end"))
    start = F.col("stamp_us") - F.when(marks_end, F.coalesce(grid.interval_us(), F.lit(0))).otherwise(0)
    started = readings.select("*", start.alias("_start"), grid.interval_us().alias("_step"))
    late = grid.phase_us(F.col("_start"), F.col("_step"), offset_minutes)
    early = F.col("_step") - late
    tolerance = F.col("_step") * F.lit(tolerance_share)
    nearest = F.col("_start") - late + F.when(early < late, F.col("_step")).otherwise(0)
    too_late = (late > tolerance) | ((late == tolerance) & (F.col("stamp_nanos") > 0))
    exists = nearest.between(F.lit(grid.YEAR_1_US), F.lit(grid.YEAR_10000_US - 1))
    off_grid = F.coalesce((too_late & (early > tolerance)) | ~exists, F.lit(False))
    snaps = F.col("_step").isNotNull() & ~off_grid
    return started.select(
        *readings.columns,
        F.when(snaps, nearest).otherwise(F.col("_start")).alias("read_us"),
        F.when(snaps, F.lit(0)).otherwise(F.col("stamp_nanos")).alias("read_nanos"),
        off_grid.alias("is_off_grid"),
    )


def _with_repeated_hour(readings: DataFrame, sources: Sources) -> DataFrame:
    """In the hour that a local clock repeats, a meter's second line of one stamp and all after it are the later."""
    same_stamp = Window.partitionBy(
        "neighbourhood_key", "meter_id", "source_file", "source_version", "is_local", "stamp_us", "stamp_nanos"
    ).orderBy("source_line")
    numbered = readings.select("*", F.row_number().over(same_stamp).alias("_occurrence"))
    later = F.coalesce(per_source(sources, lambda source: _later(_zone(source))), F.col("stamp_us"))
    is_repeat = F.col("is_local") & (F.col("_occurrence") > 1)
    return numbered.select(
        *[column for column in readings.columns if column != "stamp_us"],
        F.when(is_repeat, later).otherwise(F.col("stamp_us")).alias("stamp_us"),
    )


def _later(zone: str | None) -> Column:
    """The later instant that shows the stamp's wall clock; empty where there is only one."""
    stamp = F.col("stamp_us")
    if zone is None:
        return F.lit(None).cast("long")
    next_day = stamp + F.lit(grid.DAY_US)
    later = wall_clock(stamp, zone) - (wall_clock(next_day, zone) - next_day)
    return F.when((later > stamp) & (wall_clock(later, zone) == wall_clock(stamp, zone)), later)


def _zone(source: SourceConfig | None) -> str | None:
    """The source's zone; None is UTC, which needs no calendar."""
    return None if source is None or source.time_zone == "UTC" else source.time_zone
