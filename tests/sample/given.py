"""The smallest sample there is: its plan, its configuration, and its landing read back in the plainest way."""

import argparse
import gzip
import json
from collections import defaultdict
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

from meterlake.config import Config, load
from meterlake.sample import generate
from meterlake.sample.district import Plan

ROOT = Path(__file__).parents[2]
PLAN = Plan(80, 21, 7, ROOT / "data" / "homes")


def demo_config(root: Path, *overrides: str) -> Config:
    """conf/demo.yaml with its storage under a folder of the test's."""
    folders = [f"storage.{name}={root / name}" for name in ("landing", "reference", "warehouse")]
    return load([ROOT / "conf" / "demo.yaml"], [*folders, *overrides])


def arguments(**changes: int) -> argparse.Namespace:
    """The job's arguments for the smallest sample."""
    parser = argparse.ArgumentParser()
    generate.add_arguments(parser)
    asked = {"meters": PLAN.meters, "days": PLAN.days, "seed": PLAN.seed} | changes
    return parser.parse_args([part for name, value in asked.items() for part in (f"--{name}", str(value))])


def text_of(file: Path) -> str | None:
    """A file's text, undecodable bytes replaced; None where it was cut off."""
    data = file.read_bytes()
    try:
        return (gzip.decompress(data) if file.suffix == ".gz" else data).decode("utf-8", "replace")
    except EOFError:
        return None


def landing_files(folder: Path) -> Iterator[tuple[str, Path]]:
    """Every landing file with its path below the landing folder, in the order of the paths."""
    for file in sorted((folder / "landing" / "raw").rglob("*.*")):
        yield file.relative_to(folder / "landing").as_posix(), file


def readings_of(folder: Path, meter_id: str) -> dict[datetime, list[str]]:
    """The values that a meter of the default source sent, by their stamps, as they came; the copied file left out."""
    found = defaultdict(list)
    for path, file in landing_files(folder):
        if path.endswith("amr_copy.csv"):
            continue
        for line in (text_of(file) or "").splitlines():
            if f'"{meter_id}"' in line:
                row = json.loads(line.rstrip(","), parse_float=str, parse_int=str)
                found[utc(row["timestamp"])].append(row["value"] or "")
            elif line.startswith(f"{meter_id},"):
                _, stamp, value, _ = line.split(",")
                found[utc(stamp)].append(value)
    return found


def utc(stamp: str) -> datetime:
    """A stamp as the default source reads it."""
    moment = datetime.fromisoformat(stamp)
    return (moment if moment.tzinfo else moment.replace(tzinfo=UTC)).astimezone(UTC)
