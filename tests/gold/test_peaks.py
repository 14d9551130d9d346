"""Peaks: which hours are left out and why, and the three of a day that remain highest without the weather."""

from collections.abc import Callable

from pyspark.sql import DataFrame, SparkSession
from pyspark.sql import functions as F

from meterlake.config import Config
from meterlake.gold.peaks import Surroundings, load_hours, peak_exclusions, peak_periods
from tests.cases import Case, beside, frame, wrong

NORTH = "peaks.weather_region=north"


def around(spark: SparkSession, temperatures: dict[str, str], maintenance: list[Case], *holidays: str) -> Surroundings:
    weather = [{"region": "north", "hour": hour, "temperature_c": c} for hour, c in temperatures.items()]
    windows = [{"from": "1990-01-01", "to": "1990-01-02", "region": None}, *maintenance]
    return Surroundings(
        frame(spark, [{"region": "south", "hour": "2026-03-10T12:00", "temperature_c": "99"}, *weather]),
        frame(spark, windows),
        frame(spark, [{"day": day} for day in ("1990-01-01", *holidays)]),
    )


def hourly(spark: SparkSession, cases: list[Case]) -> DataFrame:
    return frame(spark, cases, meter_type="house", energy_kwh="1", meters_reporting=1)


def test_hours_are_left_out_for_weather_holidays_and_maintenance(
    spark: SparkSession, make_config: Callable[..., Config]
) -> None:
    def hour(case: str, at: str, reasons: str = "", local_date: str | None = None) -> Case:
        return {"case": case, "hour": at, "expected_reasons": reasons, "expected_local_date": local_date or at[:10]}

    cases = [
        hour("nothing", "2026-03-10T12:00"),
        hour("35 degrees", "2026-07-10T12:00"),
        hour("more", "2026-07-10T13:00", "extreme_heat"),
        hour("more in the weather hour that holds its start", "2026-07-10T13:30", "extreme_heat"),
        hour("-10 degrees", "2026-01-10T12:00"),
        hour("less", "2026-01-10T13:00", "extreme_cold"),
        hour("the last hour before a holiday in Berlin", "2026-12-24T22:00"),
        hour("the first hour of a holiday in Berlin", "2026-12-24T23:00", "public_holiday", "2026-12-25"),
        hour("before maintenance", "2026-03-11T11:00"),
        hour("maintenance begins in it", "2026-03-11T12:00", "grid_maintenance"),
        hour("maintenance ends in it", "2026-03-11T13:00", "grid_maintenance"),
        hour("after maintenance", "2026-03-11T14:00"),
        hour("maintenance of another region", "2026-03-12T12:00"),
        hour("maintenance of the region", "2026-03-13T12:00", "grid_maintenance"),
        hour("it ended when the hour began", "2026-03-13T13:00"),
        hour("without an end, a holiday, cold", "2026-12-30T12:00", "public_holiday extreme_cold grid_maintenance"),
    ]
    temperatures = {
        "2026-07-10T12:00": "35",
        "2026-07-10T13:00": "35.000001",
        "2026-01-10T12:00": "-10",
        "2026-01-10T13:00": "-10.000001",
        "2026-12-30T12:00": "-20",
    }
    maintenance = [
        {"from": "2026-03-11T12:59", "to": "2026-03-11T13:01", "region": None},
        {"from": "2026-03-12T12:00", "to": "2026-03-12T13:00", "region": "south"},
        {"from": "2026-03-13T12:00", "to": "2026-03-13T13:00", "region": "north"},
        {"from": "2026-12-30T12:59", "to": None, "region": None},
    ]
    surroundings = around(spark, temperatures, maintenance, "2026-12-25", "2026-12-30")
    given = hourly(spark, cases)
    hours = load_hours(given, surroundings, make_config(NORTH).peaks, "Europe/Berlin")
    assert wrong(beside(given, hours, "hour"), "reasons", "local_date") == []


def test_an_hours_load_is_that_of_all_meter_types(spark: SparkSession, config: Config) -> None:
    types = [
        {"hour": "2026-07-10T12:00", "meter_type": "house", "energy_kwh": "1.5", "meters_reporting": 2},
        {"hour": "2026-07-10T12:00", "meter_type": "solar", "energy_kwh": "-0.25", "meters_reporting": 1},
    ]
    case = {
        "case": "both",
        "hour": "2026-07-10T12:00",
        "expected_load_kwh": "1.25",
        "expected_meters_reporting": 3,
        "expected_season": "summer",
    }
    hours = load_hours(frame(spark, types), around(spark, {}, []), config.peaks, "UTC")
    assert wrong(beside(frame(spark, [case]), hours, "hour"), "load_kwh", "meters_reporting", "season") == []


def test_each_reason_is_a_row(spark: SparkSession) -> None:
    hours = [
        {"hour": "2026-03-10T12:00", "reasons": ""},
        {"hour": "2026-03-10T13:00", "reasons": "extreme_heat grid_maintenance"},
    ]
    cases = [
        {"case": reason, "hour": "2026-03-10T13:00", "reason": reason, "expected_load_kwh": "7"}
        for reason in ("extreme_heat", "grid_maintenance")
    ]
    listed = peak_exclusions(frame(spark, hours, local_date="2026-03-10", load_kwh="7"))
    rows = beside(frame(spark, cases), listed, "hour", "reason")
    assert wrong(rows.withColumn("expected_load_kwh", F.coalesce("expected_load_kwh", F.lit(0))), "load_kwh") == []


def test_the_three_highest_hours_without_the_weather(spark: SparkSession, make_config: Callable[..., Config]) -> None:
    """July 1 has no history. It teaches that ten meters use 5 kWh more with every degree."""

    def hour(at: str, load: str, degrees: str | None = "0", reasons: str = "", **ranks: object) -> Case:
        return {
            "case": at,
            "local_date": at[:10],
            "hour": at,
            "load_kwh": load,
            "degrees": degrees,
            "reasons": reasons,
        } | {f"expected_{name}": value for name, value in ranks.items()}

    cases = [
        hour("2026-07-01T10:00", "10", "0", rank=3, rank_unadjusted=3, seasonal_kwh="0", adjusted_load_kwh="10"),
        hour("2026-07-01T11:00", "20", "2", rank=2, rank_unadjusted=2, seasonal_kwh="0", adjusted_load_kwh="20"),
        hour("2026-07-01T12:00", "30", "4", rank=1, rank_unadjusted=1, seasonal_kwh="0", adjusted_load_kwh="30"),
        hour("2026-07-02T12:00", "40", "6"),
        hour("2026-07-02T18:00", "30", rank=1, rank_unadjusted=3, seasonal_kwh="0", adjusted_load_kwh="30"),
        hour("2026-07-02T19:00", "30", rank=2, rank_unadjusted=4, seasonal_kwh="0", adjusted_load_kwh="30"),
        hour("2026-07-02T20:00", "35", "2", rank=3, rank_unadjusted=2, seasonal_kwh="10", adjusted_load_kwh="25"),
        hour("2026-07-02T21:00", "99", reasons="extreme_heat"),
        hour("2026-07-04T12:00", "1", None, rank=1, rank_unadjusted=1, seasonal_kwh="0", adjusted_load_kwh="1"),
        hour("2026-07-04T13:00", "99", reasons="public_holiday"),
    ]
    given = frame(spark, cases, meters_reporting=10, season="summer")
    peaks = peak_periods(given, make_config("peaks.min_hours=3").peaks)
    rows = beside(given, peaks, "local_date", "hour")
    assert wrong(rows, "rank", "rank_unadjusted", "seasonal_kwh", "adjusted_load_kwh") == []
