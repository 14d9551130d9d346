"""The reference tables' rows from their text. A row that cannot be read, or a key twice, fails the load by name."""

from collections.abc import Callable, Iterable
from datetime import datetime
from typing import Any, TypeVar

from meterlake.bronze.reference_csv import Field, decimal_of, instant_of, records, required, text_of, unique
from meterlake.config import Config

T = TypeVar("T")
INTERVALS = (1, 2, 3, 5, 6, 10, 12, 15, 20, 30, 60)


def meters(content: bytes, where: str, config: Config) -> list[tuple[Any, ...]]:
    """bronze.meters: meter_id, meter_type, interval_minutes, neighbourhood_id, max_kw, min_kw, active_from,
    active_to, and the dense keys meter_key and neighbourhood_key (a meter without a neighbourhood has its own).
    """
    fields = {
        "meter_id": Field(required),
        "meter_type": Field(text_of),
        "interval_minutes": Field(_interval(config.validation.default_interval_minutes)),
        "neighbourhood_id": Field(text_of),
        "max_kw": Field(decimal_of(6), optional=True),
        "min_kw": Field(decimal_of(6), optional=True),
        "active_from": Field(instant_of(config.time_zone), optional=True),
        "active_to": Field(instant_of(config.time_zone), optional=True),
    }
    rows = records(content, where, fields, _in_order("active_from", "active_to"))
    unique(rows, where, ("meter_id",))
    meter_keys = _dense(row["meter_id"] for row in rows)
    neighbourhood_keys = _dense(_neighbourhood(row) for row in rows)
    return [
        (*(row[name] for name in fields), meter_keys[row["meter_id"]], neighbourhood_keys[_neighbourhood(row)])
        for row in sorted(rows, key=lambda row: row["meter_id"])
    ]


def vacancies(content: bytes, where: str, config: Config) -> list[tuple[Any, ...]]:
    """bronze.vacancies: meter_id, from, to."""
    instant = instant_of(config.time_zone)
    fields = {"meter_id": Field(required), "from": Field(_needed(instant)), "to": Field(instant)}
    rows = records(content, where, fields, _in_order("from", "to"))
    return unique(rows, where, tuple(fields))


def weather(content: bytes, where: str, config: Config) -> list[tuple[Any, ...]]:
    """bronze.weather: region, hour (the UTC hour that holds the stamp), temperature_c."""
    fields = {
        "region": Field(required),
        "hour": Field(_hour(instant_of(config.time_zone))),
        "temperature_c": Field(_needed(decimal_of(6))),
    }
    rows = records(content, where, fields)
    unique(rows, where, ("region", "hour"))
    return [tuple(row.values()) for row in rows]


def grid_maintenance(content: bytes, where: str, config: Config) -> list[tuple[Any, ...]]:
    """bronze.grid_maintenance: from, to, region (empty: everywhere)."""
    instant = instant_of(config.time_zone)
    fields = {"from": Field(_needed(instant)), "to": Field(instant), "region": Field(text_of, optional=True)}
    rows = records(content, where, fields, _in_order("from", "to"))
    return unique(rows, where, tuple(fields))


def _interval(default: int) -> Callable[[str], int]:
    def read(text: str) -> int:
        if not text:
            return default
        if not (text.isascii() and text.isdigit() and len(text) < 10 and int(text) in INTERVALS):
            raise ValueError(f"is {text!r}, not one of {', '.join(map(str, INTERVALS))} minutes")
        return int(text)

    return read


def _hour(instant: Callable[[str], datetime | None]) -> Callable[[str], datetime]:
    def read(text: str) -> datetime:
        return _needed(instant)(text).replace(minute=0, second=0, microsecond=0)

    return read


def _needed(read: Callable[[str], T | None]) -> Callable[[str], T]:
    def needed(text: str) -> T:
        if (value := read(text)) is None:
            raise ValueError("is empty")
        return value

    return needed


def _in_order(start: str, end: str) -> Callable[[dict[str, Any]], str | None]:
    def problem(row: dict[str, Any]) -> str | None:
        if row[start] is not None and row[end] is not None and row[end] < row[start]:
            return f"{end} is before {start}"
        return None

    return problem


def _neighbourhood(row: dict[str, Any]) -> tuple[bool, str]:
    is_alone = row["neighbourhood_id"] is None
    return is_alone, row["meter_id"] if is_alone else row["neighbourhood_id"]


def _dense(values: Iterable[Any]) -> dict[Any, int]:
    return {value: number for number, value in enumerate(sorted(set(values)))}
