"""What a slice of days takes over from the meter's readings before it, so that it need not read them.

``carried`` of tables.silver.CARRIED is the state of the running windows after a local day: the last accepted reading,
the last standing one, and the runs that it belongs to. A frame without that column begins at the meter's first reading.
"""

from pyspark.sql import Column, DataFrame
from pyspark.sql import functions as F

from meterlake.windows import METER


def carried(readings: DataFrame, field: str) -> Column:
    """A field of what the slice takes over; empty where there is nothing before it."""
    return F.col(f"carried.{field}") if "carried" in readings.columns else F.lit(None)


def end_of_day() -> Column:
    """What a group of a meter's readings of one day hands on, as an aggregate: its last standing reading knows all.

    Needs the columns of judged readings. Field by field, since Spark sorts to aggregate a struct and hashes for these.
    """
    accepted = F.col("is_accepted")
    fields = {
        "accepted_us": F.when(accepted, F.col("read_us")).otherwise(F.col("previous_us")),
        "accepted_kw": F.when(accepted, F.col("kw")).otherwise(F.col("previous_kw")),
        "standing_us": F.col("read_us"),
        "run_kw": F.when(F.col("value_run_us").isNotNull(), F.col("kw")),
        "is_over": F.col("over_run_us").isNotNull(),
        "value_run_us": F.col("value_run_us"),
        "over_run_us": F.col("over_run_us"),
        "over_count": F.col("over_count"),
    }
    order = F.when(F.col("is_standing"), F.col("read_us"))
    return F.struct(*[F.max_by(value, order).alias(name) for name, value in fields.items()])


def carried_rows(slices: DataFrame) -> DataFrame:
    """What is carried as a judged reading: a run that ends with it is still an episode. See runs.run_episodes."""
    return slices.where("carried.standing_us IS NOT NULL").select(
        *METER,
        "meter_id",
        "interval_minutes",
        F.col("carried.standing_us").alias("read_us"),
        F.col("carried.run_kw").alias("kw"),
        F.col("carried.value_run_us").alias("value_run_us"),
        F.col("carried.over_run_us").alias("over_run_us"),
        F.col("carried.over_count").alias("over_count"),
    )
