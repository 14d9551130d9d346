"""The job: one meter and period explained, for a person or a machine."""

import argparse
import difflib
import shutil
from collections.abc import Sequence
from typing import Any

from pyspark.sql import SparkSession

from meterlake import progress, tables
from meterlake.config import Config
from meterlake.errors import DataError
from meterlake.explain.gather import gather, known_meter_ids, readings_span
from meterlake.explain.machine import as_objects
from meterlake.explain.period import Period
from meterlake.explain.story import Story, tell
from meterlake.explain.text import as_text
from meterlake.explain.times import Clock
from meterlake.storage import Warehouse

_NEAREST = 5
_WIDTH = (100, 24)  # where there is no terminal


class _Format(argparse.Action):
    """json for machines: then every line of standard output is an object."""

    def __call__(self, parser: Any, namespace: argparse.Namespace, values: Any, option_string: Any = None) -> None:
        namespace.format = values
        if values == "json":
            namespace.log_format = "json"


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """The job's own options."""
    add = parser.add_argument
    add("--meter", required=True, metavar="M", help="the meter's id")
    add("--from", dest="start", metavar="T", help="a date (local midnight) or a time; default: the meter's beginning")
    add("--to", dest="end", metavar="T", help="the same, exclusive; default: its end")
    add("--format", choices=("text", "json"), action=_Format, help="for people (default), or one JSON object a reading")


def run(spark: SparkSession, config: Config, args: argparse.Namespace) -> Story:
    """Prints the meter's story. Raises DataError where nothing is known of such a meter."""
    meter_id = args.meter.strip(" \t")
    period = Period.of(args.start, args.end, config.time_zone)
    warehouse = Warehouse(spark, config)
    with progress.step("explain: bronze judged, silver read") as step:
        story = tell(gather(spark, warehouse, config, meter_id, period), config)
        step.note(readings=len(story.readings))
    if story.found.meter is None:
        _say_near(warehouse, meter_id, required=story.found.is_empty)
    if progress.current().as_json:
        for event, fields in as_objects(story, meter_id, config):
            progress.say(f"{event} of {meter_id}", event=event, **fields)
        return story
    for line in as_text(story, meter_id, period, config, shutil.get_terminal_size(_WIDTH).columns):
        progress.say(line)
    if story.found.is_empty:
        _say_where_it_is(warehouse, meter_id, config)
    return story


def nearest(meter_id: str, known: Sequence[str]) -> list[str]:
    """The known ids most like the one asked for, upper and lower case alike."""
    by_lower = {name.lower(): name for name in known}
    return [by_lower[name] for name in difflib.get_close_matches(meter_id.lower(), list(by_lower), _NEAREST)]


def _say_near(warehouse: Warehouse, meter_id: str, required: bool) -> None:
    """Names the meters that may be meant; where nothing at all is known of this one, as an error."""
    known = known_meter_ids(warehouse)
    near = nearest(meter_id, known)
    hint = f"did you mean {', '.join(near)}?" if near else f"none of the {len(known):,} meters has a name like it"
    if not known:
        hint = "the registry is empty: run ingest_bronze, or check storage.warehouse"
    if required:
        where = f"{warehouse.place(tables.bronze.METERS)}, {warehouse.place(tables.bronze.READINGS)}"
        raise DataError(f"no meter {meter_id!r} in the registry and no reading of it in the period", where, hint)
    progress.say(hint, event="hint")


def _say_where_it_is(warehouse: Warehouse, meter_id: str, config: Config) -> None:
    """Nothing in the period: says when there was something."""
    span, clock = readings_span(warehouse, meter_id), Clock(config.time_zone)
    if span is None:
        progress.say("Nothing of this meter is in silver, in any period.")
    else:
        progress.say(f"Nothing in this period; its rows run from {clock.moment(span[0])} to {clock.moment(span[1])}.")
