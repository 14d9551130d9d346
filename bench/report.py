"""The results as tables in bench/README.md and as plots in bench/plots: `python -m bench.report [RESULT.json ...]`.

Without arguments every file of bench/results is shown, the newest first. Nothing is typed by hand: what stands between
the two marks of the page comes from the files.
"""

import argparse
import json
import sys
from collections.abc import Callable
from pathlib import Path
from statistics import median
from typing import Any

import matplotlib

matplotlib.use("Agg")
import matplotlib.pyplot as plt

from bench import results

PAGE = Path(__file__).with_name("README.md")
PLOTS = Path(__file__).with_name("plots")
BEGIN, END = "<!-- results: made by bench/report.py -->", "<!-- end of results -->"
_OURS, _OTHERS = "#1f6f8b", "#b9c3c9"
_OF_A_RUN = ("seconds", "cpu_s", "read_mb", "written_mb")
Page = dict[str, Any]


def main(page: Path = PAGE, plots: Path = PLOTS) -> int:
    parser = argparse.ArgumentParser(prog="bench.report", description=__doc__, allow_abbrev=False)
    parser.add_argument("files", nargs="*", type=Path, help="result files; default: all of bench/results")
    parser.add_argument("--page", type=Path, default=page)
    parser.add_argument("--plots", type=Path, default=plots)
    options = parser.parse_args()
    files = options.files or sorted(results.FOLDER.glob("*.json"), reverse=True)
    options.plots.mkdir(parents=True, exist_ok=True)
    sections = [_section(file, options.plots) for file in files]
    text = options.page.read_text()
    before, rest = text.split(BEGIN, 1)
    _, after = rest.split(END, 1)
    options.page.write_text(before + BEGIN + "\n\n" + "\n".join(sections) + END + after)
    return 0


def _section(file: Path, plots: Path) -> str:
    found: Page = json.loads(file.read_text())
    plot = plots / f"{file.stem}.png"
    _PLOTS.get(found["benchmark"], _no_plot)(found, plot)
    shown = [f"![{found['name']}](plots/{plot.name})", ""] if plot.exists() else []
    return "\n".join([f"### {file.stem}", "", _given(found), "", _table(found), "", *shown, ""])


def _given(found: Page) -> str:
    """Machine, versions, data and settings in one paragraph, and what was found unequal."""
    machine = found["machine"]
    where = f"{machine['cores']} cores of {machine['cpu']}, {machine['memory_gb']} GB, {machine['system']}"
    versions = ", ".join(f"{name} {number}" for name, number in found["versions"].items())
    given = {name: value for name, value in found["given"].items() if name != "differences"}
    sizes = ", ".join(f"{name} {value}" for name, value in (found["data"] | given).items())
    load = [run["load"] for line in found["results"] for run in line.get("rounds", [])]
    rounds = {len(line["rounds"]) for line in found["results"] if "rounds" in line}
    counted = f" Rounds counted: {', '.join(map(str, sorted(rounds)))}." if rounds else ""
    busy = f" Load of the machine meanwhile: {min(load)} to {max(load)}." if load else ""
    unequal = found["given"].get("differences")
    equal = {None: "", False: " All tables equal."}.get(
        unequal if unequal is None else bool(unequal), " **NOT EQUAL.**"
    )
    return f"{found['at']} · {where} · {versions}. Given: {sizes}.{counted}{busy}{equal}"


def _table(found: Page) -> str:
    lines = _by_day(found["results"]) if found["benchmark"] == "in-a-row" else found["results"]
    if all("inside_s" in line for line in lines):
        return results.table(lines) + (_per_row(lines) if found["benchmark"] == "growth" else "")
    names = list(
        dict.fromkeys(name for line in lines for name, value in line.items() if not isinstance(value, list | dict))
    )
    rows = [names, ["---"] * len(names), *([str(line.get(name, "")) for name in names] for line in lines)]
    return "\n".join("| " + " | ".join(cells) + " |" for cells in rows)


def _by_day(lines: list[dict]) -> list[dict]:
    """Runs in a row as one line a day of them: the medians of its runs, the most files, and the upkeep at its end."""
    days, runs = list[dict](), list[dict]()
    for number, line in enumerate(lines):
        is_upkeep = line["name"].startswith("upkeep")
        runs += [] if is_upkeep else [line]
        if runs and (is_upkeep or number == len(lines) - 1):
            last = len(runs) + sum(day["runs"] for day in days)
            medians = {name: round(median(run[name] for run in runs), 1) for name in _OF_A_RUN}
            upkeep_s = line["seconds"] if is_upkeep else ""
            files = max(run["files"] for run in runs)
            days.append({"up to run": last, "runs": len(runs), **medians, "most files": files, "upkeep s": upkeep_s})
            runs = []
    return days


def _per_row(lines: list[dict]) -> str:
    rows = [f"| {line['case']} | {line['name']} | {line['us_per_row']} |" for line in lines]
    return "\n\n| question | | µs a row |\n| --- | --- | ---: |\n" + "\n".join(rows)


def _silver_plot(found: Page, place: Path) -> None:
    lines = found["results"]
    names = [line["name"] for line in lines]
    colours = [_OURS if "meterlake" in name else _OTHERS for name in names]
    figure, axes = plt.subplots(1, 3, figsize=(13, 0.5 + 0.45 * len(lines)), sharey=True)
    for axis, (measure, title) in zip(
        axes,
        {"wall_s": "seconds, whole process", "cpu_s": "CPU seconds", "peak_mb": "peak memory, MB"}.items(),
        strict=True,
    ):
        axis.barh(names, [line[measure] for line in lines], color=colours)
        axis.set_title(title, loc="left", fontsize=10)
        axis.spines[["top", "right"]].set_visible(False)
        for number, line in enumerate(lines):
            axis.text(line[measure], number, f" {_short(line[measure])}", va="center", fontsize=8)
        axis.margins(x=0.2)
    axes[0].invert_yaxis()
    _save(figure, place)


def _short(value: float) -> str:
    return f"{value:,.0f}" if value >= 100 else f"{value:.1f}"


def _growth_plot(found: Page, place: Path) -> None:
    lines = found["results"]
    cases = list(dict.fromkeys(line["case"] for line in lines))
    figure, axes = plt.subplots(1, len(cases), figsize=(1 + 3.4 * len(cases), 3.4), squeeze=False)
    for axis, case in zip(axes[0], cases, strict=True):
        points = [line for line in lines if line["case"] == case]
        axis.bar(range(len(points)), [point["us_per_row"] for point in points], color=_OURS)
        axis.set_xticks(range(len(points)), [point["name"].replace(" of ", "\nof ") for point in points], fontsize=7)
        axis.set_title(f"{case}: µs a row", loc="left", fontsize=10)
        axis.spines[["top", "right"]].set_visible(False)
    _save(figure, place)


def _in_a_row_plot(found: Page, place: Path) -> None:
    """CPU, since a single run's seconds show above all what else the machine was doing."""
    runs = [line for line in found["results"] if line["name"].startswith("run")]
    figure, axis = plt.subplots(figsize=(9, 3))
    axis.plot(range(1, len(runs) + 1), [run["cpu_s"] for run in runs], color=_OURS, linewidth=1)
    axis.set_ylim(0)
    axis.set_title("CPU seconds of each run", loc="left", fontsize=10)
    axis.spines[["top", "right"]].set_visible(False)
    _save(figure, place)


def _save(figure: Any, place: Path) -> None:
    figure.tight_layout()
    figure.savefig(place, dpi=110)
    plt.close(figure)


def _no_plot(found: Page, place: Path) -> None:
    """A kind of result that only has a table."""


_PLOTS: dict[str, Callable[[Page, Path], None]] = {
    "silver": _silver_plot,
    "ingest": _silver_plot,
    "growth": _growth_plot,
    "in-a-row": _in_a_row_plot,
}

if __name__ == "__main__":
    sys.exit(main())
