"""Worlds: their making, their writing to a folder, and the ways their files can arrive."""

import os
from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path
from random import Random
from typing import Any

from .curves import slots_of
from .history import Delivery, history, parcels
from .plan import Plan, plan_world
from .reference import reference_files
from .sending import Feed, Sender, Sent

OWN_NAMES = {
    "meter_id": "meter_id",
    "read_at": "timestamp",
    "value": "value",
    "unit": "unit",
    "received_at": "received_at",
    "quality_code": "quality_code",
}
VENDOR_NAMES = {"meter_id": "device", "read_at": "ts", "value": "val", "unit": "uom", "received_at": "arrived"}


@dataclass(frozen=True)
class World:
    """A landing folder's history, its reference tables, and a page of settings shaped like conf/base.yaml."""

    seed: int
    root: Path
    config: dict[str, Any]
    deliveries: tuple[Delivery, ...]
    reference_files: dict[str, bytes]

    @property
    def landing(self) -> Path:
        """The folder that holds raw/."""
        return self.root / "landing"

    @property
    def reference(self) -> Path:
        """The folder that holds meters.csv."""
        return self.root / "reference"


def build_world(seed: int, root: Path) -> World:
    """A world that is not written yet."""
    rng = Random(seed)
    plan = plan_world(rng)
    feeds = _feeds(rng, plan)
    sent: dict[str, list[Sent]] = defaultdict(list)
    for meter in plan.meters:
        slots = slots_of(rng, meter, plan)
        feed = rng.choice(feeds)
        sent[feed.name] += Sender(rng, plan, feed).lines(meter, slots)
        if rng.random() < 0.1:
            other = rng.choice(feeds)
            sent[other.name] += Sender(rng, plan, other).lines(meter, slots[: len(slots) // 4])
    found = parcels(rng, sent, feeds)
    deliveries = tuple(history(rng, plan, found)) if found else ()
    return World(seed, root, plan.config, deliveries, reference_files(rng, plan))


def _feeds(rng: Random, plan: Plan) -> list[Feed]:
    """1 to 3 head-ends; those with columns or a time zone of their own are sources of the configuration."""
    found = []
    for number in range(rng.randint(1, 3)):
        ending = rng.choice(("csv", "csv", "csv.gz", "json", "jsonl"))
        has_received = rng.random() < (0.8 if plan.cadence_hours > 1 else 0.3)
        if rng.random() < 0.45:
            found.append(_vendor(rng, plan, f"vendor{number}", ending, has_received))
        else:
            columns = _columns(rng, OWN_NAMES, has_received)
            found.append(Feed(f"own{number}", ending, columns, has_received=has_received))
    return [_with_header(rng, feed) for feed in found]


def _columns(rng: Random, names: dict[str, str], has_received: bool) -> dict[str, str]:
    """The mapped columns that the files have."""
    has = {"received_at": has_received, "quality_code": rng.random() < 0.3}
    return {name: column for name, column in names.items() if has.get(name, True)}


def _vendor(rng: Random, plan: Plan, name: str, ending: str, has_received: bool) -> Feed:
    zone = rng.choice((plan.zone, plan.zone, "Europe/Berlin", "America/New_York", "+05:30", "-03:00", "UTC"))
    stamps = rng.choice(("start", "end"))
    source = {"files": f"{name}_*", "columns": dict(VENDOR_NAMES), "time_zone": zone, "stamps": stamps}
    plan.config["sources"][name] = source
    columns = _columns(rng, VENDOR_NAMES, has_received)
    return Feed(name, ending, columns, zone, stamps, rng.random() < 0.8, has_received)


def _with_header(rng: Random, feed: Feed) -> Feed:
    """The columns in some order, with one that nobody reads at times."""
    header = list(feed.columns.values())
    if rng.random() < 0.4:
        rng.shuffle(header)
    if rng.random() < 0.3:
        header.insert(rng.randint(0, len(header)), rng.choice(("note", "Value", "größe")))
    return Feed(**{**vars(feed), "header": tuple(header)})


def write_world(seed: int, root: Path) -> World:
    """Build a world and write it as it is in the end: the last content of every path, and the reference tables."""
    world = build_world(seed, root)
    write_reference(world)
    world.landing.mkdir(parents=True, exist_ok=True)
    deliver(world.deliveries, world.landing)
    return world


def write_reference(world: World) -> None:
    """Write the reference tables."""
    world.reference.mkdir(parents=True, exist_ok=True)
    for name, content in world.reference_files.items():
        (world.reference / name).write_bytes(content)


def deliver(deliveries: Iterable[Delivery], landing: Path) -> None:
    """Put deliveries into a landing folder; a path that is written again has a later modification time."""
    for delivery in deliveries:
        path = landing / delivery.path
        path.parent.mkdir(parents=True, exist_ok=True)
        before = path.stat().st_mtime if path.exists() else None
        path.write_bytes(delivery.content)
        if before is not None:
            os.utime(path, (before + 2, before + 2))


def batches(world: World, seed: int) -> list[list[Delivery]]:
    """The world's deliveries cut into batches: in order, or shuffled but for the versions of one path.

    No batch holds two versions of one path.
    """
    rng = Random(f"{world.seed}/{seed}")
    count = rng.choice((1, 2, 3, 4))
    versions: dict[str, list[Delivery]] = defaultdict(list)
    for delivery in world.deliveries:
        versions[delivery.path].append(delivery)
    is_in_order = rng.random() < 0.4
    size = max(1, len(world.deliveries))
    found: list[list[Delivery]] = [[] for _ in range(count + 3)]
    for position, of_path in enumerate(versions.values()):
        first = position * count // size if is_in_order else rng.randrange(count)
        for number, delivery in enumerate(of_path):
            found[min(first + number, len(found) - 1)].append(delivery)
    return [batch for batch in found if batch]
