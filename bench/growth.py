"""How the rebuild of silver grows: `python -m bench.growth`. Four questions, each of which can be asked alone.

rows   the same days of 1, 2, 4, 8 times as many meters: is the time per row the same?
cores  the same rows on 1 core and on 2, the process and its JVM bound to them
skew   one neighbourhood of 20,000 meters among two thousand of 20, beside as many meters in twenties
long   few meters with ten years of quarter hours, beside many with one year

Every measurement has a process of its own, warmed up on a district of its own; the points of a question take turns.
"""

import argparse
import json
import sys
from dataclasses import astuple, dataclass
from pathlib import Path

from bench import measure, results
from bench.generated import Size
from bench.measure import Measured

CASES = ("rows", "cores", "skew", "long")


@dataclass(frozen=True)
class Point:
    """One size on so many cores."""

    case: str
    name: str
    size: Size
    cores: int

    @property
    def place(self) -> str:
        """Points of one size share their data."""
        return "-".join(map(str, astuple(self.size)))


def points(options: argparse.Namespace) -> list[Point]:
    """What is asked for, in the order in which it is measured."""
    meters, days, cores = options.meters, options.days, options.cores
    others, large, skew_days = options.skew
    even = Size(large + others * 20, skew_days)
    largest = meters * options.factors[-1]
    every = [
        *(Point("rows", f"rows × {factor}", Size(meters * factor, days), cores) for factor in options.factors),
        *(Point("cores", f"{n} of {cores} cores", Size(largest, days), n) for n in range(1, cores + 1)),
        Point("skew", "even: neighbourhoods of 20", even, cores),
        Point("skew", f"one neighbourhood of {large:,}", Size(even.meters, skew_days, large=large), cores),
        Point("long", "{} meters × {} days × {} min".format(*options.long), Size(*options.long), cores),
        Point("long", "{} meters × {} days × {} min".format(*options.wide), Size(*options.wide), cores),
    ]
    return [point for point in every if point.case in options.cases]


def main() -> int:
    options = _options()
    asked = points(options)
    rounds: dict[Point, list[Measured]] = {point: [] for point in asked}
    rows: dict[Point, int] = {}
    for number in range(1, options.rounds + 1):
        for point in asked:
            measured, rows[point] = _measure(point, options)
            print(f"round {number} · {point.case} · {point.name} · {measured.inside_s:,.1f} s", file=sys.stderr)
            rounds[point].append(measured)
    lines = [_line(point, rows[point], rounds[point]) for point in asked]
    print(results.table(lines))
    for line in lines:
        print(f"{line['case']} · {line['name']}: {line['us_per_row']} µs a row")
    given = {"memory_gb": options.memory, "partitions": options.partitions, "cores": options.cores}
    results.save("growth", options.name, {"meters": options.meters, "days": options.days}, given, lines)
    return 0


def _measure(point: Point, options: argparse.Namespace) -> tuple[Measured, int]:
    size = json.dumps(astuple(point.size))
    given = [str(options.folder.absolute() / point.place), size, json.dumps(options.warm_up), str(point.cores)]
    command = [sys.executable, "-m", "bench.growth_point", *given, str(options.memory), str(options.partitions)]
    _, printed = measure.process(command)
    told = json.loads(printed.splitlines()[-1])
    return Measured(**told["measured"]), told["rows"]


def _line(point: Point, rows: int, runs: list[Measured]) -> dict:
    line = results.summary(point.name, rows, runs, case=point.case, cores=point.cores)
    return line | {"us_per_row": round(line["inside_s"] / rows * 1e6, 2)}


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="bench.growth", description=__doc__, allow_abbrev=False)
    parser.add_argument("--folder", type=Path, default=Path("bench/data/growth"))
    parser.add_argument("--cases", nargs="+", choices=CASES, default=list(CASES))
    parser.add_argument("--meters", type=int, default=250, help="of rows × 1; cores takes the largest of rows")
    parser.add_argument("--days", type=int, default=365, help="of rows and cores")
    parser.add_argument("--factors", nargs="+", type=int, default=[1, 2, 4, 8])
    skew, shape = ("NEIGHBOURHOODS", "LARGE", "DAYS"), ("METERS", "DAYS", "MINUTES")
    parser.add_argument("--skew", nargs=3, type=int, metavar=skew, default=[2000, 20000, 10])
    parser.add_argument("--long", nargs=3, type=int, metavar=shape, default=[10, 3650, 15])
    parser.add_argument("--wide", nargs=3, type=int, metavar=shape, default=[1000, 365, 60])
    parser.add_argument("--warm-up", nargs=2, type=int, metavar=("METERS", "DAYS"), default=[500, 100])
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--cores", type=int, default=2)
    parser.add_argument("--memory", type=int, default=8, help="GB of Spark's driver")
    parser.add_argument("--partitions", type=int, default=16)
    parser.add_argument("--name", default="growth", help="of the result file")
    return parser.parse_args()


if __name__ == "__main__":
    sys.exit(main())
