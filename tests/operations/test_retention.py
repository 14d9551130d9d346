"""What is too old, which files are worth joining, how marks move: without Spark."""

import re
from datetime import UTC, date, datetime

import pytest

from meterlake import final
from meterlake.config import load
from meterlake.data_files import DataFile, partition_of
from meterlake.errors import ConfigError
from meterlake.operations.maintain_files import crowd_of
from meterlake.operations.marks import moved
from meterlake.operations.retention import Before, years_before
from meterlake.tables import Table, bronze, gold, ops, silver

CONFIG = load()
NOW = datetime(2026, 1, 1, tzinfo=UTC)
MEGABYTE = 1 << 20


def test_ages_are_counted_from_the_newest_landing_hour() -> None:
    landing, run = datetime(2024, 3, 15, 23, tzinfo=UTC), datetime(2024, 2, 29, tzinfo=UTC)
    before = Before.of(CONFIG.retention, landing, run, NOW, "Europe/Berlin")
    assert before.raw == datetime(2023, 12, 16, 23, tzinfo=UTC)
    assert before.archive == datetime(2017, 3, 15, 23, tzinfo=UTC)
    assert before.silver == date(2022, 3, 17)  # it is the 16th in Berlin
    assert before.errors == datetime(2023, 2, 28, tzinfo=UTC)


def test_a_folder_of_the_far_future_makes_nothing_old() -> None:
    before = Before.of(CONFIG.retention, datetime(2999, 1, 1, tzinfo=UTC), None, NOW, "UTC")
    assert before.silver == date(2024, 1, 2)
    assert before.errors is None


def test_nothing_is_old_where_nothing_has_come() -> None:
    assert Before.of(CONFIG.retention, None, None, NOW, "UTC") == Before(None, None, None, None, None)


def test_a_year_before_the_29th_of_february_is_the_28th() -> None:
    assert years_before(datetime(2024, 2, 29, tzinfo=UTC), 7) == datetime(2017, 2, 28, tzinfo=UTC)


def file(megabytes: float, day: str | None = None, meter_type: str = "home") -> DataFile:
    return DataFile("f", int(megabytes * MEGABYTE), {"read_date": day, "meter_type": meter_type})


OPEN_FROM = date(2024, 3, 14)


@pytest.mark.parametrize(
    ("table", "files", "expected"),
    [
        (silver.READINGS, [file(1, "2024-03-13"), file(2, "2024-03-13")], ("read_date IN (DATE'2024-03-13')", 1, 2)),
        (silver.READINGS, [file(1, "2024-03-13"), file(2, "2024-03-13", "shop")], None),
        (silver.READINGS, [file(1, "2024-03-14"), file(2, "2024-03-14")], None),
        (silver.READINGS, [file(1, "2024-03-13"), file(64, "2024-03-13")], None),
        (silver.QUARANTINE, [file(1)] * 16, None),
        (silver.QUARANTINE, [file(1)] * 17, ("read_date IS NULL", 1, 17)),
        (silver.GAPS, [file(1)] * 16, None),
        (silver.GAPS, [file(1)] * 17, (None, 1, 17)),
        (silver.GAPS, [], None),
    ],
    ids=["two", "one a type", "still open", "one is large", "few without a day", "many without", "few", "many", "none"],
)
def test_files_are_joined_where_it_pays(table: Table, files: list[DataFile], expected: tuple | None) -> None:
    crowd = crowd_of(table, files, OPEN_FROM, CONFIG.compaction)
    assert (crowd and (crowd.condition, crowd.partitions, crowd.files)) == expected


def test_a_partition_is_read_from_its_path() -> None:
    path = "file:/a=b/readings/read_date=__HIVE_DEFAULT_PARTITION__/meter_type=a%20b/part-1.parquet"
    assert partition_of(path, silver.READINGS.partitions) == {"read_date": None, "meter_type": "a b"}
    assert partition_of("file:/a=b/gaps/part-1.parquet", ()) == {}


def test_a_mark_moves_where_upkeep_alone_has_written() -> None:
    seen = {"bronze.readings": 7, "bronze.meters": 3, "as_of": 1, "silver.gaps": 2}
    newest = {"bronze.readings": 9, "bronze.meters": 5, "silver.gaps": 2}
    found = moved(seen, newest, lambda name, version: (name, version) == ("bronze.readings", 7))
    assert found == {"bronze.readings": 9, "bronze.meters": 3, "as_of": 1, "silver.gaps": 2}


def test_final_rows_lie_before_the_first_day_kept() -> None:
    day = date(2022, 3, 27)
    assert final.is_open(silver.READINGS, day, "UTC") == "(read_date IS NULL OR read_date >= DATE'2022-03-27')"
    berlin = final.is_open(gold.HOURLY_LOAD, day, "Europe/Berlin")
    assert berlin == "(hour IS NULL OR hour >= TIMESTAMP'2022-03-26T23:00:00Z')"
    assert final.day_in({final.PROPERTY: "2022-03-27"}) == day
    assert final.day_in({}) is None
    assert not {bronze.READINGS, ops.RUNS, silver.METER_DAYS} & set(final.BY_TABLE)


def test_what_is_kept_and_joined_decides_no_content() -> None:
    others = ["retention.silver_days=900", "compaction.most_files=3", "storage.archive=/elsewhere"]
    assert load([], others).fingerprint() == CONFIG.fingerprint()


@pytest.mark.parametrize(
    ("override", "said"),
    [
        ("retention.silver_days=0", "must be at least 1"),
        ("compaction.full_mb=100", "must be at least twice small_below_mb (64)"),
        ("storage.archive=landing/raw/2024", "must not lie in the landing's raw/"),
        ("storage.archive=landing", "must not be the landing itself"),
    ],
)
def test_settings_that_would_harm_are_refused(override: str, said: str) -> None:
    with pytest.raises(ConfigError, match=re.escape(said)):
        load([], [override])


def test_the_archive_lies_beside_raw_unless_it_is_named() -> None:
    assert load([], ["storage.landing=/in"]).storage.archive_folder == "/in/archive"
    assert load([], ["storage.archive=s3a://bucket/old"]).storage.archive_folder == "s3a://bucket/old"
