"""Seasons and degrees, and the part of an hour's load that the weather explains."""

from collections.abc import Callable

from pyspark.sql import SparkSession

from meterlake.config import Config
from meterlake.gold.season import with_season, with_seasonal_part
from tests.cases import Case, frame, wrong


def test_degrees_above_22_in_summer_and_below_15_in_winter(spark: SparkSession, config: Config) -> None:
    def day(local_date: str, temperature: str | None, season: str, degrees: str | None) -> Case:
        return {
            "case": f"{local_date} {temperature}",
            "local_date": local_date,
            "temperature_c": temperature,
            "expected_season": season,
            "expected_degrees": degrees,
        }

    cases = [
        day("2026-06-01", "30", "summer", "8"),
        day("2026-08-31", "22.5", "summer", "0.5"),
        day("2026-07-01", "22", "summer", "0"),
        day("2026-07-01", "10", "summer", "0"),
        day("2026-07-01", None, "summer", None),
        day("2026-12-01", "-5", "winter", "20"),
        day("2026-02-28", "14.25", "winter", "0.75"),
        day("2026-01-01", "20", "winter", "0"),
        day("2026-03-01", "-5", "none", None),
        day("2026-05-31", "30", "none", None),
        day("2026-09-01", "30", "none", None),
        day("2026-11-30", "-5", "none", None),
    ]
    assert wrong(with_season(frame(spark, cases), config.peaks), "season", "degrees") == []


def test_seasons_of_the_southern_hemisphere(spark: SparkSession, make_config: Callable[..., Config]) -> None:
    config = make_config(
        "peaks.summer={months: [12, 1, 2]}", "peaks.winter={months: [6, 7, 8], base_temperature_c: 18}"
    )
    cases = [
        {"case": "January", "local_date": "2026-01-15", "expected_season": "summer", "expected_degrees": "8"},
        {"case": "July", "local_date": "2026-07-15", "expected_season": "winter", "expected_degrees": "0"},
    ]
    assert wrong(with_season(frame(spark, cases, temperature_c="30"), config.peaks), "season", "degrees") == []


def hour(local_date: str, degrees: str | None, load: str, seasonal: str = "0", **other: object) -> Case:
    return {
        "case": f"{local_date} {degrees}",
        "local_date": local_date,
        "degrees": degrees,
        "load_kwh": load,
        "expected_seasonal_kwh": seasonal,
        **other,
    }


def test_the_slope_is_learnt_from_the_year_before(spark: SparkSession, make_config: Callable[..., Config]) -> None:
    """Three hours are enough here. Ten meters use 1 kWh each at 0 degrees and 0.5 kWh more with every degree."""
    cases = [
        hour("2026-07-01", "0", "10"),
        hour("2026-07-01", "2", "20"),
        hour("2026-07-01", "4", "30"),
        hour("2026-07-02", "3", "99", "15"),
        hour("2026-07-02", "3", "50", "7.5", meters_reporting=5, case="five meters"),
        hour("2026-07-02", "0", "99"),
        hour("2026-07-02", None, "99"),
        hour("2026-01-15", "3", "99", season="winter", case="another season has a slope of its own"),
        hour("2026-09-15", None, "99", season="none"),
    ]
    config = make_config("peaks.min_hours=3")
    given = frame(spark, cases, meters_reporting=10, season="summer")
    assert wrong(with_seasonal_part(given, config.peaks), "seasonal_kwh") == []


def test_no_slope_no_seasonal_part(spark: SparkSession, make_config: Callable[..., Config]) -> None:
    """Seasons stand for cases here: a season's days have a slope of their own."""

    def season(name: str, points: list[tuple[str | None, str]], seasonal: str = "0") -> list[Case]:
        before = [hour("2026-07-01", degrees, load, season=name) for degrees, load in points]
        return [*before, hour("2026-07-02", "3", "99", seasonal, season=name, case=name)]

    cases = [
        *season("rising", [("0", "10"), ("2", "20"), ("4", "30")], "15"),
        *season("falling", [("0", "30"), ("2", "20"), ("4", "10")]),
        *season("equal degrees", [("2", "10"), ("2", "20"), ("2", "30")]),
        *season("two hours only", [("0", "10"), ("4", "30")]),
        *season("an hour without weather", [("0", "10"), ("4", "30"), (None, "20")]),
        *season("flat", [("0", "10"), ("2", "10"), ("4", "10")]),
        # y = 1, 1, 2 and x = 0, 1, 2: n Sxy - Sx Sy = 15 - 12, n Sxx - Sx Sx = 15 - 9. Slope 0.5.
        *season("by least squares", [("0", "10"), ("1", "10"), ("2", "20")], "15"),
        # y = 0, 0, 1 and x = 0, 1, 3: 9 - 4 and 30 - 16. Slope 5 / 14, times 30.
        *season("not rounded before the end", [("0", "0"), ("1", "0"), ("3", "10")], "10.714286"),
    ]
    given = frame(spark, cases, meters_reporting=10)
    assert wrong(with_seasonal_part(given, make_config("peaks.min_hours=3").peaks), "seasonal_kwh") == []


def test_the_history_is_365_days_without_today(spark: SparkSession, make_config: Callable[..., Config]) -> None:
    points = [("0", "10"), ("2", "20"), ("4", "30")]
    cases = [
        *[hour("2025-07-01", degrees, load) for degrees, load in points],
        hour("2026-07-01", "1", "15", "5", case="365 days later"),
        hour("2026-07-02", "1", "15", "0", case="366 days later only yesterday is left"),
    ]
    given = frame(spark, cases, meters_reporting=10, season="summer")
    assert wrong(with_seasonal_part(given, make_config("peaks.min_hours=3").peaks), "seasonal_kwh") == []
