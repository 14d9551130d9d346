"""A tiny landing written by hand: three meters, two of them neighbours, hourly readings of a few days."""

from collections.abc import Iterable, Mapping
from datetime import datetime, timedelta
from pathlib import Path

from deltalake import DeltaTable

from meterlake import tables
from meterlake.config import Config

HEADER = "meter_id,timestamp,value,unit\n"
METERS = """meter_id,meter_type,interval_minutes,neighbourhood_id
MTR-1,home,60,north
MTR-2,home,60,north
MTR-3,shop,60,south
"""


def write_registry(config: Config, text: str = METERS) -> None:
    """reference/meters.csv."""
    folder = Path(config.storage.reference)
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "meters.csv").write_text(text)


def write_file(config: Config, hour: str, readings: Iterable[tuple[str, str, str]], name: str = "a.csv") -> Path:
    """A landing file of an hour ("2024/03/15/14") with (meter, time, kW)."""
    file = Path(config.storage.landing) / "raw" / hour / name
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_text(HEADER + "".join(f"{meter},{at},{kw},kW\n" for meter, at, kw in readings))
    return file


def hours(meter: str, first: str, count: int, missing: Iterable[int] = ()) -> list[tuple[str, str, str]]:
    """A reading an hour from `first` on, with a curve that rises and falls; without those of some numbers."""
    start = datetime.fromisoformat(first)
    curve = [(meter, f"{start + timedelta(hours=n):%Y-%m-%dT%H:%M:%SZ}", f"{1 + n % 5 / 10}") for n in range(count)]
    return [reading for n, reading in enumerate(curve) if n not in set(missing)]


def versions(config: Config) -> dict[str, int]:
    """The version of every table that there is."""
    found = {}
    for table in tables.ALL:
        folder = Path(config.storage.warehouse, table.layer, table.name)
        if (folder / "_delta_log").is_dir():
            found[table.full_name] = DeltaTable(str(folder)).version()
    return found


def files_below(*folders: str) -> Mapping[str, tuple[int, int]]:
    """Every file with its size and time."""
    found = {}
    for file in (file for folder in folders for file in Path(folder).rglob("*") if file.is_file()):
        stat = file.stat()
        found[str(file)] = (stat.st_size, stat.st_mtime_ns)
    return found
