"""Holes: found between accepted readings, filled all or nothing, listed before the first and after the last reading."""

from pyspark.sql import Column, DataFrame
from pyspark.sql import functions as F

from meterlake import grid
from meterlake.config import GapsConfig
from meterlake.windows import METER

INTERPOLATED, SHORT, EXTENDED = "interpolated", "missing_short", "missing_extended"


def with_hole(readings: DataFrame, rule: GapsConfig) -> DataFrame:
    """Adds missing (whole intervals between the meter's previous accepted reading and this one, 0 without) and
    hole_class. Needs read_us, previous_us, interval_minutes, is_accepted.
    """
    between = (F.col("read_us") - F.col("previous_us")) / grid.interval_us() - 1
    missing = F.when(F.col("is_accepted"), F.coalesce(between.cast("long"), F.lit(0))).otherwise(F.lit(0))
    counted = readings.select("*", missing.cast("long").alias("missing"))
    return counted.select("*", F.when(F.col("missing") > 0, hole_class(rule)).alias("hole_class"))


def hole_class(rule: GapsConfig) -> Column:
    """Of the row's missing intervals: below 4 h interpolated, below 24 h missing_short, else missing_extended."""
    length = F.col("missing") * grid.interval_us()
    return (
        F.when(length < F.lit(int(rule.interpolate_below_hours * grid.HOUR_US)), INTERPOLATED)
        .when(length < F.lit(longest_filled_us(rule)), SHORT)
        .otherwise(EXTENDED)
    )


def longest_filled_us(rule: GapsConfig) -> int:
    """A hole whose intervals have rows is shorter."""
    return int(rule.materialise_below_hours * grid.HOUR_US)


def explode_fills(readings: DataFrame) -> DataFrame:
    """The rows that fill the holes: one for each missing interval of an interpolated or a missing_short hole.

    Needs what with_hole adds to accepted readings. Gives the meter's columns, read_us, kw (linear between the two
    readings, rounded once; empty in a missing_short hole), origin and missing. Between 1.0 and 4.0 with two
    intervals missing: 2.0 and 3.0.
    """
    holes = readings.where(F.col("hole_class").isin(INTERPOLATED, SHORT))
    steps = holes.select("*", F.explode(F.sequence(F.lit(1).cast("long"), F.col("missing"))).alias("_step"))
    of_all = (F.col("missing") + 1).cast("decimal(6,0)")  # the minutes of a year
    done = F.col("_step").cast("decimal(6,0)")
    linear = F.round((F.col("previous_kw") * (of_all - done) + F.col("kw") * done) / of_all, 6)
    return steps.select(
        "meter_id",
        "meter_type",
        "neighbourhood_id",
        *METER,
        "interval_minutes",
        (F.col("previous_us") + F.col("_step") * grid.interval_us()).alias("read_us"),
        F.when(F.col("hole_class") == INTERPOLATED, linear).cast("decimal(18,6)").alias("kw"),
        F.col("hole_class").alias("origin"),
        "missing",
    )


def closed_holes(readings: DataFrame) -> DataFrame:
    """silver.gaps rows of the holes between two accepted readings."""
    holes = readings.where(F.col("missing") > 0)
    started_us = F.col("previous_us") + grid.interval_us()
    return holes.select(*_gap(started_us, F.col("read_us"), F.col("hole_class"), is_open=F.lit(False)))


def outer_holes(meters: DataFrame, rule: GapsConfig, as_of_us: int, offset_minutes: int) -> DataFrame:
    """silver.gaps rows before a meter's first and after its last accepted reading.

    Needs a row a registered meter: meter_id, interval_minutes, active_from_us, active_to_us, first_accepted_us,
    last_accepted_us (empty: none has come). With an active_from the first hole runs from the first grid point at or
    after it; after the last reading a hole is open up to as_of, and closes at active_to once as_of has reached it.
    An open hole below 4 h is not listed; a closed one has whole intervals and is listed whatever its length.
    """
    first_point = grid.first_point_us(F.col("active_from_us"), grid.interval_us(), offset_minutes)
    spans = meters.select(
        "*",
        F.array(
            F.struct(
                first_point.alias("start"), F.col("first_accepted_us").alias("end"), F.lit(False).alias("is_open")
            ),
            F.struct(
                F.coalesce(F.col("last_accepted_us") + grid.interval_us(), first_point).alias("start"),
                F.least(F.col("active_to_us"), F.lit(as_of_us)).alias("end"),
                F.coalesce(F.col("active_to_us") > F.lit(as_of_us), F.lit(True)).alias("is_open"),
            ),
        ).alias("_spans"),
    )
    holes = spans.select("*", F.explode("_spans").alias("_span")).where("_span.end > _span.start")
    length = F.col("_span.end") - F.col("_span.start")
    counted = holes.select("*", F.floor(length / grid.interval_us()).cast("long").alias("missing"))
    classed = counted.select("*", hole_class(rule).alias("hole_class"), F.col("_span.is_open").alias("_is_open"))
    is_listed = (F.col("missing") > 0) & ~(F.col("_is_open") & (F.col("hole_class") == INTERPOLATED))
    return classed.where(is_listed).select(
        *_gap(F.col("_span.start"), F.col("_span.end"), F.col("hole_class"), F.col("_is_open"))
    )


def _gap(started_us: Column, ended_us: Column, name: Column, is_open: Column) -> list[Column]:
    return [
        F.col("meter_id"),
        grid.as_timestamp(started_us).alias("started_at"),
        F.when(~is_open, grid.as_timestamp(ended_us)).alias("ended_at"),
        F.col("missing").alias("intervals"),
        grid.hours(F.col("missing") * grid.interval_us()).alias("hours"),
        name.alias("class"),
        is_open.alias("is_open"),
    ]
