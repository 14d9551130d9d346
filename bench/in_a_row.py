"""Hourly runs in a row on the same warehouse: `python -m bench.in_a_row --folder F [--meters 100] [--runs 200]`.

Each delivers an hour of all meters and takes it from landing to gold, in one warm session; upkeep runs once a day of
deliveries, as it is scheduled. Told are the seconds of each run, and the files that silver's newest day consists of.
"""

import argparse
import json
import shutil
import statistics
from argparse import Namespace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from bench import results, spark_work
from bench.generated import FIRST_DAY, Size, generate
from bench.incremental import deliver, measured, reference_files, run
from meterlake import tables
from meterlake.gold import pipeline as gold
from meterlake.operations import maintain
from meterlake.silver import pipeline as silver
from meterlake.storage import Warehouse

RUNS_A_DAY = 24


def files_of_the_newest_day(warehouse: Warehouse) -> int:
    """Data files in the fullest partition of silver.readings; upkeep joins those of closed days."""
    names = [name.rpartition("/")[0] for name in warehouse.read(tables.silver.READINGS).inputFiles()]
    return max(names.count(folder) for folder in set(names))


def save(options: Namespace, lines: list[dict[str, Any]]) -> None:
    """The runs so far."""
    runs = sum(line["name"].startswith("run") for line in lines)
    size = {"meters": options.meters, "days": options.days, "runs": runs}
    results.save("in-a-row", options.name, size, {"memory_gb": options.memory, "partitions": options.partitions}, lines)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--folder", type=Path, required=True)
    parser.add_argument("--meters", type=int, default=100)
    parser.add_argument("--days", type=int, default=30, help="of history before the first run")
    parser.add_argument("--runs", type=int, default=200)
    parser.add_argument("--memory", type=int, default=8, help="GiB of the driver")
    parser.add_argument("--partitions", type=int, default=8)
    parser.add_argument("--name", default="in-a-row")
    options = parser.parse_args()
    folder = options.folder.absolute() / f"{options.meters}x{options.days}"
    shutil.rmtree(folder, ignore_errors=True)  # an earlier run's tables have these hours already
    settings = [*spark_work.overrides(folder, options.memory, 2, options.partitions), "validation.check_arrival=false"]
    spark, config = spark_work.session(settings)
    warehouse = Warehouse(spark, config)
    generate(spark, config, Size(options.meters, options.days))
    reference_files(spark, config)
    silver.run(spark, config)
    gold.run(spark, config)
    end = datetime.fromisoformat(FIRST_DAY).replace(tzinfo=UTC) + timedelta(days=options.days)
    daily = Namespace(dry_run=False, allow_short_vacuum=False)
    lines: list[dict[str, Any]] = []
    for number in range(options.runs):
        hour = end + timedelta(hours=number)
        rows = deliver(config, range(options.meters), [hour], hour, "hourly")
        found = measured(spark, lambda: run(spark, config))
        lines.append({"name": f"run {number + 1}", "rows": rows, "files": files_of_the_newest_day(warehouse)} | found)
        lines[-1].pop("steps")
        print(json.dumps(lines[-1]), flush=True)
        if number % RUNS_A_DAY == RUNS_A_DAY - 1:
            upkeep = measured(spark, lambda: maintain.run(spark, config, daily))
            lines.append({"name": f"upkeep after run {number + 1}", "rows": 0} | upkeep)
            print(json.dumps(lines[-1]), flush=True)
            save(options, lines)  # some hours are many
    save(options, lines)
    spark.stop()
    hourly = [line["seconds"] for line in lines if line["name"].startswith("run")]
    few = max(1, len(hourly) // 10)
    first, last = statistics.median(hourly[1 : few + 1] or hourly), statistics.median(hourly[-few:])
    print(f"{len(hourly)} runs: {first:.1f} s at the beginning, {last:.1f} s at the end, {last / first:.2f} times")


if __name__ == "__main__":
    main()
