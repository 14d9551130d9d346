"""When a reading was taken and received: landing hour, grid and tolerance, interval ends, the repeated hour."""

from decimal import Decimal

from pyspark.sql import SparkSession

from meterlake.config import SourceColumns, SourceConfig
from meterlake.silver.read_at import with_read_at, with_stamps
from tests.cases import at, frame, wrong

COLUMNS = SourceColumns(meter_id="m", read_at="t", value="v", unit="u")
TOLERANCE = Decimal("0.05")
KOLKATA = 330


def source(zone: str = "UTC", stamps: str = "start") -> dict[str, SourceConfig]:
    return {"ours": SourceConfig(files="ours*", columns=COLUMNS, time_zone=zone, stamps=stamps)}


def test_received_at_is_the_sources_own_else_the_end_of_the_landing_hour(spark: SparkSession) -> None:
    cases = [
        {
            "case": "own",
            "raw_received_at": "2026-03-10T14:05Z",
            "expected_received_us": "2026-03-10T14:05",
            "expected_has_own_received": True,
        },
        {
            "case": "none",
            "raw_received_at": None,
            "expected_received_us": "2026-03-10T15:00",
            "expected_has_own_received": False,
        },
        {
            "case": "empty",
            "raw_received_at": "",
            "expected_received_us": "2026-03-10T15:00",
            "expected_has_own_received": False,
        },
        {
            "case": "unreadable",
            "raw_received_at": "soon",
            "expected_received_us": "2026-03-10T15:00",
            "expected_has_own_received": False,
        },
    ]
    given = frame(spark, cases, raw_read_at="2026-03-10T14:00", landed_us="2026-03-10T14:00", source_file="raw/a.csv")
    assert wrong(with_stamps(given, {}), "received_us", "has_own_received") == []


def test_a_stamp_near_the_grid_is_snapped_and_one_far_away_stays(spark: SparkSession) -> None:
    def stamp(case: str, stamp: str, read: str, off: bool = False, minutes: int | None = 60, nanos: int = 0) -> dict:
        return {
            "case": case,
            "stamp_us": stamp,
            "stamp_nanos": nanos,
            "interval_minutes": minutes,
            "expected_read_us": read,
            "expected_is_off_grid": off,
            "expected_read_nanos": nanos if off or minutes is None else 0,
        }

    cases = [
        stamp("on the grid", "2026-03-10T14:00", "2026-03-10T14:00"),
        stamp("3 min late", "2026-03-10T14:03", "2026-03-10T14:00"),
        stamp("a nanosecond later", "2026-03-10T14:03", "2026-03-10T14:03", off=True, nanos=1),
        stamp("3 min early", "2026-03-10T13:57", "2026-03-10T14:00"),
        stamp("a nanosecond less early", "2026-03-10T13:57", "2026-03-10T14:00", nanos=1),
        stamp("more than 3 min early", "2026-03-10T13:56:59.999999", "2026-03-10T13:56:59.999999", off=True),
        stamp("half past", "2026-03-10T14:30", "2026-03-10T14:30", off=True),
        stamp("half past of half-hours", "2026-03-10T14:30", "2026-03-10T14:30", minutes=30),
        stamp("45 s of a quarter", "2026-03-10T14:15:45", "2026-03-10T14:15", minutes=15),
        stamp("46 s of a quarter", "2026-03-10T14:15:46", "2026-03-10T14:15:46", off=True, minutes=15),
        stamp("an unknown meter has no grid", "2026-03-10T14:07", "2026-03-10T14:07", minutes=None, nanos=7),
        stamp("before 1970", "1969-12-31T23:58", "1970-01-01T00:00"),
        stamp("snapped out of year 9999", "9999-12-31T23:58", "9999-12-31T23:58", off=True),
        {
            "case": "no time",
            "stamp_us": None,
            "stamp_nanos": 0,
            "interval_minutes": 60,
            "expected_read_nanos": 0,
            "expected_is_off_grid": False,
        },
    ]
    given = frame(spark, cases, source_file="raw/a.csv")
    assert wrong(with_read_at(given, {}, 0, TOLERANCE), "read_us", "read_nanos", "is_off_grid") == []


def test_half_an_hour_of_standard_time_shifts_the_hourly_grid(spark: SparkSession) -> None:
    cases = [
        {
            "case": "half past",
            "stamp_us": "2026-03-10T14:30",
            "expected_read_us": "2026-03-10T14:30",
            "expected_is_off_grid": False,
        },
        {
            "case": "the hour",
            "stamp_us": "2026-03-10T14:00",
            "expected_read_us": "2026-03-10T14:00",
            "expected_is_off_grid": True,
        },
    ]
    given = frame(spark, cases, stamp_nanos=0, interval_minutes=60, source_file="raw/a.csv")
    assert wrong(with_read_at(given, {}, KOLKATA, TOLERANCE), "read_us", "is_off_grid") == []


def test_stamps_of_interval_ends_are_moved_to_their_starts(spark: SparkSession) -> None:
    cases = [
        {
            "case": "an hour",
            "source_file": "raw/ours.csv",
            "interval_minutes": 60,
            "expected_read_us": "2026-03-10T13:00",
        },
        {
            "case": "a quarter",
            "source_file": "raw/ours.csv",
            "interval_minutes": 15,
            "expected_read_us": "2026-03-10T13:45",
        },
        {
            "case": "unknown",
            "source_file": "raw/ours.csv",
            "interval_minutes": None,
            "expected_read_us": "2026-03-10T14:00",
        },
        {
            "case": "another source",
            "source_file": "raw/a.csv",
            "interval_minutes": 60,
            "expected_read_us": "2026-03-10T14:00",
        },
    ]
    given = frame(spark, cases, stamp_us="2026-03-10T14:00", stamp_nanos=0)
    assert wrong(with_read_at(given, source(stamps="end"), 0, TOLERANCE), "read_us") == []


def test_the_second_line_of_a_repeated_hour_and_all_after_it_are_the_later(spark: SparkSession) -> None:
    """In Berlin the clock shows 02:00 to 02:59 twice on 2026-10-25: first at 00:00Z, then at 01:00Z."""

    def line(number: int, stamp: str, expected: str, meter: str = "A", file: str = "raw/ours_1.csv") -> dict:
        return {
            "case": f"{file} {number}",
            "source_file": file,
            "source_line": number,
            "meter_id": meter,
            "raw_read_at": stamp,
            "expected_stamp_us": expected,
        }

    cases = [
        line(2, "2026-10-25T02:00", "2026-10-25T00:00"),
        line(3, "2026-10-25T02:00", "2026-10-25T01:00"),
        line(4, "2026-10-25T02:00", "2026-10-25T01:00"),
        line(5, "2026-10-25T02:30", "2026-10-25T00:30"),
        line(6, "2026-10-25T02:00", "2026-10-25T00:00", meter="B"),
        line(7, "2026-10-25T03:00", "2026-10-25T02:00"),
        line(8, "2026-10-25T03:00", "2026-10-25T02:00"),
        line(9, "2026-10-25T02:00+02:00", "2026-10-25T00:00"),
        line(10, "2026-10-25T02:00+02:00", "2026-10-25T00:00"),
        line(2, "2026-10-25T02:00", "2026-10-25T00:00", file="raw/ours_2.csv"),
        line(2, "2026-10-25T02:00", "2026-10-25T02:00", file="raw/others.csv"),
        line(3, "2026-10-25T02:00", "2026-10-25T02:00", file="raw/others.csv"),
    ]
    given = frame(
        spark,
        cases,
        raw_received_at=None,
        landed_us=at("2026-10-25T02:00"),
        source_version=1,
        neighbourhood_key=0,
        meter_key=0,
    )
    assert wrong(with_stamps(given, source("Europe/Berlin")), "stamp_us") == []
