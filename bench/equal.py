"""Whether two programs made the same silver: every row, every content column, to the last digit.

Only run ids, and the review columns that no program has filled yet, are left out. DuckDB compares the Parquet files
that both wrote, those of Delta by the table's own list of files.
"""

import tempfile
from collections.abc import Mapping
from pathlib import Path

import duckdb
from deltalake import DeltaTable

_KW = ("kw", "energy_kwh", "hole_hours", "hours", "evidence")
_TIMES = ("read_at", "started_at", "ended_at", "received_at")
_READING = [
    *("meter_id", "meter_type", "neighbourhood_id", "read_at", "read_date", "interval_minutes", "kw", "energy_kwh"),
    *("origin", "unit_converted", "unit_inferred", "hole_hours", "warnings", "faults", "quality_score", "tier"),
    *("source_file", "source_version", "source_line"),
]
TABLES: dict[str, tuple[list[str], list[str]]] = {
    "readings": (["meter_id", "read_at"], _READING),
    "quarantine": (
        ["source_file", "source_version", "source_line", "meter_id", "read_at"],
        [*_READING, "raw_value", "raw_read_at", "raw_unit", "received_at", "reasons", "disposition"],
    ),
    "gaps": (["meter_id", "started_at"], ["ended_at", "intervals", "hours", "class", "is_open"]),
    "faults": (["meter_id", "fault", "started_at"], ["ended_at", "is_open", "evidence"]),
}
Places = Mapping[str, list[str]]


def delta_files(table: Path | str) -> list[str]:
    """The Parquet files of a Delta table's newest version."""
    return [uri.removeprefix("file://") for uri in DeltaTable(str(table)).file_uris()]


def bronze_files(warehouse: Path) -> dict[str, list[str]]:
    """What the peers are given to read."""
    return {name: delta_files(warehouse / "bronze" / name) for name in ("readings", "meters", "vacancies")}


def delta_silver(warehouse: Path) -> dict[str, list[str]]:
    """The silver tables of a warehouse, or of a folder with Delta tables named like them."""
    return {name: delta_files(warehouse / name) for name in TABLES}


def parquet_silver(folder: Path) -> dict[str, list[str]]:
    """The silver tables of a peer: ``readings/**.parquet`` or ``readings.parquet``."""
    return {
        name: sorted(map(str, [*folder.glob(f"{name}.parquet"), *folder.glob(f"{name}/**/*.parquet")]))
        for name in TABLES
    }


def differences(ours: Places, theirs: Places, memory: str = "8GB") -> list[str]:
    """In words, with an example each; empty where nothing differs."""
    connection = duckdb.connect()
    connection.execute(f"SET TimeZone = 'UTC'; SET memory_limit = '{memory}'")
    connection.execute(f"SET temp_directory = '{tempfile.gettempdir()}/meterlake-equal'")
    found: list[str] = []
    for name, (key, columns) in TABLES.items():
        for side, places in (("ours", ours), ("theirs", theirs)):
            connection.execute(f"SET VARIABLE {side} = ?", [places[name]])
        found += _of_table(connection, name, key, [column for column in columns if column not in key])
    connection.close()
    return found


def _of_table(connection: duckdb.DuckDBPyConnection, name: str, key: list[str], others: list[str]) -> list[str]:
    shown = ", ".join(f"{_shown(column)} AS {column}" for column in [*key, *others])
    for side in ("ours", "theirs"):
        source = f"read_parquet(getvariable('{side}'), hive_partitioning = true)"
        connection.execute(f"CREATE OR REPLACE TEMP VIEW {side} AS SELECT {shown}, true AS there FROM {source}")
    same_key = " AND ".join(f"o.{column} = t.{column}" for column in key)
    checks = {"is missing": "t.there IS NULL", "is too many": "o.there IS NULL"} | {
        f"differs in {column}": f"o.there AND t.there AND o.{column} IS DISTINCT FROM t.{column}" for column in others
    }
    counts = [f"count(*) FILTER ({condition})" for condition in checks.values()]
    examples = [
        f"any_value({{key: o.there, ours: o, theirs: t}}::VARCHAR) FILTER ({condition})"
        for condition in checks.values()
    ]
    row = connection.execute(
        f"SELECT {', '.join(counts + examples)} FROM ours o FULL JOIN theirs t ON {same_key}"
    ).fetchone()
    totals = connection.execute("SELECT (SELECT count(*) FROM ours), (SELECT count(*) FROM theirs)").fetchone()
    assert row is not None
    assert totals is not None
    texts = [
        f"silver.{name}: {count} rows: {what}: {example}"
        for what, count, example in zip(checks, row[: len(checks)], row[len(checks) :], strict=True)
        if count
    ]
    return texts + ([f"silver.{name}: {totals[0]} rows and {totals[1]}"] if totals[0] != totals[1] else [])


def _shown(column: str) -> str:
    """The column in a form that does not depend on the writer; a key must not be empty."""
    quoted = f'"{column}"'
    if column in _TIMES:
        return f"coalesce(epoch_us({quoted}), -1)"
    if column in _KW:
        return f"{quoted}::DECIMAL(18, 6)"
    if column in ("source_file", "meter_id"):
        return f"coalesce({quoted}, '')"
    if column in ("source_line", "source_version"):
        return f"coalesce({quoted}, 0)"
    if column == "read_date":
        return f"{quoted}::DATE"
    return quoted
