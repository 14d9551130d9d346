"""The summary: what a person is told of what was found, and the exit code."""

from pathlib import Path
from shutil import copytree

import polars as pl
import pytest

from meterlake.sample import summary
from tests.sample.given import ROOT
from tests.sample.judged import NOW, write_table


def say(folder: Path, *arguments: str) -> int:
    """The exit code of the summary of a folder."""
    settings = [f"storage.{name}={folder / name}" for name in ("landing", "reference", "warehouse")]
    overrides = [part for setting in settings for part in ("--set", setting)]
    return summary.main(["--config", str(ROOT / "conf" / "demo.yaml"), *overrides, *arguments])


def rows_of(folder: Path, name: str) -> list[dict[str, object]]:
    return pl.read_delta(str(folder / "warehouse" / name.replace(".", "/"))).to_dicts()


@pytest.fixture
def changed(judged: Path, tmp_path: Path) -> Path:
    """A copy of the judged sample, for a test to spoil."""
    for part in ("warehouse", "truth.csv"):
        source = judged / part
        copytree(source, tmp_path / part) if source.is_dir() else (tmp_path / part).write_bytes(source.read_bytes())
    return tmp_path


def test_everything_injected_is_found_by_an_independent_judge(judged: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert say(judged) == 0
    told = capsys.readouterr().out
    assert told.rstrip().endswith("Every injected fault, hole and defect was found, and the counts balance.")
    rows = [line.split() for line in told.splitlines()]
    counts = {row[0]: [int(cell.replace(",", "")) for cell in row[-4:]] for row in rows if row and row[0] in CHECKED}
    assert set(counts) == set(CHECKED)
    assert all(injected == found and missed == extra == 0 for injected, found, missed, extra in counts.values())


CHECKED = [*(f"V{n:02d}" for n in range(1, 15)), "Q01", *(f"F{n:02d}" for n in range(1, 6))]
CHECKED += ["interpolated", "missing_short", "missing_extended"]


def test_the_summary_fits_a_terminal(judged: Path, capsys: pytest.CaptureFixture[str]) -> None:
    say(judged)
    lines = capsys.readouterr().out.splitlines()
    assert max(len(line) for line in lines if str(judged) not in line) <= 100


def test_each_day_has_its_peaks_or_a_reason(judged: Path, capsys: pytest.CaptureFixture[str]) -> None:
    say(judged)
    days = {line.split()[1]: line for line in capsys.readouterr().out.splitlines() if line[2:6] in WEEKDAYS}
    assert len(days) == 21
    assert "24 h public_holiday" in days["2021-11-11"]
    assert "3 h grid_maintenance" in days["2021-11-12"]
    assert days["2021-11-02"].count(":00") == 3


WEEKDAYS = {f"{day} " for day in ("Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun")}


@pytest.mark.parametrize("name", ["silver.faults", "silver.gaps"])
def test_an_injected_episode_that_is_not_found_fails(
    changed: Path, name: str, capsys: pytest.CaptureFixture[str]
) -> None:
    rows = rows_of(changed, name)
    write_table(
        changed, name, [row for row in rows if row.get("fault", row.get("class")) not in ("F02", "missing_short")]
    )
    assert say(changed) == 1
    told = capsys.readouterr()
    assert "NOT FOUND" in told.out
    assert "injected defects were not found" in told.err


def test_a_hole_with_another_end_is_not_the_one_injected(changed: Path) -> None:
    rows = rows_of(changed, "silver.gaps")
    rows[0]["intervals"] = 77
    write_table(changed, "silver.gaps", rows)
    assert say(changed) == 1


def test_an_episode_nobody_injected_is_extra_and_no_failure(changed: Path, capsys: pytest.CaptureFixture[str]) -> None:
    rows = rows_of(changed, "silver.faults")
    write_table(changed, "silver.faults", [*rows, rows[0] | {"meter_id": "MTR-10080", "fault": "F05"}])
    assert say(changed) == 0
    f05 = next(line.split() for line in capsys.readouterr().out.splitlines() if line.startswith("  F05"))
    assert f05[-4:] == ["2", "2", "0", "1"]


def test_a_lost_reading_is_told(changed: Path, capsys: pytest.CaptureFixture[str]) -> None:
    rows = rows_of(changed, "ops.audit")
    write_table(
        changed,
        "ops.audit",
        [row | {"rows": 18 if row["disposition"] == "superseded" else row["rows"]} for row in rows],
    )
    assert say(changed) == 1
    assert "have a disposition" in capsys.readouterr().err


def test_the_newest_audit_counts(changed: Path) -> None:
    rows = rows_of(changed, "ops.audit")
    older = [row | {"rows": 1, "audited_at": NOW.replace(year=2023)} for row in rows]
    write_table(changed, "ops.audit", [*older, *rows])
    assert say(changed) == 0


def test_a_run_that_wrote_nothing_says_so(judged: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert say(judged, "--since", "2024-01-02") == 0
    assert "nothing new: the tables are as they were" in capsys.readouterr().out
    assert say(judged, "--since", str(int(NOW.timestamp()))) == 0
    assert "build_silver wrote to its tables" in capsys.readouterr().out
    assert say(judged) == 0
    assert "build_silver last wrote at 2024-01-01" in capsys.readouterr().out


def test_a_missing_table_is_named(folder: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (tmp_path / "truth.csv").write_bytes((folder / "truth.csv").read_bytes())
    assert say(tmp_path) == 1
    assert "there is no table bronze.files" in capsys.readouterr().err


def test_a_missing_truth_is_named(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert say(tmp_path) == 1
    assert "jobs/generate_sample.py" in capsys.readouterr().err


def test_a_wrong_setting_ends_with_2(tmp_path: Path) -> None:
    assert say(tmp_path, "--set", "gaps.unknown=1") == 2
