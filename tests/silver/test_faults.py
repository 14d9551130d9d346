"""Fault episodes on rows, and as rows of silver.faults."""

from pyspark.sql import DataFrame, SparkSession

from meterlake.config import Config
from meterlake.silver.faults import episodes_by_span, fault_rows, with_faults
from tests.cases import frame, wrong


def episodes(spark: SparkSession) -> DataFrame:
    """Meter 0 stands still from the 10th to the 12th, and twice in a row is unlike its neighbours."""
    found = [
        {"fault": "F05", "started_us": "2026-03-08T00:00", "ended_us": "2026-03-15T00:00", "evidence": "0.1"},
        {"fault": "F05", "started_us": "2026-03-20T00:00", "ended_us": "2026-03-27T00:00", "evidence": "0.2"},
        {"fault": "F01", "started_us": "2026-03-10T00:00", "ended_us": "2026-03-12T00:00", "evidence": "48"},
    ]
    return frame(spark, found, meter_id="A", meter_key=0)


def test_a_row_has_the_faults_whose_episode_holds_it(spark: SparkSession) -> None:
    cases = [
        {"case": "before all", "read_us": "2026-03-07T23:59:59.999999", "expected_faults": ""},
        {"case": "in one", "read_us": "2026-03-09T23:00", "expected_faults": "F05"},
        {"case": "the first instant of another, sorted", "read_us": "2026-03-10T00:00", "expected_faults": "F01 F05"},
        {"case": "its last instant", "read_us": "2026-03-11T23:59:59.999999", "expected_faults": "F01 F05"},
        {"case": "its end", "read_us": "2026-03-12T00:00", "expected_faults": "F05"},
        {"case": "between two of a kind", "read_us": "2026-03-18T00:00", "expected_faults": ""},
        {"case": "in the second", "read_us": "2026-03-21T00:00", "expected_faults": "F05"},
        {"case": "another meter", "read_us": "2026-03-10T00:00", "meter_key": 1, "expected_faults": ""},
        {"case": "no meter", "read_us": "2026-03-10T00:00", "meter_key": None, "expected_faults": ""},
        {"case": "no time", "read_us": None, "expected_faults": ""},
    ]
    rows = with_faults(frame(spark, cases, meter_key=0), episodes_by_span(episodes(spark)))
    assert wrong(rows, "faults") == []


def test_an_episode_of_many_months_holds_the_rows_of_each(spark: SparkSession) -> None:
    found = [
        {"fault": "F01", "started_us": "1969-11-20T00:00", "ended_us": "1970-02-10T00:00"},
        {"fault": "F02", "started_us": "2025-01-01T00:00", "ended_us": "2026-03-02T00:52:23.974913"},
        {"fault": "F04", "started_us": "2026-03-02T00:52:23.974912", "ended_us": "9999-12-31T00:00"},
    ]
    cases = [
        {"case": "before 1970", "read_us": "1969-12-06T13:09:36.744447", "expected_faults": "F01"},
        {"case": "1970", "read_us": "1970-01-01T00:00", "expected_faults": "F01"},
        {"case": "between two", "read_us": "2024-12-31T23:00", "expected_faults": ""},
        {"case": "the middle of one", "read_us": "2025-07-01T00:00", "expected_faults": "F02"},
        {
            "case": "the last instant of a span of 2^41 µs",
            "read_us": "2026-03-02T00:52:23.974911",
            "expected_faults": "F02",
        },
        {"case": "the first of the next", "read_us": "2026-03-02T00:52:23.974912", "expected_faults": "F02 F04"},
        {"case": "an episode that has gone with it", "read_us": "2026-03-02T00:52:23.974913", "expected_faults": "F04"},
        {"case": "thousands of spans later", "read_us": "9999-12-30T23:00", "expected_faults": "F04"},
    ]
    episodes_found = frame(spark, found, meter_id="A", meter_key=0, evidence="1")
    rows = with_faults(frame(spark, cases, meter_key=0), episodes_by_span(episodes_found))
    assert wrong(rows, "faults") == []


def test_an_episode_is_open_where_it_reaches_past_the_last_standing_reading(
    spark: SparkSession, config: Config
) -> None:
    day = {"started_us": "2026-03-10T00:00", "ended_us": "2026-03-11T00:00"}
    cases = [
        {
            "case": "over",
            "meter_key": 0,
            "fault": "F01",
            "last_standing_us": "2026-03-11T00:00",
            "expected_is_open": False,
            "expected_action": "maintenance",
        },
        {
            "case": "its last hour",
            "meter_key": 1,
            "fault": "F02",
            "last_standing_us": "2026-03-10T23:00",
            "expected_is_open": True,
            "expected_action": "field_service_ticket",
        },
        {
            "case": "F03",
            "meter_key": 2,
            "fault": "F03",
            "last_standing_us": "2026-03-12T00:00",
            "expected_is_open": False,
            "expected_action": "critical_alert",
        },
        {
            "case": "F04",
            "meter_key": 3,
            "fault": "F04",
            "last_standing_us": "2026-03-10T01:00",
            "expected_is_open": True,
            "expected_action": "schedule_calibration",
        },
        {
            "case": "F05",
            "meter_key": 4,
            "fault": "F05",
            "last_standing_us": "2026-03-10T01:00",
            "expected_is_open": True,
            "expected_action": "statistical_review",
        },
    ]
    common = {
        "expected_status": "open",
        "expected_started_at": "2026-03-10T00:00",
        "expected_ended_at": "2026-03-11T00:00",
    }
    given = frame(spark, cases, evidence="1", **day, **common).selectExpr("*", "case AS meter_id")
    rows = fault_rows(given.drop("last_standing_us"), given, config.faults)
    expected = given.select("case", *[column for column in given.columns if column.startswith("expected_")])
    joined = rows.withColumnRenamed("meter_id", "case").join(expected, "case")
    assert wrong(joined, "started_at", "ended_at", "is_open", "action", "status") == []
