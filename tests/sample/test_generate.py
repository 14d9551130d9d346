"""The job that writes the sample: the same for the same seed, never twice, never among other data."""

import json
from pathlib import Path

import pytest

from meterlake.errors import MeterlakeError
from meterlake.sample import generate
from meterlake.sample.build import Sample, build
from meterlake.sample.district import Plan
from tests.sample.given import PLAN, ROOT, arguments, demo_config


def files_of(folder: Path) -> dict[str, tuple[int, bytes]]:
    """Each file's time of change and bytes."""
    return {
        str(file.relative_to(folder)): (file.stat().st_mtime_ns, file.read_bytes())
        for name in ("landing", "reference", "truth.csv")
        for file in sorted([folder / name, *(folder / name).rglob("*")])
        if file.is_file()
    }


def test_the_same_plan_gives_the_same_bytes(sample: Sample, folder: Path) -> None:
    assert build(PLAN) == sample
    on_disk = {path: data for path, (_, data) in files_of(folder).items()}
    assert {f"landing/{path}": data for path, data in sample.landing.items()}.items() <= on_disk.items()
    assert on_disk["truth.csv"] == sample.truth


def test_another_seed_gives_another_district(sample: Sample) -> None:
    assert build(Plan(PLAN.meters, PLAN.days, 8, PLAN.homes)).landing != sample.landing


def test_a_second_generation_changes_nothing_and_says_so(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    before = files_of(folder)
    written = generate.run(demo_config(folder), arguments())
    assert (written.new, written.different) == (0, 0)
    assert files_of(folder) == before
    assert "nothing new" in capsys.readouterr().out


def test_a_sample_that_was_cut_short_is_completed(tmp_path: Path) -> None:
    generate.run(demo_config(tmp_path), arguments())
    whole = {path: data for path, (_, data) in files_of(tmp_path).items()}
    for gone in ("truth.csv", next(path for path in whole if path.startswith("landing/raw/"))):
        (tmp_path / gone).unlink()
    assert generate.run(demo_config(tmp_path), arguments()).new == 2
    assert {path: data for path, (_, data) in files_of(tmp_path).items()} == whole


def test_a_file_that_somebody_changed_is_left_and_reported(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    generate.run(demo_config(tmp_path), arguments())
    changed = next((tmp_path / "landing" / "raw").rglob("*.csv"))
    changed.write_text("mine")
    written = generate.run(demo_config(tmp_path), arguments())
    assert (written.new, written.different, changed.read_text()) == (0, 1, "mine")
    assert "1 file" in capsys.readouterr().out


@pytest.mark.parametrize("name", ["landing", "reference"])
def test_a_folder_with_other_data_is_refused(tmp_path: Path, name: str) -> None:
    (tmp_path / name).mkdir()
    (tmp_path / name / "mine.csv").write_text("data")
    with pytest.raises(MeterlakeError, match="no sample of ours") as refused:
        generate.run(demo_config(tmp_path), arguments())
    assert refused.value.where == str(tmp_path / name)
    assert refused.value.next_step
    assert [path.name for path in tmp_path.iterdir()] == [name]


def test_another_sample_is_refused(folder: Path) -> None:
    before = files_of(folder)
    with pytest.raises(MeterlakeError, match="80 meters, 21 days, seed 7"):
        generate.run(demo_config(folder), arguments(seed=8))
    assert files_of(folder) == before


def test_an_unreadable_marker_is_no_sample(tmp_path: Path) -> None:
    (tmp_path / "landing").mkdir()
    (tmp_path / "landing" / "_meterlake_sample.json").write_text("{")
    with pytest.raises(MeterlakeError, match="cannot be read"):
        generate.run(demo_config(tmp_path), arguments())


def test_the_marker_says_what_was_asked(folder: Path) -> None:
    marker = json.loads((folder / "landing" / "_meterlake_sample.json").read_text())
    assert (marker["meters"], marker["days"], marker["seed"]) == (80, 21, 7)


@pytest.mark.parametrize(("changes", "said"), [({"meters": 79}, "too few"), ({"days": 20}, "do not fit")])
def test_too_small_a_district_is_refused(tmp_path: Path, changes: dict[str, int], said: str) -> None:
    with pytest.raises(MeterlakeError, match=said):
        generate.run(demo_config(tmp_path), arguments(**changes))


def test_settings_that_the_sample_does_not_fit_are_refused(tmp_path: Path) -> None:
    with pytest.raises(MeterlakeError, match="America/Los_Angeles") as refused:
        generate.run(demo_config(tmp_path, "time_zone=UTC"), arguments())
    assert "conf/demo.yaml" in refused.value.next_step


def test_storage_elsewhere_is_refused(tmp_path: Path) -> None:
    with pytest.raises(MeterlakeError, match="this machine only"):
        generate.run(demo_config(tmp_path, "storage.landing=s3a://bucket/landing"), arguments())


def test_missing_homes_are_told(tmp_path: Path) -> None:
    with pytest.raises(MeterlakeError, match="homes' curves") as missing:
        build(Plan(80, 21, 7, tmp_path))
    assert missing.value.where == str(tmp_path / "homes.csv")


def test_the_project_carries_the_homes() -> None:
    assert {"homes.csv", "weather.csv", "README.md", "LICENSE"} <= {file.name for file in PLAN.homes.iterdir()}
    assert generate.HOMES == ROOT / "data" / "homes"
