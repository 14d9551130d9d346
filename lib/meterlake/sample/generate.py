"""The job that writes the sample district."""

import argparse
import re
from pathlib import Path

from meterlake import progress
from meterlake.config import Config
from meterlake.errors import MeterlakeError
from meterlake.sample import store
from meterlake.sample.build import build
from meterlake.sample.district import Plan
from meterlake.sample.landing import WESTGRID_PREFIX
from meterlake.sample.period import TIME_ZONE

METERS, DAYS, SEED = 210, 35, 7
HOMES = Path(__file__).parents[3] / "data" / "homes"


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """The job's own options."""
    parser.add_argument("--meters", type=int, default=METERS, help=f"how many meters (default {METERS})")
    parser.add_argument("--days", type=int, default=DAYS, help=f"how many local days (default {DAYS})")
    parser.add_argument("--seed", type=int, default=SEED, help=f"another seed, another district (default {SEED})")
    parser.add_argument(
        "--homes",
        type=Path,
        default=HOMES,
        metavar="FOLDER",
        help="the homes' curves (default: data/homes of the clone)",
    )


def run(config: Config, args: argparse.Namespace) -> store.Written:
    """Writes landing files, reference tables and truth.csv; what is there already stays as it is."""
    folders = store.Folders(local_folder(config.storage.landing), local_folder(config.storage.reference))
    _check_settings(config)
    plan = Plan(args.meters, args.days, args.seed, args.homes)
    with progress.step("sample: district built") as step:
        sample = build(plan)
        step.note(meters=plan.meters, days=plan.days, lines=sample.lines)
    with progress.step("sample: files") as step:
        written = store.write(folders, plan, sample)
        step.note(new=str(written.new), there_already=str(written.unchanged))
    if written.different:
        progress.say(
            f"{written.different} files are not as the sample had them and were left so; the truth may not hold"
        )
    if written.new == 0:
        progress.say("nothing new: the sample is as it was")
    progress.say(f"landing {folders.landing} · reference {folders.reference} · truth {folders.truth}")
    return written


def local_folder(folder: str) -> Path:
    """A configured folder of this machine."""
    plain = re.sub(r"^file:/+", "/", folder)
    if not plain.startswith("/"):
        raise MeterlakeError(
            "the sample is written to folders of this machine only", folder, "name local folders in storage"
        )
    return Path(plain)


def _check_settings(config: Config) -> None:
    """The sample is Californian, and one of its head-ends needs a source of its own."""
    sources = [source for source in config.sources.values() if source.files == f"{WESTGRID_PREFIX}*"]
    if config.time_zone != TIME_ZONE or not sources:
        raise MeterlakeError(
            f"the sample needs time_zone {TIME_ZONE} and a source for the files {WESTGRID_PREFIX}*",
            f"time_zone {config.time_zone}, sources: {', '.join(config.sources) or 'none'}",
            "add --config conf/demo.yaml",
        )
