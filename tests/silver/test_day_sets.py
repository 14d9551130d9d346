"""Sets of local days, and conditions that name them."""

from datetime import date, timedelta

import pytest
from pyspark.sql import SparkSession
from pyspark.sql import functions as F

from meterlake.grid import MOST_LISTED, spans
from meterlake.silver.day_sets import bounds_in, days_between, days_in, is_in, widened
from tests.cases import frame

START = date(2026, 1, 1)


def day(number: int) -> date:
    return START + timedelta(days=number)


def test_the_days_of_a_frame_without_the_empty_one(spark: SparkSession) -> None:
    days = frame(spark, [{"day": "2026-01-01"}, {"day": "2026-01-03"}, {"day": "2026-01-01"}, {"day": None}])
    assert days_in(days) == {day(0), day(2)}
    assert days_in(days.withColumnRenamed("day", "first_day"), "first_day") == {day(0), day(2)}


def test_the_days_of_slices(spark: SparkSession) -> None:
    first, second = (day(0), day(2)), (day(2), day(3))
    slices = frame(spark, [{"first_day": first, "last_day": last} for first, last in (first, second, first)])
    assert bounds_in(slices) == {first, second}
    assert days_between([first, second]) == set(map(day, range(4)))
    assert days_between([]) == set()


@pytest.mark.parametrize(
    ("days", "before", "after", "expected"),
    [
        ([10], 0, 0, [10]),
        ([10], 2, 1, [8, 9, 10, 11]),
        ([10, 12], 1, 1, [9, 10, 11, 12, 13]),
        ([10], 3, -1, [7, 8, 9]),
        ([], 3, 3, []),
    ],
)
def test_days_and_those_around_them(days: list[int], before: int, after: int, expected: list[int]) -> None:
    assert widened(map(day, days), before, after) == set(map(day, expected))


def test_no_day_lies_outside_the_calendar() -> None:
    assert widened([date.min], 1, 1) == {date.min, date(1, 1, 2)}
    assert widened([date.max], 1, 1) == {date.max, date(9999, 12, 30)}


def test_days_in_a_row_are_a_span() -> None:
    assert spans([day(5), day(1), day(2), day(3)]) == [(day(1), day(3)), (day(5), day(5))]
    assert spans([]) == []


# Short lists are exact, many days in a row too; days that are many and scattered are read from first to last.
LONG = MOST_LISTED + 1
SETS = {
    "none": ([], []),
    "two": ([0, 2], [0, 2]),
    "many in a row and one": ([*range(LONG), LONG + 5], [*range(LONG), LONG + 5]),
    "many and scattered": (range(0, 2 * LONG, 2), range(2 * LONG - 1)),
}


@pytest.mark.parametrize("name", SETS)
def test_a_condition_holds_for_the_days(spark: SparkSession, name: str) -> None:
    numbers, expected = SETS[name]
    calendar = spark.range(-10, 2 * LONG + 10).select(
        F.date_add(F.lit(START), F.col("id").cast("int")).alias("read_date"), "id"
    )
    found = calendar.where(is_in("read_date", set(map(day, numbers))))
    assert sorted(row["id"] for row in found.collect()) == list(expected)
