"""Whatever the order and the batches: the tables that an incremental run leaves are those of one rebuild.

Each world flips flags and splits episodes often, every other one brings all but some hours at once, in every fourth the
references change between the batches, and in every third upkeep runs there. The suite's two have all of that between
them; `METERLAKE_RESTLESS=0-40` tries more.
"""

import os
from argparse import Namespace
from pathlib import Path
from random import Random

import pytest
from pyspark.sql import SparkSession

from meterlake.gold import pipeline as gold
from meterlake.operations import maintain
from meterlake.silver import pipeline as silver
from meterlake.silver.request import Request
from tests.comparison import COMPARED, content_of, differences
from tests.conftest import forget_tables
from tests.oracle import Bronze, Settings
from tests.test_against_oracle import all_differences, configured, judged, run_all
from tests.worlds import deliver
from tests.worlds.restless import restless_world, unsettled
from tests.worlds.world import write_reference

REMEMBERED = ["silver.flagged_days", "silver.neighbour_days", "silver.meter_days", "silver.meters_judged"]


def _seeds() -> list[int]:
    """19: upkeep, and late pieces in Berlin; 42: changing references, in even batches on Lord Howe."""
    if "METERLAKE_RESTLESS" not in os.environ:
        return [19, 42]
    first, _, last = os.environ["METERLAKE_RESTLESS"].partition("-")
    return list(range(int(first), int(last or first) + 1))


@pytest.mark.parametrize("seed", _seeds())
def test_batches_end_as_a_rebuild_and_as_the_oracle(spark: SparkSession, tmp_path: Path, seed: int) -> None:
    """Also what a run remembers for the next one is what a rebuild would remember."""
    world, batches = restless_world(seed, tmp_path)
    world.landing.mkdir()
    config = configured(world)
    crowded = configured(world, "retention.vacuum_hours=0", "compaction={most_files: 2, open_days: 1}")
    by_hand = Bronze(Settings.from_config(world.config))
    rng = Random(seed)
    for number, batch in enumerate(batches, 1):
        is_settled = seed % 4 != 2 or number == len(batches)
        if is_settled or number == 1 or rng.random() < 0.7:
            write_reference(world if is_settled else unsettled(world, rng))
        deliver(batch, world.landing)
        by_hand.ingest(world.landing)
        run_all(spark, config)
        if seed % 3 == 1:
            maintain.run(spark, crowded, Namespace(dry_run=False, allow_short_vacuum=True))
    names = [*COMPARED, *REMEMBERED]
    found = content_of(config.storage.warehouse, names)
    assert all_differences(found, judged(world, by_hand)) == []
    silver.run(spark, config, Request(rebuild=True))
    gold.run(spark, config, rebuild=True)
    rebuilt = content_of(config.storage.warehouse, names)
    assert [text for name in names for text in differences(name, found[name], rebuilt[name])] == []
    forget_tables(spark)
