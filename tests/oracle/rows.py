"""The row that all rules work on: an observed reading, or a filled interval."""

from dataclasses import dataclass, field
from typing import Any

from .reference import Meter


@dataclass
class Row:
    """Quantities in millionths, times in nanoseconds; `bronze` is None for a filled interval."""

    meter_id: str | None
    meter: Meter | None
    read_at: int | None
    received_at: int | None = None
    has_own_received_at: bool = False
    bronze: dict[str, Any] | None = None
    origin: str = "observed"
    kw: int | None = None
    energy: int | None = None
    unit_converted: bool | None = False
    unit_inferred: bool = False
    hole: int = 0
    reasons: set[str] = field(default_factory=set)
    warnings: set[str] = field(default_factory=set)
    faults: set[str] = field(default_factory=set)
    disposition: str = "accepted"
    score: int | None = None
    tier: str | None = None
