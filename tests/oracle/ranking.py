"""V13 and the standing readings: which of several readings of one interval stands (section 2, section 5)."""

from collections import defaultdict
from collections.abc import Iterable
from typing import Any

from .rows import Row


def rank_key(row: Row) -> tuple[Any, ...]:
    """Rank: received_at, source path (by UTF-8 bytes), file version, line, ascending."""
    bronze = row.bronze
    path = bronze["source_file"].encode("utf-8", "surrogateescape")
    return row.received_at, path, bronze["source_version"], bronze["source_line"]


def supersede(rows: Iterable[Row]) -> list[Row]:
    """Walk up the ranks of the passing readings of each interval; the accepted ones, the others become V13."""
    candidates: dict[tuple[str, int], list[Row]] = defaultdict(list)
    for row in rows:
        if not row.reasons:
            candidates[row.meter_id, row.read_at].append(row)
    return [_stand(same) for same in candidates.values()]


def _stand(same: list[Row]) -> Row:
    """The first stands; a later one takes its place only where its kw differs."""
    ranked = sorted(same, key=rank_key)
    standing = ranked[0]
    for row in ranked[1:]:
        if row.kw != standing.kw:
            standing = row
    for row in ranked:
        if row is not standing:
            row.reasons.add("V13")
            row.disposition = "superseded"
    return standing


def standing(accepted: Iterable[Row], rows: Iterable[Row]) -> list[Row]:
    """Per interval of one meter the accepted reading, else the highest-ranked that failed only V10; in time order."""
    by_interval: dict[int, Row] = {}
    for row in sorted((row for row in rows if row.reasons == {"V10"}), key=rank_key):
        by_interval[row.read_at] = row
    by_interval.update({row.read_at: row for row in accepted})
    return [by_interval[read_at] for read_at in sorted(by_interval)]
