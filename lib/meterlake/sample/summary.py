"""Says what the pipeline made of the sample district, and whether each injected fault and hole was found.

    python -m meterlake.sample.summary --config conf/demo.yaml

Reads the tables without a JVM. The exit code is 1 where something injected was not found or the counts do not balance.
"""

import argparse
import sys
from collections import Counter
from collections.abc import Sequence
from datetime import UTC, datetime

from meterlake.config import Config, load
from meterlake.errors import AuditError, ConfigError, MeterlakeError
from meterlake.failures import lines as failure_lines
from meterlake.sample import checks, sections
from meterlake.sample.found import Tables, read_found
from meterlake.sample.generate import local_folder
from meterlake.sample.store import Folders
from meterlake.sample.truth import Fact, from_csv


def main(argv: Sequence[str]) -> int:
    """The exit code: 0 where all was found, 1 where not, 2 where the configuration is wrong."""
    args = _parser().parse_args(argv)
    try:
        run(load(args.config, args.overrides), args.since)
    except MeterlakeError as error:
        for line in failure_lines(error):
            print(f"meterlake summary failed: {line}", file=sys.stderr)
        return 2 if isinstance(error, ConfigError) else 1
    return 0


def run(config: Config, since: datetime | None = None) -> None:
    """Prints the summary. Raises MeterlakeError where the truth and the tables differ."""
    if config.storage.catalog is not None:
        raise MeterlakeError("the summary reads tables in folders", "storage.catalog", "leave it empty for the demo")
    tables, truth = Tables(local_folder(config.storage.warehouse)), _truth(config)
    found = read_found(tables, truth)
    rules, holes = checks.check_rules(truth, found), checks.check_holes(truth, found)
    faults, rest = checks.check_faults(truth, found), checks.check_rest(truth, found)
    every = [*faults, *holes, *rules, *rest]
    by_status = Counter(row["status"] for row in tables.rows("bronze.files", "status"))
    lines = [
        *sections.landed(found, by_status),
        *sections.rules(rules),
        *sections.holes(holes),
        *sections.faults(faults),
        *sections.rest(rest),
        *sections.tiers(found),
        *sections.peaks(*_peaks(tables), config.time_zone),
        *sections.where(tables.warehouse),
        *sections.changes(tables.rows("ops.runs", "job", "finished_at"), since),
        *sections.missed(every),
        "",
    ]
    print("\n".join(lines), flush=True)
    _verdict(every, checks.balances(found))


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser("python -m meterlake.sample.summary", description=__doc__.splitlines()[0])
    parser.add_argument("--config", action="append", default=[], metavar="FILE", help="as the jobs had it; repeatable")
    parser.add_argument("--set", action="append", default=[], dest="overrides", metavar="KEY=VALUE", help="a setting")
    parser.add_argument(
        "--since",
        type=_moment,
        metavar="TIME",
        help="say what was written since then (ISO 8601, or seconds since 1970), or that nothing was",
    )
    return parser


def _truth(config: Config) -> list[Fact]:
    file = Folders(local_folder(config.storage.landing), local_folder(config.storage.reference)).truth
    if not file.is_file():
        raise MeterlakeError("there is no truth about a sample", str(file), "run jobs/generate_sample.py first")
    return from_csv(file)


def _peaks(tables: Tables) -> tuple[list[dict[str, object]], list[dict[str, object]]]:
    columns = ("local_date", "rank", "hour", "adjusted_load_kwh", "season", "seasonal_kwh")
    return tables.rows("gold.peak_periods", *columns), tables.rows("gold.peak_exclusions", "local_date", "reason")


def _verdict(every: list[checks.Check], wrong: list[str]) -> None:
    missed = sum(check.injected - check.found for check in every)
    if wrong or missed:
        not_found = [f"{missed} injected defects were not found"] if missed else []
        raise AuditError(
            "; ".join([*wrong, *not_found]), "the lists above", "look at one meter with jobs/explain_meter.py"
        )
    print("Every injected fault, hole and defect was found, and the counts balance.")


def _moment(text: str) -> datetime:
    if text.isdigit():
        return datetime.fromtimestamp(int(text), UTC)
    moment = datetime.fromisoformat(text)
    return moment if moment.tzinfo else moment.replace(tzinfo=UTC)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
