"""The summary's sections, each as lines of text."""

from collections import defaultdict
from collections.abc import Sequence
from datetime import datetime
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

from meterlake.rule_names import FAULTS
from meterlake.sample import names
from meterlake.sample.checks import Check
from meterlake.sample.found import Found
from meterlake.sample.text import heading, share, table

CHECK_COLUMNS = ("injected", "found", "missed", "extra")
MOST_MISSED = 12


def landed(found: Found, by_status: dict[str, int]) -> list[str]:
    """Lines landed = readings + dead letters, and what became of the readings."""
    files = ", ".join(f"{count:,} {status}" for status, count in sorted(by_status.items(), key=lambda one: -one[1]))
    became = found.dispositions
    sign = "=" if found.lines == found.bronze_readings + found.bronze_dead_letters else "≠"
    equal = "=" if became.total() == found.bronze_readings else "≠"
    return [
        *heading("landed"),
        f"  {found.lines:,} lines {sign} {found.bronze_readings:,} readings + {found.bronze_dead_letters} dead letters",
        f"  files: {files}",
        *heading("what became of the readings"),
        *table(
            ("disposition", "readings", "share"),
            [(name, count, share(count, found.bronze_readings)) for name, count in became.items()],
        ),
        f"  {' + '.join(f'{count:,}' for count in became.values())} {equal} {found.bronze_readings:,} bronze readings",
    ]


def rules(checks: Sequence[Check]) -> list[str]:
    """Readings per rule beside those injected."""
    header = ("rule", "name", "disposition", *CHECK_COLUMNS)
    rows = [(check.kind, *names.RULES[check.kind], *_counts(check)) for check in checks]
    return [*heading("rules, readings found beside those injected"), *table(header, rows)]


def holes(checks: Sequence[Check]) -> list[str]:
    """Holes by class."""
    rows = [(check.kind, names.HOLES[check.kind], *_counts(check)) for check in checks]
    return [*heading("holes, found beside those injected"), *table(("class", "length", *CHECK_COLUMNS), rows)]


def faults(checks: Sequence[Check]) -> list[str]:
    """Faults by id."""
    rows = [(check.kind, FAULTS[check.kind], *_counts(check)) for check in checks]
    return [*heading("faults, found beside those injected"), *table(("fault", "name", *CHECK_COLUMNS), rows)]


def rest(checks: Sequence[Check]) -> list[str]:
    """Everything else that was injected."""
    rows = [(check.kind, names.REST.get(check.kind, "dead letters"), *_counts(check)[:3]) for check in checks]
    return [*heading("and also"), *table(("kind", "what", *CHECK_COLUMNS[:3]), rows)]


def tiers(found: Found) -> list[str]:
    """Scored rows by tier and origin."""
    total = sum(rows for _, _, rows in found.tiers)
    by_tier: dict[str, dict[str, int]] = defaultdict(dict)
    for tier, origin, rows in found.tiers:
        by_tier[tier][origin] = rows
    lines = []
    for tier, scores in names.TIERS.items():
        observed, interpolated = (by_tier[tier].get(origin, 0) for origin in ("observed", "interpolated"))
        lines.append((tier, scores, observed, interpolated, share(observed + interpolated, total)))
    return [*heading("quality tiers"), *table(("tier", "score", "observed", "interpolated", "share"), lines)]


def peaks(periods: Sequence[dict[str, Any]], exclusions: Sequence[dict[str, Any]], zone: str) -> list[str]:
    """The three peaks of each local day, by their hour there, and what was left out."""
    by_day: dict[Any, dict[int, dict[str, Any]]] = defaultdict(dict)
    for row in periods:
        by_day[row["local_date"]][row["rank"]] = row
    left_out: dict[Any, dict[str, int]] = defaultdict(lambda: defaultdict(int))
    for row in exclusions:
        left_out[row["local_date"]][row["reason"]] += 1
    rows = []
    for day in sorted(set(by_day) | set(left_out)):
        ranks = [_peak(by_day[day].get(rank), zone) for rank in (1, 2, 3)]
        hours = ", ".join(f"{count} h {reason}" for reason, count in sorted(left_out[day].items()))
        rows.append((f"{day:%a %Y-%m-%d}", *ranks, _season(by_day[day].get(1)), hours))
    header = ("local day", "1: hour kWh", "2", "3", "seasonal part of 1", "left out")
    return [*heading("the peaks of each day, adjusted load"), *table(header, rows)]


def where(warehouse: Path) -> list[str]:
    """Where the tables are and how to look at them."""
    return [
        *heading("the tables"),
        f"  {warehouse}/<layer>/<table>",
        "  bronze  readings dead_letters files · silver  readings quarantine gaps faults",
        "  gold    hourly_load peak_periods peak_exclusions daily_consumption daily_quality · ops  runs audit",
        "  without a JVM, in Python:",
        "    import polars as pl",
        f"    pl.read_delta({str(warehouse / 'silver/faults')!r})",
        "  in Spark:",
        f"    spark.read.format('delta').load({str(warehouse / 'silver/readings')!r}).show()",
    ]


def changes(runs: Sequence[dict[str, Any]], since: datetime | None) -> list[str]:
    """Which jobs wrote since a moment; without one, who wrote last. A run that has only begun counts for nothing."""
    lines = heading("this run")
    finished = [run for run in runs if run["finished_at"] is not None]
    new = [run for run in finished if since is not None and run["finished_at"] >= since]
    if since is not None and not new:
        return [*lines, "  nothing new: the tables are as they were"]
    if new:
        return [*lines, *(f"  {run['job']} wrote to its tables" for run in new)]
    newest = {run["job"]: run for run in sorted(finished, key=lambda run: run["finished_at"])}
    return [
        *lines,
        *(f"  {job} last wrote at {run['finished_at']:%Y-%m-%d %H:%M:%S} UTC" for job, run in newest.items()),
    ]


def missed(checks: Sequence[Check]) -> list[str]:
    """What was not found, up to a dozen lines."""
    every = [line for check in checks for line in check.missed]
    if not every:
        return []
    more = [f"  … and {len(every) - MOST_MISSED} more"] if len(every) > MOST_MISSED else []
    return [*heading("not found"), *(f"  {line}"[:100] for line in every[:MOST_MISSED]), *more]


def _counts(check: Check) -> tuple[int, int, int, int]:
    return check.injected, check.found, check.injected - check.found, check.extra


def _peak(row: dict[str, Any] | None, zone: str) -> str:
    if row is None:
        return "-"
    hour = row["hour"].astimezone(ZoneInfo(zone))
    return f"{hour:%H:%M} {float(row['adjusted_load_kwh']):6.1f}"


def _season(row: dict[str, Any] | None) -> str:
    if row is None or row["season"] == "none":
        return ""
    return f"{row['season']} {float(row['seasonal_kwh']):.1f}"
