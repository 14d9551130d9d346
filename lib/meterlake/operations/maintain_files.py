"""Which small files of a table are worth joining."""

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date

from meterlake.config import CompactionConfig
from meterlake.data_files import DataFile
from meterlake.tables import Table

_MEGABYTE = 1 << 20


@dataclass(frozen=True)
class Crowd:
    """Small files that are worth joining; the condition names their partitions, empty where the table has none."""

    condition: str | None
    partitions: int
    files: int
    bytes: int


def crowd_of(table: Table, files: Iterable[DataFile], open_from: date | None, rule: CompactionConfig) -> Crowd | None:
    """The small files of days that are closed (before ``open_from``), where there are two in a partition and more.

    A table without days is joined when it has more than `compaction.most_files`: each run adds some.
    """
    small = [file for file in files if file.bytes < rule.small_below_mb * _MEGABYTE]
    if not table.partitions:
        return _crowd(None, 1, small) if len(small) > rule.most_files else None
    column = table.partitions[0]
    by_partition: dict[tuple[str | None, ...], list[DataFile]] = defaultdict(list)
    for file in small:
        by_partition[tuple(file.partition.get(name) for name in table.partitions)].append(file)
    crowded = []
    for found in by_partition.values():
        day = found[0].day(column)
        if day is None:
            is_crowded = len(found) > rule.most_files
        else:
            is_crowded = len(found) > 1 and open_from is not None and day < open_from
        if is_crowded:
            crowded.append(found)
    if not crowded:
        return None
    days = {found[0].day(column) for found in crowded}
    return _crowd(_is_in(column, days), len(crowded), [file for found in crowded for file in found])


def _is_in(column: str, days: set[date | None]) -> str:
    named = ", ".join(f"DATE'{day}'" for day in sorted(day for day in days if day is not None))
    conditions = [f"{column} IN ({named})"] if named else []
    return " OR ".join([*conditions, *([f"{column} IS NULL"] if None in days else [])])


def _crowd(condition: str | None, partitions: int, files: list[DataFile]) -> Crowd:
    return Crowd(condition, partitions, len(files), sum(file.bytes for file in files))
