"""Which rows are final. Silver keeps some days; the rows of the days before them are gone from it, or stay as they are.

What silver no longer holds cannot be made again: a run that judges an old day once more, for a late file or a changed
registry, must not write a day of gold from the few readings that are left. So the first day that silver keeps stands
with its table, and no run writes a row that lies before it.
"""

from collections.abc import Mapping
from datetime import UTC, date, datetime
from zoneinfo import ZoneInfo

from meterlake.tables import Table, gold, silver

PROPERTY = "meterlake.keptFrom"
KEEPER = silver.READINGS

_BY_DAY = {
    silver.READINGS: "read_date",
    silver.QUARANTINE: "read_date",
    gold.PEAK_PERIODS: "local_date",
    gold.PEAK_EXCLUSIONS: "local_date",
    gold.DAILY_CONSUMPTION: "local_date",
    gold.DAILY_QUALITY: "local_date",
}
_BY_TIME = {silver.GAPS: "ended_at", silver.FAULTS: "ended_at", gold.HOURLY_LOAD: "hour"}
BY_TABLE = _BY_DAY | _BY_TIME


def is_open(table: Table, kept_from: date, time_zone: str) -> str:
    """The rows of the table that may still be written, as SQL: of no time, or not before the first day kept."""
    column = BY_TABLE[table]
    if table in _BY_DAY:
        first = f"DATE'{kept_from}'"
    else:
        first = f"TIMESTAMP'{midnight(kept_from, time_zone):%Y-%m-%dT%H:%M:%S}Z'"
    return f"({column} IS NULL OR {column} >= {first})"


def midnight(day: date, time_zone: str) -> datetime:
    """The first instant of a local day."""
    return datetime(day.year, day.month, day.day, tzinfo=ZoneInfo(time_zone)).astimezone(UTC)


def day_in(properties: Mapping[str, str]) -> date | None:
    """The first day kept, of a table's properties; None while silver has kept everything."""
    return date.fromisoformat(properties[PROPERTY]) if PROPERTY in properties else None
