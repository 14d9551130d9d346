"""V01 to V14 by hand: what each check says of one reading, and which of several stands (section 2, 3)."""

from datetime import timedelta
from pathlib import Path

import pytest

from .given import HEADER, METERS, ONE_METER, at, by_start, facts, kw, line, only, put, series, tables
from .landing import Bronze
from .settings import Settings, Source
from .tables import compute


def test_worked_example(tmp_path: Path) -> None:
    """Section 6: 1250 W at 14:00 in partition 14 is 1.25 kW, converted: 100 - 5 = 95, premium."""
    found = tables(
        tmp_path,
        ["MTR-78910,2024-03-15T14:00:00Z,1250,W"],
        ["MTR-78910,home,60,,,,,"],
        header="meter_id,timestamp,value,unit",
        hour="2024/03/15/14",
    )
    row = only(found["silver.readings"])
    assert (row["kw"], row["energy_kwh"], row["unit_converted"]) == (kw("1.25"), kw("1.25"), True)
    assert (row["quality_score"], row["tier"], row["warnings"]) == (95, "premium", [])
    assert (row["source_file"], row["source_version"], row["source_line"]) == ("raw/2024/03/15/14/file.csv", 1, 2)


def judged(root: Path, text: str, meter: str = ONE_METER, settings: Settings | None = None) -> tuple[object, ...]:
    """One line's disposition, reasons, warnings and kw."""
    found = tables(root, [text], [meter], settings)
    rows = found["silver.readings"]
    row = only(rows + found["silver.quarantine"])
    disposition = "accepted" if rows else row["disposition"]
    return disposition, row.get("reasons", []), row["warnings"], row["kw"]


QUARANTINED = "quarantined"


@pytest.mark.parametrize(
    ("value", "unit", "expected"),
    [
        ("1.5", "kW", ("accepted", [], [], kw("1.5"))),
        ("0.0000005", "kW", ("accepted", [], [], kw("0.000001"))),  # a tie goes away from zero
        ("NaN", "kW", (QUARANTINED, ["V01"], [], None)),
        ("", "", (QUARANTINED, ["V01"], [], None)),  # no V05: the value is not known
        ("x", "kVA", (QUARANTINED, ["V01", "V04"], [], None)),
        ("1e12", "W", (QUARANTINED, ["V01"], [], None)),  # as sent, though 10^9 kW
        ("1e9", "MW", (QUARANTINED, ["V01"], [], None)),  # in kW; too large to be judged by V10
        ("999999999999.9999995", "kW", (QUARANTINED, ["V01"], [], None)),  # the stored kW is rounded up to 10^12
        ("999999999.9999", "MW", (QUARANTINED, ["V10"], [], kw("999999999999.9"))),
        ("1", "mW", (QUARANTINED, ["V04"], [], None)),
        ("1", " MW ", (QUARANTINED, ["V10"], [], kw(1000))),
        ("10", "", (QUARANTINED, ["V05"], [], None)),
        ("-1000", " ", (QUARANTINED, ["V05"], [], None)),
        ("9.999", "", ("accepted", [], [], kw("9.999"))),
        ("1000.5", "", ("accepted", [], [], kw("1.0005"))),
        ("-0.0000004", "kW", ("accepted", [], [], kw(0))),  # V09 looks at the stored kW, which is 0
        ("-0.0000005", "kW", ("rejected", ["V09"], [], kw("-0.000001"))),
        ("20", "kW", ("accepted", [], [], kw(20))),
        ("20.000001", "kW", (QUARANTINED, ["V10"], [], kw("20.000001"))),
    ],
)
def test_values(tmp_path: Path, value: str, unit: str, expected: tuple[object, ...]) -> None:
    """V01, V04, V05, V09, V10 at their limits."""
    assert judged(tmp_path, line("m", at(0), value, unit)) == expected


@pytest.mark.parametrize(
    ("meter", "settings", "value", "reasons"),
    [
        ("m,home,60,,,-5,,", Settings(), "-5", []),  # min_kw < 0 allows export
        ("m,home,60,,,-5,,", Settings(), "-5.000001", ["V09"]),
        ("m,shop,60,,,,,", Settings(max_kw_by_meter_type={"shop": 50}), "50", []),  # the type's limit
        ("m,shop,60,,30,,,", Settings(max_kw_by_meter_type={"shop": 50}), "30.1", ["V10"]),  # the meter's own
        ("m,home,15,,,,,", Settings(), "20", []),
    ],
)
def test_limits(tmp_path: Path, meter: str, settings: Settings, value: str, reasons: list[str]) -> None:
    """V09, V10: the default, by meter type, then per meter."""
    assert judged(tmp_path, line("m", at(0), value, minutes=15), meter, settings)[1] == reasons


@pytest.mark.parametrize(
    ("read_at", "received_at", "reasons", "warnings"),
    [
        (0, -1, [], []),  # read_at = received_at + 1 h is not the future
        (0, -1 - 1 / 3600, ["V06"], []),
        (0, 2, [], []),  # the interval's end is just 1 h before received_at
        (0, 2 + 1 / 3600, [], ["V07"]),
        (0, 730 * 24, [], ["V07"]),
        (0, 730 * 24 + 1 / 3600, ["V14"], ["V07"]),
        (0.05, 1, [], []),  # 3 min = 5 % of an hour
        (0.05 + 1 / 3600, 1, ["V08"], []),
        (0.95, 2, [], []),  # snapped to 01:00, whose end is 02:00
    ],
)
def test_times(tmp_path: Path, read_at: float, received_at: float, reasons: list[str], warnings: list[str]) -> None:
    """V06, V07, V08, V14 at their limits; a snapped read_at before every other check."""
    text = f"m,{at(read_at).isoformat()},1,kW,{at(received_at).isoformat()}"
    assert judged(tmp_path, text)[1:3] == (reasons, warnings)


def test_backfill(tmp_path: Path) -> None:
    """V06, V07 and V14 are off with check_arrival false."""
    backfill = Settings(check_arrival=False)
    for number, received in enumerate(("2030-01-01T00:00Z", "2024-03-05T00:00Z", "2001-01-01T00:00Z")):
        text = f"m,{at(0).isoformat()},1,kW,{received}"
        assert judged(tmp_path / str(number), text, settings=backfill)[:3] == ("accepted", [], [])


def test_unreadable_time_and_unknown_meter(tmp_path: Path) -> None:
    """V02, V03: all failed checks are recorded, rejected is worse; a check without its input is not made."""
    lines = ["m,soon,1,kW,", "n,soon,30,W,", "n,2024-03-04T00:07Z,-1,kWh,", "n,2020-03-04T00:00Z,x,,"]
    found = tables(tmp_path, lines)
    rows = {row["source_line"]: row for row in found["silver.quarantine"]}
    assert {number: (row["reasons"], row["disposition"], row["status"]) for number, row in rows.items()} == {
        2: (["V02"], "quarantined", "open"),
        3: (["V02", "V03"], "rejected", "rejected"),
        4: (["V03"], "rejected", "rejected"),  # no grid and no limit of an unknown meter: no V08, V09
        5: (["V01", "V03", "V14"], "rejected", "rejected"),
    }
    assert (rows[2]["kw"], rows[2]["read_date"]) == (kw(1), None)  # the factor is known without a time
    assert (rows[3]["kw"], rows[3]["unit_converted"]) == (None, True)
    assert (rows[4]["kw"], rows[4]["unit_converted"], rows[4]["meter_type"]) == (None, None, None)
    assert (rows[5]["unit_converted"], rows[5]["unit_inferred"]) == (None, True)
    assert rows[2]["received_at"] == at(1)  # the end of the landing hour


def test_active_period(tmp_path: Path) -> None:
    """V03: [active_from, active_to), a mere date is its 00:00 local; kw is there, the meter is known."""
    meter = "m,home,60,,,,2024-03-04,2024-03-04T03:00Z"
    found = tables(tmp_path, series("m", [1, 1, 1, 1, 1], start=-1), [meter])
    assert facts(found["silver.quarantine"], "read_at", "reasons", "kw") == [
        (at(-1), ["V03"], kw(1)),
        (at(3), ["V03"], kw(1)),
    ]


def test_quarantined_row(tmp_path: Path) -> None:
    """Section 7, fine print 7, 13, 15: texts as they came, meter_id trimmed, no score, hole_hours 0."""
    row = only(tables(tmp_path, [f" m\t, {at(0).isoformat()}, 1 , kVA,"])["silver.quarantine"])
    assert (row["meter_id"], row["raw_read_at"]) == ("m", f" {at(0).isoformat()}")
    assert (row["raw_value"], row["raw_unit"]) == (" 1 ", " kVA")
    assert (row["quality_score"], row["tier"], row["hole_hours"], row["origin"]) == (None, None, kw(0), "observed")
    assert (row["unit_converted"], row["unit_inferred"], row["energy_kwh"]) == (None, False, None)


def test_interval_end(tmp_path: Path) -> None:
    """Section 1: where stamps mark the end, read_at is the stamp minus the interval, before it is snapped."""
    settings = Settings(sources=(Source("file*", time_zone="Europe/Berlin", stamps="end"),))
    found = tables(tmp_path, ["m,2024-03-04T01:15:20,1,kW,2024-03-04T01:15:30"], ["m,home,15,,,,,"], settings)
    assert only(found["silver.readings"])["read_at"] == at(0)


def test_clocks_that_go_back(tmp_path: Path) -> None:
    """Fine print 8: the earlier instant, from a meter's second such line in a file on the later; per meter and file."""
    settings = Settings(sources=(Source("*", time_zone="Europe/Berlin"),), check_arrival=False)
    twice = "2024-10-27T02:00"
    lines = [f"m,{twice},1,kW,", f"n,{twice}:00,1,kW,", f" m ,{twice}:00,2,kW,", f"m,{twice},3,kW,"]
    found = tables(tmp_path, lines, [ONE_METER, "n,home,60,,,,,"], settings)
    assert facts(found["silver.readings"], "meter_id", "read_at", "kw") == [
        ("m", at(237 * 24), kw(1)),  # 27 October 00:00Z
        ("m", at(237 * 24 + 1), kw(3)),  # the third line corrects the second
        ("n", at(237 * 24), kw(1)),
    ]


def ranked(root: Path, *sent: tuple[str, int]) -> tuple[int, int]:
    """Values with minutes of arrival for one interval: the line that stands, and how many are superseded."""
    lines = [f"m,{at(0).isoformat()},{value},kW,{at(minutes / 60).isoformat()}" for value, minutes in sent]
    found = tables(root, lines)
    counts = only(found["gold.daily_quality"])["rule_counts"]
    return only(found["silver.readings"])["source_line"], counts.get("V13", 0)


def test_which_stands(tmp_path: Path) -> None:
    """V13: walk up the ranks; a later one takes the place only where its kw differs."""
    assert ranked(tmp_path / "1", ("1", 60), ("1.0", 90)) == (2, 1)  # the same value again: the timely one stands
    assert ranked(tmp_path / "2", ("1", 60), ("2", 90)) == (3, 1)
    assert ranked(tmp_path / "3", ("2", 90), ("1", 60)) == (2, 1)  # by received_at, not by line
    assert ranked(tmp_path / "4", ("1", 60), ("2", 70), ("1", 80)) == (4, 2)  # A-B-A: the last
    assert ranked(tmp_path / "5", ("1", 60), ("2", 70), ("2", 80), ("x", 90)) == (3, 2)  # x neither supersedes nor is
    assert ranked(tmp_path / "6", ("1", 60), ("2", 60)) == (3, 1)  # then by line


def test_rank_by_path_and_version(tmp_path: Path) -> None:
    """V13: at one received_at by path (its bytes), then file version, then line."""
    put(tmp_path, "reference/meters.csv", f"{METERS}\n{ONE_METER}")
    bronze = Bronze()
    for value in (1, 2, 3):
        text = f"m,{at(0).isoformat()},{value},kW,{at(1).isoformat()}"
        put(tmp_path, "landing/raw/2024/03/04/00/b.csv", f"{HEADER}\n{text}")
        bronze.ingest(tmp_path / "landing")
    put(tmp_path, "landing/raw/2024/03/04/00/B.csv", f"{HEADER}\n{text.replace(',3,', ',4,')}")
    bronze.ingest(tmp_path / "landing")
    found = compute(bronze, tmp_path / "reference", Settings())
    row = only(found["silver.readings"])  # B before b; of b the third version
    assert (row["kw"], row["source_file"], row["source_version"]) == (kw(3), "raw/2024/03/04/00/b.csv", 3)


@pytest.mark.parametrize(
    ("previous", "value", "warnings"),
    [
        ("0", "0.6", []),  # 6 x 0.1, the floor
        ("0", "0.600001", ["V11"]),
        ("0.2", "1.2", []),
        ("0.2", "1.200001", ["V11"]),
        ("2", "0.2", []),
        ("2", "0.199999", ["V12"]),
        ("0.1", "0.009999", ["V12"]),
        ("0.099999", "0", []),  # previous below 0.1: no V12
    ],
)
def test_rates(tmp_path: Path, previous: str, value: str, warnings: list[str]) -> None:
    """V11: more than 6 x max(previous, 0.1). V12: previous >= 0.1 and less than a tenth of it. Each costs 20."""
    row = by_start(tables(tmp_path, series("m", [previous, value])))[at(1)]
    assert (row["warnings"], row["quality_score"]) == (warnings, 80 if warnings else 100)


def test_previous_is_near(tmp_path: Path) -> None:
    """V11, V12: the last accepted reading, starting at most 4 h earlier; not for meters that may export."""
    for name, meter, silent, warnings in (
        ("4 h", ONE_METER, 3, ["V11"]),
        ("5 h", ONE_METER, 4, []),
        ("export", "m,home,60,,,-1,,", 3, []),
    ):
        found = by_start(tables(tmp_path / name, series("m", [1, *([None] * silent), "6.1"]), [meter]))
        assert found[at(silent + 1)]["warnings"] == warnings


def test_previous_is_accepted(tmp_path: Path) -> None:
    """V11: a quarantined reading (25 kW) is no previous one, a Q01 one is: 1, [25], 7, 1."""
    lines = series("m", ["1", "25", "7"])
    late = at(3) + timedelta(hours=3)
    lines.append(f"m,{at(3).isoformat()},500,W,{late.isoformat()}")  # V07, V12, converted: 100 - 15 - 20 - 5 = 60
    lines += series("m", ["0.04"], start=4)
    found = by_start(tables(tmp_path, lines))
    assert [found[at(hour)]["warnings"] for hour in (2, 3, 4)] == [["V11"], ["V07", "V12"], ["V12"]]
    assert (found[at(3)]["reasons"], found[at(3)]["quality_score"], found[at(3)]["tier"]) == (["Q01"], 60, "quarantine")
