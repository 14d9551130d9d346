"""What a local disk does to a landing: times that are kept over another content, and Hadoop's own checksums."""

import os
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from pyspark.sql import SparkSession

from meterlake.bronze import ledger
from meterlake.bronze import pipeline as bronze
from meterlake.bronze.lineage import KnownPath
from meterlake.config import Config
from meterlake.plan.command import make_plan
from tests.comparison import rows_of
from tests.small import write_file, write_registry

HOUR = "2024/03/15/14"
LONG_AGO = 1_710_511_200_000_000_000  # 2024-03-15T14:00:00Z, ns
AT = datetime(2024, 3, 15, 14, tzinfo=UTC)
_KEYS = "source_file string, size_bytes long, modified_at timestamp"
_LEDGER = "ingested_at timestamp, source_version int, batch_id string"


def write(config: Config, kw: str) -> Path:
    """A reading, in a file that bears a time of long ago, as after cp -p."""
    file = write_file(config, HOUR, [("MTR-1", "2024-03-15T13:00:00Z", kw)])
    os.utime(file, ns=(LONG_AGO, LONG_AGO))
    return file


@pytest.mark.parametrize("trusted", ["true", "false"])
def test_another_content_of_the_same_size_and_time_is_a_correction(
    spark: SparkSession, make_config: Callable[..., Config], trusted: str
) -> None:
    config = make_config(f"ingest.trust_modification_time={trusted}")
    write_registry(config)
    write(config, "1.5")
    bronze.run(spark, config)
    write(config, "1.6")
    assert make_plan(spark, config).landing.changed == 1
    bronze.run(spark, config)
    readings = rows_of(config.storage.warehouse, "bronze.readings")
    assert sorted((row["value"], row["source_version"]) for row in readings) == [("1.5", 1), ("1.6", 2)]


@pytest.mark.parametrize(("touched", "is_pending"), [(None, False), (-3, False), (-1, True), (60, True)])
def test_a_touched_file_is_opened_again_until_it_was_ingested_after_that(
    spark: SparkSession, touched: int | None, is_pending: bool
) -> None:
    """Seconds from its ingestion to what changed about it."""
    file = {"source_file": "raw/a.csv", "size_bytes": 7, "modified_at": AT - timedelta(hours=1)}
    touched_at = None if touched is None else AT + timedelta(seconds=touched)
    listed = spark.createDataFrame([(*file.values(), touched_at)], f"{_KEYS}, touched_at timestamp")
    known = spark.createDataFrame([(*file.values(), AT, 1, "b")], f"{_KEYS}, {_LEDGER}")
    assert [row["source_file"] for row in ledger.not_known(listed, known).collect()] == ["raw/a.csv"] * is_pending


def test_a_file_that_was_touched_and_is_as_it_was_is_noted_so_that_it_is_opened_no_more() -> None:
    known = KnownPath("hash", 1, 7, AT)
    file = {"size_bytes": 7, "modified_at": AT}
    assert known.is_as_listed(file | {"touched_at": None})
    assert not known.is_as_listed(file | {"touched_at": AT + timedelta(seconds=60)})


def test_a_colon_in_a_name_and_a_checksum_of_what_the_file_was(spark: SparkSession, config: Config) -> None:
    write_registry(config)
    for minute, name in enumerate(("amr_2024-03-15T14:00.csv", "copied.csv")):
        file = write_file(config, HOUR, [("MTR-1", f"2024-03-15T1{minute}:00:00Z", "1.5")], name)
    file.with_name(".copied.csv.crc").write_bytes(b"crc\x00\x00\x00\x02\x00of another content")
    assert make_plan(spark, config).landing.readings == 2
    bronze.run(spark, config)
    assert len(rows_of(config.storage.warehouse, "bronze.readings")) == 2
