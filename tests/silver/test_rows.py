"""From judged readings to the rows of silver.readings and silver.quarantine: disposition, warnings, shape."""

from pyspark.sql import SparkSession

from meterlake import tables
from meterlake.silver.rows import as_quarantine, as_readings, fill_rows, reading_rows, with_low_quality
from tests.cases import frame, wrong

NONE = {"is_accepted": False, "is_superseded": False, "is_backdated": False, "is_spike": False, "is_drop": False}
READING = {
    "meter_id": "A",
    "meter_type": "house",
    "neighbourhood_id": "north",
    "neighbourhood_key": 0,
    "meter_key": 0,
    "interval_minutes": 15,
    "read_us": "2026-03-09T23:15",
    "kw": "1.5",
    "unit_converted": False,
    "unit_inferred": False,
    "reasons": "",
    "source_file": "raw/a.csv",
    "source_version": 1,
    "source_line": 2,
    "raw_value": "1.5",
    "raw_read_at": "2026-03-09T23:15Z",
    "raw_unit": "kW",
    "received_us": "2026-03-09T23:30",
    "has_own_received": True,
}
SCORED = {"origin": "observed", "missing": 0, "faults": "", "warnings": ""}


def test_each_reading_has_one_disposition_and_its_warnings(spark: SparkSession) -> None:
    cases = [
        {"case": "accepted", "is_accepted": True, "expected_disposition": "accepted", "expected_is_scored": True},
        {"case": "superseded", "is_superseded": True, "expected_disposition": "superseded"},
        {"case": "quarantined", "reasons": "V08 V10", "expected_disposition": "quarantined"},
        {"case": "rejected", "reasons": "V09", "expected_disposition": "rejected"},
        {"case": "the worst of both", "reasons": "V03 V04", "expected_disposition": "rejected"},
        {
            "case": "late, a spike",
            "is_accepted": True,
            "is_backdated": True,
            "is_spike": True,
            "expected_disposition": "accepted",
            "expected_warnings": "V07 V11",
            "expected_is_scored": True,
        },
        {
            "case": "late, a drop",
            "is_accepted": True,
            "is_backdated": True,
            "is_drop": True,
            "expected_disposition": "accepted",
            "expected_warnings": "V07 V12",
            "expected_is_scored": True,
        },
        {
            "case": "quarantined, late",
            "reasons": "V14",
            "is_backdated": True,
            "expected_disposition": "quarantined",
            "expected_warnings": "V07",
        },
    ]
    common = {
        "expected_is_scored": False,
        "expected_warnings": "",
        "expected_origin": "observed",
        "expected_missing": 0,
    }
    given = frame(spark, [case | {"raw_value": case["case"]} for case in cases], **READING | NONE | common)
    expected = given.select("case", *[column for column in given.columns if column.startswith("expected_")])
    rows = reading_rows(given).withColumnRenamed("raw_value", "case").join(expected, "case")
    assert wrong(rows, "disposition", "warnings", "is_scored", "origin", "missing") == []


def test_a_filled_row_has_no_source_and_a_score_where_it_has_a_value(spark: SparkSession) -> None:
    cases = [
        {"case": "interpolated", "kw": "1", "expected_is_scored": True},
        {"case": "missing_short", "kw": None, "expected_is_scored": False},
    ]
    common = {"expected_disposition": "accepted", "expected_reasons": "", "expected_warnings": ""}
    nothing = {f"expected_{name}": None for name in ("source_file", "source_line", "received_us", "raw_value")}
    fields = {name: READING[name] for name in list(READING)[:7]} | {"missing": 3}
    fills = frame(spark, cases, **fields | common | nothing).selectExpr("*", "case AS origin")
    expected = fills.select("case", *[column for column in fills.columns if column.startswith("expected_")])
    rows = fill_rows(fills).withColumnRenamed("origin", "case").join(expected, "case")
    columns = (
        "is_scored",
        "disposition",
        "reasons",
        "warnings",
        "source_file",
        "source_line",
        "received_us",
        "raw_value",
    )
    assert wrong(rows, *columns) == []


def test_low_quality_is_set_aside_last(spark: SparkSession) -> None:
    cases = [
        {"case": "premium", "tier": "premium", "expected_reasons": "", "expected_disposition": "accepted"},
        {"case": "low", "tier": "quarantine", "expected_reasons": "Q01", "expected_disposition": "quarantined"},
        {"case": "no score", "tier": None, "expected_reasons": "", "expected_disposition": "accepted"},
        {
            "case": "rejected",
            "reasons": "V09",
            "disposition": "rejected",
            "expected_reasons": "V09",
            "expected_disposition": "rejected",
        },
    ]
    rows = with_low_quality(frame(spark, cases, reasons="", disposition="accepted", tier=None))
    assert wrong(rows, "reasons", "disposition") == []


def test_what_is_published_has_the_local_date_and_the_energy_of_its_interval(spark: SparkSession) -> None:
    """1.5 kW over 15 minutes are 0.375 kWh; 23:15Z is the next day in Berlin; a hole of 3 quarters is 0.75 h."""
    cases = [
        {
            "case": "observed",
            "expected_read_date": "2026-03-10",
            "expected_energy_kwh": "0.375",
            "expected_hole_hours": "0",
        },
        {
            "case": "filled",
            "missing": 3,
            "expected_read_date": "2026-03-10",
            "expected_energy_kwh": "0.375",
            "expected_hole_hours": "0.75",
        },
        {
            "case": "a tie",
            "kw": "0.000002",
            "expected_read_date": "2026-03-10",
            "expected_energy_kwh": "0.000001",
            "expected_hole_hours": "0",
        },
        {
            "case": "an evening",
            "read_us": "2026-03-09T22:45",
            "expected_read_date": "2026-03-09",
            "expected_energy_kwh": "0.375",
            "expected_hole_hours": "0",
        },
    ]
    common = READING | SCORED | {"disposition": "accepted", "quality_score": 100, "tier": "premium"}
    given = frame(spark, [case | {"meter_id": case["case"]} for case in cases], **common)
    readings = as_readings(given, "Europe/Berlin", "run")
    assert readings.columns == tables.silver.READINGS.column_names
    expected = given.select("case", *[column for column in given.columns if column.startswith("expected_")])
    joined = readings.withColumnRenamed("meter_id", "case").join(expected, "case")
    assert wrong(joined, "read_date", "energy_kwh", "hole_hours") == []


def test_quarantine_holds_what_was_refused_open_for_a_person(spark: SparkSession) -> None:
    cases = [
        {"case": "accepted", "disposition": "accepted", "expected_status": None},
        {"case": "superseded", "disposition": "superseded", "expected_status": None},
        {"case": "quarantined", "disposition": "quarantined", "expected_status": "open"},
        {"case": "rejected", "disposition": "rejected", "expected_status": "rejected"},
        {
            "case": "neither meter nor time",
            "disposition": "rejected",
            "expected_status": "rejected",
            "read_us": None,
            "interval_minutes": None,
            "kw": None,
        },
    ]
    common = READING | SCORED | {"quality_score": None, "tier": None}
    given = frame(spark, [case | {"meter_id": case["case"]} for case in cases], **common)
    quarantine = as_quarantine(given, "UTC", "run")
    assert quarantine.columns == tables.silver.QUARANTINE.column_names
    refused = quarantine.selectExpr("meter_id AS case", "status")
    assert wrong(given.select("case", "expected_status").join(refused, "case", "left"), "status") == []
