"""gold.hourly_load: meters are averaged in the hour first, then added up by type."""

from pyspark.sql import SparkSession

from meterlake.gold.hourly_load import hourly_load
from tests.cases import beside, frame, wrong

METERS = [{"meter_type": "house", "interval_minutes": 60}] * 4 + [{"meter_type": "shop", "interval_minutes": 15}]


def test_an_hour_by_meter_type(spark: SparkSession) -> None:
    """At noon house A has 1 kW and house B 4 kW, the shop's quarters are 1, 2, 2 and 4 kW. At one only A reports.

    Houses: mean 2.5, deviations -1.5 and 1.5. The shop's mean is 2.25 kW, its energy 9 x 0.25 kWh.
    """
    usable = [
        {"meter_id": "A", "meter_type": "house", "read_at": "2026-03-10T12:00", "kw": "1", "energy_kwh": "1"},
        {"meter_id": "B", "meter_type": "house", "read_at": "2026-03-10T12:00", "kw": "4", "energy_kwh": "4"},
        {"meter_id": "A", "meter_type": "house", "read_at": "2026-03-10T13:00", "kw": "-2", "energy_kwh": "-2"},
        *[
            {"meter_id": "S", "meter_type": "shop", "read_at": f"2026-03-10T12:{m:02}", "kw": kw, "energy_kwh": kwh}
            for m, kw, kwh in ((0, "1", "0.25"), (15, "2", "0.5"), (30, "2", "0.5"), (45, "4", "1"))
        ],
    ]
    cases = [
        {
            "case": "houses at noon",
            "hour": "2026-03-10T12:00",
            "meter_type": "house",
            "expected_total_kw": "5",
            "expected_mean_kw": "2.5",
            "expected_min_kw": "1",
            "expected_max_kw": "4",
            "expected_stddev_kw": 1.5,
            "expected_energy_kwh": "5",
            "expected_meters_reporting": 2,
            "expected_meters_expected": 4,
            "expected_coverage": 0.5,
        },
        {
            "case": "houses at one",
            "hour": "2026-03-10T13:00",
            "meter_type": "house",
            "expected_total_kw": "-2",
            "expected_mean_kw": "-2",
            "expected_min_kw": "-2",
            "expected_max_kw": "-2",
            "expected_stddev_kw": 0.0,
            "expected_energy_kwh": "-2",
            "expected_meters_reporting": 1,
            "expected_meters_expected": 4,
            "expected_coverage": 0.25,
        },
        {
            "case": "the shop",
            "hour": "2026-03-10T12:00",
            "meter_type": "shop",
            "expected_total_kw": "2.25",
            "expected_mean_kw": "2.25",
            "expected_min_kw": "2.25",
            "expected_max_kw": "2.25",
            "expected_stddev_kw": 0.0,
            "expected_energy_kwh": "2.25",
            "expected_meters_reporting": 1,
            "expected_meters_expected": 1,
            "expected_coverage": 1.0,
        },
    ]
    meters = frame(spark, METERS, active_from_us=None, active_to_us=None)
    rows = beside(frame(spark, cases), hourly_load(frame(spark, usable), meters, 0), "hour", "meter_type")
    columns = [name.removeprefix("expected_") for name in cases[0] if name.startswith("expected_")]
    assert wrong(rows, *columns) == []


def test_means_are_rounded_half_up_to_six_places(spark: SparkSession) -> None:
    """Thirds of 1 kW are 0.333333 in an hour, and two halves of a millionth one millionth."""
    usable = [
        *[
            {"meter_id": "A", "read_at": f"2026-03-10T12:{m}", "kw": kw}
            for m, kw in (("00", "0"), ("20", "0"), ("40", "1"))
        ],
        *[{"meter_id": "A", "read_at": f"2026-03-10T13:{m}", "kw": kw} for m, kw in (("00", "0"), ("30", "0.000001"))],
    ]
    cases = [
        {"case": "a third", "hour": "2026-03-10T12:00", "expected_mean_kw": "0.333333"},
        {"case": "a tie", "hour": "2026-03-10T13:00", "expected_mean_kw": "0.000001"},
    ]
    meters = frame(spark, METERS, active_from_us=None, active_to_us=None)
    rows = hourly_load(frame(spark, usable, meter_type="house", energy_kwh="0"), meters, 0)
    assert wrong(beside(frame(spark, cases), rows, "hour"), "mean_kw") == []
