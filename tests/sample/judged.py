"""A warehouse of the tables that the summary reads, filled by the oracle: the truth is judged without Spark."""

from collections import Counter
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import polars as pl
import yaml

from tests.oracle import Bronze, Settings, compute
from tests.sample.given import ROOT

NOW = datetime(2024, 1, 1, tzinfo=UTC)


def write_judged_tables(folder: Path) -> None:
    """Judges the sample in a folder and writes its tables beside it."""
    settings = Settings.from_config(yaml.safe_load((ROOT / "conf" / "demo.yaml").read_text()))
    bronze = Bronze(settings)
    bronze.ingest(folder / "landing")
    tables: dict[str, list[dict[str, Any]]] = compute(bronze, folder / "reference", settings)
    del tables["gold.daily_quality"]  # maps, which the summary does not read
    tables["bronze.readings"] = [{"source_file": reading["source_file"]} for reading in bronze.readings]
    tables["bronze.dead_letters"] = [
        {"source_file": letter["source_file"], "reason": letter["reason"]} for letter in bronze.dead_letters
    ]
    tables["bronze.files"] = [{"status": "landed", "lines": bronze.lines_landed}]
    jobs = ("ingest_bronze", "build_silver", "build_gold")
    tables["ops.runs"] = [{"job": job, "finished_at": at} for job in jobs for at in (None, NOW)]  # begun, and finished
    tables["ops.audit"] = _audit(tables, len(bronze.readings))
    for name, rows in tables.items():
        write_table(folder, name, rows)


def write_table(folder: Path, name: str, rows: list[dict[str, Any]]) -> None:
    """Replaces one table of the warehouse."""
    path = folder / "warehouse" / name.replace(".", "/")
    path.mkdir(parents=True, exist_ok=True)
    frame = pl.DataFrame(rows, infer_schema_length=None)
    known = [column for column in frame.columns if frame[column].dtype != pl.Null]  # of all rows empty: no type
    frame.select(known).write_delta(str(path), mode="overwrite")


def _audit(tables: dict[str, list[dict[str, Any]]], readings: int) -> list[dict[str, Any]]:
    became = Counter(row["disposition"] for row in tables["silver.quarantine"] if row["origin"] == "observed")
    became["accepted"] = sum(row["origin"] == "observed" for row in tables["silver.readings"])
    became["superseded"] = readings - became.total()
    shared = {"run_id": "one", "job": "build_silver", "table": "bronze.readings", "audited_at": NOW}
    return [{**shared, "disposition": name, "rows": count} for name, count in became.items()]
