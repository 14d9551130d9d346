"""What the hand-worked examples are made of: a landing folder, a registry, and lines that arrive in time."""

from collections.abc import Iterable
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from pathlib import Path
from typing import Any, TypeVar

from .landing import Bronze
from .settings import Settings
from .tables import compute

HEADER = "meter_id,timestamp,value,unit,received_at"
METERS = "meter_id,meter_type,interval_minutes,neighbourhood_id,max_kw,min_kw,active_from,active_to"
ONE_METER = "m,home,60,,,,,"
FIRST = datetime(2024, 3, 4, tzinfo=UTC)  # a Monday without anything special
Row = TypeVar("Row")
Tables = dict[str, list[dict[str, Any]]]


def at(hours: float) -> datetime:
    """So many hours after 2024-03-04T00:00Z."""
    return FIRST + timedelta(hours=hours)


def kw(text: str | float) -> Decimal:
    """A quantity of six places."""
    return Decimal(str(text)).quantize(Decimal("0.000001"))


def put(root: Path, path: str, content: bytes | str) -> None:
    """A file of the landing folder or the reference folder."""
    target = root / path
    target.parent.mkdir(parents=True, exist_ok=True)
    target.write_bytes(content.encode() if isinstance(content, str) else content)


def line(meter: str, start: datetime, value: object, unit: str = "kW", minutes: int = 60) -> str:
    """A line that arrives when its interval ends."""
    return f"{meter},{start.isoformat()},{value},{unit},{(start + timedelta(minutes=minutes)).isoformat()}"


def series(meter: str, values: Iterable[object], start: float = 0, minutes: int = 60) -> list[str]:
    """Readings one after the other from `start` hours on; None sends nothing."""
    step = timedelta(minutes=minutes)
    return [
        line(meter, at(start) + number * step, value, minutes=minutes)
        for number, value in enumerate(values)
        if value is not None
    ]


def tables(
    root: Path,
    lines: Iterable[str],
    meters: Iterable[str] = (ONE_METER,),
    settings: Settings | None = None,
    header: str = HEADER,
    hour: str = "2024/03/04/00",
    **reference: str,
) -> Tables:
    """All tables of one landing file (with more of them where the test put some) and the reference tables."""
    put(root, f"landing/raw/{hour}/file.csv", "\n".join([header, *lines]))
    put(root, "reference/meters.csv", "\n".join([METERS, *meters]))
    for name, content in reference.items():
        put(root, f"reference/{name}.csv", content)
    settings = settings or Settings()
    bronze = Bronze(settings)
    bronze.ingest(root / "landing")
    return compute(bronze, root / "reference", settings)


def by_start(found: Tables, meter: str = "m") -> dict[datetime, dict[str, Any]]:
    """The rows of one meter, wherever they went, by read_at."""
    rows = found["silver.readings"] + found["silver.quarantine"]
    return {row["read_at"]: row for row in rows if row["meter_id"] == meter}


def only(rows: list[Row]) -> Row:
    """The one row that there is."""
    assert len(rows) == 1, rows
    return rows[0]


def facts(rows: list[dict[str, Any]], *columns: str) -> list[tuple[Any, ...]]:
    """Some columns of rows, sorted."""
    return sorted(tuple(row[column] for column in columns) for row in rows)
