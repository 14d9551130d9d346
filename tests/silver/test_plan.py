"""What Spark makes of the rulebook: the operators of its physical plans. Plans only, not a row is read."""

import re
from collections.abc import Iterator
from datetime import UTC, datetime
from decimal import Decimal
from typing import NamedTuple

import pytest
from pyspark.sql import DataFrame, SparkSession
from pyspark.sql import functions as F

from meterlake import tables
from meterlake.config import Config, load
from meterlake.gold.calendar import active_meters
from meterlake.gold.daily_consumption import daily_consumption
from meterlake.gold.daily_quality import daily_quality
from meterlake.gold.holiday_calendar import public_holidays
from meterlake.gold.hourly_load import hourly_load
from meterlake.gold.peaks import Surroundings, load_hours, peak_exclusions, peak_periods
from meterlake.silver import content
from meterlake.silver.faults import fault_rows
from meterlake.silver.gaps import closed_holes, outer_holes
from meterlake.silver.meter_days import accepted_days, meter_days, with_delays
from meterlake.silver.meters import with_reference, with_seen
from meterlake.silver.neighbourhood import neighbour_days
from meterlake.silver.placement import BY_METER
from meterlake.silver.rows import as_quarantine, as_readings
from meterlake.silver.rulebook import (
    Bronze,
    find_flagged_days,
    judge,
    meters_seen,
    rows_to_publish,
    standardise,
    weekly_episodes,
)
from meterlake.silver.runs import run_episodes

ZONE, NOON_US = "UTC", 1_767_268_800_000_000
LOCAL_SOURCE = (
    "sources.vendor={files: 'vendor_*', columns: {meter_id: m, read_at: t, value: v, unit: u}, "
    "time_zone: Europe/Berlin}"
)
PYTHON_ROWS = r"ArrowEvalPython|BatchEvalPython|MapInArrow|MapInPandas|FlatMapGroups"


class Silver(NamedTuple):
    """Judged readings and what is made of them as a rebuild holds them: kept, and read many times."""

    plan: list[str]
    judged: DataFrame
    days: DataFrame
    neighbours: DataFrame
    flagged: DataFrame
    episodes: DataFrame
    meters: DataFrame
    named: DataFrame
    rows: DataFrame


@pytest.fixture(scope="module")
def bronze(spark: SparkSession) -> Bronze:
    """One reading, one meter, one vacancy. Spark takes a frame made from rows for a very large one."""
    at = datetime(2026, 1, 1, 12, tzinfo=UTC)
    line = ("raw/2026/01/01/12/a.csv", 1, 2)
    reading = ("M", "2026-01-01T12:00", "1", "kW", None, None, *line, at, "hash", "b", at, at.date())
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
    judged = judge(standardise(bronze, defaults), defaults)
    operators_of_judge = plan(judged)
    judged.persist()
    days = with_delays(meter_days(judged, ZONE), judged, ZONE).persist()
    neighbours = neighbour_days(judged, defaults.faults.neighbourhood, ZONE, 0).persist()
    accepted = accepted_days(days)
    flagged = find_flagged_days(accepted, accepted, neighbours, defaults).persist()
    episodes = run_episodes(judged, defaults.faults).unionByName(weekly_episodes(flagged, defaults)).persist()
    named = F.broadcast(bronze.meters.select("meter_key", "meter_id"))
    seen = meters_seen(judged).join(named, "meter_key")
    meters = with_seen(with_reference(bronze.meters, bronze.vacancies), seen).persist()
    rows = rows_to_publish(judged, episodes, defaults)
    yield Silver(operators_of_judge, judged, days, neighbours, flagged, episodes, meters, named, rows)
    for frame in (meters, episodes, flagged, neighbours, days, judged):
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
            "last",  # previous: the accepted and the standing reading before this one, in one pass
            "lead",  # deduplicate: whether another of the interval takes its place later
            "last",  # deduplicate: the reading that passed before
        ]

    def test_a_source_in_local_time_sorts_once_more_and_shuffles_no_more(self, bronze: Bronze) -> None:
        """The repeated hour is settled by the order of lines in a file, before there is a time to sort by."""
        config = load(overrides=[LOCAL_SOURCE])
        judged = plan(judge(standardise(bronze, config), config))
        assert exchanges(judged) == ["neighbourhood_key"]
        assert len(operators(judged, "Sort")) == 2


class TestByMeter:
    """Where one neighbourhood is too large for a core (silver/placement.py)."""

    def test_judges_in_one_exchange_too(self, bronze: Bronze) -> None:
        config = load(overrides=[LOCAL_SOURCE])
        judged = judge(standardise(bronze, config, spread_by=BY_METER), config)
        assert exchanges(judged) == ["neighbourhood_key, meter_key"]

    def test_shuffles_hourly_means_and_not_readings_for_f05(self, bronze: Bronze, defaults: Config) -> None:
        """By the hour, to be summed and to be joined with the sum, and back to the meter's day."""
        judged = judge(standardise(bronze, defaults, spread_by=BY_METER), defaults).persist()
        neighbours = neighbour_days(judged, defaults.faults.neighbourhood, ZONE, 0)
        to_the_day, *by_hour = exchanges(neighbours)
        assert to_the_day.startswith("neighbourhood_key, meter_key, ")
        assert by_hour == ["neighbourhood_key, hour_us"] * 2
        judged.unpersist()


class TestFromJudgedReadings:
    """Everything after judge() of standardise() finds its rows where they are."""

    def test_days_and_episodes_are_found_without_a_shuffle(self, silver: Silver, defaults: Config) -> None:
        runs = run_episodes(silver.judged, defaults.faults)
        made = (*_daily(silver, defaults), runs, weekly_episodes(silver.flagged, defaults))
        assert [exchanges(rows) for rows in made] == [[]] * len(made)

    def test_days_join_no_large_table_by_broadcast(self, silver: Silver, defaults: Config) -> None:
        """Daily sums and hourly means grow with the years: they are joined where they lie."""
        made = _daily(silver, defaults)
        assert [operators(rows, "BroadcastExchange") for rows in made] == [[]] * len(made)

    def test_the_readings_are_shuffled_once_to_be_written_by_day(self, silver: Silver) -> None:
        readings = as_readings(silver.rows, ZONE, "run").repartition("read_date")
        assert exchanges(readings) == ["read_date"]

    def test_all_other_tables_are_made_where_they_lie(self, silver: Silver, defaults: Config) -> None:
        others = {
            "quarantine": as_quarantine(silver.rows, ZONE, "run"),
            "closed gaps": closed_holes(silver.judged),
            "outer gaps": outer_holes(silver.meters, defaults.gaps, NOON_US, 0),
            "faults": fault_rows(silver.episodes, silver.meters, defaults.faults),
            "flagged_days": content.flagged_day_rows(silver.flagged),
            "neighbour_days": content.neighbour_day_rows(silver.neighbours.join(silver.named, "meter_key")),
            "meter_days": content.meter_day_rows(silver.days),
            "meters_judged": content.meter_rows(silver.meters),
        }
        assert {name: exchanges(rows) for name, rows in others.items()} == {name: [] for name in others}


def _daily(silver: Silver, config: Config) -> list[DataFrame]:
    accepted = accepted_days(silver.days)
    return [
        meter_days(silver.judged, ZONE),
        with_delays(silver.days.drop("delays_us"), silver.judged, ZONE),
        neighbour_days(silver.judged, config.faults.neighbourhood, ZONE, 0),
        find_flagged_days(accepted, accepted, silver.neighbours, config),
    ]


class TestNoPythonSeesARow:
    def test_in_silver(self, silver: Silver) -> None:
        assert not re.search(PYTHON_ROWS, made_of(as_readings(silver.rows, ZONE, "run")))

    def test_in_gold(self, spark: SparkSession, bronze: Bronze, defaults: Config) -> None:
        def empty(table: tables.Table) -> DataFrame:
            return spark.createDataFrame([], table.schema)

        readings, quarantine = empty(tables.silver.READINGS), empty(tables.silver.QUARANTINE)
        days = empty(tables.silver.METER_DAYS)
        meters, holidays = active_meters(bronze.meters), public_holidays(spark, "DE")
        around = Surroundings(empty(tables.bronze.WEATHER), empty(tables.bronze.GRID_MAINTENANCE), holidays)
        hours = load_hours(hourly_load(readings, meters, 0), around, defaults.peaks, ZONE)
        for rows in (
            hours,
            peak_exclusions(hours),
            peak_periods(hours, defaults.peaks),
            daily_consumption(readings, meters, ZONE, 0),
            daily_quality(readings, quarantine, days, meters, ZONE, 0, Decimal(70)),
        ):
            assert not re.search(PYTHON_ROWS, made_of(rows))
