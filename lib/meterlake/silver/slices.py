"""Slices: whole local days of one meter that are judged again, beside what they take over from the days before.

A slice has neighbourhood_key, registry_key (the meter's key), meter_key (the slice's own: row windows run along it),
meter_id, interval_minutes, first_day, last_day and carried. Slices of one meter share no day.
"""

from pyspark.sql import DataFrame
from pyspark.sql import functions as F

from meterlake import grid
from meterlake.windows import per_meter_day, until_now, whole

NEAR_DAYS, FAR_DAYS = 7, 366
MOST_SEGMENTS = 3
_DAY_BITS, _DAY_ZERO = 1 << 24, 1 << 23


def segments(days: DataFrame) -> DataFrame:
    """Days of meters in a row as one: neighbourhood_key, meter_key, meter_id, interval_minutes, first_day, last_day.

    Needs the same with day, a row a meter and day. Days that lie near each other are joined with those between, and all
    of a meter where many stay apart: a few days judged needlessly cost less than another round. Not those of years: a
    meter without a clock sends 1970.
    """
    numbered = _numbered(days, NEAR_DAYS, FAR_DAYS)
    many = F.max("_number").over(whole(per_meter_day())) >= MOST_SEGMENTS
    return _spans(numbered.select("*", F.when(many, F.col("_far")).otherwise(F.col("_number")).alias("_segment")))


def unbroken(days: DataFrame) -> DataFrame:
    """The same, with no day between that was not asked for."""
    return _spans(_numbered(days, 1, 1).withColumnRenamed("_number", "_segment"))


def _numbered(days: DataFrame, most_apart: int, most_far: int) -> DataFrame:
    """Adds _number and _far: how many gaps of more than so many days lie before each of a meter's days."""
    gap = F.coalesce(F.datediff("day", F.lag("day").over(per_meter_day())), F.lit(0))
    marked = days.select("*", gap.alias("_gap"))
    counted = [F.count_if(F.col("_gap") > most).over(until_now(per_meter_day())) for most in (most_apart, most_far)]
    return marked.select("*", counted[0].alias("_number"), counted[1].alias("_far"))


def _spans(numbered: DataFrame) -> DataFrame:
    keys = ("neighbourhood_key", "meter_key", "meter_id", "interval_minutes")
    return numbered.groupBy(*keys, "_segment").agg(F.min("day").alias("first_day"), F.max("day").alias("last_day"))


def as_slices(spans: DataFrame) -> DataFrame:
    """Segments with keys of their own; needs carried."""
    day = F.unix_date("first_day").cast("long") + F.lit(_DAY_ZERO)
    return spans.select(
        "neighbourhood_key",
        F.col("meter_key").alias("registry_key"),
        (F.col("meter_key").cast("long") * F.lit(_DAY_BITS) + day).alias("meter_key"),
        "meter_id",
        "interval_minutes",
        "first_day",
        "last_day",
        "carried",
    )


def in_slices(readings: DataFrame, slices: DataFrame, time_zone: str) -> DataFrame:
    """The standardised readings of the slices' days, each with its slice's key for meter_key, and carried."""
    own = slices.select("registry_key", F.col("meter_key").alias("_slice"), "first_day", "last_day", "carried")
    day = grid.local_date(F.col("read_us"), time_zone)
    is_its_own = (F.col("meter_key") == F.col("registry_key")) & day.between(F.col("first_day"), F.col("last_day"))
    joined = readings.join(F.broadcast(own), is_its_own)
    columns = [column for column in readings.columns if column != "meter_key"]
    return joined.select(*columns, F.col("_slice").alias("meter_key"), "registry_key", "carried")


def days_of(slices: DataFrame) -> DataFrame:
    """A row a slice and local day: registry_key, meter_id, neighbourhood_key, interval_minutes, day."""
    return slices.select(
        "neighbourhood_key",
        "registry_key",
        "meter_id",
        "interval_minutes",
        F.explode(F.sequence("first_day", "last_day")).alias("day"),
    )
