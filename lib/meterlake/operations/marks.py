"""The marks of what the jobs have read, moved along with a table that got a new version and no new content.

A job has nothing to do while its inputs have the versions of its last run. Upkeep commits versions of its own: without
this, silver and gold would look at tables again that say what they said before.
"""

from collections.abc import Callable, Mapping
from datetime import UTC, datetime, timedelta

from pyspark.sql import Row, SparkSession

from meterlake import progress
from meterlake.operations import runs
from meterlake.storage import REMOVED, Warehouse
from meterlake.tables import BY_NAME
from meterlake.tables.bronze import METERS
from meterlake.tables.ops import RUNS

Versions = Mapping[str, int]


def moved(seen: Versions, newest: Versions, is_upkeep: Callable[[str, int], bool]) -> dict[str, int]:
    """The versions that a run has seen; the newest ones of the tables that only upkeep has written since."""
    return {
        name: newest[name] if newest.get(name, version) != version and is_upkeep(name, version) else version
        for name, version in seen.items()
    }


def carried(warehouse: Warehouse, seen: Versions, newest: Versions) -> dict[str, int]:
    """The versions that a run has seen, moved on over what upkeep alone has written since."""

    def is_upkeep(name: str, version: int) -> bool:
        tags = warehouse.tags_since(BY_NAME[name], version)
        return tags is not None and set(tags) <= {REMOVED}

    return moved(seen, newest, is_upkeep)


def finished(warehouse: Warehouse) -> dict[str, int]:
    """The versions that gold, and readers of finished runs, ask for, however long ago silver and gold have finished."""
    history, versions = runs.History(warehouse), dict[str, int]()
    for job, also in (("build_silver", METERS.full_name), ("build_gold", None)):
        if last := history.last(job):
            versions |= {name: v for name, v in (last["inputs"] or {}).items() if name == also}
            versions |= last["outputs"] or {}
    return carried(warehouse, versions, {name: warehouse.version(BY_NAME[name]) for name in versions})


def carry(spark: SparkSession, warehouse: Warehouse, jobs: list[str], newest: Versions) -> int:
    """Adds a finished row of ops.runs for each job whose versions have moved on; tells how many.

    What an upkeep that died had written before it came here is made good by the next one.
    """
    rows, history = [], runs.History(warehouse)
    for job in jobs:
        last = history.last(job)
        if last is None:
            continue
        inputs, outputs = (carried(warehouse, last[name] or {}, newest) for name in ("inputs", "outputs"))
        if (inputs, outputs) != (last["inputs"] or {}, last["outputs"] or {}):
            rows.append(_again(last, inputs, outputs))
    if rows:
        warehouse.append(spark.createDataFrame(rows, RUNS.schema).coalesce(1), RUNS, progress.run_id())
    return len(rows)


def _again(last: Row, inputs: dict[str, int], outputs: dict[str, int]) -> Row:
    """The same run, known under upkeep's id and time; when it started stays, since gold asks what came after that."""
    finished_at = max(datetime.now(UTC), last["finished_at"].astimezone(UTC) + timedelta(microseconds=1))
    moments = {name: last[name].astimezone(UTC) for name in ("started_at", "as_of") if last[name] is not None}
    values = last.asDict() | moments | {"run_id": progress.run_id(), "finished_at": finished_at}
    values |= {"inputs": inputs, "outputs": outputs}
    return Row(**{name: values[name] for name in RUNS.column_names})
