"""peak_periods and peak_exclusions by hand (section 8, fine print 24 to 26)."""

from datetime import date
from fractions import Fraction
from pathlib import Path

from .given import Tables, at, facts, kw, series, tables
from .peaks import least_squares
from .settings import Settings

PEAK = ("rank", "hour", "load_kwh", "rank_unadjusted")


def weather(*temperatures: object) -> str:
    """Hourly weather of the north from hour 0 on; None is missing."""
    rows = [f"north,{at(hour).isoformat()},{one}" for hour, one in enumerate(temperatures) if one is not None]
    return "\n".join(["region,hour,temperature_c", *rows, f"south,{at(0).isoformat()},50"])


def test_ranks(tmp_path: Path) -> None:
    """The three highest loads over all meter types, ties: the earlier hour; fewer candidates, fewer rows."""
    lines = series("m", [1, 2, 1, 2]) + series("s", [1, 1, 2, 1])
    found = tables(tmp_path, lines, ["m,home,60,,,,,", "s,shop,60,,,,,"])
    assert facts(found["gold.peak_periods"], *PEAK) == [
        (1, at(1), kw(3), 1),
        (2, at(2), kw(3), 2),
        (3, at(3), kw(3), 3),
    ]
    two = tables(tmp_path / "two", series("m", [1, 2]))
    assert facts(two["gold.peak_periods"], *PEAK) == [(1, at(1), kw(2), 1), (2, at(0), kw(1), 2)]


def excluded(found: Tables) -> list[tuple[object, ...]]:
    """Exclusions as (hour, reason)."""
    return facts(found["gold.peak_exclusions"], "hour", "reason")


def test_weather_exclusions(tmp_path: Path) -> None:
    """Above 35 and below -10 degrees of the configured region, not at them; no region, no weather."""
    settings = Settings(weather_region="north")
    page = weather("35", "35.1", None, "-10", "-10.1")
    found = tables(tmp_path, series("m", [1, 9, 1, 1, 2]), settings=settings, weather=page)
    assert facts(found["gold.peak_exclusions"], "local_date", "hour", "reason", "load_kwh") == [
        (date(2024, 3, 4), at(1), "extreme_heat", kw(9)),
        (date(2024, 3, 4), at(4), "extreme_cold", kw(2)),
    ]
    assert facts(found["gold.peak_periods"], "hour") == [(at(0),), (at(2),), (at(3),)]
    assert excluded(tables(tmp_path / "none", series("m", [1, 9]), weather=page)) == []


def test_weather_of_half_hours(tmp_path: Path) -> None:
    """Fine print 26: the UTC weather hour that holds the hour's start: 00:30 is in the hour of 00:00."""
    settings = Settings(weather_region="north", time_zone="Asia/Kolkata")
    found = tables(tmp_path, series("m", [1], start=0.5), settings=settings, weather=weather(36, 0))
    assert excluded(found) == [(at(0.5), "extreme_heat")]


def test_maintenance(tmp_path: Path) -> None:
    """Hours that overlap it, not those that touch it; without a region or of the weather's; two reasons, two rows."""
    rows = [f"{at(1).isoformat()},{at(2).isoformat()},", f"{at(3.9).isoformat()},{at(4.1).isoformat()},north"]
    page = "\n".join(["from,to,region", *rows, f"{at(0).isoformat()},,south"])
    settings = Settings(weather_region="north")
    found = tables(tmp_path, series("m", [1] * 6), settings=settings, grid_maintenance=page, weather=weather(*[36] * 2))
    assert excluded(found) == [
        (at(0), "extreme_heat"),
        (at(1), "extreme_heat"),
        (at(1), "grid_maintenance"),
        (at(3), "grid_maintenance"),
        (at(4), "grid_maintenance"),
    ]


def test_holidays(tmp_path: Path) -> None:
    """8 March is a public holiday in Berlin, not in all of Germany; its hours are local ones."""
    lines = series("m", [1, 2, 1], start=94)  # 22:00Z, 23:00Z of 7 March, 00:00Z of the 8th
    berlin = Settings(time_zone="Europe/Berlin", holiday_region="DE-BE")
    found = tables(tmp_path, lines, settings=berlin)
    assert excluded(found) == [(at(95), "public_holiday"), (at(96), "public_holiday")]
    assert facts(found["gold.peak_periods"], "local_date", "hour") == [(date(2024, 3, 7), at(94))]
    assert excluded(tables(tmp_path / "de", lines, settings=Settings(holiday_region="DE"))) == []


def test_seasonal_part(tmp_path: Path) -> None:
    """72 hours with 1 kWh at 22 degrees and 2 kWh at 24: slope 0.5. At 30 degrees that is 4 of 5 kWh."""
    settings = Settings(weather_region="north", summer_months=(3,))
    lines = series("m", [*[1, 2] * 36, 5, "2.5"])
    temperatures = [*[22, 24] * 36, 30, 20]
    found = tables(tmp_path, lines, settings=settings, weather=weather(*temperatures))
    last = [row for row in found["gold.peak_periods"] if row["local_date"] == date(2024, 3, 7)]
    assert facts(last, "hour", "rank", "seasonal_kwh", "adjusted_load_kwh", "rank_unadjusted", "season") == [
        (at(72), 2, kw(4), kw(1), 1, "summer"),
        (at(73), 1, kw(0), kw("2.5"), 2, "summer"),  # below 22 degrees: none
    ]
    first = [row for row in found["gold.peak_periods"] if row["local_date"] < date(2024, 3, 7)]
    assert {row["seasonal_kwh"] for row in first} == {kw(0)}  # fewer than 72 hours before
    temperatures[5] = None
    found = tables(tmp_path / "71", lines, settings=settings, weather=weather(*temperatures))
    assert {row["seasonal_kwh"] for row in found["gold.peak_periods"]} == {kw(0)}


def test_winter(tmp_path: Path) -> None:
    """Degrees below 15: 1 kWh at 15, 3 kWh at 5 is a slope of 0.2; at -5 that is 4 kWh for each meter reporting."""
    settings = Settings(weather_region="north", winter_months=(3,))
    temperatures = [*[15, 5] * 36, -5]
    lines = series("m", [*[1, 3] * 36, 6]) + series("n", [*[1, 3] * 36, 8])
    found = tables(tmp_path, lines, ["m,home,60,,,,,", "n,home,60,,,,,"], settings, weather=weather(*temperatures))
    row = found["gold.peak_periods"][-1]
    assert (row["season"], row["load_kwh"], row["seasonal_kwh"]) == ("winter", kw(14), kw(8))


def test_history(tmp_path: Path) -> None:
    """Only the 365 local days before count: with a history of 3 days, the fifth day has no longer 96 hours before."""
    lines = series("m", [*[1, 2] * 48, 5])
    page = weather(*[22, 24] * 48, 30)
    for days, seasonal in ((4, kw(4)), (3, kw(0))):
        settings = Settings(weather_region="north", summer_months=(3,), history_days=days, peak_min_hours=96)
        found = tables(tmp_path, lines, settings=settings, weather=page)
        assert found["gold.peak_periods"][-1]["seasonal_kwh"] == seasonal


def test_slope() -> None:
    """Fine print 25: with intercept; equal degrees, too few points or a falling line give 0; not rounded."""

    def slope(*points: tuple[int, int]) -> Fraction:
        return least_squares([(Fraction(x), y) for x, y in points], 2)

    assert slope((0, 5), (2, 9)) == 2
    assert slope((0, 0), (1, 1), (2, 0), (3, 1)) == Fraction(1, 5)  # (4 * 4 - 6 * 2) / (4 * 14 - 36)
    assert slope((1, 5), (1, 9)) == 0
    assert slope((0, 9), (2, 5)) == 0
    assert slope((0, 5)) == 0
