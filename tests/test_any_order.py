"""Whatever the order and the batches: the tables that an incremental run leaves are those of one rebuild.

Each world flips flags and splits episodes often, every other one brings all but some hours at once, and in every
fourth the references change between the batches. `METERLAKE_RESTLESS=0-40` tries more of them than the few that fit
into the suite.
"""

import os
from pathlib import Path
from random import Random

import pytest
from pyspark.sql import SparkSession

from meterlake.gold import pipeline as gold
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
    first, _, last = os.environ.get("METERLAKE_RESTLESS", "4-6").partition("-")
    return list(range(int(first), int(last or first) + 1))


@pytest.mark.parametrize("seed", _seeds())
def test_batches_end_as_a_rebuild_and_as_the_oracle(spark: SparkSession, tmp_path: Path, seed: int) -> None:
    """Also what a run remembers for the next one is what a rebuild would remember."""
    world, batches = restless_world(seed, tmp_path)
    world.landing.mkdir()
    config = configured(world)
    by_hand = Bronze(Settings.from_config(world.config))
    rng = Random(seed)
    for number, batch in enumerate(batches, 1):
        is_settled = seed % 4 != 2 or number == len(batches)
        if is_settled or number == 1 or rng.random() < 0.7:
            write_reference(world if is_settled else unsettled(world, rng))
        deliver(batch, world.landing)
        by_hand.ingest(world.landing)
        run_all(spark, config)
    names = [*COMPARED, *REMEMBERED]
    found = content_of(config.storage.warehouse, names)
    assert all_differences(found, judged(world, by_hand)) == []
    silver.run(spark, config, Request(rebuild=True))
    gold.run(spark, config, rebuild=True)
    rebuilt = content_of(config.storage.warehouse, names)
    assert [text for name in names for text in differences(name, found[name], rebuilt[name])] == []
    forget_tables(spark)
