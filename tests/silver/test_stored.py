"""The stored rows that a slice answers for. The slice is 10 and 11 March, hours 0 to 48; its last reading: hour 40."""

from pyspark.sql import SparkSession
from pyspark.sql import functions as F

from meterlake.silver.stored import gaps_of, quarantine_of, readings_of, with_reach
from tests.cases import Case, frame, wrong
from tests.silver.handed_on import handed_on, hours

NEVER = -(1 << 62)
DAYS = {"first_day": "2026-03-10", "last_day": "2026-03-11"}
REACH = {"meter_id": "A", "after_us": hours(-3), "until_us": hours(40)}


def test_a_slice_reaches_from_the_carried_reading_to_its_own_last(spark: SparkSession) -> None:
    before = handed_on((-3, "1"))
    after = {"expected_after_us": hours(-3), "expected_until_us": hours(40)}
    cases = [
        {"case": "both", "carried": before, **after},
        {"case": "nothing before", "carried": None, **after, "expected_after_us": NEVER},
        {"case": "nothing accepted", "carried": before, **after, "expected_until_us": NEVER},
        {"case": "the calendar's last day", "carried": before, **after, "first_day": "9999-12-31"},
    ]
    slices = [DAYS | case | {"meter_key": key} for key, case in enumerate(cases)]
    slices[-1]["last_day"] = "9999-12-31"
    judged = [
        {"meter_key": key, "read_us": hours(at), "is_accepted": accepted and key != 2}
        for key in range(len(cases))
        for at, accepted in ((20, True), (40, True), (45, False))
    ]
    assert wrong(with_reach(frame(spark, slices), frame(spark, judged)), "after_us", "until_us") == []


def found_of(spark: SparkSession, of_slices, rows: dict[str, Case], expected: set[str]) -> None:
    stored = frame(spark, [{"meter_id": "A", "case": name, **row} for name, row in rows.items()])
    found = of_slices(stored, frame(spark, [REACH | DAYS]))
    assert found.columns == stored.columns
    assert {row["case"] for row in found.collect()} == expected


def test_the_readings_between_two_accepted_ones_are_made_by_the_later(spark: SparkSession) -> None:
    rows = {
        "the carried one": {"read_at": "2026-03-09T21:00"},
        "fills the hole before the slice": {"read_at": "2026-03-09T22:00"},
        "the last": {"read_at": "2026-03-11T16:00"},
        "fills the hole behind": {"read_at": "2026-03-11T17:00"},
        "another meter's": {"read_at": "2026-03-10T12:00", "meter_id": "B"},
    }
    found_of(spark, readings_of, rows, {"fills the hole before the slice", "the last"})


def test_refused_readings_go_by_their_day_and_refused_fills_as_readings_do(spark: SparkSession) -> None:
    read = {"source_file": "raw/a.csv"}
    rows = {
        "the day before": {"read_at": "2026-03-09T22:00", "read_date": "2026-03-09", **read},
        "behind the last accepted": {"read_at": "2026-03-11T23:00", "read_date": "2026-03-11", **read},
        "the day after": {"read_at": "2026-03-12T00:00", "read_date": "2026-03-12", **read},
        "without a time": {"read_at": None, "read_date": None, **read},
        "a fill before": {"read_at": "2026-03-09T22:00", "read_date": "2026-03-09", "source_file": None},
        "a fill behind": {"read_at": "2026-03-11T23:00", "read_date": "2026-03-11", "source_file": None},
        "another meter's": {"read_at": "2026-03-10T12:00", "read_date": "2026-03-10", "meter_id": "B", **read},
    }
    found_of(spark, quarantine_of, rows, {"behind the last accepted", "a fill before"})


def test_holes_that_a_slice_s_reading_ends_and_all_outer_ones(spark: SparkSession) -> None:
    """Meter A and meter B have readings from 1 to 20 March; of B no day is judged."""

    def hole(started_at: str, ended_at: str | None, meter_id: str = "A") -> Case:
        return {"started_at": started_at, "ended_at": ended_at, "is_open": ended_at is None, "meter_id": meter_id}

    rows = {
        "ends in the slice": hole("2026-03-09T20:00", "2026-03-10T00:00"),
        "ends with it": hole("2026-03-11T20:00", "2026-03-11T23:00"),
        "begins in it": hole("2026-03-11T20:00", "2026-03-12T00:00"),
        "elsewhere": hole("2026-03-05T20:00", "2026-03-06T00:00"),
        "open": hole("2026-03-20T01:00", None),
        "before the first reading": hole("2026-02-20T00:00", "2026-03-01T00:00"),
        "after the last": hole("2026-03-20T01:00", "2026-03-25T00:00"),
        "of a meter that is gone": hole("2026-03-05T20:00", "2026-03-06T00:00", "gone"),
        "of a meter without a reading": hole("2026-03-05T20:00", "2026-03-06T00:00", "silent"),
        "another meter's": hole("2026-03-09T20:00", "2026-03-10T00:00", "B"),
        "another meter's, open": hole("2026-03-20T01:00", None, "B"),
    }
    seen = {"first_accepted_us": "2026-03-01T00:00", "last_accepted_us": "2026-03-20T00:00"}
    nothing = {"first_accepted_us": None, "last_accepted_us": None}
    meters = frame(spark, [{"meter_id": "A"} | seen, {"meter_id": "B"} | seen, {"meter_id": "silent"} | nothing])
    stored = frame(spark, [{"case": name, **row} for name, row in rows.items()])
    found = gaps_of(stored, frame(spark, [{"meter_id": "A", **DAYS}]), meters, "UTC")
    kept = {"begins in it", "elsewhere", "another meter's"}
    assert found.columns == stored.columns
    assert {row["case"] for row in found.select(F.col("case")).collect()} == set(rows) - kept
