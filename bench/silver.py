"""Silver of the same bronze by Meterlake and its peers, in turns, in one run: `python -m bench.silver` (make bench).

A round is every program once; a first round warms up, is not counted, and its tables must be equal. Spark's programs
share one warm session, DuckDB and Polars start a process each time. Last, whole processes: Meterlake's job through
spark-submit, cold, beside DuckDB's. See bench/README.md.
"""

import argparse
import json
import shutil
import subprocess
import sys
from collections.abc import Callable
from dataclasses import replace
from functools import partial
from pathlib import Path

from bench import equal, measure, results, spark_work
from bench.generated import Size, generate
from bench.measure import Measured
from bench.peers import naive_silver
from meterlake import tables
from meterlake.storage import Warehouse

PEERS = ("meterlake", "duckdb", "duckdb plain", "polars", "polars plain", "naive", "floor")


class Bench:
    """The folder, the session and what each program is given."""

    def __init__(self, options: argparse.Namespace) -> None:
        self.options = options
        self.folder: Path = options.folder.absolute()
        self.warehouse = self.folder / "warehouse"
        self.settings = spark_work.overrides(self.folder, options.memory, options.cores, options.partitions)
        self.spark, self.config = spark_work.session(self.settings)

    def generate(self) -> int:
        """Bronze, where it is not there yet; the number of its readings."""
        options = self.options
        generate(self.spark, self.config, Size(options.meters, options.days, options.minutes))
        return Warehouse(self.spark, self.config).read(tables.bronze.READINGS).count()

    def run(self, name: str) -> Measured:
        """One program once, on a place of its own that is empty."""
        work = self._works().get(name)
        if name == "meterlake":
            spark_work.forget_silver(self.spark, self.warehouse)
        else:
            shutil.rmtree(self._out(name), ignore_errors=True)
            spark_work.forget_tables(self.spark)
        return measure.here(work) if work else self._in_its_process(name)

    def differences(self, name: str) -> list[str]:
        """What a peer's tables have otherwise than Meterlake's."""
        made = equal.delta_silver if name == "naive" else equal.parquet_silver
        ours = equal.delta_silver(self.warehouse / "silver")
        return equal.differences(ours, made(self._out(name)), f"{max(1, self.options.memory // 2)}GB")

    def cold(self) -> Measured:
        """Meterlake's job from the command line to its end. The warm session must have stopped."""
        spark_work.forget_silver(None, self.warehouse)
        settings = [part for setting in self.settings for part in ("--set", setting)]
        return measure.process(["./spark-submit.sh", "jobs/build_silver.py", *settings])[0]

    def _works(self) -> dict[str, Callable[[], dict[str, float] | None]]:
        return {
            "meterlake": partial(spark_work.rebuild, self.spark, self.config),
            "naive": partial(naive_silver.run, self.spark, self.warehouse, self._out("naive")),
            "floor": partial(spark_work.copy, self.spark, self.config, self._out("floor")),
        }

    def _in_its_process(self, name: str) -> Measured:
        peer, _, layout = name.partition(" ")
        given = [layout or "like ours", str(self.options.cores), str(self.options.memory)]
        place = [str(self.warehouse), str(self._out(name))]
        measured, printed = measure.process([sys.executable, "-m", "bench.peer_process", peer, *place, *given])
        return replace(measured, **json.loads(printed.splitlines()[-1]))

    def _out(self, name: str) -> Path:
        return self.folder / "out" / name.replace(" ", "-")


class Turns:
    """The programs one after the other, round after round; the first round is not counted."""

    def __init__(self, bench: Bench, peers: list[str]) -> None:
        self.bench, self.left = bench, list(peers)
        self.rounds: dict[str, list[Measured]] = {name: [] for name in peers}
        self.died: dict[str, str] = {}

    def take(self, number: int) -> None:
        what = f"round {number}" if number else "warm-up"
        for name in list(self.left):
            try:
                measured = self.bench.run(name)
            except subprocess.CalledProcessError as error:  # as a rule: more memory than the machine has
                self.died[name] = f"{what}: {error}"
                self.left.remove(name)
                print(f"{what} · {name} · {error}: it is left out from now on", file=sys.stderr)
                continue
            print(f"{what} · {name} · {measured.inside_s:,.1f} s · {measured.peak_mb:,.0f} MB", file=sys.stderr)
            if number:
                self.rounds[name].append(measured)


def main() -> int:
    options = _options()
    bench = Bench(options)
    rows = bench.generate()
    turns = Turns(bench, options.peers)
    unequal: dict[str, list[str]] = {}
    for number in range(options.rounds + 1):
        turns.take(number)
        if number == 0 and "meterlake" in options.peers:
            others = [name for name in turns.left if name not in ("meterlake", "floor")]
            unequal = {name: found for name in others if (found := bench.differences(name))}
            print(f"equal to Meterlake: {', '.join(sorted(set(others) - set(unequal)))}", file=sys.stderr)
    bench.spark.stop()
    lines = [results.summary(name, rows, runs) for name, runs in turns.rounds.items() if runs]
    cold = "meterlake cold, whole spark-submit"
    if options.cold:
        lines.append(results.summary(cold, rows, [bench.cold() for _ in range(options.cold)]))
    lines = results.with_ratios(lines, "meterlake")
    print(results.table(lines))
    compared = number_compared(options.peers)
    size = {"meters": options.meters, "days": options.days, "minutes": options.minutes, "readings": rows}
    given: dict[str, object] = {"cores": options.cores, "memory_gb": options.memory, "partitions": options.partitions}
    given |= ({"differences": unequal} if compared else {}) | ({"died": turns.died} if turns.died else {})
    results.save("silver", options.name, size | bench_size(bench), given, lines)
    for name, texts in unequal.items():
        print(f"{name} differs from Meterlake:", *texts, sep="\n  ", file=sys.stderr)
    return 1 if unequal else 0


def number_compared(peers: list[str]) -> int:
    """How many programs had Meterlake's tables to be compared with; a result that compared none claims nothing."""
    return len(set(peers) - {"meterlake", "floor"}) if "meterlake" in peers else 0


def bench_size(bench: Bench) -> dict[str, int]:
    """The bronze files that all programs read."""
    files = [Path(name) for name in equal.bronze_files(bench.warehouse)["readings"]]
    return {"files": len(files), "bytes": sum(file.stat().st_size for file in files)}


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="bench.silver", description=__doc__, allow_abbrev=False)
    parser.add_argument("--folder", type=Path, default=Path("bench/data/silver"), help="where bronze and all output go")
    parser.add_argument("--meters", type=int, default=1000)
    parser.add_argument("--days", type=int, default=365)
    parser.add_argument("--minutes", type=int, default=60, help="the interval")
    parser.add_argument("--rounds", type=int, default=3, help="after the warm-up")
    parser.add_argument("--cold", type=int, default=1, help="whole spark-submits")
    parser.add_argument("--cores", type=int, default=2)
    parser.add_argument("--memory", type=int, default=8, help="GB, of Spark's driver and of DuckDB")
    parser.add_argument("--partitions", type=int, default=16, help="spark.shuffle_partitions")
    parser.add_argument("--peers", nargs="+", choices=PEERS, default=list(PEERS))
    parser.add_argument("--name", default="silver", help="of the result file")
    return parser.parse_args()


if __name__ == "__main__":
    sys.exit(main())
