"""What a reading is compared with: the meter's accepted and standing readings before it, found in one window."""

from pyspark.sql import Column, DataFrame
from pyspark.sql import functions as F

from meterlake.silver.carried import carried
from meterlake.windows import before, per_meter, until_now


def with_previous(readings: DataFrame) -> DataFrame:
    """Adds previous_us and previous_kw (the last accepted reading before this one), before_us and before_is_over (the
    last standing one), run_before_us and run_before_kw (the last standing one with a run_kw), and standing_count
    (standing readings so far, this one among them).

    Needs read_us, kw, is_accepted, is_standing and what runs.with_run_values adds. Empty without such a reading, in
    the slice or before it.
    """
    is_accepted, is_standing = F.col("is_accepted"), F.col("is_standing")
    has_run = is_standing & F.col("run_kw").isNotNull()
    before_it = {
        "previous_us": (is_accepted, "read_us", _carried(readings, "accepted_us", "bigint")),
        "previous_kw": (is_accepted, "kw", _carried(readings, "accepted_kw", "decimal(18,6)")),
        "before_us": (is_standing, "read_us", _carried(readings, "standing_us", "bigint")),
        "before_is_over": (is_standing, "is_over", _carried(readings, "is_over", "boolean")),
        "run_before_us": (has_run, "read_us", _carried_run_us(readings)),
        "run_before_kw": (has_run, "run_kw", _carried(readings, "run_kw", "decimal(18,6)")),
    }
    # Numbers one by one: a struct of them is made and copied as an object for each row.
    return readings.select(
        "*",
        *[
            F.coalesce(_last(condition, column), carried_one).alias(name)
            for name, (condition, column, carried_one) in before_it.items()
        ],
        F.sum(is_standing.cast("long")).over(until_now(per_meter())).alias("standing_count"),
    )


def _last(condition: Column, column: str) -> Column:
    return F.last(F.when(condition, F.col(column)), ignorenulls=True).over(before(per_meter()))


def _carried(readings: DataFrame, field: str, kind: str) -> Column:
    return carried(readings, field).cast(kind)


def _carried_run_us(readings: DataFrame) -> Column:
    has_run = carried(readings, "run_kw").isNotNull()
    return F.when(has_run, carried(readings, "standing_us")).cast("bigint")
