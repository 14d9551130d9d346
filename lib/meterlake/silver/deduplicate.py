"""Of the readings of one meter and interval one stands; the others are superseded. V13."""

from pyspark.sql import Column, DataFrame
from pyspark.sql import functions as F

from meterlake.windows import before, per_meter, same_interval


def with_standing(readings: DataFrame) -> DataFrame:
    """Adds is_accepted, is_superseded and is_standing (what F01 to F03 look at).

    Needs meter_key, read_us, kw, reasons and the rank's columns. Up the ranks the first reading that passed stands,
    and a later one takes its place only where its kw differs: a value delivered again is no correction. Readings
    that failed a check neither supersede nor are superseded. Where none passed, the highest-ranked one that failed
    only V10 is standing, though not accepted.
    By rank 1.0, 2.0, 2.0: the second stands. 1.0, 2.0, 1.0: the third.
    """
    passed = F.size("reasons") == 0
    over_limit_only = F.col("reasons") == F.array(F.lit("V10"))
    earlier = F.struct(F.col("read_us").alias("us"), F.col("kw").alias("kw"))
    with_earlier = readings.select(
        "*", F.last(F.when(passed, earlier), ignorenulls=True).over(before(per_meter())).alias("_earlier")
    )
    previous_kw = F.when(F.col("_earlier.us") == F.col("read_us"), F.col("_earlier.kw"))
    ranked = with_earlier.select(
        "*",
        F.row_number().over(per_meter()).alias("_rank"),
        (passed & (previous_kw.isNull() | (F.col("kw") != previous_kw))).alias("_takes_place"),
        (passed & _is_known()).alias("_passed"),
        (over_limit_only & _is_known()).alias("_over_limit_only"),
    )
    standing = ranked.select(
        "*", _highest("_takes_place").alias("_stands"), _highest("_over_limit_only").alias("_over")
    )
    accepted = F.col("_passed") & (F.col("_rank") == F.col("_stands"))
    over = F.col("_over_limit_only") & F.col("_stands").isNull() & (F.col("_rank") == F.col("_over"))
    return standing.select(
        *readings.columns,
        accepted.alias("is_accepted"),
        (F.col("_passed") & ~accepted).alias("is_superseded"),
        (accepted | over).alias("is_standing"),
    )


def _is_known() -> Column:
    return F.col("meter_key").isNotNull() & F.col("read_us").isNotNull()


def _highest(condition: str) -> Column:
    return F.max(F.when(F.col(condition), F.col("_rank"))).over(same_interval())
