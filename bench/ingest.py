"""Landing files to bronze by Meterlake, beside DuckDB reading the same files: `python -m bench.ingest`.

Two deliveries: few large files, and many small ones. In each round Meterlake ingests the delivery into an empty
warehouse and then runs again over the same, now known files; DuckDB writes the same columns to Parquet, in a process
of its own. A first round warms up, and its rows must be equal.
"""

import argparse
import json
import shutil
import sys
from dataclasses import replace
from functools import partial
from pathlib import Path

import duckdb
from pyspark.sql import SparkSession

from bench import equal, landing_files, measure, results, spark_work
from bench.measure import Measured
from meterlake.bronze import pipeline
from meterlake.config import Config, load

_COMPARED = (
    "meter_id, read_at, value, unit, source_file, source_version, source_line, epoch_us(landed_hour), content_hash"
)


def main() -> int:
    options = _options()
    lines: list[dict] = []
    unequal: list[str] = []
    spark, _ = spark_work.session(_settings(options, options.folder))
    deliveries = landing_files.of(options)
    for delivery in deliveries:
        folder = options.folder.absolute() / f"{delivery.files}-of-{delivery.kilobytes}-kB"
        landing_files.write(delivery, folder)
        runs = _rounds(spark, load([], _settings(options, folder)), folder, options)
        ours, theirs = _fingerprint(folder)
        unequal += [f"{delivery.name}: {ours} and {theirs}"] if ours != theirs else []
        rows = delivery.files * delivery.lines
        found = [results.summary(name, rows, measured, delivery=delivery.name) for name, measured in runs.items()]
        lines += [
            line | {"name": f"{delivery.name}: {line['name']}"} for line in results.with_ratios(found, "meterlake")
        ]
    spark.stop()
    print(results.table(lines))
    data = {delivery.name: [delivery.files, delivery.kilobytes] for delivery in deliveries}
    given = {"cores": options.cores, "memory_gb": options.memory, "differences": unequal}
    results.save("ingest", options.name, data, given, lines)
    print(*unequal, sep="\n", file=sys.stderr)
    return 1 if unequal else 0


def _rounds(
    spark: SparkSession, config: Config, folder: Path, options: argparse.Namespace
) -> dict[str, list[Measured]]:
    work = partial(spark_work.steps, partial(pipeline.run, spark, config))
    runs: dict[str, list[Measured]] = {"meterlake": [], "meterlake, files known": [], "duckdb": []}
    for number in range(options.rounds + 1):
        shutil.rmtree(folder / "warehouse", ignore_errors=True)
        spark_work.forget_tables(spark)
        measured = {"meterlake": measure.here(work), "meterlake, files known": measure.here(work)}
        measured["duckdb"] = _duckdb(folder, options)
        for name, one in measured.items():
            what = f"round {number}" if number else "warm-up"
            print(f"{what} · {folder.name} · {name} · {one.inside_s:,.1f} s", file=sys.stderr)
            runs[name] += [one] if number else []
    return runs


def _duckdb(folder: Path, options: argparse.Namespace) -> Measured:
    out = folder / "duckdb"
    shutil.rmtree(out, ignore_errors=True)
    command = [sys.executable, "-m", "bench.peers.duckdb_ingest", str(folder / "landing"), str(out)]
    measured, printed = measure.process([*command, str(options.cores), str(options.memory)])
    return replace(measured, **json.loads(printed.splitlines()[-1]))


def _fingerprint(folder: Path) -> list[tuple[int, int]]:
    """Rows, and the sum of their hashes, of Meterlake's table and DuckDB's files: equal where the rows are."""
    theirs = [str(file) for file in sorted((folder / "duckdb").glob("*.parquet"))]
    found = []
    for files in (equal.delta_files(folder / "warehouse" / "bronze" / "readings"), theirs):
        text = f"SELECT count(*), sum(hash({_COMPARED})::HUGEINT) FROM read_parquet({files})"
        found += duckdb.sql(f"SET TimeZone = 'UTC'; {text}").fetchall()
    return found


def _settings(options: argparse.Namespace, folder: Path) -> list[str]:
    return spark_work.overrides(folder.absolute(), options.memory, options.cores, options.partitions)


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="bench.ingest", description=__doc__, allow_abbrev=False)
    parser.add_argument("--folder", type=Path, default=Path("bench/data/ingest"))
    parser.add_argument("--files", type=int, default=24)
    parser.add_argument("--mb", type=int, default=100, help="of each of these files")
    parser.add_argument("--small-files", type=int, default=2000)
    parser.add_argument("--small-kb", type=int, default=100, help="of each of these files")
    parser.add_argument("--rounds", type=int, default=3, help="after the warm-up")
    parser.add_argument("--cores", type=int, default=2)
    parser.add_argument("--memory", type=int, default=8, help="GB, of Spark's driver and of DuckDB")
    parser.add_argument("--partitions", type=int, default=8)
    parser.add_argument("--name", default="ingest", help="of the result file")
    return parser.parse_args()


if __name__ == "__main__":
    sys.exit(main())
