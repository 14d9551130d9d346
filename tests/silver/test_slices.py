"""Days that are judged again as slices: near ones joined, far ones apart, and each slice with its own readings."""

from collections.abc import Callable
from datetime import date

import pytest
from pyspark.sql import DataFrame, SparkSession
from pyspark.sql import functions as F

from meterlake.silver.slices import as_slices, days_of, in_slices, segments, unbroken
from tests.cases import frame, wrong
from tests.silver.handed_on import handed_on

# Days of March 2026, the segments they become, and those without a day between.
SEGMENTS = {
    "one day": ([10], "10-10", "10-10"),
    "in a row": ([10, 11, 12], "10-12", "10-12"),
    "seven days apart": ([1, 8, 15], "1-15", "1-1, 8-8, 15-15"),
    "eight days apart": ([1, 9], "1-1, 9-9", "1-1, 9-9"),
    "three far apart": ([1, 2, 10, 18], "1-2, 10-10, 18-18", "1-2, 10-10, 18-18"),
    "four far apart": ([1, 9, 17, 25, 26], "1-26", "1-1, 9-9, 17-17, 25-26"),
}
CLOCKLESS = ["1970-01-01", "2026-03-01", "2026-03-11", "2026-03-21", "2026-03-31"]


@pytest.mark.parametrize(("joined", "number"), [(segments, 1), (unbroken, 2)], ids=["segments", "unbroken"])
def test_days_near_each_other_are_one_segment_and_all_are_where_many_are_far(
    spark: SparkSession, joined: Callable[[DataFrame], DataFrame], number: int
) -> None:
    cases = [
        {"case": name, "meter_id": name, "meter_key": key, "day": f"2026-03-{day:02}", "expected_segments": row[number]}
        for key, (name, row) in enumerate(SEGMENTS.items())
        for day in row[0]
    ]
    given = frame(spark, cases, neighbourhood_key=0, interval_minutes=60)
    ends = F.concat_ws("-", F.day("first_day"), F.day("last_day")).alias("text")
    rows = joined(given).groupBy("meter_id").agg(F.sort_array(F.collect_list(F.struct("first_day", ends))).alias("_"))
    told = F.concat_ws(", ", F.transform("_", lambda row: row["text"])).alias("segments")
    meters = given.select("case", "meter_id", "expected_segments").distinct().join(rows, "meter_id", "left")
    assert wrong(meters.select("*", told), "segments") == []


def test_days_that_lie_years_apart_are_never_one_segment(spark: SparkSession) -> None:
    days = frame(spark, [{"day": day} for day in CLOCKLESS], meter_id="A", meter_key=1, neighbourhood_key=0)
    found = segments(days.withColumn("interval_minutes", F.lit(60))).orderBy("first_day").collect()
    assert [(str(row["first_day"]), str(row["last_day"])) for row in found] == [
        ("1970-01-01", "1970-01-01"),
        ("2026-03-01", "2026-03-31"),
    ]


def test_every_slice_has_a_key_of_its_own(spark: SparkSession) -> None:
    first_days = [date(1, 1, 1), date(1969, 12, 31), date(1970, 1, 1), date(2026, 3, 10), date(9999, 12, 31)]
    meters = range(3)
    spans = [{"meter_key": key, "meter_id": str(key), "first_day": day} for key in meters for day in first_days]
    slices = as_slices(
        frame(
            spark,
            [span | {"last_day": span["first_day"], "carried": None} for span in spans],
            neighbourhood_key=0,
            interval_minutes=60,
        )
    )
    rows = slices.collect()
    assert len({row["meter_key"] for row in rows}) == len(spans)
    assert {(row["registry_key"], row["meter_id"]) for row in rows} == {(key, str(key)) for key in meters}


def test_a_slice_has_the_readings_of_its_local_days(spark: SparkSession) -> None:
    """In Berlin 2026-03-10 lasts from 23:00Z to 23:00Z."""
    span = {"meter_key": 7, "meter_id": "A", "neighbourhood_key": 0, "interval_minutes": 60}
    spans = [
        {"first_day": "2026-03-10", "last_day": "2026-03-10", "carried": handed_on((-1, "5"))},
        {"first_day": "2026-03-20", "last_day": "2026-03-21", "carried": None},
    ]
    slices = as_slices(frame(spark, spans, **span))
    readings = [
        {"read_us": "2026-03-09T22:00"},
        {"read_us": "2026-03-09T23:00"},
        {"read_us": "2026-03-10T22:00"},
        {"read_us": "2026-03-10T23:00"},
        {"read_us": "2026-03-20T23:00"},
        {"read_us": "2026-03-20T23:00", "meter_key": 8},
        {"read_us": None},
    ]
    own = in_slices(frame(spark, readings, meter_key=7, kw="1"), slices, "Europe/Berlin")
    first_days = slices.select("meter_key", "first_day")
    shown = own.join(first_days, "meter_key").select(
        F.day("first_day").alias("slice"),
        F.date_format(F.timestamp_micros("read_us"), "dd'T'HH").alias("at"),
        "registry_key",
        F.col("carried.accepted_kw").cast("int").alias("carried"),
    )
    assert sorted(tuple(row) for row in shown.collect()) == [
        (10, "09T23", 7, 5),
        (10, "10T22", 7, 5),
        (20, "20T23", 7, None),
    ]
    assert sorted(str(row["day"])[8:] for row in days_of(slices).collect()) == ["10", "20", "21"]
