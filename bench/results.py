"""What a benchmark leaves: a JSON file with the machine, the versions and every round, and a table for people."""

import json
import os
import platform
import sys
from collections.abc import Iterable, Mapping
from datetime import UTC, datetime
from importlib.metadata import version
from pathlib import Path
from statistics import median
from typing import Any

import psutil

from bench.measure import Measured

FOLDER = Path(__file__).with_name("results")
_PACKAGES = ("pyspark", "delta-spark", "duckdb", "polars", "pyarrow", "deltalake")
_MEASURES = ("wall_s", "inside_s", "cpu_s", "peak_mb")


def summary(name: str, rows: int, rounds: Iterable[Measured], **more: Any) -> dict[str, Any]:
    """One line of a result: the median of each measure, rows a second, and the rounds themselves."""
    runs = list(rounds)
    middle = {measure: round(median(getattr(run, measure) for run in runs), 3) for measure in _MEASURES}
    per_second = round(rows / middle["inside_s"]) if middle["inside_s"] else 0
    parts = {part: round(median(run.parts.get(part, 0.0) for run in runs), 3) for part in runs[0].parts}
    lines = [run.as_dict() for run in runs]
    return {"name": name, "rows": rows, **middle, "rows_per_s": per_second, "parts": parts, "rounds": lines} | more


def with_ratios(lines: list[dict[str, Any]], base: str) -> list[dict[str, Any]]:
    """Adds each line's time as a multiple of that of ``base``, where base is among them."""
    times = {line["name"]: line["inside_s"] for line in lines}
    if not times.get(base):
        return lines
    return [line | {"ratio": round(line["inside_s"] / times[base], 3)} for line in lines]


def save(benchmark: str, name: str, data: Mapping[str, Any], given: Mapping[str, Any], lines: list[dict]) -> Path:
    """Writes results/<date>-<name>.json and says where it is."""
    now = datetime.now(UTC)
    page = {
        "benchmark": benchmark,
        "name": name,
        "at": now.isoformat(timespec="seconds"),
        "machine": machine(),
        "versions": {package: version(package) for package in _PACKAGES} | {"python": platform.python_version()},
        "data": dict(data),
        "given": dict(given),
        "results": lines,
    }
    FOLDER.mkdir(exist_ok=True)
    place = FOLDER / f"{now:%Y-%m-%d}-{name}.json"
    place.write_text(json.dumps(page, indent=1, ensure_ascii=False) + "\n")
    print(f"\n{place}", file=sys.stderr)
    return place


def machine() -> dict[str, Any]:
    """Cores that this process may use, memory, processor, system."""
    memory = round(psutil.virtual_memory().total / 2**30, 1)
    cores = len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count()
    return {"cores": cores, "memory_gb": memory, "cpu": _processor(), "system": platform.platform()}


def _processor() -> str:
    """Linux names it in /proc; elsewhere Python knows as much as there is to know."""
    listing = Path("/proc/cpuinfo")
    lines = listing.read_text().splitlines() if listing.exists() else []
    names = [line.partition(":")[2].strip() for line in lines if line.startswith("model name")]
    return names[0] if names else platform.processor() or platform.machine()


def table(lines: Iterable[Mapping[str, Any]]) -> str:
    """The lines as a Markdown table."""
    head = ["", "rows", "seconds", "whole process s", "CPU s", "peak MB", "rows/s", "× Meterlake"]
    body = [
        [
            line["name"],
            f"{line['rows']:,}",
            f"{line['inside_s']:,.1f}",
            f"{line['wall_s']:,.1f}",
            f"{line['cpu_s']:,.1f}",
            f"{line['peak_mb']:,.0f}",
            f"{line['rows_per_s']:,}",
            f"{line['ratio']:.2f}" if "ratio" in line else "",
        ]
        for line in lines
    ]
    rule = ["---", *["---:"] * (len(head) - 1)]
    return "\n".join("| " + " | ".join(cells) + " |" for cells in [head, rule, *body])
