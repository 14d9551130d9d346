"""Reads the tables for a notebook, without a JVM, and finds a meter and a day that have something to show."""

import os
from collections.abc import Sequence
from contextlib import chdir
from datetime import date
from functools import cached_property
from pathlib import Path
from typing import Any

import polars as pl

from meterlake.config import Config, load
from meterlake.errors import StorageError

_SILVER, _GOLD = "build_silver", "build_gold"
CONFIG, DEMO = "METERLAKE_CONFIG", "conf/demo.yaml"


def open_warehouse() -> "Warehouse":
    """The warehouse of the file that METERLAKE_CONFIG names, else of the demo.

    Relative paths, those inside the file too, begin at the clone's folder, wherever the notebook runs.
    """
    with chdir(_clone()):
        return Warehouse(load([os.environ.get(CONFIG, DEMO)]))


class Warehouse:
    """The tables below a folder, as Polars reads them."""

    def __init__(self, config: Config) -> None:
        self.config = config

    def scan(self, name: str) -> pl.LazyFrame:
        """A table such as silver.readings, with its times in the utility's zone, of the version that `together` names.

        So the tables fit each other also while a run is writing, or after one that died, for as long as the files of
        old versions are kept (retention.vacuum_hours). Raises StorageError where the table is not there.
        """
        path = self._path(name)
        if not _is_there(path):
            raise StorageError(f"there is no table {name}", path, f"run make demo, or set {CONFIG} to a file of yours")
        rows = pl.scan_delta(path, version=self.versions.get(name))
        times = [column for column, kind in rows.collect_schema().items() if isinstance(kind, pl.Datetime)]
        return rows.with_columns(pl.col(times).dt.convert_time_zone(self.config.time_zone))

    @cached_property
    def versions(self) -> dict[str, int]:
        """The versions of bronze, silver and gold that belong together, as ops.runs has them at the first call."""
        if not _is_there(path := self._path("ops.runs")):
            return {}
        finished = pl.scan_delta(path).filter(pl.col("finished_at").is_not_null()).sort("finished_at")
        return together(finished.select("job", "inputs", "outputs").collect().to_dicts())

    def _path(self, name: str) -> str:
        return f"{self.config.storage.warehouse}/{name.replace('.', '/')}"

    def read(self, name: str) -> pl.DataFrame:
        """A table that fits memory."""
        return self.scan(name).collect()


def together(finished: Sequence[dict[str, Any]]) -> dict[str, int]:
    """The versions of bronze, silver and gold that belong together, by table name; empty where no run has finished.

    ``finished`` are rows of ops.runs with job, inputs and outputs, the newest last. Gold's newest run comes with the
    silver that it was made from, and that with the bronze it has read; silver's newest where gold has not run.
    """
    golds = [run for run in finished if run["job"] == _GOLD][-1:]
    read = golds[0]["inputs"] if golds else {}
    silvers = [
        run
        for run in finished
        if run["job"] == _SILVER and all(read.get(name, version) == version for name, version in run["outputs"].items())
    ][-1:]
    versions: dict[str, int] = {}
    for run in silvers + golds:
        versions |= run["inputs"] | run["outputs"]
    return {name: version for name, version in versions.items() if version >= 0}


def eventful_meter(gaps: pl.DataFrame, faults: pl.DataFrame) -> str:
    """A meter with a filled hole and a fault where there is one; of several the one with the most of both."""
    events = pl.concat([gaps.select("meter_id", kind="class"), faults.select("meter_id", kind="fault")])
    is_filled, is_faulty = (pl.col("kind") == "interpolated").any(), pl.col("kind").str.starts_with("F").any()
    counted = events.group_by("meter_id").agg(
        has_both=is_filled & is_faulty, is_faulty=is_faulty, kinds=pl.col("kind").n_unique(), events=pl.len()
    )
    order = ["has_both", "is_faulty", "kinds", "events", "meter_id"]
    best = counted.sort(order, descending=[True, True, True, True, False])
    if best.is_empty():
        raise StorageError("no meter has a hole or a fault", "silver.gaps, silver.faults", "name a meter to look at")
    return str(best["meter_id"][0])


def day_to_show(peaks: pl.DataFrame, exclusions: pl.DataFrame) -> date:
    """The first day with all three peaks and hours left out, else the first with the most peaks."""
    ranks = peaks.group_by("local_date").agg(pl.len().alias("peaks"))
    out = exclusions.group_by("local_date").agg(pl.len().alias("left_out"))
    days = ranks.join(out, "local_date", how="left").sort(
        "peaks", pl.col("left_out").is_not_null(), "local_date", descending=[True, True, False]
    )
    if days.is_empty():
        raise StorageError("no day has a peak", "gold.peak_periods", "run build_gold")
    day = days["local_date"][0]
    assert isinstance(day, date)
    return day


def _is_there(path: str) -> bool:
    return "://" in path or Path(path, "_delta_log").is_dir()


def _clone() -> Path:
    here = Path.cwd()
    return next((folder for folder in (here, *here.parents) if (folder / "conf" / "base.yaml").is_file()), here)
