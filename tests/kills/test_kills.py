"""Killed anywhere with SIGKILL, the next run ends as if nothing had happened.

`METERLAKE_KILLS=1-99` (make soak) strikes before and after each commit of a run, in the middle of its writes, and in a
rebuild; the suite itself strikes at five points. Who reads finished runs meanwhile sees all tables as they were before
the run, or all as they are after it.
"""

import os
import shutil
import signal
import subprocess
import sys
from dataclasses import replace
from pathlib import Path
from typing import NamedTuple

import pytest
import yaml
from pyspark.sql import SparkSession

from meterlake.config import Config
from meterlake.explore import Warehouse as Explored
from tests.comparison import COMPARED, Row, content_of, differences, rows_of
from tests.conftest import forget_tables
from tests.kills.victim import ENDED
from tests.operations.test_injected_faults import keys_that_stand_twice
from tests.test_against_oracle import configured, run_all
from tests.test_any_order import REMEMBERED
from tests.worlds import deliver
from tests.worlds.history import Delivery
from tests.worlds.restless import restless_world
from tests.worlds.world import World, write_reference

ROOT = Path(__file__).parents[2]
SEED, LINES = 2, 60
COMMITS, COMMITS_OF_A_REBUILD = 20, 23  # what a victim with a point beyond them all says
NAMES = [*COMPARED, *REMEMBERED, "bronze.files", "bronze.meters", "bronze.vacancies"]
# What a reader of finished runs sees; dead letters are no input of silver.
SEEN = [name for name in COMPARED if name != "bronze.dead_letters"]


class Blow(NamedTuple):
    """In commits of the run, ms after that, and whether it makes silver and gold anew."""

    point: float
    delay_ms: int = 0
    rebuild: bool = False


# Before the ledger, in silver, before its mark, in gold, in a rebuild.
FEW = [Blow(1.5), Blow(9.0, 500), Blow(13.5), Blow(18.0, 150), Blow(9.5, rebuild=True)]
MANY = [
    *[Blow(number + half) for number in range(1, COMMITS + 1) for half in (0.0, 0.5)],
    *[Blow(float(number), delay) for number in range(1, COMMITS, 3) for delay in (150, 600)],
    *[Blow(number + 0.5, rebuild=True) for number in range(5, COMMITS_OF_A_REBUILD + 1)],
]


def _points() -> list[Blow]:
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
        self.before = content_of(root / "before", SEEN)
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


@pytest.mark.parametrize("blow", _points(), ids=lambda blow: "-".join(map(str, blow)))
def test_a_killed_run_leaves_nothing_behind(spark: SparkSession, scene: Scene, blow: Blow) -> None:
    name = f"killed-{'-'.join(map(str, blow))}"
    config = scene.another(name)
    killed = _run_and_kill(scene.world, config, blow)
    # One that strikes some time after a commit can come after the end.
    is_late = blow.delay_ms > 0 and ENDED in killed.stdout
    assert killed.returncode == -signal.SIGKILL or is_late, killed.stdout + killed.stderr
    at = Explored(config).versions
    seen = {name: rows_of(config.storage.warehouse, name, at.get(name)) for name in SEEN}
    assert not _differences(seen, scene.before) or not _differences(seen, scene.expected)
    forget_tables(spark)
    run_all(spark, config)
    assert _differences(content_of(config.storage.warehouse, NAMES), scene.expected) == []
    # All runs of these layers have one name, so ops.runs has its keys again and again.
    assert [name for name in keys_that_stand_twice(config) if not name.startswith("ops.")] == []
    forget_tables(spark)
    shutil.rmtree(scene.root / name)


def _differences(found: dict[str, list[Row]], expected: dict[str, list[Row]]) -> list[str]:
    return [text for name in found for text in differences(name, found[name], expected[name])]


def _run_and_kill(world: World, config: Config, blow: Blow) -> subprocess.CompletedProcess[str]:
    page = world.root / "victim.yaml"
    spark = {"master": "local[2]", "shuffle_partitions": 3, "driver_memory": "2g"}
    spark["conf"] = {"spark.driver.extraJavaOptions": "-XX:TieredStopAtLevel=1", "spark.sql.codegen.wholeStage": False}
    storage = {name: getattr(config.storage, name) for name in ("landing", "reference", "warehouse")}
    page.write_text(yaml.safe_dump(world.config | {"storage": storage, "spark": spark}))
    asked = [str(page), str(blow.point), str(blow.delay_ms), *(["rebuild"] if blow.rebuild else [])]
    command = [sys.executable, "-m", "tests.kills.victim", *asked]
    return subprocess.run(command, cwd=ROOT, capture_output=True, text=True, timeout=600, check=False)
