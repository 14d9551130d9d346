"""What a run costs where history is long: `python -m bench.incremental --folder F [--meters 1000] [--months 1,3,12]`.

For each length of history, in a process of its own, silver and gold are built once from generated bronze (the rebuild
that the others are compared with); then, in the same warm session and as whole runs of ingest, silver and gold: an
hourly delivery of all meters (twice; the second counts), the rest of that day, a late delivery of ten meters by six
hours half a history ago, and a run with nothing new; last, as whole processes from spark-submit to its end, the next
hour and a run with nothing new. Bytes are those that the driver's process read and wrote (/proc), the page cache
included.
"""

import argparse
import io
import json
import shutil
import time
from collections.abc import Callable
from concurrent.futures import ProcessPoolExecutor
from contextlib import redirect_stdout
from datetime import UTC, datetime, timedelta
from multiprocessing import get_context
from pathlib import Path
from typing import Any

import psutil
from pyspark.sql import SparkSession

from bench import measure, results, spark_work
from bench.generated import FIRST_DAY, Size, generate
from meterlake import progress, tables
from meterlake.bronze import pipeline as bronze
from meterlake.config import Config
from meterlake.gold import pipeline as gold
from meterlake.silver import pipeline as silver
from meterlake.storage import Warehouse

HEADER = "meter_id,timestamp,value,unit"


def reference_files(spark: SparkSession, config: Config) -> None:
    """The generated registry as the CSV files that an ingest wants."""
    folder = Path(config.storage.reference)
    folder.mkdir(parents=True, exist_ok=True)
    warehouse = Warehouse(spark, config)
    for table, name in ((tables.bronze.METERS, "meters"), (tables.bronze.VACANCIES, "vacancies")):
        columns = [column for column in table.column_names if not column.endswith("_key")]
        page = warehouse.read(table).select(*columns).toPandas()
        for column in page.select_dtypes("datetime").columns:
            page[column] = page[column].dt.strftime("%Y-%m-%dT%H:%M:%SZ")
        page.to_csv(folder / f"{name}.csv", index=False)


def deliver(config: Config, meters: range, hours: list[datetime], landed: datetime, name: str) -> int:
    """A landing file with a reading of each meter and hour."""
    folder = Path(config.storage.landing) / landed.strftime("raw/%Y/%m/%d/%H")
    folder.mkdir(parents=True, exist_ok=True)
    lines = [
        f"{meter_name(meter)},{hour:%Y-%m-%dT%H:%M:%SZ},{0.4 + (meter * 31 + hour.hour * 17) % 100 / 100:.3f},kW"
        for hour in hours
        for meter in meters
    ]
    (folder / f"{name}.csv").write_text("\n".join([HEADER, *lines, ""]))
    return len(lines)


def meter_name(number: int) -> str:
    return f"MTR-{number:06d}"


def run(spark: SparkSession, config: Config) -> None:
    """From landing to gold, each layer a run of its own as its job would be."""
    for layer in (bronze, silver, gold):
        with progress.running(progress.Run("bench")):
            layer.run(spark, config)


def measured(spark: SparkSession, work: Callable[[], object]) -> dict[str, Any]:
    """Seconds, seconds by step, and the megabytes that the JVM read and wrote meanwhile."""
    java = [one for one in psutil.Process().children(recursive=True) if one.name() == "java"]
    before, started, told = [one.io_counters() for one in java], time.monotonic(), io.StringIO()
    cpu = sum(sum(one.cpu_times()[:2]) for one in java)
    with redirect_stdout(told):
        work()
    seconds = time.monotonic() - started
    after = [one.io_counters() for one in java]
    read = sum(b.read_chars - a.read_chars for a, b in zip(before, after, strict=True))
    written = sum(b.write_chars - a.write_chars for a, b in zip(before, after, strict=True))
    return {
        "seconds": round(seconds, 1),
        "cpu_s": round(sum(sum(one.cpu_times()[:2]) for one in java) - cpu, 1),
        "read_mb": round(read / 1e6, 1),
        "written_mb": round(written / 1e6, 1),
        "steps": [line.strip() for line in told.getvalue().splitlines()],
    }


def history(options: argparse.Namespace, months: int) -> list[dict[str, Any]]:
    """One length of history, from nothing."""
    days = months * 365 // 12
    folder = options.folder / f"{options.meters}x{days}"
    shutil.rmtree(folder, ignore_errors=True)  # an earlier run's tables have all of this already
    settings = [*spark_work.overrides(folder, options.memory, 2, options.partitions), "validation.check_arrival=false"]
    spark, config = spark_work.session(settings)
    generate(spark, config, Size(options.meters, days))
    reference_files(spark, config)
    end = datetime.fromisoformat(FIRST_DAY).replace(tzinfo=UTC) + timedelta(days=days)
    everyone = range(options.meters)
    lines = []

    def line(name: str, rows: int, work: Callable[[], object]) -> None:
        found = {"name": name, "months": months, "rows": rows} | measured(spark, work)
        print(json.dumps({key: value for key, value in found.items() if key != "steps"}), flush=True)
        lines.append(found)

    line("rebuild", options.meters * days * 24, lambda: (silver.run(spark, config), gold.run(spark, config)))
    for number in range(2):
        hour = end + timedelta(hours=number)
        rows = deliver(config, everyone, [hour], hour, "hourly")
        line("hourly" if number else "hourly, first", rows, lambda: run(spark, config))
    hours = [end + timedelta(hours=number) for number in range(2, 24)]
    if not options.brief:
        line("daily", deliver(config, everyone, hours, hours[-1], "daily"), lambda: run(spark, config))
        then = end - timedelta(days=days // 2)
        late = [then + timedelta(hours=number, minutes=1) for number in range(6)]
        landed = hours[-1] + timedelta(hours=1)
        line("late", deliver(config, range(10), late, landed, "late"), lambda: run(spark, config))
        line("nothing new", 0, lambda: run(spark, config))
    spark.stop()
    hour = hours[0] if options.brief else end + timedelta(days=1)
    lines.append(_whole("hourly, whole process", months, deliver(config, everyone, [hour], hour, "hourly"), settings))
    lines.append(_whole("nothing new, whole process", months, 0, settings))
    return lines


def _whole(name: str, months: int, rows: int, settings: list[str]) -> dict[str, Any]:
    """The pipeline as its users start it."""
    overrides = [part for setting in settings for part in ("--set", setting)]
    whole, printed = measure.process(["./spark-submit.sh", "jobs/run_pipeline.py", *overrides])
    found = {"name": name, "months": months, "rows": rows, "seconds": whole.wall_s, "cpu_s": whole.cpu_s}
    print(json.dumps(found), flush=True)
    steps = [line.strip() for line in printed.splitlines() if " · tables in " not in line]  # a path of this machine
    return found | {"peak_mb": whole.peak_mb, "steps": steps}


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--folder", type=Path, required=True)
    parser.add_argument("--meters", type=int, default=1000)
    parser.add_argument("--months", type=lambda text: [int(part) for part in text.split(",")], default=[1, 3, 12])
    parser.add_argument("--brief", action="store_true", help="hours alone, no daily and no late delivery")
    parser.add_argument("--memory", type=int, default=8, help="GiB of the driver")
    parser.add_argument("--partitions", type=int, default=8)
    parser.add_argument("--name", default="incremental")
    options = parser.parse_args()
    options.folder = options.folder.absolute()
    options.folder.mkdir(parents=True, exist_ok=True)
    lines = []
    for months in options.months:  # each in a process of its own: a JVM that has worked for longer is quicker
        with ProcessPoolExecutor(1, mp_context=get_context("spawn")) as process:
            lines += process.submit(history, options, months).result()
    given = {"memory_gb": options.memory, "partitions": options.partitions}
    results.save("incremental", options.name, {"meters": options.meters, "months": options.months}, given, lines)


if __name__ == "__main__":
    main()
