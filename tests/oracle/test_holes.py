"""Holes, filling and scores by hand (sections 4 and 6, fine print 15a and 16)."""

from pathlib import Path

import pytest

from .given import Tables, at, by_start, facts, kw, only, series, tables
from .settings import Settings

GAP = ("started_at", "ended_at", "intervals", "hours", "class", "is_open")


def with_hole(root: Path, missing: int, minutes: int = 60, last: float = 5) -> Tables:
    """A reading of 1 kW, so many missing intervals, and a last reading."""
    values = [1, *([None] * missing), last]
    return tables(root, series("m", values, minutes=minutes), [f"m,home,{minutes},,,,,"])


def test_interpolated(tmp_path: Path) -> None:
    """3 h missing between 1 and 5 kW: 2, 3, 4 kW; each costs 10 x 3: 70, standard."""
    found = with_hole(tmp_path, 3)
    assert facts(found["silver.gaps"], *GAP) == [(at(1), at(4), 3, kw(3), "interpolated", False)]
    rows = [row for row in found["silver.readings"] if row["origin"] == "interpolated"]
    assert facts(rows, "read_at", "kw", "energy_kwh", "quality_score", "tier", "hole_hours") == [
        (at(hour), kw(hour + 1), kw(hour + 1), 70, "standard", kw(3)) for hour in (1, 2, 3)
    ]
    assert facts(rows, "source_file", "warnings", "unit_converted", "unit_inferred")[0] == (None, [], False, False)


def test_rounding_of_fills(tmp_path: Path) -> None:
    """1 min intervals, 2 missing between 1 and 1.000001: thirds of a millionth; energy of the stored kw."""
    rows = by_start(with_hole(tmp_path, 2, minutes=1, last="1.000001"))
    assert [rows[at(minute / 60)]["kw"] for minute in (1, 2)] == [kw(1), kw("1.000001")]
    assert rows[at(1 / 60)]["energy_kwh"] == kw("0.016667")  # 1 / 60 kWh
    assert rows[at(1 / 60)]["hole_hours"] == kw("0.033333")
    assert rows[at(1 / 60)]["quality_score"] == 100  # 100 - 1/3, half-up
    found = with_hole(tmp_path / "tie", 1, minutes=15, last="1.000001")  # half a millionth: away from zero
    assert by_start(found)[at(0.25)]["kw"] == kw("1.000001")
    assert by_start(found)[at(0.25)]["quality_score"] == 98  # 97.5 half-up


def test_low_interpolated(tmp_path: Path) -> None:
    """15 x 15 min missing: 100 - 37.5 = 62.5, half-up 63: below 70, to quarantine as Q01, origin interpolated."""
    found = with_hole(tmp_path, 15, minutes=15)
    assert len(found["silver.readings"]) == 2
    assert (
        facts(found["silver.quarantine"], "quality_score", "reasons", "disposition", "status", "source_file")
        == [(63, ["Q01"], "quarantined", "open", None)] * 15
    )
    assert only(found["gold.daily_quality"])["tier_counts"] == {"premium": 2, "quarantine": 15}
    assert only(found["gold.daily_quality"])["rule_counts"] == {}  # a count per bronze reading only


@pytest.mark.parametrize(
    ("missing", "kind", "rows"),
    [(3, "interpolated", 3), (4, "missing_short", 4), (23, "missing_short", 23), (24, "missing_extended", 0)],
)
def test_classes(tmp_path: Path, missing: int, kind: str, rows: int) -> None:
    """Below 4 h, below 24 h, and more; filled whole or not at all."""
    found = with_hole(tmp_path, missing)
    assert facts(found["silver.gaps"], "class", "intervals") == [(kind, missing)]
    filled = [row for row in found["silver.readings"] if row["origin"] != "observed"]
    assert [row["origin"] for row in filled] == [kind] * rows
    if kind == "missing_short":
        assert facts(filled, "kw", "energy_kwh", "quality_score", "tier", "hole_hours")[0] == (None,) * 4 + (
            kw(missing),
        )


def test_quarantined_leave_a_hole(tmp_path: Path) -> None:
    """Section 2: as if it had not come; a Q01 reading counts as accepted, so it leaves none."""
    lines = series("m", [1, "x", 2])
    lines.append(f"m,{at(3).isoformat()},100,W,{at(6).isoformat()}")  # V07, V12, converted: 60, Q01
    lines += series("m", [2], start=4)
    found = tables(tmp_path, lines)
    assert facts(found["silver.gaps"], "started_at", "ended_at") == [(at(1), at(2))]
    assert facts(found["silver.quarantine"], "read_at", "reasons") == [(at(1), ["V01"]), (at(3), ["Q01"])]


def ends(root: Path, as_of: float, meter: str = "m,home,60,,,,,", values: tuple[object, ...] = (1,)) -> list[object]:
    """The gaps of a meter with some readings from hour 0 on."""
    settings = Settings(as_of=at(as_of).isoformat())
    return facts(tables(root, series("m", values), [meter], settings)["silver.gaps"], *GAP)


def test_open_hole(tmp_path: Path) -> None:
    """From the last reading to as_of; below 4 h not listed; whole intervals."""
    assert ends(tmp_path, 4.9) == []  # 1:00 to 4:54 are 3 whole hours
    assert ends(tmp_path, 5) == [(at(1), None, 4, kw(4), "missing_short", True)]
    assert ends(tmp_path, 25.5) == [(at(1), None, 24, kw(24), "missing_extended", True)]
    assert ends(tmp_path, 0) == []


def test_as_of_is_the_last_landing_hour(tmp_path: Path) -> None:
    """Section 4: the START of the latest landing hour that brought a reading: 05:00 here, so 4 h are open."""
    found = tables(tmp_path, series("m", [1]), hour="2024/03/04/05")
    assert facts(found["silver.gaps"], *GAP) == [(at(1), None, 4, kw(4), "missing_short", True)]


def test_closed_at_active_to(tmp_path: Path) -> None:
    """Once as_of >= active_to the hole closes there, and is listed whatever its length; off the grid: whole ones."""
    meter = f"m,home,60,,,,,{at(3.5).isoformat()}"
    assert ends(tmp_path, 3.4, meter) == []  # still open, 2 h
    assert ends(tmp_path, 3.5, meter) == [(at(1), at(3.5), 2, kw(2), "interpolated", False)]
    assert ends(tmp_path, 100, meter) == [(at(1), at(3.5), 2, kw(2), "interpolated", False)]
    assert ends(tmp_path, 100, f"m,home,60,,,,,{at(1.5).isoformat()}") == []  # no whole interval
    rows = tables(tmp_path, series("m", [1]), [meter])["silver.readings"]
    assert len(rows) == 1  # never filled


def test_first_hole(tmp_path: Path) -> None:
    """From the first grid point at or after active_from to the first reading; none without an active_from."""
    assert ends(tmp_path, 0, f"m,home,60,,,,{at(-2.5).isoformat()},") == [
        (at(-2), at(0), 2, kw(2), "interpolated", False)
    ]
    assert ends(tmp_path, 0, f"m,home,60,,,,{at(-0.5).isoformat()},") == []
    assert ends(tmp_path, 0, f"m,home,60,,,,{at(-24).isoformat()},")[0][2:5] == (24, kw(24), "missing_extended")


def test_meter_that_never_came(tmp_path: Path) -> None:
    """Open from active_from on (below 4 h not listed), closed at active_to; no hole without an active_from."""
    silent = f"m,home,60,,,,{at(0).isoformat()},"
    assert ends(tmp_path, 3, silent, ()) == []
    assert ends(tmp_path, 4, silent, ()) == [(at(0), None, 4, kw(4), "missing_short", True)]
    ended = silent + at(2).isoformat()
    assert ends(tmp_path, 4, ended, ()) == [(at(0), at(2), 2, kw(2), "interpolated", False)]
    assert ends(tmp_path, 400, "m,home,60,,,,,", ()) == []
