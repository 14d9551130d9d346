"""What always holds: the same content whatever the order, the batches and the partitions; nothing twice."""

from pathlib import Path

import pytest
from deltalake import DeltaTable
from pyspark.sql import SparkSession

from meterlake import tables
from meterlake.bronze import pipeline as bronze
from meterlake.config import Config, load
from meterlake.errors import ConfigError
from meterlake.gold import pipeline as gold
from meterlake.silver import pipeline as silver
from meterlake.silver.placement import too_large
from meterlake.silver.request import Request
from tests.comparison import COMPARED, content_of
from tests.conftest import SMALL_SPARK, forget_tables
from tests.test_against_oracle import all_differences, configured, run_all
from tests.worlds import build_world, deliver
from tests.worlds.world import World, write_reference

SEED = 10


@pytest.fixture(scope="module")
def world(tmp_path_factory: pytest.TempPathFactory) -> World:
    """A small world whose files are neither copied nor rewritten in the tests below."""
    built = build_world(SEED, tmp_path_factory.mktemp("world"))
    write_reference(built)
    built.landing.mkdir()
    return built


@pytest.fixture(scope="module")
def at_once(spark: SparkSession, world: World) -> Config:
    """Everything in one run."""
    deliver(_first_versions(world), world.landing)
    config = configured(world)
    run_all(spark, config)
    return config


def _first_versions(world: World) -> list:
    """One delivery a path, and each content once: copies and rewrites keep a history of their own."""
    by_content = {delivery.content: delivery for delivery in reversed(world.deliveries)}
    by_path = {delivery.path: delivery for delivery in by_content.values()}
    return sorted(by_path.values(), key=lambda delivery: delivery.path)


def test_forty_partitions_give_the_same(spark: SparkSession, world: World, at_once: Config, tmp_path: Path) -> None:
    """The test below has 8, the worlds beside the oracle 1 and 3. The meters are spread one by one (placement.py)."""
    config = configured(world, f"storage.warehouse={tmp_path / 'warehouse'}", "spark.shuffle_partitions=40")
    bronze.run(spark, config)
    meters = spark.read.format("delta").load(f"{config.storage.warehouse}/bronze/meters")
    assert not too_large(meters, config.spark.shuffle_partitions).isEmpty()
    spark.conf.set("spark.sql.shuffle.partitions", "40")
    run_all(spark, config)
    spark.conf.set("spark.sql.shuffle.partitions", "3")
    found, expected = content_of(config.storage.warehouse), content_of(at_once.storage.warehouse)
    assert all_differences(found, expected) == []
    forget_tables(spark)


def test_a_run_without_news_commits_nothing(spark: SparkSession, at_once: Config) -> None:
    before = _versions(at_once)
    run_all(spark, at_once)
    assert _versions(at_once) == before


def test_a_changed_rule_is_refused_until_a_rebuild_and_the_old_rule_gives_the_old_content(
    spark: SparkSession, at_once: Config
) -> None:
    expected = content_of(at_once.storage.warehouse)
    folders = [f"storage.{name}={getattr(at_once.storage, name)}" for name in ("landing", "reference", "warehouse")]
    page = Path(at_once.storage.landing).parent / "world.yaml"
    changed = load([page], [*SMALL_SPARK, *folders, "validation.max_kw=0.5", "quality.unit_converted_points=40"])
    before = _versions(at_once)
    for layer in (silver, gold):
        with pytest.raises(ConfigError, match="--rebuild"):
            layer.run(spark, changed)
    assert _versions(at_once) == before
    _rebuild(spark, changed)
    assert content_of(at_once.storage.warehouse, ["silver.readings"])["silver.readings"] != expected["silver.readings"]
    _rebuild(spark, at_once)
    assert all_differences(content_of(at_once.storage.warehouse), expected) == []


def test_every_bronze_reading_has_one_disposition(spark: SparkSession, at_once: Config) -> None:
    """bronze = accepted + quarantined + rejected + superseded, by source file, version and line."""
    content = content_of(at_once.storage.warehouse, [*COMPARED, "ops.audit"])
    line = ("source_file", "source_version", "source_line")
    observed = [row for row in content["silver.readings"] if row["origin"] == "observed"]
    refused = [row for row in content["silver.quarantine"] if row["source_file"] is not None]
    stored = [tuple(row[name] for name in line) for row in observed + refused]
    arrived = {tuple(row[name] for name in line) for row in content["bronze.readings"]}
    assert len(stored) == len(set(stored))
    assert set(stored) <= arrived
    newest = max(row["audited_at"] for row in content["ops.audit"] if row["table"] == "bronze.readings")
    counts = {
        row["disposition"]: row["rows"]
        for row in content["ops.audit"]
        if row["table"] == "bronze.readings" and row["audited_at"] == newest
    }
    assert counts.get("superseded", 0) == len(arrived) - len(stored)
    assert counts["accepted"] == len(observed)


def test_a_batch_that_died_before_the_ledger_is_not_counted_twice(
    spark: SparkSession, world: World, at_once: Config, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    """A run is stopped between bronze.readings and the ledger; the next one starts that batch anew."""
    config = configured(world, f"storage.warehouse={tmp_path / 'warehouse'}")
    append = bronze.Warehouse.append

    def dies_at_the_ledger(self, rows, table, tag):
        if table is tables.bronze.FILES:
            raise KeyboardInterrupt
        append(self, rows, table, tag)

    with monkeypatch.context() as patched:
        patched.setattr(bronze.Warehouse, "append", dies_at_the_ledger)
        with pytest.raises(KeyboardInterrupt):
            bronze.run(spark, config)
    bronze.run(spark, config)
    found = content_of(config.storage.warehouse, ["bronze.readings", "bronze.dead_letters"])
    expected = content_of(at_once.storage.warehouse, ["bronze.readings", "bronze.dead_letters"])
    for name in found:
        assert len(found[name]) == len(expected[name]), name


def test_neither_order_nor_batches_matter_nor_a_silver_beside_an_ingest(
    spark: SparkSession, world: World, at_once: Config, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    """The last file first, and other partitions. Where no lock keeps them apart, silver runs when the readings of the
    second batch are there and its ledger is not yet."""
    overrides = [f"storage.landing={tmp_path / 'landing'}", f"storage.warehouse={tmp_path / 'warehouse'}"]
    config = configured(world, *overrides, "spark.shuffle_partitions=8")
    files = _first_versions(world)[::-1]
    spark.conf.set("spark.sql.shuffle.partitions", "8")
    append = bronze.Warehouse.append
    ran: list[str] = []

    def silver_meanwhile(self, rows, table, tag):
        if table is tables.bronze.FILES:
            silver.run(spark, config)
            ran.append("silver")
        append(self, rows, table, tag)

    deliver(files[: len(files) // 2], tmp_path / "landing")
    run_all(spark, config)
    deliver(files[len(files) // 2 :], tmp_path / "landing")
    with monkeypatch.context() as patched:
        patched.setattr(bronze.Warehouse, "append", silver_meanwhile)
        bronze.run(spark, config)
    assert ran == ["silver"]
    run_all(spark, config)
    spark.conf.set("spark.sql.shuffle.partitions", "3")
    found = content_of(config.storage.warehouse)
    assert all_differences(found, content_of(at_once.storage.warehouse)) == []


def _rebuild(spark: SparkSession, config: Config) -> None:
    silver.run(spark, config, Request(rebuild=True))
    gold.run(spark, config, rebuild=True)


def _versions(config: Config) -> dict[str, int]:
    return {
        table.full_name: DeltaTable(f"{config.storage.warehouse}/{table.layer}/{table.name}").version()
        for table in tables.ALL
        if table not in (tables.ops.ERRORS, tables.ops.ALERTS)
    }
