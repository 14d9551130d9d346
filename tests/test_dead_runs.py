"""What stands after a run that died, and what the next ones do about it."""

import shutil
from argparse import Namespace
from collections.abc import Callable
from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from pyspark.sql import Column, SparkSession

from meterlake.bronze import pipeline as bronze
from meterlake.config import Config, load
from meterlake.gold import pipeline as gold
from meterlake.operations import maintain, marks
from meterlake.plan.command import make_plan
from meterlake.plan.model import Days
from meterlake.silver import pipeline as silver
from meterlake.storage import Warehouse
from meterlake.tables import Table
from tests.comparison import rows_of
from tests.conftest import SMALL_SPARK
from tests.small import METERS, hours, versions, write_file, write_registry
from tests.test_against_oracle import run_all

FOURTEENTH = date(2024, 3, 14)
UPKEEP = Namespace(dry_run=False, allow_short_vacuum=False)


class Killed(BaseException):
    """Nothing in a run expects it."""


@pytest.fixture
def dies_at(monkeypatch: pytest.MonkeyPatch) -> set[str]:
    """A run dies before its commit to one of these tables."""
    names: set[str] = set()
    apply = Warehouse.apply

    def dying(self: Warehouse, what: Any, table: Table, tag: str) -> Any:
        if table.full_name in names:
            names.remove(table.full_name)
            raise Killed
        return apply(self, what, table, tag)

    monkeypatch.setattr(Warehouse, "apply", dying)
    return names


@pytest.fixture(scope="module")
def built(spark: SparkSession, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A warehouse with 12 and 13 March 2024 of three meters in all layers."""
    root = tmp_path_factory.mktemp("built")
    folders = [f"storage.{name}={root / name}" for name in ("landing", "reference", "warehouse")]
    config = load([], [*SMALL_SPARK, *folders])
    write_registry(config)
    for meter in ("MTR-1", "MTR-2", "MTR-3"):
        write_file(config, "2024/03/14/00", hours(meter, "2024-03-12T00:00", 48), f"{meter}.csv")
    run_all(spark, config)
    return Path(config.storage.warehouse)


@pytest.fixture
def config(built: Path, make_config: Callable[..., Config]) -> Config:
    """A copy of it, whose landing files are no longer there."""
    config = make_config("compaction.most_files=2")
    write_registry(config)
    shutil.copytree(built, config.storage.warehouse)
    return config


def a_new_day(config: Config) -> None:
    write_file(config, "2024/03/14/01", hours("MTR-1", "2024-03-14T00:00", 1))


def upkeep_dies(spark: SparkSession, config: Config) -> None:
    with pytest.raises(Killed):
        maintain.run(spark, config, UPKEEP)


def is_all_done(spark: SparkSession, config: Config) -> bool:
    """Whether the jobs find nothing to do."""
    at = versions(config)
    run_all(spark, config)
    return versions(config) == at


def days_of_mtr_1(config: Config) -> list[date]:
    rows = rows_of(config.storage.warehouse, "gold.daily_consumption")
    return sorted(row["local_date"] for row in rows if row["meter_id"] == "MTR-1")


def meter_types(config: Config) -> set[str]:
    return {row["meter_type"] for row in rows_of(config.storage.warehouse, "gold.hourly_load")}


def test_gold_is_not_ahead_of_a_registry_that_silver_died_of(
    spark: SparkSession, config: Config, dies_at: set[str]
) -> None:
    write_registry(config, METERS.replace("MTR-3,shop", "MTR-3,farm"))
    bronze.run(spark, config)
    written = versions(config)["silver.readings"]
    dies_at.add("silver.quarantine")
    with pytest.raises(Killed):
        silver.run(spark, config)
    assert versions(config)["silver.readings"] > written
    gold.run(spark, config)
    assert meter_types(config) == {"home", "shop"}
    silver.run(spark, config)
    gold.run(spark, config)
    assert meter_types(config) == {"home", "farm"}


def test_a_plan_names_the_days_of_runs_that_died(spark: SparkSession, config: Config, dies_at: set[str]) -> None:
    a_new_day(config)
    bronze.run(spark, config)
    dies_at.add("silver.quarantine")
    with pytest.raises(Killed):
        silver.run(spark, config)
    plan = make_plan(spark, config)
    assert (plan.silver.action, plan.gold.action) == ("update", "update")
    assert plan.silver.why == "1 day of a run that died; 1 batch in bronze that silver has not read"
    assert plan.silver.days == plan.gold.days == Days(1, FOURTEENTH, FOURTEENTH)
    gold.run(spark, config)
    assert days_of_mtr_1(config) == [date(2024, 3, 12), date(2024, 3, 13)], "gold is not ahead of a silver that died"
    silver.run(spark, config)
    dies_at.add("gold.daily_consumption")
    with pytest.raises(Killed):
        gold.run(spark, config)
    plan = make_plan(spark, config)
    assert (plan.silver.action, plan.gold.action) == ("nothing", "update")
    # What died is read again with a day around it, since bronze's dates are rough.
    assert plan.gold.days == Days(2, date(2024, 3, 13), FOURTEENTH)
    gold.run(spark, config)
    assert days_of_mtr_1(config) == [date(2024, 3, day) for day in (12, 13, 14)]
    assert make_plan(spark, config).gold.action == "nothing"


def test_days_that_a_dead_silver_filled_reach_gold(
    spark: SparkSession, make_config: Callable[..., Config], dies_at: set[str]
) -> None:
    """Gold runs between: it takes up what silver finished before, and has to learn of the filled days afterwards."""
    config = make_config(
        "gaps={interpolate_below_hours: 240, materialise_below_hours: 264}", "quality.hole_points_per_hour=0.1"
    )
    write_registry(config)
    write_file(config, "2024/03/11/02", hours("MTR-1", "2024-03-01T00:00", 24))
    run_all(spark, config)
    write_file(config, "2024/03/11/03", hours("MTR-3", "2024-03-11T00:00", 1))
    bronze.run(spark, config)
    silver.run(spark, config)
    write_file(config, "2024/03/11/04", hours("MTR-1", "2024-03-11T00:00", 1))
    bronze.run(spark, config)
    dies_at.add("silver.quarantine")
    with pytest.raises(Killed):
        silver.run(spark, config)
    gold.run(spark, config)
    assert days_of_mtr_1(config) == [date(2024, 3, 1)]
    silver.run(spark, config)
    gold.run(spark, config)
    assert days_of_mtr_1(config) == [date(2024, 3, day) for day in range(1, 12)]


def test_upkeep_leaves_what_the_newest_finished_run_is_read_with(
    spark: SparkSession, config: Config, make_config: Callable[..., Config], dies_at: set[str]
) -> None:
    a_new_day(config)
    bronze.run(spark, config)
    silver.run(spark, config)
    write_file(config, "2024/03/14/02", [("MTR-1", "2024-03-14T00:00:00Z", "1.7")])
    bronze.run(spark, config)
    dies_at.add("silver.quarantine")
    with pytest.raises(Killed):
        silver.run(spark, config)
    short = make_config("retention.vacuum_hours=0")
    maintain.run(spark, short, Namespace(dry_run=False, allow_short_vacuum=True))
    gold.run(spark, config)
    [day] = [
        row for row in rows_of(config.storage.warehouse, "gold.daily_consumption") if row["local_date"] == FOURTEENTH
    ]
    assert day["energy_kwh"] == Decimal(1)


def test_the_next_upkeep_removes_what_a_dead_one_left(
    spark: SparkSession, make_config: Callable[..., Config], monkeypatch: pytest.MonkeyPatch
) -> None:
    """Of two days one is too old: its accepted readings are gone, its refused one is not, when upkeep dies."""
    config = make_config("retention.silver_days=1", "validation.check_arrival=false")
    write_registry(config)
    refused = [("MTR-1", "2024-03-12T23:30:00Z", "1")]
    write_file(config, "2024/03/14/00", [*hours("MTR-1", "2024-03-12T00:00", 48), *refused])
    run_all(spark, config)
    remove = Warehouse.remove

    def dying(self: Warehouse, table: Table, condition: Column) -> None:
        remove(self, table, condition)
        raise Killed

    with monkeypatch.context() as during:
        during.setattr(Warehouse, "remove", dying)
        upkeep_dies(spark, config)
    assert len(rows_of(config.storage.warehouse, "silver.readings")) == 24
    assert len(rows_of(config.storage.warehouse, "silver.quarantine")) == 1
    maintain.run(spark, config, UPKEEP)
    assert rows_of(config.storage.warehouse, "silver.quarantine") == []
    assert is_all_done(spark, config)


def test_the_next_upkeep_tells_the_jobs_what_a_dead_one_joined(
    spark: SparkSession, config: Config, monkeypatch: pytest.MonkeyPatch
) -> None:
    for number in range(2):  # the day is closed, and has two files
        write_file(config, f"2024/03/16/{number:02}", hours("MTR-3", f"2024-03-14T{number:02}:00", 1))
        run_all(spark, config)
    at = versions(config)

    def dying(*_: object) -> int:
        raise Killed

    with monkeypatch.context() as during:
        during.setattr(marks, "carry", dying)
        upkeep_dies(spark, config)
    joined = {name for name, version in versions(config).items() if version > at[name]}
    assert {"bronze.readings", "silver.readings"} <= joined
    maintain.run(spark, config, UPKEEP)
    assert make_plan(spark, config).silver.action == "nothing"
    assert is_all_done(spark, config)
