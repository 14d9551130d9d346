"""Reads a warehouse without a JVM and says how its tables differ from the rows that somebody else worked out."""

from collections import defaultdict
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

from deltalake import DeltaTable

from meterlake import tables

Row = dict[str, Any]

# Which run wrote a row and when is no content.
NO_CONTENT = {"run_id", "batch_id", "ingested_at"}
COMPARED = [
    "bronze.readings",
    "bronze.dead_letters",
    "silver.readings",
    "silver.quarantine",
    "silver.gaps",
    "silver.faults",
    "gold.hourly_load",
    "gold.peak_periods",
    "gold.peak_exclusions",
    "gold.daily_consumption",
    "gold.daily_quality",
]


def rows_of(warehouse: Path | str, name: str, version: int | None = None) -> list[Row]:
    """A table's rows, of its newest version where none is named; none where there is no table."""
    folder = str(Path(warehouse) / name.replace(".", "/"))
    if not DeltaTable.is_deltatable(folder):
        return []
    return DeltaTable(folder, version=version).to_pyarrow_table().to_pylist()


def content_of(warehouse: Path | str, names: Iterable[str] = COMPARED) -> dict[str, list[Row]]:
    return {name: rows_of(warehouse, name) for name in names}


def differences(name: str, found: list[Row], expected: list[Row], ignored: Iterable[str] = ()) -> list[str]:
    """In words: rows that are missing, too many, or differ in a column. Empty where the tables are equal."""
    left_out = NO_CONTENT | set(ignored)
    key = tables.BY_NAME[name].key
    ours, theirs = _by_key(found, key, left_out), _by_key(expected, key, left_out)
    texts = []
    for value in sorted(ours.keys() | theirs.keys(), key=repr):
        mine, other = ours.get(value, []), theirs.get(value, [])
        if len(mine) != len(other):
            texts.append(f"{name} {value}: {len(mine)} rows and not {len(other)}: {mine or other}")
            continue
        for row, expected_row in zip(mine, other, strict=True):
            texts += [
                f"{name} {value}: {column} is {row.get(column)!r} and not {expected_row[column]!r}"
                for column in expected_row
                if not _equal(row.get(column), expected_row[column])
            ]
    return texts


def _by_key(rows: list[Row], key: tuple[str, ...], left_out: set[str]) -> Mapping[tuple, list[Row]]:
    found: dict[tuple, list[Row]] = defaultdict(list)
    for row in rows:
        plain = {column: _plain(value) for column, value in row.items() if column not in left_out}
        found[tuple(plain[column] or None for column in key if column in plain)].append(plain)
    for same in found.values():
        same.sort(key=repr)
    return found


def _plain(value: Any) -> Any:
    """A map as a dictionary, however the reader gives it."""
    if isinstance(value, list) and value and isinstance(value[0], tuple):
        return dict(value)
    return value


def _equal(found: Any, expected: Any) -> bool:
    """Doubles to twelve digits, all else exactly; an empty field may come as NULL or as an empty text."""
    if isinstance(found, float) and isinstance(expected, float):
        return abs(found - expected) <= 1e-12 * max(1.0, abs(expected))
    if expected in ({}, "", None) and found in ([], {}, "", None):
        return True
    return (type(found) is type(expected) and found == expected) or (found == expected and not isinstance(found, float))
