"""Local days of 23, 24 and 25 hours, and what is expected of a meter in a day and in an hour."""

from pyspark.sql import SparkSession

from meterlake.gold.calendar import expected_in_day, expected_per_day, with_day_bounds, with_meters_expected
from tests.cases import Case, beside, frame, wrong

BERLIN, KOLKATA_MINUTES = "Europe/Berlin", 330


def test_a_day_begins_and_ends_at_local_midnight(spark: SparkSession) -> None:
    days = {
        "winter": ("2026-01-15", "2026-01-14T23:00", "2026-01-15T23:00"),
        "23 hours": ("2026-03-29", "2026-03-28T23:00", "2026-03-29T22:00"),
        "summer": ("2026-07-15", "2026-07-14T22:00", "2026-07-15T22:00"),
        "25 hours": ("2026-10-25", "2026-10-24T22:00", "2026-10-25T23:00"),
    }
    cases = [
        {"case": name, "local_date": day, "expected_day_start_us": start, "expected_day_end_us": end}
        for name, (day, start, end) in days.items()
    ]
    assert wrong(with_day_bounds(frame(spark, cases), BERLIN), "day_start_us", "day_end_us") == []


def test_a_day_that_begins_at_one_o_clock(spark: SparkSession) -> None:
    """In Cairo the clock goes from 00:00 to 01:00 on 2026-04-24: the day begins at 22:00Z and has 23 hours."""
    case = {
        "case": "Cairo",
        "local_date": "2026-04-24",
        "expected_day_start_us": "2026-04-23T22:00",
        "expected_day_end_us": "2026-04-24T21:00",
    }
    assert wrong(with_day_bounds(frame(spark, [case]), "Africa/Cairo"), "day_start_us", "day_end_us") == []


def test_intervals_of_a_day_while_active(spark: SparkSession) -> None:
    def day(name: str, n: int, local_date: str = "2026-03-10", minutes: int = 60, **active: str) -> Case:
        return {"case": name, "local_date": local_date, "interval_minutes": minutes, "expected_expected": n, **active}

    cases = [
        day("hours", 24),
        day("quarters", 96, minutes=15),
        day("hours of a short day", 23, "2026-03-29"),
        day("quarters of a long day", 100, "2026-10-25", 15),
        day("from noon on", 12, active_from_us="2026-03-10T11:00"),
        day("from a minute past noon on", 11, active_from_us="2026-03-10T11:01"),
        day("until noon", 12, active_to_us="2026-03-10T11:00"),
        day("until a minute past noon", 13, active_to_us="2026-03-10T11:01"),
        day("for less than an hour", 0, active_from_us="2026-03-10T11:01", active_to_us="2026-03-10T11:59"),
        day("from tomorrow on", 0, active_from_us="2026-03-12T00:00"),
        day("until yesterday", 0, active_to_us="2026-03-01T00:00"),
        day("on its last day until midnight", 24, active_to_us="2026-03-10T23:00"),
    ]
    days = with_day_bounds(frame(spark, cases, active_from_us=None, active_to_us=None), BERLIN)
    assert wrong(days.select("*", expected_in_day(60).alias("expected")), "expected") == []


def test_intervals_of_all_meters_add_up(spark: SparkSession) -> None:
    """Two hourly meters, one of quarter-hours, and one that is active for the last six hours of March 10."""
    meters = [
        {"interval_minutes": 60},
        {"interval_minutes": 60},
        {"interval_minutes": 15},
        {"interval_minutes": 60, "active_from_us": "2026-03-10T18:00"},
    ]
    cases = [
        {"case": "March 10", "local_date": "2026-03-10", "expected_expected": 24 + 24 + 96 + 6},
        {"case": "March 11", "local_date": "2026-03-11", "expected_expected": 24 + 24 + 96 + 24},
    ]
    given = with_day_bounds(frame(spark, cases), "UTC")
    per_day = expected_per_day(given, frame(spark, meters, active_from_us=None, active_to_us=None), 0)
    assert wrong(beside(given, per_day, "local_date"), "expected") == []


def test_meters_with_a_grid_point_in_the_hour(spark: SparkSession) -> None:
    meters = [
        {"meter_type": "house"},
        {"meter_type": "house", "active_from_us": "2026-03-10T12:30"},
        {"meter_type": "house", "active_from_us": "2026-03-10T12:30", "interval_minutes": 30},
        {"meter_type": "house", "active_to_us": "2026-03-10T12:00"},
        {"meter_type": "house", "active_to_us": "2026-03-10T12:01"},
        {"meter_type": "house", "active_from_us": "2026-03-10T12:01", "active_to_us": "2026-03-10T12:59"},
        {"meter_type": "solar", "active_from_us": "2026-03-10T13:00"},
        {"meter_type": "shop", "active_from_us": "2026-03-10T12:00", "active_to_us": "2026-03-10T13:00"},
    ]
    hours = [
        ("house", "11", 3, "the first and the two that end at noon or just after"),
        ("house", "12", 3, "the first, that of half-hours from 12:30, that until 12:01"),
        ("house", "13", 3, "the first and the two that began at 12:30"),
        ("solar", "12", 0, "not yet"),
        ("solar", "13", 1, "now"),
        ("shop", "12", 1, "its only hour"),
        ("shop", "13", 0, "and no more"),
    ]
    cases = [
        {"case": why, "meter_type": kind, "hour_us": f"2026-03-10T{hour}:00", "expected_meters_expected": n}
        for kind, hour, n, why in hours
    ]
    registry = frame(spark, meters, interval_minutes=60, active_from_us=None, active_to_us=None)
    assert wrong(with_meters_expected(frame(spark, cases), registry, 0), "meters_expected") == []


def test_hours_of_a_grid_shifted_by_half_an_hour(spark: SparkSession) -> None:
    meters = [
        {"meter_type": "house", "interval_minutes": 60, "active_from_us": "2026-03-10T12:00", "active_to_us": None}
    ]
    cases = [
        {
            "case": "11:30 is before",
            "hour_us": "2026-03-10T11:30",
            "meter_type": "house",
            "expected_meters_expected": 0,
        },
        {
            "case": "12:30 is the first",
            "hour_us": "2026-03-10T12:30",
            "meter_type": "house",
            "expected_meters_expected": 1,
        },
    ]
    rows = with_meters_expected(frame(spark, cases), frame(spark, meters), KOLKATA_MINUTES)
    assert wrong(rows, "meters_expected") == []
