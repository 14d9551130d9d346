"""Given a situation, when bronze and silver have run, then silver holds exactly these rows: read the CSV files.

All situations land together and are worked on in one run, so that each also shows that the others do not touch it. The
utility is in Berlin. Nothing has come after 2026-03-31, and open holes are counted up to 2026-04-01T00:00Z.
"""

from collections import Counter
from typing import Any

import pytest
from pyspark.sql import SparkSession

from meterlake.bronze import pipeline as bronze
from meterlake.config import load
from meterlake.silver import pipeline as silver
from meterlake.storage import Warehouse
from tests.scenarios.loader import TABLES, Scenario, scenarios, write

LOCAL_SOURCE = (
    "{files: 'a_source_in_local_time*', time_zone: Europe/Berlin, "
    "columns: {meter_id: meter_id, read_at: timestamp, value: value, unit: unit, received_at: received_at}}"
)
SETTINGS = ("time_zone=Europe/Berlin", "as_of=2026-04-01T00:00:00Z", f"sources.local_clock={LOCAL_SOURCE}")
ALL = scenarios()
Rows = list[dict[str, Any]]


@pytest.fixture(scope="module")
def found(spark: SparkSession, tmp_path_factory: pytest.TempPathFactory) -> dict[str, Rows]:
    """What silver holds once all scenarios have landed, by table."""
    root = tmp_path_factory.mktemp("scenarios")
    folders = [f"storage.{name}={root / name}" for name in ("landing", "reference", "warehouse")]
    config = load([], ["spark.shuffle_partitions=3", *folders, *SETTINGS])
    write(ALL, root / "landing", root / "reference")
    bronze.run(spark, config)
    silver.run(spark, config)
    warehouse = Warehouse(spark, config)
    return {name: [row.asDict() for row in warehouse.read(table).collect()] for name, table in TABLES.items()}


@pytest.mark.parametrize("scenario", ALL, ids=lambda scenario: scenario.situation)
def test_given(scenario: Scenario, found: dict[str, Rows]) -> None:
    differences = [text for table in scenario.then for text in _differences(scenario, table, found[table])]
    assert not differences, "\n".join(differences)


def _differences(scenario: Scenario, table: str, rows: Rows) -> list[str]:
    columns = scenario.columns[table]
    own = [row for row in rows if row["meter_id"] in scenario.meter_ids]
    actual = Counter(tuple(_plain(row[column]) for column in columns) for row in own)
    expected = scenario.expected(table)
    return [
        *[f"{table}: not there:    {_named(columns, row)}" for row in sorted((expected - actual).elements(), key=str)],
        *[f"{table}: not expected: {_named(columns, row)}" for row in sorted((actual - expected).elements(), key=str)],
    ]


def _plain(value: Any) -> Any:
    """As the CSV files can say it: an empty text is an empty field."""
    return tuple(value) if isinstance(value, list) else None if value == "" else value


def _named(columns: list[str], row: tuple[Any, ...]) -> str:
    return " · ".join(f"{column} {_shown(value)}" for column, value in zip(columns, row, strict=True))


def _shown(value: Any) -> str:
    return " ".join(value) if isinstance(value, tuple) else str(value)
