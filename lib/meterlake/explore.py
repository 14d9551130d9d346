"""Reads silver and gold for a notebook, without a JVM, and finds a meter and a day that have something to show."""

import os
from contextlib import chdir
from datetime import date
from pathlib import Path

import polars as pl

from meterlake.config import Config, load
from meterlake.errors import StorageError

_JOBS = {"silver": "build_silver", "gold": "build_gold"}
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
        """A table such as silver.readings, with its times in the utility's zone, as the newest finished run left it.

        So the tables of a layer fit each other also while a run is writing, or after one that died. Raises
        StorageError where the table is not there.
        """
        path = f"{self.config.storage.warehouse}/{name.replace('.', '/')}"
        if "://" not in path and not Path(path, "_delta_log").is_dir():
            raise StorageError(f"there is no table {name}", path, f"run make demo, or set {CONFIG} to a file of yours")
        rows = pl.scan_delta(path, version=self._finished_version(name))
        times = [column for column, kind in rows.collect_schema().items() if isinstance(kind, pl.Datetime)]
        return rows.with_columns(pl.col(times).dt.convert_time_zone(self.config.time_zone))

    def _finished_version(self, name: str) -> int | None:
        """The version that belongs to the newest finished run of the table's job; None where no run has finished."""
        job = _JOBS.get(name.partition(".")[0])
        runs = f"{self.config.storage.warehouse}/ops/runs"
        if job is None or ("://" not in runs and not Path(runs, "_delta_log").is_dir()):
            return None
        finished = pl.scan_delta(runs).filter((pl.col("job") == job) & pl.col("finished_at").is_not_null())
        newest = finished.sort("finished_at").tail(1).select("outputs").collect()
        versions: dict[str, int] = dict(newest["outputs"][0]) if len(newest) else {}
        return versions.get(name)

    def read(self, name: str) -> pl.DataFrame:
        """A table that fits memory."""
        return self.scan(name).collect()


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


def _clone() -> Path:
    here = Path.cwd()
    return next((folder for folder in (here, *here.parents) if (folder / "conf" / "base.yaml").is_file()), here)
