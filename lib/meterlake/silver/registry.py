"""What the registry knows of a reading's meter, and which neighbourhood it is worked on with."""

from pyspark.sql import Column, DataFrame
from pyspark.sql import functions as F

from meterlake.instants import trimmed

_UNKNOWN_SPREAD = 1 << 20


def with_keys(readings: DataFrame, meters: DataFrame) -> DataFrame:
    """Names the raw fields and adds the keys of ``bronze.meters`` by which readings are worked on.

    Needs bronze.readings. Gives meter_id (trimmed), raw_value, raw_read_at, raw_unit, raw_received_at, the source
    columns, landed_us, meter_key (empty for an unknown meter) and neighbourhood_key; readings of unknown meters are
    spread by one below 0.
    """
    raw = readings.select(
        trimmed(F.col("meter_id")).alias("meter_id"),
        F.col("value").alias("raw_value"),
        F.col("read_at").alias("raw_read_at"),
        F.col("unit").alias("raw_unit"),
        F.col("received_at").alias("raw_received_at"),
        "source_file",
        "source_version",
        "source_line",
        F.unix_micros("landed_hour").alias("landed_us"),
    )
    keys = meters.select("meter_id", "meter_key", F.col("neighbourhood_key").alias("_neighbourhood"))
    joined = raw.join(F.broadcast(keys), "meter_id", "left")
    return joined.select(
        *raw.columns, "meter_key", F.coalesce("_neighbourhood", _unknown_key()).alias("neighbourhood_key")
    )


def with_registry(readings: DataFrame, meters: DataFrame, vacancies: DataFrame) -> DataFrame:
    """Adds the registry's row of the meter, empty where there is none. Needs meter_key.

    Gives meter_type, neighbourhood_id, interval_minutes, registry_max_kw, registry_min_kw, active_from_us,
    active_to_us, vacancies (ARRAY<STRUCT<from_us, to_us>>). By a number and after the exchange, so that none of it is
    shuffled.
    """
    known = meters.select(
        "meter_key",
        "meter_id",
        "meter_type",
        "neighbourhood_id",
        "interval_minutes",
        F.col("max_kw").alias("registry_max_kw"),
        F.col("min_kw").alias("registry_min_kw"),
        F.unix_micros("active_from").alias("active_from_us"),
        F.unix_micros("active_to").alias("active_to_us"),
    )
    period = F.struct(F.unix_micros("from").alias("from_us"), F.unix_micros("to").alias("to_us"))
    # One partition, since the list is small and grouping it must not cost an exchange.
    vacant = vacancies.coalesce(1).groupBy("meter_id").agg(F.collect_list(period).alias("vacancies"))
    registry = known.join(F.broadcast(vacant), "meter_id", "left").drop("meter_id")
    return readings.join(F.broadcast(registry), "meter_key", "left")


def _unknown_key() -> Column:
    return (-1 - F.pmod(F.xxhash64("meter_id"), F.lit(_UNKNOWN_SPREAD))).cast("int")
