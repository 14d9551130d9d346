"""Settings for a job over few rows, where compiling its queries and starting their tasks takes longer than the rows."""

from collections.abc import Iterator
from contextlib import contextmanager

from pyspark.errors import PySparkException
from pyspark.sql import SparkSession

FEW = 200_000
# 240,000 rows, an hour of 10,000 meters, took longer interpreted: more than 190 s cold where compiled code took 167.
# An hourly delivery of 1,000 meters, warm, on 2 cores: 95 s with Spark's own choices, 60 s with these and with the
# settings of spark_settings.at_launch (2026-11-21).
_SETTINGS = {
    "spark.sql.codegen.wholeStage": "false",
    "spark.sql.codegen.factoryMode": "NO_CODEGEN",
    "spark.sql.shuffle.partitions": "2",
    "spark.sql.maxPlanStringLength": "1000",  # a plan is written down for each query, whether somebody reads it or not
}


@contextmanager
def few_rows(spark: SparkSession, rows: int | None) -> Iterator[None]:
    """Within it, queries are interpreted and shuffled into two partitions, where ``rows`` are few; None is many.

    A platform that keeps these settings for itself keeps them.
    """
    before = _changed(spark) if rows is not None and rows <= FEW else {}
    try:
        yield
    finally:
        for key, value in before.items():
            spark.conf.set(key, value)


def _changed(spark: SparkSession) -> dict[str, str]:
    """Sets what the session lets us; what it was before."""
    before = {}
    for key, value in _SETTINGS.items():
        try:
            was = str(spark.conf.get(key))
            spark.conf.set(key, value)
        except PySparkException:
            continue
        before[key] = was
    return before
