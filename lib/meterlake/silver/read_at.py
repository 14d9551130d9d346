"""When a reading was taken and when it was received: stamps to instants, interval ends to starts, the grid. V08."""

from collections.abc import Mapping
from decimal import Decimal

from pyspark.sql import Column, DataFrame, Window
from pyspark.sql import functions as F

from meterlake import grid
from meterlake.config import SourceConfig
from meterlake.instants import instant_columns, trimmed, unusual_instant, usual_us, wall_clock
from meterlake.silver.sources import per_source
from meterlake.windows import METER

Sources = Mapping[str, SourceConfig]


def with_stamps(readings: DataFrame, sources: Sources) -> DataFrame:
    """Adds stamp_us, stamp_nanos (the stamp as an instant, empty where it is no time: V02), is_local,
    received_us, received_nanos and has_own_received.

    received_at is the source's own where readable, else the end of the landing hour.
    """
    texts = readings.select(
        "*", trimmed(F.col("raw_read_at")).alias("_read"), trimmed(F.col("raw_received_at")).alias("_received")
    )
    # Step by step, since Spark computes an expression as often as it is named.
    usual = texts.select(
        "*", usual_us(F.col("_read")).alias("_usual_read"), usual_us(F.col("_received")).alias("_usual_received")
    )
    parsed = usual.select("*", *[_unusual(text, sources).alias(f"_unusual{text}") for text in ("_read", "_received")])
    us, nanos, is_local = instant_columns(F.col("_usual_read"), F.col("_unusual_read"))
    own_us, own_nanos, _ = instant_columns(F.col("_usual_received"), F.col("_unusual_received"))
    stamped = parsed.select(
        *readings.columns,
        us.alias("stamp_us"),
        nanos.alias("stamp_nanos"),
        is_local.alias("is_local"),
        F.coalesce(own_us, F.col("landed_us") + F.lit(grid.HOUR_US)).alias("received_us"),
        own_nanos.alias("received_nanos"),
        own_us.isNotNull().alias("has_own_received"),
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


def _unusual(text: str, sources: Sources) -> Column:
    parsed = per_source(sources, lambda source: unusual_instant(F.col(text), _zone(source)))
    return F.when(F.col(f"_usual{text}").isNull(), parsed)


def _with_repeated_hour(readings: DataFrame, sources: Sources) -> DataFrame:
    """In the hour that a local clock repeats, a meter's second line of one stamp and all after it are the later."""
    # By METER, so that they are found where they lie, however they are spread; an unknown meter has an id alone.
    same_stamp = Window.partitionBy(
        *METER, "meter_id", "source_file", "source_version", "is_local", "stamp_us", "stamp_nanos"
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
