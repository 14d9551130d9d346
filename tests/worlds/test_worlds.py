"""What always holds of worlds, and of the oracle on them (rules, section 10, invariants 1 to 3 and 5)."""

from pathlib import Path
from typing import Any

import pytest

from tests.oracle import Bronze, Settings, compute
from tests.worlds import World, batches, build_world, deliver, write_world

SEEDS = (0, 1, 2, 3, 6, 12, 13, 14)
KEYS = {
    "silver.readings": ("meter_id", "read_at"),
    "silver.quarantine": ("source_file", "source_version", "source_line", "meter_id", "read_at"),
    "silver.gaps": ("meter_id", "started_at"),
    "silver.faults": ("meter_id", "fault", "started_at"),
    "gold.hourly_load": ("hour", "meter_type"),
    "gold.peak_periods": ("local_date", "rank"),
    "gold.peak_exclusions": ("hour", "reason"),
    "gold.daily_consumption": ("local_date", "meter_id"),
    "gold.daily_quality": ("local_date",),
}


def is_one_history(world: World) -> bool:
    """Whether no file was copied or rewritten, so that the order of arrival is without effect."""
    sizes = {len(values) for values in (world.deliveries, *_distinct(world))}
    return len(sizes) == 1


def _distinct(world: World) -> tuple[set[str], set[bytes]]:
    return {one.path for one in world.deliveries}, {one.content for one in world.deliveries}


def keyed(rows: list[dict[str, Any]], name: str) -> dict[tuple[Any, ...], dict[str, Any]]:
    """Rows by their key, which no two of them share."""
    found = {tuple(row[column] for column in KEYS[name]): row for row in rows}
    assert len(found) == len(rows), name
    return found


@pytest.mark.parametrize("seed", SEEDS)
def test_same_seed_same_world(seed: int, tmp_path: Path) -> None:
    """A seed gives the same bytes again, and batches that hold every delivery once, versions in order."""
    world = build_world(seed, tmp_path)
    assert build_world(seed, tmp_path) == world
    arrivals = [delivery for batch in batches(world, 1) for delivery in batch]
    assert sorted(map(repr, arrivals)) == sorted(map(repr, world.deliveries))
    for path in {one.path for one in world.deliveries}:
        assert [one for one in arrivals if one.path == path] == [one for one in world.deliveries if one.path == path]


@pytest.mark.parametrize("seed", SEEDS)
def test_oracle_on_a_world(seed: int, tmp_path: Path) -> None:
    """Conservation, idempotence, keys, and in whatever order files arrive the same tables."""
    world = write_world(seed, tmp_path / "world")
    settings = Settings.from_config(world.config)
    bronze = Bronze(settings)
    bronze.ingest(world.landing)
    assert bronze.ingest(world.landing) == 0
    found = compute(bronze, world.reference, settings)
    tables = {name: keyed(rows, name) for name, rows in found.items()}

    settled = [row for name in ("silver.readings", "silver.quarantine") for row in found[name]]
    observed = sum(row["origin"] == "observed" for row in settled)
    superseded = sum(row["rule_counts"].get("V13", 0) for row in found["gold.daily_quality"])
    assert len(bronze.readings) == observed + superseded

    arriving = Bronze(settings)
    for batch in batches(world, seed):
        deliver(batch, tmp_path / "arriving")
        arriving.ingest(tmp_path / "arriving")
    if is_one_history(world):
        again = compute(arriving, world.reference, settings)
        assert {name: keyed(rows, name) for name, rows in again.items()} == tables
