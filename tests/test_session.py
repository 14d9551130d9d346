"""The session: what every table depends on is set, also in a session that was running already."""

import pytest
from pyspark.sql import SparkSession

from meterlake import session, spark_settings
from meterlake.config import load
from meterlake.errors import ConfigError, EnvironmentFault

SAME_AS_THE_TESTS = ["spark.shuffle_partitions=3"]


def test_it_has_delta_utc_and_our_plans(spark: SparkSession) -> None:
    for key, value in (spark_settings.REQUIRED | spark_settings.PREFERRED).items():
        assert spark.conf.get(key) == value
    assert spark.conf.get("spark.sql.shuffle.partitions") == "3"
    assert spark.conf.get("spark.databricks.delta.snapshotPartitions") == "2"


def test_a_running_session_is_used_and_made_to_fit(spark: SparkSession) -> None:
    spark.conf.set("spark.sql.session.timeZone", "Asia/Kathmandu")
    spark.conf.set("spark.sql.ansi.enabled", "false")
    again = session.start(load([], [*SAME_AS_THE_TESTS, "time_zone=Europe/Berlin"]), "another")
    assert again.sparkContext is spark.sparkContext
    assert again.conf.get("spark.sql.session.timeZone") == "UTC"
    assert again.conf.get("spark.sql.ansi.enabled") == "true"


def test_a_configured_setting_wins_over_a_preferred_one_and_a_static_one_is_left(spark: SparkSession) -> None:
    overrides = ["spark.conf.spark.sql.parquet.compression.codec=snappy", "spark.conf.spark.sql.warehouse.dir=/other"]
    session.start(load([], [*SAME_AS_THE_TESTS, *overrides]), "another")
    assert spark.conf.get("spark.sql.parquet.compression.codec") == "snappy"
    session.start(load([], SAME_AS_THE_TESTS), "as before")
    assert spark.conf.get("spark.sql.parquet.compression.codec") == "zstd"


def test_a_time_zone_that_only_python_knows(spark: SparkSession) -> None:
    newer_than_java = load([], SAME_AS_THE_TESTS).model_copy(update={"time_zone": "Mars/Olympus"})
    with pytest.raises(ConfigError, match="this Java does not know the time zone Mars/Olympus"):
        session.start(newer_than_java, "another")
    session.start(load([], SAME_AS_THE_TESTS), "as before")


def test_a_java_that_cannot_read_all_file_names_is_told_of(
    spark: SparkSession, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    session.start(load([], SAME_AS_THE_TESTS), "another")
    assert capsys.readouterr().out == ""
    monkeypatch.setattr(session, "_encoding_of_names", lambda _: "ANSI_X3.4-1968")
    session.start(load([], SAME_AS_THE_TESTS), "another")
    said = capsys.readouterr().out
    assert "this Java reads file names as ANSI_X3.4-1968" in said
    assert "export LC_ALL=C.UTF-8 before spark-submit" in said


def test_a_session_that_refuses_what_content_depends_on(spark: SparkSession, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(session, "_set", lambda *_: None)
    monkeypatch.setitem(spark_settings.REQUIRED, "spark.sql.session.timeZone", "Mars/Olympus")
    with pytest.raises(EnvironmentFault, match=r"does not take spark\.sql\.session\.timeZone=Mars"):
        session.start(load([], SAME_AS_THE_TESTS), "another")
    monkeypatch.undo()
    session.start(load([], SAME_AS_THE_TESTS), "as before")
