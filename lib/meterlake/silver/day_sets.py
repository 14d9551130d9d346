"""Sets of local days as conditions that Spark prunes partitions by."""

from collections.abc import Iterable
from datetime import date, timedelta

from pyspark.sql import Column, DataFrame
from pyspark.sql import functions as F

from meterlake.grid import is_one_of


def days_in(frame: DataFrame, column: str = "day") -> set[date]:
    """The distinct days of a small frame."""
    return {row[column] for row in frame.select(column).distinct().toLocalIterator() if row[column] is not None}


def bounds_in(frame: DataFrame) -> set[tuple[date, date]]:
    """The distinct (first_day, last_day) of slices."""
    return {(row[0], row[1]) for row in frame.select("first_day", "last_day").distinct().toLocalIterator()}


def days_between(bounds: Iterable[tuple[date, date]]) -> set[date]:
    """All days of slices."""
    return {first + timedelta(days=number) for first, last in bounds for number in range((last - first).days + 1)}


def widened(days: Iterable[date], before: int, after: int) -> set[date]:
    """The days and those around them, within the calendar."""
    first, last = date.min.toordinal(), date.max.toordinal()
    numbers = {day.toordinal() + shift for day in days for shift in range(-before, after + 1)}
    return {date.fromordinal(number) for number in numbers if first <= number <= last}


def is_in(column: str, days: set[date]) -> Column:
    """Whether a date column holds one of the days: grid.is_one_of."""
    return is_one_of(F.col(column), days)
