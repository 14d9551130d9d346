"""How many rows and bytes cross an exchange, from Spark's own metrics: what no clock on a shared machine can guard."""

from datetime import UTC, datetime, timedelta
from typing import NamedTuple

import pytest
from pyspark.sql import DataFrame, SparkSession
from pyspark.sql import functions as F

from meterlake import tables
from meterlake.config import Config
from meterlake.silver.build import build
from meterlake.silver.kept import JUDGED
from meterlake.silver.rulebook import Bronze, judge, standardise
from meterlake.tables import silver

METERS, HOURS = 8, 72
START = datetime(2026, 1, 1, tzinfo=UTC)
READINGS = METERS * HOURS


class Shuffled(NamedTuple):
    """What an exchange was given: rows, and their bytes before compression."""

    rows: int
    bytes: int

    def per_row(self) -> float:
        return self.bytes / self.rows


@pytest.fixture(scope="module")
def bronze(spark: SparkSession) -> Bronze:
    """Two neighbourhoods of four meters, hourly readings of three days, each a line like any other."""
    lines = [_line(meter, hour) for meter in range(METERS) for hour in range(HOURS)]
    meters = [
        (f"MTR-{meter:06d}", "house", 60, f"N-{meter // 4}", None, None, None, None, meter, meter // 4)
        for meter in range(METERS)
    ]
    return Bronze(
        spark.createDataFrame(lines, tables.bronze.READINGS.schema),
        spark.createDataFrame(meters, tables.bronze.METERS.schema),
        spark.createDataFrame([], tables.bronze.VACANCIES.schema),
    )


def _line(meter: int, hour: int) -> tuple:
    at = START + timedelta(hours=hour)
    file = (f"raw/{at:%Y/%m/%d/%H}/head-end.csv", 1, meter + 2)
    value = f"0.{100 + (7 * meter + 13 * hour) % 800}"
    return (f"MTR-{meter:06d}", f"{at:%Y-%m-%dT%H:%M:%SZ}", value, "kW", None, None, *file, at, "h", "b", at, at.date())


def shuffled(frame: DataFrame) -> list[Shuffled]:
    """Runs the frame; what each exchange of its plan was given, broadcasts left out."""
    frame.collect()
    found, waiting = [], [frame._jdf.queryExecution().executedPlan()]
    while waiting:
        node = waiting.pop()
        if node.nodeName() == "Exchange":
            metrics = node.metrics()
            found.append(Shuffled(*[metrics.apply(name).value() for name in ("shuffleRecordsWritten", "dataSize")]))
        children = node.children()
        waiting += [children.apply(number) for number in range(children.size())]
    return found


def test_each_reading_crosses_once_to_be_judged_with_what_came_in_the_file(bronze: Bronze, config: Config) -> None:
    """184 bytes of keys, line and file; with the registry's row, which joins behind the exchange, it would be 264."""
    (crossing,) = shuffled(judge(standardise(bronze, config), config).select(*JUDGED))
    assert crossing.rows == READINGS
    assert crossing.per_row() <= 184


def test_each_row_crosses_once_more_to_be_written_by_day(bronze: Bronze, config: Config) -> None:
    built = build(bronze, config, int(START.timestamp() * 1_000_000), "run")
    (crossing,) = shuffled(built.tables[silver.READINGS].repartition("read_date"))
    assert crossing.rows == built.tables[silver.READINGS].where(F.col("origin") == "observed").count() == READINGS
    assert crossing.per_row() <= 272
