"""Runs over the edges of a slice, and the spans of time in which a fault came or went.

The slice is 10 and 11 March, hours 0 to 48; a meter reads hourly. An episode is fault, first hour, end, evidence.
"""

from typing import Any

from pyspark.sql import Column, DataFrame, SparkSession
from pyspark.sql import functions as F

from meterlake.config import Config
from meterlake.silver.episodes import changed_spans, runs_across
from tests.cases import Case, frame, wrong
from tests.silver.handed_on import HOUR, MIDNIGHT, handed_on, hours

Episode = tuple[str, float, float]

# What is stored, the last reading of a run in the slice (hour, start), what is carried, and what it comes to.
ACROSS: dict[str, tuple[list[Episode], tuple[int, int] | None, Any, str]] = {
    "found": ([], (24, 0), None, "F02 0 25 25.000000"),
    "found again": ([("F02", 0, 25)], (24, 0), None, "F02 0 25 25.000000"),
    "found no more": ([("F02", 0, 25)], None, None, ""),
    "shorter now": ([("F02", 0, 40)], (24, 0), None, "F02 0 25 25.000000"),
    "long before": ([("F02", -100, -70)], None, None, "F02 -100 -70 30.000000"),
    "just before": ([("F02", -30, 0)], None, None, "F02 -30 0 30.000000"),
    "its last reading was the slice's first": ([("F02", -30, 1)], None, None, ""),
    "behind": ([("F02", 48, 78)], None, None, "F02 48 78 30.000000"),
    "goes on in the slice": ([("F02", -30, 0)], (4, -30), None, "F02 -30 5 35.000000"),
    "ends with what is carried": ([("F02", -30, 10)], None, handed_on(None, -1, (-30, "0.5")), "F02 -30 0 30.000000"),
    "goes on behind it": ([("F02", -30, 60)], (47, -30), None, "F02 -30 60 90.000000"),
    "a week's fault": ([("F04", 0, 25)], None, None, ""),
    "two": ([("F02", -30, 0), ("F01", 50, 99)], (9, -30), None, "F02 -30 10 40.000000, F01 50 99 49.000000"),
}  # fmt: skip


def episodes(spark: SparkSession, of_meters: dict[str, list[Episode]]) -> DataFrame:
    rows: list[Case] = [
        {"meter_id": name, "fault": fault, "started_us": hours(start), "ended_us": hours(end), "evidence": end - start}
        for name, found in of_meters.items()
        for fault, start, end in found
    ]
    empty = {"meter_id": None, "fault": None, "started_us": None, "ended_us": None, "evidence": None}
    return frame(spark, [*rows, empty]).where("meter_id IS NOT NULL")


def told(rows: DataFrame, start: str, *parts: Column) -> DataFrame:
    """meter_id and text: the parts of each row, in the order of their start."""
    text = F.struct(start, F.concat_ws(" ", *parts).alias("text"))
    by_meter = rows.groupBy("meter_id").agg(F.sort_array(F.collect_list(text)).alias("_"))
    return by_meter.select("meter_id", F.concat_ws(", ", F.transform("_", lambda row: row["text"])).alias("text"))


def hour(column: str) -> Column:
    return ((F.col(column) - MIDNIGHT) / HOUR).cast("int")


def test_runs_across_the_edges_of_a_slice(spark: SparkSession, config: Config) -> None:
    keys = {name: key for key, name in enumerate(ACROSS)}
    common = {"neighbourhood_key": 0, "interval_minutes": 60}
    slices = [
        {"case": name, "meter_id": name, "meter_key": keys[name], "carried": carried, "expected_text": text}
        for name, (_, _, carried, text) in ACROSS.items()
    ]
    ends = [
        {"meter_id": name, "meter_key": keys[name], "read_us": hours(run[0]), "value_run_us": hours(run[1])}
        for name, (_, run, _, _) in ACROSS.items()
        if run is not None
    ]
    given = frame(spark, slices, first_day="2026-03-10", last_day="2026-03-11", **common)
    judged = frame(spark, ends, kw="0.5", over_run_us=None, over_count=None, **common)
    stored = episodes(spark, {name: found for name, (found, _, _, _) in ACROSS.items()})
    found = runs_across(judged, given, stored, config.faults, "UTC")
    shown = told(found, "started_us", F.col("fault"), hour("started_us"), hour("ended_us"), F.col("evidence"))
    assert wrong(given.join(shown, "meter_id", "left").fillna("", "text"), "text") == []


# Episodes before and after, and the hours in which the meter has the fault in one of the two only.
SPANS: dict[str, tuple[list[Episode], list[Episode], str]] = {
    "the same": ([("F01", 0, 10)], [("F01", 0, 10)], ""),
    "opened": ([], [("F01", 0, 10)], "0 10"),
    "gone": ([("F01", 0, 10)], [], "0 10"),
    "grew": ([("F01", 0, 10)], [("F01", 0, 15)], "10 15"),
    "shrank at both ends": ([("F01", 0, 10)], [("F01", 2, 8)], "0 2, 8 10"),
    "split": ([("F01", 0, 10)], [("F01", 0, 4), ("F01", 6, 10)], "4 6"),
    "two became one": ([("F01", 0, 5), ("F01", 5, 10)], [("F01", 0, 10)], ""),
    "two that overlap": ([("F01", 0, 6), ("F01", 4, 10)], [("F01", 0, 10)], ""),
    "moved away": ([("F01", 0, 5)], [("F01", 20, 25)], "0 5, 20 25"),
    "another fault": ([("F01", 0, 10)], [("F02", 0, 10)], "0 10, 0 10"),
    "the same beside another": ([("F01", 0, 10)], [("F01", 0, 10), ("F02", 2, 3)], "2 3"),
}


def test_spans_in_which_a_fault_came_or_went(spark: SparkSession) -> None:
    cases = frame(
        spark, [{"case": name, "meter_id": name, "expected_text": text} for name, (_, _, text) in SPANS.items()]
    )
    old = episodes(spark, {name: was for name, (was, _, _) in SPANS.items()}).drop("evidence")
    new = episodes(spark, {name: now for name, (_, now, _) in SPANS.items()}).drop("evidence")
    shown = told(changed_spans(old, new), "from_us", hour("from_us"), hour("to_us"))
    assert wrong(cases.join(shown, "meter_id", "left").fillna("", "text"), "text") == []
