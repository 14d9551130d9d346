"""All silver and gold tables from bronze, the reference tables and the settings (sections 2 to 8)."""

from collections import defaultdict
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from .checks import Checker
from .clock import HOUR, Clock, nanoseconds, utc
from .exact import MILLION, decimal6, round_ratio
from .faults import ACTIONS, Episode, flag, run_faults
from .gold import Gold, Table
from .holes import Hole, HoleFinder, fill
from .landing import Bronze
from .parsing import instant, parse_stamp
from .peaks import Peaks
from .ranking import standing, supersede
from .rates import warn_of_rates
from .reference import Reference, load_reference
from .rows import Row
from .scoring import is_usable, score
from .settings import Settings
from .week_faults import low_variance, neighbourhood


@dataclass
class Silver:
    """Everything that silver knows: each bronze reading, each filled row, the holes and the episodes."""

    observed: list[Row] = field(default_factory=list)
    filled: list[Row] = field(default_factory=list)
    holes: list[Hole] = field(default_factory=list)
    episodes: list[Episode] = field(default_factory=list)
    last_standing: dict[str, int] = field(default_factory=dict)


def as_of(bronze: Bronze, settings: Settings) -> int | None:
    """Section 4: the configured instant, else the start of the latest landing hour that brought a bronze reading."""
    if settings.as_of is not None:
        if isinstance(settings.as_of, datetime):
            return nanoseconds(settings.as_of)
        stamp = parse_stamp(settings.as_of)
        if stamp is None:
            raise ValueError(f"as_of is no time: {settings.as_of}")
        return instant(stamp, UTC)
    return max((nanoseconds(reading["landed_hour"]) for reading in bronze.readings), default=None)


def judge(bronze: Bronze, reference: Reference, settings: Settings, clock: Clock) -> Silver:
    """Sections 2 to 6, in the order in which one rule needs another."""
    silver = Silver(observed=Checker(settings, reference, clock).check_all(bronze.readings))
    accepted = _by_meter(supersede(silver.observed))
    rows_of = _by_meter(silver.observed)
    finder = HoleFinder(settings, clock, as_of(bronze, settings))
    episodes: dict[str, list[Episode]] = defaultdict(list)
    neighbours: dict[str, dict[str, list[Row]]] = defaultdict(dict)
    for meter_id, meter in reference.meters.items():
        mine = accepted.get(meter_id, [])
        warn_of_rates(mine, settings)
        silver.holes += finder.holes(meter, mine)
        stand = standing(mine, rows_of.get(meter_id, []))
        if stand:
            silver.last_standing[meter_id] = stand[-1].read_at
        episodes[meter_id] += run_faults(meter, stand, reference.vacancies.get(meter_id, []), settings)
        episodes[meter_id] += low_variance(meter, mine, settings, clock)
        if meter.neighbourhood_id is not None:
            neighbours[meter.neighbourhood_id][meter_id] = mine
    for members in neighbours.values():
        for episode in neighbourhood(members, settings, clock):
            episodes[episode.meter_id].append(episode)
    silver.filled = [row for hole in silver.holes for row in fill(hole)]
    _flag_and_score(silver, episodes, settings)
    return silver


def _by_meter(rows: list[Row]) -> dict[str, list[Row]]:
    """Rows by meter, in time order where they have a time."""
    found: dict[str, list[Row]] = defaultdict(list)
    for row in sorted(rows, key=lambda one: (one.read_at is None, one.read_at or 0)):
        found[row.meter_id].append(row)
    return found


def _flag_and_score(silver: Silver, episodes: dict[str, list[Episode]], settings: Settings) -> None:
    silver.episodes = [episode for of_meter in episodes.values() for episode in of_meter]
    for meter_id, rows in _by_meter(silver.observed + silver.filled).items():
        flag(rows, episodes.get(meter_id, []))
    for row in silver.observed + silver.filled:
        if row.disposition == "accepted" and row.origin != "missing_short":
            score(row, settings)


def compute(bronze: Bronze, reference_dir: Path, settings: Settings) -> dict[str, Table]:
    """Every silver and gold table as a rebuild from scratch would have it, without run_id."""
    clock = Clock(settings.time_zone, settings.grid_offset_minutes)
    reference = load_reference(reference_dir, settings)
    silver = judge(bronze, reference, settings, clock)
    rows = silver.observed + silver.filled
    usable = [row for row in rows if is_usable(row, settings)]
    gold = Gold(settings, reference, clock)
    peaks = Peaks(usable, settings, reference, clock)
    return {
        "silver.readings": [_reading(row, clock) for row in rows if row.disposition == "accepted"],
        "silver.quarantine": [_quarantined(row, clock) for row in rows if row.disposition in _STATUS],
        "silver.gaps": [_gap(hole) for hole in silver.holes],
        "silver.faults": [_fault(episode, silver.last_standing) for episode in silver.episodes],
        "gold.hourly_load": gold.hourly_load(usable),
        "gold.peak_periods": peaks.periods(),
        "gold.peak_exclusions": peaks.exclusions(),
        "gold.daily_consumption": gold.daily_consumption(usable),
        "gold.daily_quality": gold.daily_quality(silver.observed, silver.filled),
    }


_STATUS = {"quarantined": "open", "rejected": "rejected"}


def _reading(row: Row, clock: Clock) -> dict[str, Any]:
    """The columns that silver.readings and silver.quarantine share (section 7)."""
    bronze, meter = row.bronze or {}, row.meter
    return {
        "meter_id": row.meter_id,
        "meter_type": meter.meter_type if meter else None,
        "neighbourhood_id": meter.neighbourhood_id if meter else None,
        "read_at": None if row.read_at is None else utc(row.read_at),
        "read_date": None if row.read_at is None else clock.date_of(row.read_at),
        "interval_minutes": meter.interval_minutes if meter else None,
        "kw": None if row.kw is None else decimal6(row.kw),
        "energy_kwh": None if row.energy is None else decimal6(row.energy),
        "origin": row.origin,
        "unit_converted": row.unit_converted,
        "unit_inferred": row.unit_inferred,
        "hole_hours": decimal6(round_ratio(row.hole * MILLION, HOUR)),
        "warnings": sorted(row.warnings),
        "faults": sorted(row.faults),
        "quality_score": row.score,
        "tier": row.tier,
        "source_file": bronze.get("source_file"),
        "source_version": bronze.get("source_version"),
        "source_line": bronze.get("source_line"),
    }


def _quarantined(row: Row, clock: Clock) -> dict[str, Any]:
    bronze = row.bronze or {}
    return {
        **_reading(row, clock),
        "raw_value": bronze.get("value"),
        "raw_read_at": bronze.get("read_at"),
        "raw_unit": bronze.get("unit"),
        "received_at": None if row.received_at is None else utc(row.received_at),
        "reasons": sorted(row.reasons),
        "disposition": row.disposition,
        "status": _STATUS[row.disposition],
        "reviewer": None,
        "reviewed_at": None,
        "comment": None,
    }


def _gap(hole: Hole) -> dict[str, Any]:
    return {
        "meter_id": hole.meter.meter_id,
        "started_at": utc(hole.started_at),
        "ended_at": None if hole.is_open else utc(hole.ended_at),
        "intervals": hole.intervals,
        "hours": decimal6(round_ratio(hole.duration * MILLION, HOUR)),
        "class": hole.kind,
        "is_open": hole.is_open,
    }


def _fault(episode: Episode, last_standing: dict[str, int]) -> dict[str, Any]:
    """Fine print 17: an episode is open that ends after the start of the meter's last standing reading."""
    return {
        "meter_id": episode.meter_id,
        "fault": episode.fault,
        "started_at": utc(episode.started_at),
        "ended_at": utc(episode.ended_at),
        "is_open": episode.ended_at > last_standing[episode.meter_id],
        "evidence": decimal6(episode.evidence),
        "action": ACTIONS[episode.fault],
        "status": "open",
        "resolved_by": None,
        "resolved_at": None,
        "comment": None,
    }
