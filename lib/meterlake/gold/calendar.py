"""Days, their expected intervals, and the meters that are expected in an hour."""

from pyspark.sql import Column, DataFrame, Window
from pyspark.sql import functions as F

from meterlake import grid

# Where the grid is shifted, the hour of year 1's first instant begins in the year before.
_BEFORE_ALL_US = grid.YEAR_1_US - grid.DAY_US
_ACTIVE = ("active_from_us", "active_to_us")


def with_day_bounds(days: DataFrame, time_zone: str) -> DataFrame:
    """Adds day_start_us and day_end_us of local_date: 23, 24 or 25 hours apart."""
    return days.select(
        "*",
        grid.midnight_us(F.col("local_date"), time_zone).alias("day_start_us"),
        grid.midnight_us(F.date_add("local_date", 1), time_zone).alias("day_end_us"),
    )


def expected_in_day(offset_minutes: int) -> Column:
    """Grid points of a meter's active period in a local day; needs the meter's and the day's columns."""
    start = F.greatest("day_start_us", "active_from_us")  # greatest and least pass over what is empty
    end = F.least("day_end_us", "active_to_us")
    return grid.points_between(start, end, grid.interval_us(), offset_minutes)


def active_meters(meters: DataFrame) -> DataFrame:
    """bronze.meters with its active period in µs."""
    return meters.select(
        "meter_id",
        "meter_type",
        "interval_minutes",
        F.unix_micros("active_from").alias("active_from_us"),
        F.unix_micros("active_to").alias("active_to_us"),
    )


def expected_per_day(days: DataFrame, meters: DataFrame, offset_minutes: int) -> DataFrame:
    """local_date and expected: the grid points of all meters. Meters of one interval and period are counted once."""
    alike = meters.groupBy("interval_minutes", *_ACTIVE).agg(F.count("*").alias("meters"))
    pairs = days.crossJoin(F.broadcast(alike))
    points = F.sum(expected_in_day(offset_minutes) * F.col("meters"))
    return pairs.groupBy("local_date").agg(points.alias("expected"))


def with_meters_expected(hours: DataFrame, meters: DataFrame, offset_minutes: int) -> DataFrame:
    """Adds meters_expected to rows of hour_us and meter_type: meters with a grid point in the hour while active.

    A meter joins at the hour of its first grid point and leaves behind the hour of its last one; the sum of joins
    and leaves up to an hour is what is expected in it.
    """
    step = grid.interval_us()
    first = grid.first_point_us(F.col("active_from_us"), step, offset_minutes)
    last = grid.first_point_us(F.col("active_to_us"), step, offset_minutes) - step
    first_hour = F.coalesce(grid.hour_us(first, offset_minutes), F.lit(_BEFORE_ALL_US))
    leaves = grid.hour_us(last, offset_minutes) + F.lit(grid.HOUR_US)
    periods = meters.where(F.coalesce(first <= last, F.lit(True)))
    steps = periods.select(
        "meter_type",
        F.explode(
            F.array(
                F.struct(first_hour.alias("hour_us"), F.lit(1).cast("long").alias("change")),
                F.struct(leaves.alias("hour_us"), F.lit(-1).cast("long").alias("change")),
            )
        ).alias("step"),
    ).where("step.hour_us IS NOT NULL")
    changes = steps.groupBy("meter_type", "step.hour_us").agg(F.sum("step.change").alias("change"))
    asked = hours.select("meter_type", "hour_us", F.lit(0).cast("long").alias("change"), F.struct("*").alias("row"))
    so_far = Window.partitionBy("meter_type").orderBy("hour_us").rangeBetween(Window.unboundedPreceding, 0)
    counted = asked.unionByName(changes, allowMissingColumns=True).select(
        "row", F.sum("change").over(so_far).alias("meters_expected")
    )
    return counted.where(F.col("row").isNotNull()).select("row.*", "meters_expected")
