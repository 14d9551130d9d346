"""What Spark makes of the rulebook: the operators of its physical plans. Plans only, not a row is read."""

import re
from collections.abc import Iterator
from datetime import UTC, datetime
from typing import NamedTuple

import pytest
from pyspark.sql import DataFrame, SparkSession

from meterlake import tables
from meterlake.config import Config, load
from meterlake.gold.calendar import active_meters
from meterlake.gold.daily_consumption import daily_consumption
from meterlake.gold.daily_quality import daily_quality
from meterlake.gold.holiday_calendar import public_holidays
from meterlake.gold.hourly_load import hourly_load
from meterlake.gold.peaks import Surroundings, load_hours, peak_exclusions, peak_periods
from meterlake.silver.faults import fault_rows
from meterlake.silver.rows import as_quarantine, as_readings
from meterlake.silver.rulebook import (
    Bronze,
    arrivals,
    find_episodes,
    gap_rows,
    judge,
    meters_seen,
    rows_to_publish,
    rule_counts,
)

ZONE, NOON_US = "UTC", 1_767_268_800_000_000
LOCAL_SOURCE = (
    "sources.vendor={files: 'vendor_*', columns: {meter_id: m, read_at: t, value: v, unit: u}, "
    "time_zone: Europe/Berlin}"
)
PYTHON_ROWS = r"ArrowEvalPython|BatchEvalPython|MapInArrow|MapInPandas|FlatMapGroups"


class Silver(NamedTuple):
    """Judged readings and episodes as the pipeline holds them: kept, and read many times."""

    plan: list[str]
    judged: DataFrame
    episodes: DataFrame
    seen: DataFrame
    rows: DataFrame


@pytest.fixture(scope="module")
def bronze(spark: SparkSession) -> Bronze:
    """One reading, one meter, one vacancy. Spark takes a frame made from rows for a very large one."""
    at = datetime(2026, 1, 1, 12, tzinfo=UTC)
    reading = ("M", "2026-01-01T12:00", "1", "kW", None, None, "raw/2026/01/01/12/a.csv", 1, 2, at, "hash", "b", at)
    meter = ("M", "house", 60, "N", None, None, None, None, 0, 0)
    return Bronze(
        spark.createDataFrame([reading], tables.bronze.READINGS.schema),
        spark.createDataFrame([meter], tables.bronze.METERS.schema),
        spark.createDataFrame([("M", at, None)], tables.bronze.VACANCIES.schema),
    )


@pytest.fixture(scope="module")
def defaults() -> Config:
    return load()


@pytest.fixture(scope="module")
def silver(bronze: Bronze, defaults: Config) -> Iterator[Silver]:
    """persist() fills nothing before an action, and there is none: the sizes stay unknown, as if they were large."""
    judged = judge(bronze, defaults)
    operators_of_judge = plan(judged)
    judged.persist()
    episodes = find_episodes(judged, defaults).persist()
    seen = meters_seen(judged, bronze.meters).persist()
    yield Silver(operators_of_judge, judged, episodes, seen, rows_to_publish(judged, episodes, defaults))
    for frame in (seen, episodes, judged):
        frame.unpersist()


def plan(rows: DataFrame) -> list[str]:
    """A line an operator, from the last to the first. What a persisted frame is made of is not part of it."""
    lines, kept_depth = [], None
    for line in rows._jdf.queryExecution().executedPlan().toString().splitlines():
        depth = len(re.match(r"[\s:|+\-]*", line)[0])
        if kept_depth is not None and depth > kept_depth:
            continue
        kept_depth = depth if "InMemoryRelation" in line else None
        lines.append(re.sub(r"^[\s:|+\-]*(\*\(\d+\) )?|#\d+L?", "", line))
    return lines


def operators(rows: DataFrame | list[str], name: str) -> list[str]:
    """The operators of one name, of a frame or of its plan."""
    lines = rows if isinstance(rows, list) else plan(rows)
    return [line for line in lines if line.startswith(name + " ")]


def exchanges(rows: DataFrame | list[str]) -> list[str]:
    """What is shuffled by: "neighbourhood_key" for Exchange hashpartitioning(neighbourhood_key, 8). No broadcasts."""
    return [shuffled_by(line) for line in operators(rows, "Exchange")]


def shuffled_by(line: str) -> str:
    hashed = re.match(r"Exchange hashpartitioning\((.*?), \d+\)", line)
    return hashed[1] if hashed else line


def made_of(rows: DataFrame) -> str:
    """The whole plan, that of persisted frames too."""
    return rows._jdf.queryExecution().executedPlan().toString()


class TestJudge:
    def test_shuffles_once_by_neighbourhood(self, silver: Silver) -> None:
        assert exchanges(silver.plan) == ["neighbourhood_key"]

    def test_sorts_once(self, silver: Silver) -> None:
        """By meter, time and rank: the order of the windows over a meter and of those over an interval alike."""
        (sort,) = operators(silver.plan, "Sort")
        order = re.findall(r"(\w+) ASC", sort)
        assert order[:3] == ["neighbourhood_key", "meter_key", "read_us"]
        assert order[3:] == ["received_us", "received_nanos", "source_file", "source_version", "source_line"]

    def test_has_a_window_for_each_question_that_waits_for_another_answer(self, silver: Silver) -> None:
        asked = [re.search(r"\w+", line.removeprefix("Window "))[0] for line in operators(silver.plan, "Window")]
        assert asked == [
            "last",  # runs: where the run began, once it is known which readings begin one
            "last",  # runs: the standing reading before this one; and how many have stood, in the same pass
            "last",  # rates of change and holes: the accepted reading before this one
            "max",  # deduplicate: the rank of the reading that stands, over all of the interval
            "row_number",  # deduplicate: the rank, and the value that stood before; one pass for both
        ]

    def test_a_source_in_local_time_sorts_once_more_and_shuffles_no_more(self, bronze: Bronze) -> None:
        """The repeated hour is settled by the order of lines in a file, before there is a time to sort by."""
        judged = plan(judge(bronze, load(overrides=[LOCAL_SOURCE])))
        assert exchanges(judged) == ["neighbourhood_key"]
        assert len(operators(judged, "Sort")) == 2


class TestFromJudgedReadings:
    """Everything after judge() finds its rows where they are."""

    def test_episodes_are_found_without_a_shuffle(self, silver: Silver, defaults: Config) -> None:
        assert exchanges(find_episodes(silver.judged, defaults)) == []

    def test_episodes_join_no_large_table_by_broadcast(self, silver: Silver, defaults: Config) -> None:
        """Daily sums and hourly means grow with the years: they are joined where they lie."""
        assert operators(find_episodes(silver.judged, defaults), "BroadcastExchange") == []

    def test_the_readings_are_shuffled_once_to_be_written_by_day(self, silver: Silver) -> None:
        readings = as_readings(silver.rows, ZONE, "run").repartition("read_date")
        assert exchanges(readings) == ["read_date"]

    def test_all_other_tables_are_written_as_they_lie(self, silver: Silver, defaults: Config) -> None:
        others = {
            "quarantine": as_quarantine(silver.rows, ZONE, "run"),
            "gaps": gap_rows(silver.judged, silver.seen, defaults, NOON_US),
            "faults": fault_rows(silver.episodes, silver.seen, defaults.faults),
            "rule_counts": rule_counts(silver.rows, ZONE),
            "arrivals": arrivals(silver.judged, ZONE),
        }
        assert {name: exchanges(rows) for name, rows in others.items()} == {name: [] for name in others}


class TestNoPythonSeesARow:
    def test_in_silver(self, silver: Silver) -> None:
        assert not re.search(PYTHON_ROWS, made_of(as_readings(silver.rows, ZONE, "run")))

    def test_in_gold(self, spark: SparkSession, bronze: Bronze, defaults: Config) -> None:
        def empty(table: tables.Table) -> DataFrame:
            return spark.createDataFrame([], table.schema)

        readings, quarantine = empty(tables.silver.READINGS), empty(tables.silver.QUARANTINE)
        counts, times = empty(tables.silver.RULE_COUNTS), empty(tables.silver.ARRIVALS)
        meters, holidays = active_meters(bronze.meters), public_holidays(spark, "DE")
        around = Surroundings(empty(tables.bronze.WEATHER), empty(tables.bronze.GRID_MAINTENANCE), holidays)
        hours = load_hours(hourly_load(readings, meters, 0), around, defaults.peaks, ZONE)
        for rows in (
            hours,
            peak_exclusions(hours),
            peak_periods(hours, defaults.peaks),
            daily_consumption(readings, meters, ZONE, 0),
            daily_quality(readings, quarantine, counts, times, meters, ZONE, 0, 70),
        ):
            assert not re.search(PYTHON_ROWS, made_of(rows))
