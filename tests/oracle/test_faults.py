"""F01 to F05 by hand (section 5, fine print 17 to 19)."""

from pathlib import Path

import pytest

from .given import ONE_METER, at, by_start, facts, kw, line, only, series, tables
from .settings import Settings

FAULT = ("fault", "started_at", "ended_at", "evidence", "is_open")


def faults(root: Path, values: list[object], meter: str = ONE_METER, **reference: str) -> list[tuple[object, ...]]:
    """The faults of hourly readings from hour 0 on, but for F04."""
    found = tables(root, series("m", values), [meter], **reference)["silver.faults"]
    return facts([row for row in found if row["fault"] != "F04"], *FAULT)


def test_zero(tmp_path: Path) -> None:
    """F01: 48 zeros are 48 h; the reading after them is the last standing one, so the episode is closed."""
    assert faults(tmp_path / "47", [1, *[0] * 47, 1]) == []
    assert faults(tmp_path / "48", [1, *[0] * 48, 1]) == [("F01", at(1), at(49), kw(48), False)]
    assert faults(tmp_path / "end", [0] * 49) == [("F01", at(0), at(49), kw(49), True)]


def test_bridges(tmp_path: Path) -> None:
    """A hole of 3 h is bridged and counts in the duration, one of 4 h breaks the run."""
    assert faults(tmp_path / "3", [*[0] * 24, *[None] * 3, *[0] * 21]) == [("F01", at(0), at(48), kw(48), True)]
    assert faults(tmp_path / "4", [*[0] * 24, *[None] * 4, *[0] * 24]) == []


def test_vacancy(tmp_path: Path) -> None:
    """F01: readings in [from, to) of a vacancy are no zeros and break the run."""
    broken = f"meter_id,from,to\nm,{at(24).isoformat()},{at(25).isoformat()}"
    before = f"meter_id,from,to\nm,{at(-5).isoformat()},{at(2).isoformat()}"
    assert faults(tmp_path / "in", [0] * 72, vacancies=broken) == []  # 24 h and 47 h
    assert faults(tmp_path / "to", [0] * 50, vacancies=before) == [("F01", at(2), at(50), kw(48), True)]


def test_stuck(tmp_path: Path) -> None:
    """F02: the same kw, not 0, for 24 h; another value breaks the run, an unreadable one leaves a short hole."""
    assert faults(tmp_path / "24", [2, *["1.5"] * 24]) == [("F02", at(1), at(25), kw(24), True)]
    assert faults(tmp_path / "23", [2, *["1.5"] * 23]) == []
    assert faults(tmp_path / "other", [*["1.5"] * 12, "1.500001", *["1.5"] * 12]) == []
    assert faults(tmp_path / "x", [*["1.5"] * 12, "x", *["1.50"] * 11]) == [("F02", at(0), at(24), kw(24), True)]
    assert faults(tmp_path / "zero", [0] * 24) == []


def test_overload(tmp_path: Path) -> None:
    """F03: 6 standing readings that failed only V10; missing ones are bridged and not counted."""
    assert faults(tmp_path / "5", [1, *[21] * 5, 1]) == []
    assert faults(tmp_path / "6", [1, *range(21, 27), 1]) == [("F03", at(1), at(7), kw(6), False)]
    bridged = [21, 22, None, 23, "x", 24, 25, 26]
    assert faults(tmp_path / "bridged", bridged) == [("F03", at(0), at(8), kw(6), True)]
    assert faults(tmp_path / "limit", [21, 22, 23, 20, 24, 25, 26]) == []  # 20 is accepted and breaks the run


def test_standing(tmp_path: Path) -> None:
    """An accepted reading stands before one over the limit; of those over it the highest-ranked."""
    stuck = [f"m,{at(hour).isoformat()},30,kW,{at(hour + 1).isoformat()}" for hour in range(24)]
    later = [f"m,{at(hour).isoformat()},{31 + hour},kW,{at(hour + 2).isoformat()}" for hour in range(24)]
    assert facts(tables(tmp_path / "same", stuck)["silver.faults"], *FAULT) == [
        ("F02", at(0), at(24), kw(24), True),
        ("F03", at(0), at(24), kw(24), True),
    ]
    assert facts(tables(tmp_path / "later", stuck + later)["silver.faults"], "fault") == [("F03",)]  # 31, 32, 33 ...
    accepted = line("m", at(5), 1)
    rows = tables(tmp_path / "accepted", [*stuck[:11], accepted])["silver.faults"]
    assert facts(rows, "fault") == []  # 5 before it, 5 after it


def test_whole_episode_is_flagged(tmp_path: Path) -> None:
    """Every row inside it, whatever its origin: observed, filled, quarantined, rejected; and 30 points, no use."""
    lines = series("m", [1, *[0] * 20, None, *[0] * 27, 1])
    lines += [line("m", at(30.5), 5), line("m", at(31), -3), line("n", at(31), 1)]
    found = tables(tmp_path, lines, [ONE_METER, "n,home,60,,,,,"])
    rows = by_start(found)
    assert rows[at(0)]["faults"] == rows[at(49)]["faults"] == []
    assert all(row["faults"] == ["F01"] for start, row in rows.items() if at(1) <= start < at(49))
    assert (rows[at(21)]["origin"], rows[at(21)]["quality_score"]) == ("interpolated", 60)  # 100 - 10 - 30
    assert (rows[at(30.5)]["reasons"], rows[at(30.5)]["faults"]) == (["V08"], ["F01"])
    assert by_start(found, "n")[at(31)]["faults"] == []
    assert rows[at(2)]["quality_score"] == 70  # and stays in silver.readings, yet is not usable
    assert {row["read_at"] for row in found["silver.readings"] if row["quality_score"] == 70} >= {at(2)}
    assert facts(found["gold.hourly_load"], "hour") == [(at(0),), (at(31),), (at(49),)]
    rejected = [row for row in found["silver.quarantine"] if row["reasons"] == ["V09"]]
    assert only(rejected)["faults"] == ["F01"]


def low_variance(root: Path, values: list[object], settings: Settings | None = None) -> list[tuple[object, ...]]:
    """The F04 episodes of hourly readings from Monday 00:00Z on."""
    found = tables(root, series("m", values), settings=settings)["silver.faults"]
    return facts([row for row in found if row["fault"] == "F04"], *FAULT[1:])


def alternating(mean: float, spread: float, count: int) -> list[object]:
    """A series whose ratio of deviation to mean is spread / mean, for an even count."""
    return [round(mean + (spread if number % 2 else -spread), 6) for number in range(count)]


def test_low_variance(tmp_path: Path) -> None:
    """F04: 7 days around 5 kW by 0.05 are just 0.01 and do not trip; by 0.0499 they do: 0.00998."""
    assert low_variance(tmp_path / "edge", alternating(5, 0.05, 168)) == []
    # with 6 of 7 days (86 %) Saturday trips by itself, Sunday with all 7: Sunday before to Sunday, one episode
    assert low_variance(tmp_path / "in", alternating(5, 0.0499, 168)) == [(at(-24), at(168), kw("0.00998"), True)]
    assert low_variance(tmp_path / "mean", alternating(0, 0.0, 168)) == []  # mean 0


def test_local_week(tmp_path: Path) -> None:
    """F04's days are local: 4 March 00:00Z is 3 March 19:00 in New York, whose clocks go forward on the 10th.

    9 March has 149 of 168 intervals, 10 March 163 of 167; the 8th with 125 is not tested.
    """
    found = low_variance(tmp_path, alternating(5, 0.01, 168), Settings(time_zone="America/New_York"))
    assert only([one[:2] for one in found]) == (at(-19), at(172))  # 3 March 00:00-05:00 to 11 March 00:00-04:00


def test_share_of_intervals(tmp_path: Path) -> None:
    """F04 wants 80 % of all 168 grid points: 134.4, so 135 readings trip (on the sixth day), 134 do not."""
    assert low_variance(tmp_path / "134", alternating(5, 0.01, 134)) == []
    assert low_variance(tmp_path / "135", alternating(5, 0.01, 135))[0][:2] == (at(-24), at(144))


@pytest.mark.parametrize(("days", "episodes"), [(14, 1), (15, 2)])
def test_weeks_that_touch(tmp_path: Path, days: int, episodes: int) -> None:
    """Two flat weeks on other levels touch and are one episode; with a wild day between them they are two."""
    wild = [1, 9] * 12 if days == 15 else []
    values = alternating(5, 0.01, 168) + wild + alternating(3, 0.01, 168)
    found = low_variance(tmp_path, values)
    assert len(found) == episodes
    assert found[0][0] == at(-24)
    assert found[-1][1] == at(days * 24)


def neighbours(root: Path, own: list[object], others: int = 3, settings: Settings | None = None) -> list[object]:
    """F05 of meter m beside meters that rise by 0.01 kW an hour."""
    names = [f"n{number}" for number in range(others)]
    rising = [round(1 + hour / 100, 2) for hour in range(len(own))]
    lines = series("m", own) + [text for name in names for text in series(name, rising)]
    found = tables(root, lines, [f"{name},home,60,N,,,," for name in ["m", *names]], settings)
    return facts([row for row in found["silver.faults"] if row["meter_id"] == "m"], *FAULT)


def test_neighbourhood(tmp_path: Path) -> None:
    """F05: r below 0.3, from 72 hours and 3 neighbours on; r = -1 where the meter falls as they rise."""
    falling = [round(9 - hour / 100, 2) for hour in range(72)]
    # 72 hours are there on the third day (Wednesday): the 7 days to it
    assert neighbours(tmp_path / "72", falling) == [("F05", at(-96), at(72), kw(-1), True)]
    assert neighbours(tmp_path / "71", falling[:71]) == []
    assert neighbours(tmp_path / "few", falling, others=2) == []
    assert neighbours(tmp_path / "same", [round(5 + hour / 50, 2) for hour in range(72)]) == []  # r = 1
    missing = [None if hour == 10 else value for hour, value in enumerate(falling)]
    assert neighbours(tmp_path / "missing", missing) == []  # 71 hours that count


def test_undefined_correlation(tmp_path: Path) -> None:
    """F05 is not tested where r is undefined: a constant meter is F02's and F04's."""
    assert [fault[0] for fault in neighbours(tmp_path, [1] * 72)] == ["F02"]


def test_only_reported(tmp_path: Path) -> None:
    """F05 excludes nothing by default: flagged, no 30 points, usable; with excludes all of it."""
    falling = [round(9 - hour / 100, 2) for hour in range(72)]
    for excludes, score, hours in ((False, 100, 72), (True, 70, 0)):
        root = tmp_path / str(excludes)
        names = ["m", "n0", "n1", "n2"]
        rising = [round(1 + hour / 100, 2) for hour in range(72)]
        lines = series("m", falling) + [text for name in names[1:] for text in series(name, rising)]
        settings = Settings(neighbourhood_excludes=excludes)
        found = tables(root, lines, [f"{name},{name},60,N,,,," for name in names], settings)
        row = by_start(found)[at(0)]
        assert (row["faults"], row["quality_score"]) == (["F05"], score)
        assert sum(row["meter_type"] == "m" for row in found["gold.hourly_load"]) == hours
