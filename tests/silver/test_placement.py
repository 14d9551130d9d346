"""By neighbourhood, unless one of them would keep a core at work when the others are done."""

import pytest
from pyspark.sql import SparkSession

from meterlake.silver.placement import too_large


@pytest.mark.parametrize(
    ("sizes", "partitions", "expected"),
    [
        ([5, 5, 5, 5], 8, set()),
        ([10], 8, {0}),  # all meters are more than half of them
        ([10], 4, set()),  # one core, if that
        ([10, 10], 8, set()),  # each of two cores has one
        ([10, 11], 8, {1}),
        ([20, 60], 200, {0, 1}),  # a core has 2 % of the partitions
        ([1] * 50 + [2], 100, set()),  # 2 of 52 meters are less than 4 of 100 partitions
        ([], 8, set()),
    ],
)
def test_a_neighbourhood_is_too_large_where_it_is_more_than_a_core_s_share(
    spark: SparkSession, sizes: list[int], partitions: int, expected: set[int]
) -> None:
    keys = [(key,) for key, meters in enumerate(sizes) for _ in range(meters)]
    meters = spark.createDataFrame(keys, "neighbourhood_key int")
    assert {row["neighbourhood_key"] for row in too_large(meters, partitions).collect()} == expected
