"""--from and --to, --meter, and a moved as_of: a part is judged again and ends as a rebuild would have it."""

from datetime import date

import pytest
from pyspark.sql import SparkSession
from pyspark.sql import functions as F

from meterlake import tables
from meterlake.bronze import pipeline as bronze
from meterlake.config import Config
from meterlake.errors import ConfigError
from meterlake.silver import pipeline as silver
from meterlake.silver.request import Request
from meterlake.storage import Warehouse
from tests.comparison import content_of, differences
from tests.test_against_oracle import configured
from tests.worlds import deliver
from tests.worlds.restless import restless_world
from tests.worlds.world import World, write_reference

NAMES = ["silver.readings", "silver.quarantine", "silver.gaps", "silver.faults", "silver.meter_days"]


@pytest.fixture(scope="module")
def world(tmp_path_factory: pytest.TempPathFactory) -> World:
    built, _ = restless_world(4, tmp_path_factory.mktemp("part"))
    write_reference(built)
    built.landing.mkdir()
    deliver(built.deliveries, built.landing)
    return built


@pytest.fixture(scope="module")
def config(spark: SparkSession, world: World) -> Config:
    made = configured(world)
    bronze.run(spark, made)
    silver.run(spark, made)
    return made


@pytest.mark.parametrize(
    ("lost", "request_"),
    [
        ("read_date = DATE '2026-03-25'", Request(first_day=date(2026, 3, 25), last_day=date(2026, 3, 25))),
        ("meter_id = 'C1'", Request(meter_id="C1")),
    ],
)
def test_what_was_lost_comes_back(spark: SparkSession, config: Config, lost: str, request_: Request) -> None:
    before = content_of(config.storage.warehouse, NAMES)
    Warehouse(spark, config).remove(tables.silver.READINGS, F.expr(lost))
    assert len(content_of(config.storage.warehouse, NAMES[:1])[NAMES[0]]) < len(before[NAMES[0]])
    silver.run(spark, config, request_)
    after = content_of(config.storage.warehouse, NAMES)
    assert [text for name in NAMES for text in differences(name, after[name], before[name])] == []


def test_a_moved_as_of_moves_open_holes_alone(spark: SparkSession, world: World, config: Config) -> None:
    moved = configured(world, "as_of=2026-06-01T00:00Z")
    before = content_of(config.storage.warehouse, NAMES)
    silver.run(spark, moved)
    after = content_of(config.storage.warehouse, NAMES)
    assert after["silver.gaps"] != before["silver.gaps"]
    assert [
        text for name in NAMES if name != "silver.gaps" for text in differences(name, after[name], before[name])
    ] == []
    silver.run(spark, moved, Request(rebuild=True))
    rebuilt = content_of(config.storage.warehouse, NAMES)
    assert [text for name in NAMES for text in differences(name, after[name], rebuilt[name])] == []
    silver.run(spark, config)  # no as_of any more: it is the newest landing's again
    again = content_of(config.storage.warehouse, NAMES)
    assert [text for name in NAMES for text in differences(name, again[name], before[name])] == []


def test_an_unknown_meter_is_said(spark: SparkSession, config: Config) -> None:
    with pytest.raises(ConfigError, match="meter Z9 is not in the registry"):
        silver.run(spark, config, Request(meter_id="Z9"))
