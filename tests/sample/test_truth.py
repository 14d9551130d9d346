"""The truth: re-derived by hand from the files, free of interference, and found exactly by the oracle."""

import json
from collections import Counter
from datetime import timedelta
from itertools import pairwise
from pathlib import Path

from meterlake.sample.build import Sample
from meterlake.sample.district import build_feeds
from meterlake.sample.roles import Cast, play_all
from meterlake.sample.truth import DEAD_LETTERS, FAULTS, HOLES, RULES, Fact, from_csv, to_csv
from tests.sample.given import PLAN, landing_files, readings_of, text_of, utc

HOUR = timedelta(hours=1)


def meter_of(truth: list[Fact], kind: str, detail: str = "") -> str:
    """The first meter with a fact of this kind."""
    return next(fact.meter_id for fact in truth if fact.kind == kind and detail in fact.detail)


def test_every_kind_of_defect_is_there(truth: list[Fact]) -> None:
    kinds = {fact.kind for fact in truth}
    assert kinds >= {*FAULTS, *HOLES, *RULES, *DEAD_LETTERS, "file_copy", "file_empty", "lines", "not F01", "corrected"}
    assert {fact.ended_at == "" for fact in truth if fact.kind in HOLES} == {True, False}


def test_truth_survives_its_file(truth: list[Fact], sample: Sample, tmp_path: Path) -> None:
    (tmp_path / "truth.csv").write_bytes(to_csv(truth))
    assert from_csv(tmp_path / "truth.csv") == truth
    assert to_csv(truth) == sample.truth


def test_holes_are_the_hours_nothing_was_sent_for(folder: Path, truth: list[Fact]) -> None:
    meters = {fact.meter_id for fact in truth if fact.kind == "missing_extended" and fact.ended_at}
    clean = [meter for meter in meters if not any(f.meter_id == meter and f.kind not in HOLES for f in truth)]
    checked = 0
    for meter_id in clean:
        hours = sorted(readings_of(folder, meter_id))
        between = {(one + HOUR, two) for one, two in pairwise(hours) if two - one > HOUR}
        told = {(utc(fact.started_at), utc(fact.ended_at)) for fact in truth if fact.meter_id == meter_id}
        first = {span for span in told if span[1] == hours[0]}  # of a meter with an active_from
        assert between == told - first
        checked += len(told)
    assert checked >= 2


def test_zeros_are_sent_for_the_whole_fault_and_no_longer(folder: Path, truth: list[Fact]) -> None:
    fact = next(fact for fact in truth if fact.kind == "F01" and fact.detail == "60 h")
    zeros = [hour for hour, values in sorted(readings_of(folder, fact.meter_id).items()) if values == ["0.0"]]
    assert (utc(fact.started_at), utc(fact.ended_at)) == (zeros[0], zeros[-1] + HOUR)
    assert len(zeros) == 60


def test_a_spike_is_more_than_six_times_the_reading_before(folder: Path, truth: list[Fact]) -> None:
    meter_id = meter_of(truth, "V11")
    hours = readings_of(folder, meter_id)
    steep = set()
    for hour, (value,) in hours.items():
        before = hours.get(hour - HOUR)
        if before and float(value) > 6 * max(float(before[0]), 0.1):
            steep.add(hour)
    assert steep == {utc(fact.started_at) for fact in truth if (fact.kind, fact.meter_id) == ("V11", meter_id)}


def test_a_correction_is_the_last_value_delivered(folder: Path, truth: list[Fact]) -> None:
    for fact in (fact for fact in truth if fact.kind == "corrected"):
        values = readings_of(folder, fact.meter_id)[utc(fact.started_at)]
        assert len(values) > 1
        assert float(values[-1]) == float(fact.detail)


def test_lines_are_those_of_the_files(folder: Path, truth: list[Fact]) -> None:
    brings_nothing = {fact.detail for fact in truth if fact.kind in ("file_copy", "file_empty")}
    as_a_whole = {fact.detail for fact in truth if fact.kind in DEAD_LETTERS and fact.count == 1} - brings_nothing
    count = 0
    for path, file in landing_files(folder):
        text = text_of(file)
        if path in brings_nothing:
            continue
        if path in as_a_whole and "handheld" not in path:
            count += 1
        elif path.endswith(".json"):
            count += len(json.loads(text or ""))
        else:
            count += len((text or "").splitlines()) - (".csv" in path)
    assert [fact.count for fact in truth if fact.kind == "lines"] == [count]


def test_each_meter_has_one_part(truth: list[Fact]) -> None:
    """No two injections share a meter, so that none changes what another gives."""
    cast = Cast(PLAN, build_feeds(PLAN))
    play_all(cast)
    told = {fact.meter_id for fact in cast.truth.facts if fact.detail != "not in the registry"}
    assert told <= set(cast.taken)
    for fault in FAULTS:
        for meter_id in {fact.meter_id for fact in truth if fact.kind == fault}:
            others = {fact.kind for fact in truth if fact.meter_id == meter_id} & set(FAULTS)
            assert others == {fault}


def test_the_district_is_as_the_registry_says(folder: Path) -> None:
    rows = [line.split(",") for line in (folder / "reference" / "meters.csv").read_text().splitlines()[1:]]
    assert len(rows) == PLAN.meters
    assert {row[1] for row in rows} == {"residential", "commercial", "solar"}
    assert {row[2] for row in rows} == {"15", "30", "60"}
    sizes = Counter(row[3] for row in rows if row[3])
    assert len(sizes) >= 4
    assert min(sizes.values()) >= 4  # a meter needs three neighbours for F05
    assert any(row[5].startswith("-") for row in rows)
    assert any(row[6] for row in rows)
    assert any(row[7] for row in rows)
