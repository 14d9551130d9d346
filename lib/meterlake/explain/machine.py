"""A story for machines: one object a reading, a filled row, a hole, a fault, and one for the counts."""

from collections.abc import Iterator
from dataclasses import asdict
from typing import Any

from meterlake.config import Config
from meterlake.explain.model import Stored
from meterlake.explain.score import deductions
from meterlake.explain.sentences import Said, Sentences
from meterlake.explain.story import Fill, Reading, Story
from meterlake.explain.times import iso
from meterlake.rule_names import NAMES


def as_objects(story: Story, meter_id: str, config: Config) -> Iterator[tuple[str, dict[str, Any]]]:
    """(event, fields): meter, then reading, fill, hole, fault by time each, then summary. Times are UTC."""
    found, sentences = story.found, Sentences(config)
    registry = _times(asdict(found.meter)) if found.meter is not None else {}
    vacancies = [_times(asdict(vacancy)) for vacancy in found.vacancies]
    yield "meter", {"meter_id": meter_id, "known": found.meter is not None} | registry | {"vacancies": vacancies}
    for reading in story.readings:
        yield "reading", _reading(reading, config)
    for fill in story.fills:
        yield "fill", _fill(fill, meter_id, config)
    for hole in found.holes:
        fields = _times(asdict(hole))
        yield "hole", {"meter_id": meter_id, "class": fields.pop("gap_class")} | fields
    for episode in found.episodes:
        said = {"name": NAMES[episode.fault], "said": sentences.evidence(episode)}
        yield "fault", {"meter_id": meter_id} | _times(asdict(episode)) | said
    counts = story.dispositions()
    totals = {"readings": sum(counts.values()), "holes": len(found.holes), "faults": len(found.episodes)}
    yield "summary", {"meter_id": meter_id} | totals | {"dispositions": counts, "filled": story.filled()}


def _reading(reading: Reading, config: Config) -> dict[str, Any]:
    judged, by = reading.judged, reading.superseded_by
    return {
        "meter_id": judged.meter_id,
        "read_at": iso(judged.read_us),
        "received_at": iso(judged.received_us),
        "received_at_is_own": judged.has_own_received,
        "source_file": judged.source_file,
        "source_version": judged.source_version,
        "source_line": judged.source_line,
        "raw": {
            "read_at": judged.raw_read_at,
            "value": judged.raw_value,
            "unit": judged.raw_unit,
            "received_at": judged.raw_received_at,
        },
        "kw": judged.kw,
        "unit_inferred": judged.unit_inferred,
        "disposition": reading.disposition,
        "rules": _rules(reading.said),
        "not_checked": {why: list(rules) for why, rules in reading.not_made.items()},
        "superseded_by": None if by is None else [by.source_file, by.source_version, by.source_line],
        "note": reading.note,
    } | _score(reading.stored, config)


def _fill(fill: Fill, meter_id: str, config: Config) -> dict[str, Any]:
    row = fill.stored
    return {
        "meter_id": meter_id,
        "read_at": iso(row.read_us),
        "origin": row.origin,
        "kw": row.kw,
        "hole_hours": row.hole_hours,
        "disposition": row.disposition,
        "rules": _rules(fill.said),
    } | _score(row, config)


def _score(stored: Stored | None, config: Config) -> dict[str, Any]:
    if stored is None:
        return {"quality_score": None, "tier": None, "deductions": [], "faults": []}
    is_scored = stored.quality_score is not None
    return {
        "quality_score": stored.quality_score,
        "tier": stored.tier,
        "deductions": [asdict(lost) for lost in deductions(stored, config)] if is_scored else [],
        "faults": stored.faults,
    }


def _rules(said: list[Said]) -> list[dict[str, str]]:
    return [{"rule": one.rule, "name": NAMES[one.rule], "said": one.text} for one in said]


def _times(fields: dict[str, Any]) -> dict[str, Any]:
    """x_us becomes x_at in ISO 8601; from, to and active_from keep their names."""
    bare = ("from_us", "to_us", "active_from_us", "active_to_us")
    return {
        (name.removesuffix("_us") if name in bare else name.replace("_us", "_at")): iso(value)
        if name.endswith("_us")
        else value
        for name, value in fields.items()
    }
