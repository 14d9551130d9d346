"""Killed anywhere with SIGKILL, the next run ends as if nothing had happened.

`METERLAKE_KILLS=1-56` (make soak) strikes before and after each commit of a run and in the middle of its writes; the
suite itself strikes at five points.
"""

import os
import shutil
import signal
import subprocess
import sys
from dataclasses import replace
from pathlib import Path

import pytest
import yaml
from pyspark.sql import SparkSession

from meterlake.config import Config
from tests.comparison import COMPARED, content_of, differences
from tests.conftest import forget_tables
from tests.test_against_oracle import configured, run_all
from tests.test_any_order import REMEMBERED
from tests.worlds import deliver
from tests.worlds.history import Delivery
from tests.worlds.restless import restless_world
from tests.worlds.world import World, write_reference

ROOT = Path(__file__).parents[2]
SEED, LINES = 2, 60
# Points of a run in commits, and ms after them: before the ledger, in silver twice, before its mark, in gold.
FEW = [(1.5, 0), (6.5, 0), (9.0, 500), (13.5, 0), (18.0, 150)]
MANY = [(number + half, 0) for number in range(1, 22) for half in (0.0, 0.5)] + [
    (float(number), delay) for number in range(1, 20, 3) for delay in (150, 600)
]
NAMES = [*COMPARED, *REMEMBERED]


def _points() -> list[tuple[float, int]]:
    if "METERLAKE_KILLS" not in os.environ:
        return FEW
    first, _, last = os.environ["METERLAKE_KILLS"].partition("-")
    return MANY[int(first) - 1 : int(last or first)]


def _cut(delivery: Delivery) -> Delivery:
    """Its first lines: enough to touch most days and meters, and few to wait for."""
    return replace(delivery, content=b"\n".join([*delivery.content.split(b"\n")[:LINES], b""]))


class Scene:
    """A warehouse with a batch in it, another batch in the landing, and what should come of both."""

    def __init__(self, spark: SparkSession, root: Path) -> None:
        self.root = root
        self.world, batches = restless_world(SEED, root)
        write_reference(self.world)
        self.world.landing.mkdir()
        config = configured(self.world)
        deliver(batches[0], self.world.landing)
        run_all(spark, config)
        shutil.copytree(config.storage.warehouse, root / "before")
        deliver([_cut(delivery) for delivery in batches[1]], self.world.landing)
        run_all(spark, config)
        self.expected = content_of(config.storage.warehouse, NAMES)

    def another(self, name: str) -> Config:
        """A copy of the warehouse as it was before the second batch."""
        shutil.copytree(self.root / "before", self.root / name)
        return configured(self.world, f"storage.warehouse={self.root / name}")


@pytest.fixture(scope="module")
def scene(spark: SparkSession, tmp_path_factory: pytest.TempPathFactory) -> Scene:
    return Scene(spark, tmp_path_factory.mktemp("kills"))


@pytest.mark.parametrize(("point", "delay_ms"), _points())
def test_a_killed_run_leaves_nothing_behind(spark: SparkSession, scene: Scene, point: float, delay_ms: int) -> None:
    name = f"killed-{point}-{delay_ms}"
    config = scene.another(name)
    killed = _run_and_kill(scene.world, config, point, delay_ms)
    assert killed.returncode == -signal.SIGKILL or "ended after" in killed.stdout, killed.stdout + killed.stderr
    forget_tables(spark)
    run_all(spark, config)
    found = content_of(config.storage.warehouse, NAMES)
    assert [text for table in NAMES for text in differences(table, found[table], scene.expected[table])] == []
    forget_tables(spark)
    shutil.rmtree(scene.root / name)


def _run_and_kill(world: World, config: Config, point: float, delay_ms: int) -> subprocess.CompletedProcess[str]:
    page = world.root / "victim.yaml"
    spark = {"master": "local[2]", "shuffle_partitions": 3, "driver_memory": "2g"}
    spark["conf"] = {"spark.driver.extraJavaOptions": "-XX:TieredStopAtLevel=1", "spark.sql.codegen.wholeStage": False}
    storage = {name: getattr(config.storage, name) for name in ("landing", "reference", "warehouse")}
    page.write_text(yaml.safe_dump(world.config | {"storage": storage, "spark": spark}))
    command = [sys.executable, "-m", "tests.kills.victim", str(page), str(point), str(delay_ms)]
    return subprocess.run(command, cwd=ROOT, capture_output=True, text=True, timeout=600, check=False)
