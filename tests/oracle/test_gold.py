"""hourly_load, daily_consumption and daily_quality by hand (section 8, fine print 19 to 23, 27)."""

from datetime import date, timedelta
from pathlib import Path

import pytest

from .given import HEADER, ONE_METER, at, facts, kw, line, only, put, series, tables
from .settings import Settings

DAY = date(2024, 3, 4)


def test_hourly_load(tmp_path: Path) -> None:
    """A meter's kw in an hour is the mean of its readings there; statistics are over meters."""
    lines = series("m", [1, 2], minutes=30) + series("n", [3]) + series("s", ["0.5"])
    meters = ["m,home,30,,,,,", "n,home,60,,,,,", "s,shop,60,,,,,", "o,home,60,,,,,", "p,home,60,,,,2030-01-01,"]
    found = tables(tmp_path, lines, meters)["gold.hourly_load"]
    home = only([row for row in found if row["meter_type"] == "home"])
    assert home == {
        "hour": at(0),
        "meter_type": "home",
        "total_kw": kw("4.5"),  # 1.5 + 3
        "mean_kw": kw("2.25"),
        "min_kw": kw("1.5"),
        "max_kw": kw(3),
        "stddev_kw": 0.75,  # of 1.5 and 3
        "energy_kwh": kw("4.5"),  # 0.5 + 1 + 3
        "meters_reporting": 2,
        "meters_expected": 3,  # o is silent, p not yet active
        "coverage": 2 / 3,
    }


def test_hours_of_the_grid(tmp_path: Path) -> None:
    """An hour is one of the suite's grid: at +05:30 it begins at :30, and 1/3 is rounded to 6 places."""
    lines = series("m", [1, 1, 0], start=0.5, minutes=20)
    settings = Settings(time_zone="Asia/Kolkata")
    row = only(tables(tmp_path, lines, ["m,home,20,,,,,"], settings)["gold.hourly_load"])
    assert (row["hour"], row["total_kw"], row["energy_kwh"]) == (at(0.5), kw("0.666667"), kw("0.666666"))


def test_what_is_usable(tmp_path: Path) -> None:
    """Interpolated rows are used where their score is 70 and more; Q01 and missing_short never."""
    found = tables(tmp_path, series("m", [1, None, None, None, 1, *[None] * 4, 1]))
    assert facts(found["gold.hourly_load"], "hour") == [(at(hour),) for hour in (0, 1, 2, 3, 4, 9)]
    quarter = tables(tmp_path / "q", series("m", [1, *[None] * 13, 1], minutes=15), ["m,home,15,,,,,"])
    # 13 x 15 min cost 32.5: 67.5 rounds to 68 and is not usable
    assert facts(quarter["gold.hourly_load"], "hour") == [(at(0),), (at(3),)]


def test_daily_consumption(tmp_path: Path) -> None:
    """Two observed rows and one interpolated of 24 expected; 21 are missing."""
    found = tables(tmp_path, series("m", [1, None, 2]))
    assert only(found["gold.daily_consumption"]) == {
        "local_date": DAY,
        "meter_id": "m",
        "energy_kwh": kw("4.5"),
        "peak_kw": kw(2),
        "share_observed": 2 / 24,
        "share_interpolated": 1 / 24,
        "share_missing": 21 / 24,
        "mean_score": kw("96.666667"),  # (100 + 90 + 100) / 3
        "lowest_score": 90,
    }


@pytest.mark.parametrize(
    ("zone", "start", "meter", "expected"),
    [
        ("UTC", 0, ONE_METER, 24),
        ("UTC", 18, f"m,home,60,,,,{at(17.5).isoformat()},", 6),  # 18:00 to 23:00
        ("UTC", 0, f"m,home,60,,,,,{at(17.5).isoformat()}", 18),  # 00:00 to 17:00
        ("Europe/Berlin", 24 * 27, ONE_METER, 23),  # 31 March
        ("Europe/Berlin", 24 * 237, ONE_METER, 25),  # 27 October
    ],
)
def test_expected_intervals(tmp_path: Path, zone: str, start: float, meter: str, expected: int) -> None:
    """Fine print 21: the grid points of the local day in the active period, not cut at as_of or the first reading."""
    found = tables(tmp_path, series("m", [1], start=start), [meter], Settings(time_zone=zone))
    row = only(found["gold.daily_quality"])
    assert (row["expected"], row["observed"], row["completeness"]) == (expected, 1, 1 / expected)


def test_daily_quality(tmp_path: Path) -> None:
    """Q01 readings count as observed but not as accurate; rule counts are per bronze reading."""
    lines = series("m", [1, 1, "x"])
    lines.append(f"m,{at(3).isoformat()},50,W,{at(6).isoformat()}")  # V07, V12, converted: 60, Q01
    lines.append(f"m,{at(0).isoformat()},1,kW,{at(9).isoformat()}")  # superseded, with its V07
    lines.append(f"m,soon,1,kW,{at(2).isoformat()}")  # counts on the day received
    lines.append(line("m", at(30), "x"))  # 5 March has no accepted reading and no row
    found = tables(tmp_path, lines)
    row = only(found["gold.daily_quality"])
    assert (row["local_date"], row["expected"], row["observed"]) == (DAY, 24, 3)
    assert (row["completeness"], row["accuracy"]) == (3 / 24, 2 / 3)
    assert row["rule_counts"] == {"V01": 1, "V02": 1, "V07": 2, "V12": 1, "V13": 1, "Q01": 1}
    # the interpolated reading of 02:00 is scored too: 100 - 10
    assert row["tier_counts"] == {"premium": 3, "quarantine": 1}


def test_freshness(tmp_path: Path) -> None:
    """Fine print 23: the 95th percentile by nearest rank of 1 .. 20 min is 19; without own stamps there is none."""
    lines = []
    for hour in range(20):
        received = at(hour + 1) + timedelta(minutes=hour + 1)
        lines.append(f"m,{at(hour).isoformat()},{hour % 3 + 1},kW,{received.isoformat()}")
    assert only(tables(tmp_path, lines)["gold.daily_quality"])["freshness_p95_minutes"] == 19.0
    unreadable = tables(tmp_path / "none", [f"m,{at(0).isoformat()},1,kW,soon"])
    assert only(unreadable["gold.daily_quality"])["freshness_p95_minutes"] is None


def test_accepted_across_files(tmp_path: Path) -> None:
    """A correction that arrives in a later file stands in every table."""
    put(tmp_path, "landing/raw/2024/03/04/05/later.csv", f"{HEADER}\nm,{at(0).isoformat()},3,kW,")
    found = tables(tmp_path, [line("m", at(0), 1)], [ONE_METER])
    assert only(found["gold.daily_consumption"])["peak_kw"] == kw(3)
    assert only(found["silver.readings"])["warnings"] == ["V07"]  # received at 06:00, the end of the landing hour
    assert only(found["gold.daily_quality"])["rule_counts"] == {"V13": 1, "V07": 1}
