"""Few rows: other settings within, the old ones after, whatever happens."""

from types import SimpleNamespace
from typing import Any

import pytest
from pyspark.errors import PySparkRuntimeError
from pyspark.sql import SparkSession

from meterlake.few_rows import FEW, few_rows

PARTITIONS = "spark.sql.shuffle.partitions"


@pytest.mark.parametrize(("rows", "within"), [(0, "2"), (FEW, "2"), (FEW + 1, "3"), (None, "3")])
def test_few_rows_are_shuffled_into_two_partitions(spark: SparkSession, rows: int | None, within: str) -> None:
    with few_rows(spark, rows):
        assert spark.conf.get(PARTITIONS) == within
    assert spark.conf.get(PARTITIONS) == "3"


def test_an_error_leaves_the_settings_as_they_were(spark: SparkSession) -> None:
    with pytest.raises(KeyError), few_rows(spark, 0):
        raise KeyError
    assert spark.conf.get(PARTITIONS) == "3"


def test_few_rows_within_few_rows(spark: SparkSession) -> None:
    with few_rows(spark, 0):
        with few_rows(spark, 0):
            pass
        assert spark.conf.get(PARTITIONS) == "2"
    assert spark.conf.get(PARTITIONS) == "3"


def test_a_platform_that_keeps_a_setting_for_itself_keeps_it() -> None:
    settings = {PARTITIONS: "200"}

    def set_one(key: str, value: str) -> None:
        if key != PARTITIONS:
            raise PySparkRuntimeError(errorClass="CONNECT_URL_NOT_SET", messageParameters={})
        settings[key] = value

    def get_one(key: str) -> Any:
        return settings.get(key, "true")

    with few_rows(SimpleNamespace(conf=SimpleNamespace(get=get_one, set=set_one)), 0):  # type: ignore[arg-type]
        assert settings == {PARTITIONS: "2"}
    assert settings == {PARTITIONS: "200"}
