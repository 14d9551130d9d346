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
from meterlake.tables.ops import RUNS

Versions = Mapping[str, int]


def moved(seen: Versions, newest: Versions, is_upkeep: Callable[[str, int], bool]) -> dict[str, int]:
    """The versions that a run has seen; the newest ones of the tables that only upkeep has written since."""
    return {
        name: newest[name] if newest.get(name, version) != version and is_upkeep(name, version) else version
        for name, version in seen.items()
    }


def carry(spark: SparkSession, warehouse: Warehouse, jobs: list[str], newest: Versions) -> int:
    """Adds a finished row of ops.runs for each job whose versions have moved on; tells how many.

    What an upkeep that died had written before it came here is made good by the next one.
    """

    def is_upkeep(name: str, version: int) -> bool:
        tags = warehouse.tags_since(BY_NAME[name], version)
        return tags is not None and set(tags) <= {REMOVED}

    rows, history = [], runs.History(warehouse)
    for job in jobs:
        last = history.last(job)
        if last is None:
            continue
        inputs, outputs = (moved(last[name] or {}, newest, is_upkeep) for name in ("inputs", "outputs"))
        if (inputs, outputs) != (last["inputs"] or {}, last["outputs"] or {}):
            rows.append(_again(last, inputs, outputs))
    if rows:
        warehouse.append(spark.createDataFrame(rows, RUNS.schema).coalesce(1), RUNS, progress.run_id())
    return len(rows)


def _again(last: Row, inputs: dict[str, int], outputs: dict[str, int]) -> Row:
    """The same run, known under upkeep's id and time; when it started stays, since gold asks what came after that."""
    finished_at = max(datetime.now(UTC), last["finished_at"].astimezone(UTC) + timedelta(microseconds=1))
    values = last.asDict() | {"run_id": progress.run_id(), "finished_at": finished_at}
    values |= {"inputs": inputs, "outputs": outputs}
    return Row(**{name: values[name] for name in RUNS.column_names})
