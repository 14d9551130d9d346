"""What is read about one meter. Field names are the columns read; instants are µs since 1970-01-01T00:00Z."""

from dataclasses import dataclass
from decimal import Decimal


@dataclass(frozen=True)
class Meter:
    """The meter's row of the registry."""

    meter_id: str
    meter_type: str | None
    interval_minutes: int
    neighbourhood_id: str | None
    max_kw: Decimal | None
    min_kw: Decimal | None
    active_from_us: int | None
    active_to_us: int | None


@dataclass(frozen=True)
class Vacancy:
    """A period in which nobody lives there."""

    from_us: int
    to_us: int | None


@dataclass(frozen=True)
class Judged:
    """A bronze reading with what the rules say about it by itself and among the meter's readings."""

    meter_id: str
    source_file: str
    source_version: int
    source_line: int
    raw_value: str | None
    raw_unit: str | None
    raw_read_at: str | None
    raw_received_at: str | None
    has_own_received: bool
    received_us: int
    stamp_us: int | None
    read_us: int | None
    meter_key: int | None
    interval_minutes: int | None
    active_from_us: int | None
    active_to_us: int | None
    kw: Decimal | None
    min_kw: Decimal | None
    max_kw: Decimal | None
    unit_converted: bool | None
    unit_inferred: bool
    reasons: list[str]
    is_backdated: bool
    is_accepted: bool
    is_superseded: bool
    previous_us: int | None
    previous_kw: Decimal | None
    is_spike: bool
    is_drop: bool


@dataclass(frozen=True)
class Stored:
    """A row of silver.readings (disposition accepted) or silver.quarantine."""

    source_file: str | None
    source_version: int | None
    source_line: int | None
    read_us: int | None
    interval_minutes: int | None
    kw: Decimal | None
    origin: str
    unit_converted: bool | None
    hole_hours: Decimal
    warnings: list[str]
    faults: list[str]
    quality_score: int | None
    tier: str | None
    reasons: list[str]
    disposition: str
    status: str | None
    reviewer: str | None
    comment: str | None


@dataclass(frozen=True)
class Hole:
    """A row of silver.gaps."""

    started_us: int
    ended_us: int | None
    intervals: int
    hours: Decimal
    gap_class: str
    is_open: bool


@dataclass(frozen=True)
class Episode:
    """A row of silver.faults."""

    fault: str
    started_us: int
    ended_us: int
    is_open: bool
    evidence: Decimal
    action: str
    status: str
    resolved_by: str | None
    comment: str | None


@dataclass(frozen=True)
class Build:
    """The last finished run of build_silver."""

    finished_us: int
    as_of_us: int | None
    fingerprint: str


@dataclass(frozen=True)
class Found:
    """All that is known of a meter in a period; no meter: it is not in the registry."""

    meter: Meter | None
    vacancies: list[Vacancy]
    judged: list[Judged]
    stored: list[Stored]
    holes: list[Hole]
    episodes: list[Episode]
    build: Build | None

    @property
    def is_empty(self) -> bool:
        return not (self.judged or self.stored or self.holes or self.episodes)
