"""A plan: what each part of a run would do, in numbers. A part that has nothing to do says so."""

from dataclasses import asdict, dataclass
from datetime import date, datetime
from typing import Any

NOTHING, FIRST_BUILD, REBUILD, REFUSED, UPDATE, NOT_REACHED = (
    "nothing",
    "first_build",
    "rebuild",
    "refused",
    "update",
    "not_reached",
)
MOST_NAMED = 10


def counted(number: int, one: str, many: str = "") -> str:
    """1 file, 2 files."""
    return f"{number:,} {one if number == 1 else many or one + 's'}"


@dataclass(frozen=True)
class Amount:
    """Rows, the files that hold them, and the files' bytes."""

    rows: int = 0
    files: int = 0
    bytes: int = 0


@dataclass(frozen=True)
class Days:
    """Days, from the first to the last; not all between need be among them."""

    count: int = 0
    first: date | None = None
    last: date | None = None

    @staticmethod
    def of(days: set[date]) -> "Days":
        return Days(len(days), min(days, default=None), max(days, default=None))


@dataclass(frozen=True)
class Landing:
    """The files that would be opened, and what becomes of them."""

    files: int = 0
    bytes: int = 0
    oldest_hour: datetime | None = None
    newest_hour: datetime | None = None
    new: int = 0
    changed: int = 0
    copies: int = 0
    empty: int = 0
    unchanged: int = 0
    too_large: int = 0
    readings: int = 0
    dead_letters: int = 0
    unfinished_batch: str | None = None


@dataclass(frozen=True)
class Reference:
    """Reference tables that would be replaced, with the rows they would have; or why none can be."""

    replaced: dict[str, int]
    refused: str = ""


@dataclass(frozen=True)
class Silver:
    """What silver would judge again.

    Of an update the days are local, and the first to be judged: one that hands on something else than before takes the
    days behind it along. Of what is compared the rows that differ are rewritten, and with them the files they lie in.
    """

    action: str
    why: str = ""
    batches: int = 0
    new_readings: int = 0
    pending_readings: int = 0
    meters: int = 0
    meter_ids: tuple[str, ...] = ()
    neighbourhoods: int = 0
    days: Days = Days()
    bronze_read: Amount = Amount()
    silver_compared: Amount = Amount()
    meters_changed: int = 0
    meters_with_neighbours: int = 0


@dataclass(frozen=True)
class Gold:
    """The days that gold would add up again; of daily_consumption what lies in them."""

    action: str
    why: str = ""
    days: Days = Days()
    silver_read: Amount = Amount()
    gold_compared: Amount = Amount()


@dataclass(frozen=True)
class Plan:
    """All parts of a run, in its order."""

    landing: Landing
    reference: Reference
    silver: Silver
    gold: Gold

    def as_fields(self) -> dict[str, Any]:
        """For a machine: the same numbers."""
        return asdict(self)
