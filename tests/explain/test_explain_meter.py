"""The whole command on a landing worked by hand: every reading with its rules, its score and what became of it."""

import json
from collections.abc import Callable
from pathlib import Path

import pytest
from pyspark.sql import SparkSession

from meterlake import progress
from meterlake.config import Config
from meterlake.errors import ConfigError, DataError
from meterlake.explain.command import run
from meterlake.explain.story import Reading, Story
from tests.explain.given import asked


@pytest.fixture
def printed(spark: SparkSession, built: Config, capsys: pytest.CaptureFixture[str]) -> Callable[..., str]:
    def output(*argv: str, as_json: bool = False, config: Config = built) -> str:
        capsys.readouterr()
        with progress.running(progress.Run("explain_meter", "run-1", as_json)):
            run(spark, config, asked(*argv))
        return capsys.readouterr().out

    return output


def of_line(story: Story, value: str, hour: int) -> Reading:
    """The reading of a raw value that arrived in a landing hour."""
    found = [
        reading
        for reading in story.readings
        if reading.judged.raw_value == value and f"/15/{hour:02}/" in reading.judged.source_file
    ]
    assert len(found) == 1
    return found[0]


# value, landing hour, disposition, score, what was said
EXPECTED = [
    ("1.0", 0, "accepted", 100, []),
    ("1250", 1, "accepted", 95, []),
    ("25.3", 2, "quarantined", None, ["V10 ABOVE_LIMIT: 25.300000 kW is above max_kw 20.000000"]),
    ("1.5", 3, "accepted", 100, []),
    (
        "1.5",
        4,
        "superseded",
        None,
        ["V13 SUPERSEDED: by raw/2024/03/15/05/amr.csv:1:2, a correction to 1.600000 kW received 06:00 UTC"],
    ),
    ("1.6", 5, "accepted", 100, []),
    ("abc", 6, "quarantined", None, ["V01 VALUE_UNREADABLE: 'abc' is not a decimal number"]),
    ("1.5", 7, "accepted", 100, []),
    (
        "1.5",
        8,
        "superseded",
        None,
        [
            "V13 SUPERSEDED: by raw/2024/03/15/07/amr.csv:1:2, which had this value already: "
            "delivered again is no correction"
        ],
    ),
    (
        "0.1",
        8,
        "accepted",
        80,
        ["V12 DROP: from 1.500000 kW at 07:00 UTC to 0.100000 kW; a drop is below 0.1 × 1.5 = 0.15 kW"],
    ),
    ("-1", 9, "rejected", None, ["V09 NEGATIVE: -1.000000 kW is below min_kw 0.000000"]),
    ("1.0", 15, "accepted", 100, []),
]


@pytest.mark.parametrize(("value", "hour", "disposition", "score", "said"), EXPECTED)
def test_each_reading_has_its_rules_and_what_became_of_it(
    story: Story, value: str, hour: int, disposition: str, score: int | None, said: list[str]
) -> None:
    reading = of_line(story, value, hour)
    assert reading.disposition == disposition
    assert (reading.stored and reading.stored.quality_score) == score
    assert [str(one) for one in reading.said] == said
    assert reading.note is None


def test_a_stamp_that_is_no_time_counts_by_its_arrival(story: Story) -> None:
    reading = next(reading for reading in story.readings if reading.judged.raw_read_at == "2024-03-15")
    assert [one.rule for one in reading.said] == ["V02"]
    assert reading.not_made == {"no time": ("V06", "V07", "V08", "V14"), "not accepted": ("V11", "V12")}
    assert reading.at_us == reading.judged.received_us


def test_a_received_at_of_its_own_is_counted_by_the_minute(story: Story) -> None:
    reading = next(reading for reading in story.readings if "/own.csv" in reading.judged.source_file)
    late = "V07 TIMESTAMP_BACKDATED: it arrived 3 h 10 min after its interval's end (allowed: 1 h)"
    assert [str(one) for one in reading.said] == [late]
    assert reading.stored is not None
    assert reading.stored.quality_score == 85


def test_the_counts_balance(story: Story) -> None:
    assert story.dispositions() == {"accepted": 8, "quarantined": 3, "rejected": 1, "superseded": 2}
    assert len(story.readings) == 14
    assert story.filled() == {"interpolated": 2, "missing_short": 6}
    assert [(hole.intervals, hole.gap_class) for hole in story.found.holes] == [
        (1, "interpolated"),
        (1, "interpolated"),
        (6, "missing_short"),
    ]


def test_entries_come_in_the_order_of_time(story: Story) -> None:
    times = [getattr(entry, "at_us", None) or getattr(entry, "started_us", None) for entry in story.entries]
    assert times == sorted(times)


def test_a_fault_with_its_evidence_and_what_it_costs(printed: Callable[..., str]) -> None:
    page = printed("--meter", "M2", "--from", "2024-03-14T22:00", "--to", "2024-03-14T23:00Z")
    for line in (
        "  limits    min_kw 0 (default) · max_kw 10.000000",
        "22:00 UTC      2.000000 kW  accepted · 70 standard = 100 − 30 fault F02",
        "  F02 STUCK_VALUE · 2024-03-14 00:00 UTC to 2024-03-15 00:00 UTC · goes on",
        "the same value for 24 h (from 24 h on) · action field_service_ticket",
        "its readings lose 30 points and are out of analytics · status open",
        "Summary: 1 reading came = 1 accepted + 0 quarantined + 0 rejected + 0 superseded",
    ):
        assert line in page


def test_machines_get_an_object_a_line(printed: Callable[..., str]) -> None:
    objects = [json.loads(line) for line in printed("--meter", " M1 ", as_json=True).splitlines()]
    readings = [one for one in objects if one["event"] == "reading"]
    assert len(readings) == 14
    assert {one["run_id"] for one in objects} == {"run-1"}
    converted = next(one for one in readings if one["raw"]["value"] == "1250")
    assert converted["read_at"] == "2024-03-15T01:00:00Z"
    assert converted["kw"] == "1.250000"
    assert converted["deductions"] == [{"points": "5", "why": "unit"}]
    corrected = next(one for one in readings if one["disposition"] == "superseded")
    assert corrected["superseded_by"] == ["raw/2024/03/15/05/amr.csv", 1, 2]
    assert objects[-1]["dispositions"] == {"accepted": 8, "quarantined": 3, "rejected": 1, "superseded": 2}


def test_an_unknown_meter_shows_its_refused_readings(printed: Callable[..., str]) -> None:
    page = printed("--meter", "ghost")
    assert "Meter 'ghost' is not in the registry: its readings are rejected" in page
    assert "V03 METER_UNKNOWN: 'ghost' is not in the registry" in page
    assert "1 reading came = 0 accepted + 0 quarantined + 1 rejected" in page


def test_a_meter_of_which_nothing_is_known_names_the_nearest(spark: SparkSession, built: Config) -> None:
    with pytest.raises(DataError, match="no meter 'm22' in the registry") as failure:
        run(spark, built, asked("--meter", "m22"))
    assert failure.value.next_step == "did you mean M2?"


def test_an_empty_period_says_where_the_rows_are(printed: Callable[..., str]) -> None:
    page = printed("--meter", "M2", "--from", "2023-01-01", "--to", "2023-02-01")
    assert "its rows run from 2024-03-14 00:00 UTC to 2024-03-14 23:00 UTC." in page


def test_a_warehouse_with_nothing_in_it(spark: SparkSession, built: Config, tmp_path: Path) -> None:
    storage = built.storage.model_copy(update={"warehouse": str(tmp_path)})
    with pytest.raises(DataError, match="the registry is empty"):
        run(spark, built.model_copy(update={"storage": storage}), asked("--meter", "M1"))


def test_a_period_that_ends_before_it_begins_is_wrong_use(spark: SparkSession, built: Config) -> None:
    with pytest.raises(ConfigError, match="--to is exclusive"):
        run(spark, built, asked("--meter", "M1", "--from", "2024-03-15", "--to", "2024-03-15"))
