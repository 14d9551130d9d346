"""What a plan says of a run, beside what the run then does; and that it changes nothing."""

import json
from datetime import date
from pathlib import Path

import pytest
from pyspark.sql import SparkSession

from meterlake import progress
from meterlake.config import Config, load
from meterlake.plan.command import make_plan, run
from meterlake.plan.model import Days, Plan
from meterlake.plan.text import as_text
from tests.comparison import rows_of
from tests.conftest import SMALL_SPARK, forget_tables
from tests.small import METERS, files_below, hours, write_file, write_registry
from tests.test_against_oracle import run_all

FIRST_DAY, LAST_DAY = date(2024, 3, 12), date(2024, 3, 15)


def configured(root: Path, *overrides: str) -> Config:
    folders = [f"storage.{name}={root / name}" for name in ("landing", "reference", "warehouse")]
    return load([], [*SMALL_SPARK, *folders, *overrides])


@pytest.fixture(scope="module")
def root(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("plan")


@pytest.fixture(scope="module")
def config(root: Path) -> Config:
    """Three meters with four days each; of MTR-1 an hour is missing on 13 March."""
    config = configured(root, "validation.check_arrival=false")
    write_registry(config)
    missing = {"MTR-1": [30]}
    for meter in ("MTR-1", "MTR-2", "MTR-3"):
        readings = hours(meter, "2024-03-12T00:00", 96, missing.get(meter, []))
        write_file(config, "2024/03/16/00", readings, f"{meter}.csv")
    return config


def planned(spark: SparkSession, config: Config) -> Plan:
    """The plan; no file of the warehouse or the landing differs after it."""
    folders = (config.storage.landing, config.storage.reference, config.storage.warehouse)
    before = files_below(*folders)
    plan = make_plan(spark, config)
    assert files_below(*folders) == before
    return plan


def test_a_plan_from_the_first_run_to_a_late_file(spark: SparkSession, config: Config, root: Path) -> None:
    """One story, since each step needs the runs before it."""
    plan = planned(spark, config)
    assert (plan.landing.files, plan.landing.new, plan.landing.readings) == (3, 3, 96 * 3 - 1)
    assert plan.landing.newest_hour == plan.landing.oldest_hour
    assert plan.reference.replaced["bronze.meters"] == 3
    assert (plan.silver.action, plan.gold.action) == ("first_build", "first_build")
    assert plan.silver.days == plan.gold.days == Days(4, FIRST_DAY, LAST_DAY)
    assert plan.silver.bronze_read.rows == 96 * 3 - 1

    run_all(spark, config)
    plan = planned(spark, config)
    assert (plan.landing.files, plan.reference.replaced) == (0, {})
    assert (plan.silver.action, plan.gold.action) == ("nothing", "nothing")

    late = hours("MTR-1", "2024-03-13T06:00", 1)
    write_file(config, "2024/03/16/05", late, "late.csv")
    plan = planned(spark, config)
    assert (plan.landing.files, plan.landing.new, plan.landing.changed, plan.landing.readings) == (1, 1, 0, 1)
    assert plan.silver.action == plan.gold.action == "update"
    assert plan.silver.meter_ids == ("MTR-1", "MTR-2")
    assert (plan.silver.meters, plan.silver.neighbourhoods, plan.silver.pending_readings) == (2, 1, 1)
    assert plan.silver.days == plan.gold.days == Days(1, date(2024, 3, 13), date(2024, 3, 13))
    assert plan.silver.bronze_read.rows == 72 * 3 - 1  # a day around, since bronze's dates are rough
    assert plan.silver.bronze_read.bytes > 0
    assert plan.silver.silver_compared.rows == 48 * 3  # and the day before: a hole's rows lie before its end
    assert plan.silver.silver_compared.files == 4  # of homes and of the shop, of two days
    assert (plan.gold.silver_read.rows, plan.gold.silver_read.files) == (24 * 3, 2)
    assert (plan.gold.gold_compared.rows, plan.gold.gold_compared.files) == (3, 1)
    assert "2 meters in 1 neighbourhood: MTR-1, MTR-2" in "\n".join(as_text(plan))

    refused = planned(spark, configured(root, "validation.check_arrival=false", "validation.max_kw=5"))
    assert (refused.silver.action, refused.gold.action) == ("refused", "not_reached")
    assert "--rebuild" in refused.silver.why

    write_registry(config, METERS.replace("MTR-3,shop,60,south", "MTR-3,shop,60,south\nMTR-4,shop,60,south"))
    changed = planned(spark, config)
    assert (changed.silver.meters_changed, changed.silver.meters_with_neighbours) == (1, 2)
    assert changed.gold.days == Days(4, FIRST_DAY, LAST_DAY)
    assert (changed.silver.bronze_read.rows, changed.silver.silver_compared.rows) == (96 * 3 - 1, 96 * 3)
    assert changed.gold.gold_compared.rows == 3 * 4
    write_registry(config)

    run_all(spark, config)
    begun = [row for row in rows_of(config.storage.warehouse, "ops.runs") if row["job"] == "build_silver"]
    last = max((row for row in begun if row["days"] is not None), key=lambda row: row["started_at"])
    assert last["days"] == [date(2024, 3, 13)]
    assert planned(spark, config).silver.action == "nothing"

    (Path(config.storage.reference) / "weather.csv").write_text("region,hour,temperature_c\nR,2024-03-13T06:00Z,9\n")
    warmer = planned(spark, config)
    assert (warmer.silver.action, warmer.gold.action) == ("nothing", "update")
    forget_tables(spark)


def test_a_registry_that_is_missing_stops_the_run(spark: SparkSession, tmp_path: Path) -> None:
    config = configured(tmp_path)
    write_file(config, "2024/03/16/00", hours("MTR-1", "2024-03-15T00:00", 2))
    plan = planned(spark, config)
    assert plan.landing.readings == 2
    assert "registry of meters is missing" in plan.reference.refused
    assert (plan.silver.action, plan.gold.action) == ("not_reached", "not_reached")


def test_a_machine_gets_the_same_numbers_as_one_object(
    spark: SparkSession, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    config = configured(tmp_path)
    write_registry(config)
    with progress.running(progress.Run("plan", "r1", as_json=True)):
        plan = run(spark, config)
    lines = [json.loads(line) for line in capsys.readouterr().out.splitlines()]
    [told] = [line for line in lines if line["event"] == "plan"]
    assert told["landing"]["files"] == plan.landing.files == 0
    assert told["silver"]["action"] == "first_build"
