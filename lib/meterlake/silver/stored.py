"""The stored rows that slices answer for: what is among them and not made again is gone."""

from pyspark.sql import Column, DataFrame
from pyspark.sql import functions as F

from meterlake import grid

_NEVER = -(1 << 62)


def with_reach(slices: DataFrame, judged: DataFrame) -> DataFrame:
    """Adds after_us and until_us: a slice makes the rows after the last accepted reading before it up to its own last.

    The rows that fill a hole are made by the reading that ends it, so those behind a slice's last reading are
    another's.
    """
    last = judged.where(F.col("is_accepted")).groupBy("meter_key").agg(F.max("read_us").alias("_last_us"))
    return slices.join(last, "meter_key", "left").select(
        *slices.columns,
        F.coalesce("carried.accepted_us", F.lit(_NEVER)).alias("after_us"),
        F.coalesce("_last_us", F.lit(_NEVER)).alias("until_us"),
    )


def readings_of(stored: DataFrame, reach: DataFrame) -> DataFrame:
    """The rows of silver.readings that the slices make."""
    return _of_slices(stored, reach, _is_reached())


def quarantine_of(stored: DataFrame, reach: DataFrame) -> DataFrame:
    """The rows of silver.quarantine that the slices make: refused readings of their days, and refused fills."""
    is_fill = F.col("source_file").isNull()
    is_its_day = F.col("read_date").between(F.col("first_day"), F.col("last_day"))
    return _of_slices(stored, reach, F.when(is_fill, _is_reached()).otherwise(is_its_day))


def gaps_of(stored: DataFrame, slices: DataFrame, meters: DataFrame, time_zone: str) -> DataFrame:
    """The rows of silver.gaps that are made again: holes that a slice's reading ends, and all outer ones.

    ``meters`` gives first_accepted_us and last_accepted_us by meter_id; a meter that is gone has no hole.
    """
    started_us, ended_us = F.unix_micros("started_at"), F.unix_micros("ended_at")
    seen = meters.select("meter_id", "first_accepted_us", "last_accepted_us", F.lit(True).alias("_is_known"))
    joined = stored.join(F.broadcast(seen), "meter_id", "left")
    is_outer = (
        F.col("is_open")
        | F.col("_is_known").isNull()
        | F.col("first_accepted_us").isNull()
        | (started_us < F.col("first_accepted_us"))
        | (ended_us > F.col("last_accepted_us"))
    )
    own = slices.select(F.col("meter_id").alias("_of"), "first_day", "last_day")
    day = grid.local_date(ended_us, time_zone)
    marked = joined.select(*stored.columns, is_outer.alias("_is_outer"), day.alias("_day"))
    is_its_own = (F.col("meter_id") == F.col("_of")) & F.col("_day").between(F.col("first_day"), F.col("last_day"))
    inner = marked.where(~F.col("_is_outer")).join(F.broadcast(own), is_its_own, "left_semi")
    return marked.where("_is_outer").unionByName(inner).select(*stored.columns)


def _of_slices(stored: DataFrame, reach: DataFrame, condition: Column) -> DataFrame:
    own = reach.select(F.col("meter_id").alias("_of"), "first_day", "last_day", "after_us", "until_us")
    joined = stored.join(F.broadcast(own), F.col("meter_id") == F.col("_of"))
    return joined.where(condition).select(*stored.columns)


def _is_reached() -> Column:
    at = F.unix_micros("read_at")
    return (at > F.col("after_us")) & (at <= F.col("until_us"))
