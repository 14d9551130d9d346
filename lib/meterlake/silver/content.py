"""What silver's tables hold, from judged readings; the same for a rebuild, for some meters and for some days."""

from pyspark.sql import DataFrame
from pyspark.sql import functions as F

from meterlake.tables import silver

_SUMS = ("n", "sum_x", "sum_y", "sum_xx", "sum_yy", "sum_xy")


def meter_day_rows(days: DataFrame) -> DataFrame:
    """silver.meter_days of meter_days.meter_days."""
    renamed = {"read_date": F.col("day"), "accepted": F.col("n")}
    return days.select("*", *[column.alias(name) for name, column in renamed.items()]).select(
        *silver.METER_DAYS.column_names
    )


def neighbour_day_rows(sums: DataFrame) -> DataFrame:
    """silver.neighbour_days of neighbourhood.neighbour_days with meter_id."""
    sums_of = [F.col(name).cast("bigint" if name == "n" else "decimal(38,0)").alias(name) for name in _SUMS]
    return sums.select("meter_id", F.col("day").alias("local_date"), *sums_of)


def flagged_day_rows(flagged: DataFrame) -> DataFrame:
    """silver.flagged_days of rulebook.find_flagged_days."""
    return flagged.select("meter_id", "fault", F.col("day").alias("local_date"), "evidence")


def meter_rows(meters: DataFrame) -> DataFrame:
    """silver.meters_judged of meters.with_reference and with_seen."""
    return meters.select(*silver.METERS_JUDGED.column_names)


def as_meter_days(stored: DataFrame, meters: DataFrame) -> DataFrame:
    """Rows of silver.meter_days as meter_days.accepted_days has them; of registered meters."""
    keys = meters.select("meter_id", "neighbourhood_key", "meter_key", "interval_minutes")
    renamed = stored.select(
        "meter_id", F.col("read_date").alias("day"), F.col("accepted").alias("n"), "sum_x", "sum_xx"
    )
    return renamed.join(F.broadcast(keys), "meter_id")


def as_neighbour_days(stored: DataFrame, meters: DataFrame) -> DataFrame:
    """Rows of silver.neighbour_days as neighbourhood.neighbour_days has them; of registered meters."""
    keys = meters.select("meter_id", "neighbourhood_key", "meter_key")
    return stored.select("meter_id", F.col("local_date").alias("day"), *_SUMS).join(F.broadcast(keys), "meter_id")


def as_flagged_days(stored: DataFrame, meters: DataFrame) -> DataFrame:
    """Rows of silver.flagged_days as rulebook.find_flagged_days has them; of registered meters."""
    keys = meters.select("meter_id", "neighbourhood_key", "meter_key")
    renamed = stored.select("meter_id", "fault", F.col("local_date").alias("day"), "evidence")
    return renamed.join(F.broadcast(keys), "meter_id")


def as_episodes(stored: DataFrame) -> DataFrame:
    """Rows of silver.faults as episodes: meter_id, fault, started_us, ended_us, evidence."""
    return stored.select(
        "meter_id",
        "fault",
        F.unix_micros("started_at").alias("started_us"),
        F.unix_micros("ended_at").alias("ended_us"),
        "evidence",
    )
