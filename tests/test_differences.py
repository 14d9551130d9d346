"""What is written where rows are made again: new ones, others, and those that are no longer made. Nothing else."""

from collections.abc import Iterable

import pytest
from pyspark.sql import DataFrame, SparkSession

from meterlake.differences import CHANGE, differences
from meterlake.tables import Table
from meterlake.tables.table import COUNTS, DATE, INT, KW, TEXT, TEXTS

# A key that may be empty in part, content of all kinds, and the run that wrote the row.
COLUMNS = (
    ("meter_id", TEXT, ""),
    ("local_date", DATE, ""),
    ("score", INT, ""),
    ("kw", KW, ""),
    ("faults", TEXTS, ""),
    ("counts", COUNTS, ""),
    ("run_id", TEXT, ""),
)
THINGS = Table("silver", "things", COLUMNS, key=("meter_id", "local_date"))


def rows(spark: SparkSession, *given: dict) -> DataFrame:
    return spark.createDataFrame([tuple(row.get(name) for name in THINGS.column_names) for row in given], THINGS.schema)


def changes(made: DataFrame, stored: DataFrame) -> list[tuple]:
    """Meter, score and kind of change."""
    found = differences(made, stored, THINGS)
    assert found.columns == [*THINGS.column_names, CHANGE]
    return sorted((row["meter_id"] or "", row["score"], row[CHANGE]) for row in found.collect())


def test_new_rows_other_rows_and_rows_that_are_gone(spark: SparkSession) -> None:
    stored = rows(
        spark, {"meter_id": "same", "score": 1}, {"meter_id": "other", "score": 2}, {"meter_id": "gone", "score": 3}
    )
    made = rows(
        spark, {"meter_id": "same", "score": 1}, {"meter_id": "other", "score": 9}, {"meter_id": "new", "score": 4}
    )
    assert changes(made, stored) == [("gone", 3, "D"), ("new", 4, "I"), ("other", 9, "U")]


FULL = {
    "meter_id": "A",
    "score": 1,
    "kw": None,
    "faults": ["F01", "F02"],
    "counts": {"V01": 1, "V02": 2},
    "run_id": "1",
}


@pytest.mark.parametrize(
    ("other", "kinds"),
    [
        ({}, []),
        ({"run_id": "2"}, []),
        ({"counts": {"V02": 2, "V01": 1}}, []),
        ({"counts": {"V01": 1, "V02": 3}}, ["U"]),
        ({"counts": {"V01": 1}}, ["U"]),
        ({"counts": None}, ["U"]),
        ({"counts": {}}, ["U"]),
        ({"faults": ["F01"]}, ["U"]),
        ({"faults": None}, ["U"]),
        ({"score": None}, ["U"]),
        ({"meter_id": None}, ["D", "I"]),
    ],
    ids=repr,
)
def test_content_is_all_but_the_run(spark: SparkSession, other: dict, kinds: Iterable[str]) -> None:
    found = changes(rows(spark, FULL | other), rows(spark, FULL))
    assert sorted(kind for _, _, kind in found) == kinds


def test_an_empty_field_of_a_key_is_a_value(spark: SparkSession) -> None:
    """Rows whose key is empty in part, or altogether, are known again."""
    stored = rows(spark, {"meter_id": "A", "score": 1}, {"score": 2})
    made = rows(spark, {"meter_id": "A", "score": 1}, {"score": 3})
    assert changes(made, stored) == [("", 3, "U")]


def test_nothing_stored_and_nothing_made(spark: SparkSession) -> None:
    some, none = rows(spark, FULL), rows(spark)
    assert changes(some, none) == [("A", 1, "I")]
    assert changes(none, some) == [("A", 1, "D")]
    assert changes(none, none) == []
