"""Exact sums and means of whole numbers: what DECIMAL and BIGINT would make of them by hand."""

from decimal import Decimal

import pytest
from pyspark.sql import Row, SparkSession
from pyspark.sql import functions as F

from meterlake.silver import exact

LARGEST = 999_999_999_999_999_999


def of_group(spark: SparkSession, pairs: list[tuple[int | None, int | None]]) -> Row:
    x, y = F.col("x"), F.col("y")
    row = (
        spark.createDataFrame(pairs, "x BIGINT, y BIGINT")
        .agg(
            exact.sum_of(x).alias("sum_x"),
            exact.sum_of_products(x, y).alias("sum_xy"),
            exact.mean(F.sum(exact.high(x)), F.sum(exact.low(x)), F.count(x)).alias("mean_x"),
        )
        .first()
    )
    assert row is not None
    return row


@pytest.mark.parametrize(
    ("pairs", "sum_x", "sum_xy", "mean_x"),
    [
        ([(3, 4), (5, 6)], 8, 42, 4),
        ([(-3, 4), (5, -6)], 2, -42, 1),
        # 1 + 2 = 3, half of it 1.5: away from zero.
        ([(1, 0), (2, 0)], 3, 0, 2),
        ([(-1, 0), (-2, 0)], -3, 0, -2),
        ([(1, 0), (1, 0), (2, 0)], 4, 0, 1),
        ([(-1, 0), (-2, 0), (-2, 0)], -5, 0, -2),
        # (10^6 + 1)(10^6 - 1) = 10^12 - 1
        ([(1_000_001, 999_999)], 1_000_001, 999_999_999_999, 1_000_001),
        ([(1 << 20, 1 << 20), (-(1 << 20), 1)], 0, (1 << 40) - (1 << 20), 0),
        ([(None, 5), (7, 2)], 7, 14, 7),
        # (10^18 - 1)^2 = 10^36 - 2·10^18 + 1, thirty times.
        (
            [(LARGEST, LARGEST)] * 30,
            30 * 10**18 - 30,
            30 * 10**36 - 60 * 10**18 + 30,
            LARGEST,
        ),
        (
            [(-LARGEST, LARGEST)] * 30 + [(-LARGEST + 1, 0)] * 30,
            -60 * 10**18 + 90,
            -(30 * 10**36 - 60 * 10**18 + 30),
            -LARGEST,  # -(10^18 - 1.5), away from zero
        ),
    ],
)
def test_a_group(
    spark: SparkSession, pairs: list[tuple[int | None, int | None]], sum_x: int, sum_xy: int, mean_x: int
) -> None:
    found = of_group(spark, pairs)
    assert (found["sum_x"], found["sum_xy"], found["mean_x"]) == (Decimal(sum_x), Decimal(sum_xy), mean_x)


def test_nothing_to_sum(spark: SparkSession) -> None:
    assert tuple(of_group(spark, [(None, 1)])) == (None, None, None)


def test_products_beyond_38_digits_are_empty_and_end_nothing(spark: SparkSession) -> None:
    """200 squares of 10^18 - 1 are 2·10^38."""
    found = of_group(spark, [(LARGEST, LARGEST)] * 200)
    assert (found["sum_x"], found["sum_xy"], found["mean_x"]) == (200 * Decimal(LARGEST), None, LARGEST)
