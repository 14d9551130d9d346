"""silver.meter_days: the sums of a meter's local day, its superseded readings, and how late its readings came."""

from decimal import Decimal

from pyspark.sql import SparkSession
from pyspark.sql import functions as F

from meterlake.silver.meter_days import accepted_days, meter_days, timed, with_delays
from tests.cases import Case, frame, wrong

E6, E12 = 10**6, 10**12
BERLIN = "Europe/Berlin"
# An accepted reading that nobody else speaks of.
ACCEPTED = {
    "meter_id": "A",
    "meter_key": 0,
    "neighbourhood_key": 0,
    "interval_minutes": 60,
    "is_accepted": True,
    "is_standing": True,
    "is_superseded": False,
    "is_backdated": False,
    "has_own_received": False,
    "received_us": 0,
    "received_nanos": 0,
    "previous_us": None,
    "previous_kw": None,
    "value_run_us": None,
    "over_run_us": None,
    "over_count": None,
}
STANDING = {"is_accepted": False}
SUPERSEDED = {"is_accepted": False, "is_standing": False, "is_superseded": True}
REFUSED = {"is_accepted": False, "is_standing": False}


def sums(name: str, day: str, n: int, sum_x: int | None, sum_xx: int | None, other: int = 0, late: int = 0) -> Case:
    expected = {"n": n, "sum_x": sum_x, "sum_xx": sum_xx, "superseded": other, "superseded_late": late}
    return {"case": name, "day": day} | {f"expected_{column}": value for column, value in expected.items()}


def test_a_day_sums_its_accepted_readings_in_millionths(spark: SparkSession) -> None:
    """In Berlin 2026-03-10 begins at 23:00Z."""
    readings = [
        {"read_us": "2026-03-09T22:00", "kw": "9"},
        {"read_us": "2026-03-09T23:00", "kw": "1.5"},
        {"read_us": "2026-03-10T00:00", "kw": "0.000002"},
        {"read_us": "2026-03-10T00:00", "kw": "7", **SUPERSEDED},
        {"read_us": "2026-03-10T00:00", "kw": "8", **SUPERSEDED, "is_backdated": True},
        {"read_us": "2026-03-10T01:00", "kw": "70", **STANDING},
        {"read_us": "2026-03-11T12:00", "kw": "70", **STANDING},
        {"read_us": "2026-03-12T12:00", "kw": "7", **REFUSED, "is_backdated": True},
        {"read_us": None, "kw": "7", **REFUSED},
    ]
    cases = [
        sums("March 9", "2026-03-09", 1, 9 * E6, 81 * E12),
        sums("March 10", "2026-03-10", 2, 1_500_002, 2_250_000_000_004, other=2, late=1),
        sums("nothing accepted", "2026-03-11", 0, None, None),
    ]
    days = meter_days(frame(spark, readings, **ACCEPTED), BERLIN)
    assert {str(row["day"]) for row in days.collect()} == {case["day"] for case in cases}
    assert {str(row["day"]) for row in accepted_days(days).collect()} == {"2026-03-09", "2026-03-10"}
    exact = [F.col(name).cast("decimal(38,0)").alias(name) for name in ("sum_x", "sum_xx")]
    columns = ("n", "superseded", "superseded_late")
    rows = frame(spark, cases).join(days.select("day", *columns, *exact), "day", "left")
    assert wrong(rows, *columns, "sum_x", "sum_xx") == []


def test_the_delays_of_readings_whose_source_said_when(spark: SparkSession) -> None:
    """From the end of the hour, in microseconds to the nanosecond; smallest first."""
    own = {"has_own_received": True, "kw": "1"}
    readings = [
        {"read_us": "2026-03-10T00:00", "received_us": "2026-03-10T01:00:02", "received_nanos": 7, **own},
        {"read_us": "2026-03-10T01:00", "received_us": "2026-03-10T02:00:01", **own},
        {"read_us": "2026-03-10T02:00", "received_us": "2026-03-10T02:59:59", **own},
        {"read_us": "2026-03-10T03:00", "received_us": "2026-03-10T04:00:09", **own, "has_own_received": False},
        {"read_us": "2026-03-10T04:00", "received_us": "2026-03-10T05:00:09", **own, **STANDING},
        {"read_us": "2026-03-11T00:00", "received_us": "2026-03-11T05:00", "kw": "1"},
    ]
    delays = [Decimal(text) for text in ("-1000000", "1000000", "2000000.007")]
    cases = [
        {"case": "March 10", "day": "2026-03-10", "expected_delays_us": delays},
        {"case": "no source said when", "day": "2026-03-11", "expected_delays_us": None},
    ]
    judged = frame(spark, readings, **ACCEPTED)
    assert timed(judged).count() == 3
    days = with_delays(meter_days(judged, "UTC"), judged, "UTC")
    assert wrong(frame(spark, cases).join(days.select("day", "delays_us"), "day", "left"), "delays_us") == []
