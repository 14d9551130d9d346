"""Of the readings of one meter and interval one stands; the others are superseded. V13."""

from pyspark.sql import Column, DataFrame
from pyspark.sql import functions as F

from meterlake.windows import before, next_of_meter, per_meter


def with_standing(readings: DataFrame) -> DataFrame:
    """Adds is_accepted, is_superseded and is_standing (what F01 to F03 look at).

    Needs meter_key, read_us, kw, reasons and the rank's columns. Up the ranks the first reading that passed stands,
    and a later one takes its place only where its kw differs: a value delivered again is no correction. Readings
    that failed a check neither supersede nor are superseded. Where none passed, the highest-ranked one that failed
    only V10 is standing, though not accepted.
    By rank 1.0, 2.0, 2.0: the second stands. 1.0, 2.0, 1.0: the third.
    """
    passed, over_limit_only = F.size("reasons") == 0, F.col("reasons") == F.array(F.lit("V10"))
    with_earlier = readings.select(
        "*",
        (passed & _is_known()).alias("_passed"),
        (over_limit_only & _is_known()).alias("_over"),
        F.last(F.when(passed, F.col("read_us")), ignorenulls=True).over(before(per_meter())).alias("_earlier_us"),
        F.last(F.when(passed, F.col("kw")), ignorenulls=True).over(before(per_meter())).alias("_earlier_kw"),
    )
    follows = F.coalesce(F.col("_earlier_us") == F.col("read_us"), F.lit(False))
    compared = with_earlier.select(
        "*",
        follows.alias("_follows"),
        (F.col("_passed") & (~follows | (F.col("kw") != F.col("_earlier_kw")))).alias("_takes_place"),
    )
    placed = compared.select(
        "*",
        F.when(F.col("_takes_place"), F.col("read_us")).alias("_place_us"),
        F.when(F.col("_over"), F.col("read_us")).alias("_over_us"),
    )
    with_later = placed.select(
        "*", next_of_meter("_place_us").alias("_next_us"), next_of_meter("_over_us").alias("_next_over_us")
    )
    is_last = ~F.col("_next_us").eqNullSafe(F.col("read_us"))
    is_last_over = ~F.col("_next_over_us").eqNullSafe(F.col("read_us"))
    accepted = F.col("_takes_place") & is_last
    none_passed = ~F.col("_follows") & is_last
    return with_later.select(
        *readings.columns,
        accepted.alias("is_accepted"),
        (F.col("_passed") & ~accepted).alias("is_superseded"),
        (accepted | (F.col("_over") & none_passed & is_last_over)).alias("is_standing"),
    )


def _is_known() -> Column:
    return F.col("meter_key").isNotNull() & F.col("read_us").isNotNull()
