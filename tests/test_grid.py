"""The metering grid and the local calendar."""

from pyspark.sql import SparkSession
from pyspark.sql import functions as F

from meterlake import grid
from tests.cases import Case, at, frame, wrong

BERLIN, KOLKATA, KATHMANDU = 60, 330, 345
HOUR, QUARTER = 60, 15


def test_an_instant_on_the_grid(spark: SparkSession) -> None:
    """Of each instant: the next point at or after it, its distance from the last one, the hour that holds it."""

    def point(case: str, instant: str, minutes: int, offset: int, following: str, late: int, hour: str) -> Case:
        expected = {"expected_started_us": following, "expected_missing": late * 60_000_000, "expected_hour_us": hour}
        return {"case": case, "us": instant, "interval_minutes": minutes, "offset": offset, **expected}

    cases = [
        point("on an hour", "2026-03-10T12:00", HOUR, 0, "2026-03-10T12:00", 0, "2026-03-10T12:00"),
        point("in an hour", "2026-03-10T12:01", HOUR, 0, "2026-03-10T13:00", 1, "2026-03-10T12:00"),
        point("a whole hour's offset", "2026-03-10T12:01", HOUR, BERLIN, "2026-03-10T13:00", 1, "2026-03-10T12:00"),
        point("in a quarter", "2026-03-10T12:50", QUARTER, 0, "2026-03-10T13:00", 5, "2026-03-10T12:00"),
        point("on half past", "2026-03-10T12:30", HOUR, KOLKATA, "2026-03-10T12:30", 0, "2026-03-10T12:30"),
        point("before half past", "2026-03-10T12:29", HOUR, KOLKATA, "2026-03-10T12:30", 59, "2026-03-10T11:30"),
        point("a quarter past", "2026-03-10T12:15", HOUR, KATHMANDU, "2026-03-10T12:15", 0, "2026-03-10T12:15"),
        point("quarters at +05:45", "2026-03-10T12:20", QUARTER, KATHMANDU, "2026-03-10T12:30", 5, "2026-03-10T12:15"),
        point("west of Greenwich", "2026-03-10T12:00", HOUR, -210, "2026-03-10T12:30", 30, "2026-03-10T11:30"),
        point("before 1970", "1969-12-31T23:59", HOUR, 0, "1970-01-01T00:00", 59, "1969-12-31T23:00"),
    ]
    us, step = F.col("us"), grid.interval_us()
    for offset in {case["offset"] for case in cases}:
        rows = frame(spark, [case for case in cases if case["offset"] == offset]).select(
            "*",
            grid.first_point_us(us, step, offset).alias("started_us"),
            grid.phase_us(us, step, offset).alias("missing"),
            grid.hour_us(us, offset).alias("hour_us"),
        )
        assert wrong(rows, "started_us", "missing", "hour_us") == []


def test_points_between_two_instants(spark: SparkSession) -> None:
    def span(case: str, start: str, end: str, n: int, minutes: int = HOUR) -> Case:
        return {"case": case, "started_us": start, "ended_us": end, "interval_minutes": minutes, "expected_n": n}

    cases = [
        span("the start belongs to it, the end does not", "2026-03-10T12:00", "2026-03-10T14:00", 2),
        span("just after a point", "2026-03-10T12:00:00.000001", "2026-03-10T14:00", 1),
        span("just after the end's point", "2026-03-10T12:00", "2026-03-10T14:00:00.000001", 3),
        span("between two points", "2026-03-10T12:01", "2026-03-10T12:59", 0),
        span("nothing", "2026-03-10T12:00", "2026-03-10T12:00", 0),
        span("backwards", "2026-03-10T14:00", "2026-03-10T12:00", 0),
        span("quarters of a day", "2026-03-10T00:00", "2026-03-11T00:00", 96, QUARTER),
    ]
    points = grid.points_between(F.col("started_us"), F.col("ended_us"), grid.interval_us(), 0)
    assert wrong(frame(spark, cases).select("*", points.alias("n")), "n") == []


def test_the_local_date_of_an_instant(spark: SparkSession) -> None:
    dates = {
        "2026-03-09T22:59:59.999999": "2026-03-09",
        "2026-03-09T23:00": "2026-03-10",
        "2026-07-09T21:59": "2026-07-09",
        "2026-07-09T22:00": "2026-07-10",
        "0001-01-01T00:00": "0001-01-01",
        "9999-12-31T22:59": "9999-12-31",
        "9999-12-31T23:00": "9999-12-31",  # Berlin's clock shows the year 10000
    }
    cases = [{"case": text, "us": at(text), "expected_day": day} for text, day in dates.items()]
    cases.append({"case": "none", "us": None, "expected_day": None})
    rows = frame(spark, cases).select("*", grid.local_date(F.col("us"), "Europe/Berlin").alias("day"))
    assert wrong(rows, "day") == []


def test_the_local_date_of_an_instant_in_the_west(spark: SparkSession) -> None:
    dates = {
        "0001-01-01T00:00": "0001-01-01",  # New York's clock shows a day of the year 0
        "0001-01-02T04:56:01": "0001-01-01",
        "0001-01-02T04:56:02": "0001-01-02",
        "9999-12-31T23:59": "9999-12-31",
    }
    cases = [{"case": text, "us": at(text), "expected_day": day} for text, day in dates.items()]
    rows = frame(spark, cases).select("*", grid.local_date(F.col("us"), "America/New_York").alias("day"))
    assert wrong(rows, "day") == []


def test_a_length_in_hours_has_six_places(spark: SparkSession) -> None:
    lengths = {
        "an hour": (3_600_000_000, "1"),
        "5 min": (300_000_000, "0.083333"),
        "10 min": (600_000_000, "0.166667"),
        "a tie": (1_800, "0.000001"),
        "none": (0, "0"),
    }
    cases = [{"case": name, "us": us, "expected_hours": hours} for name, (us, hours) in lengths.items()]
    assert wrong(frame(spark, cases).select("*", grid.hours(F.col("us")).alias("hours")), "hours") == []
