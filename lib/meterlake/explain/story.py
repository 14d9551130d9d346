"""What the rules say of each reading beside what silver holds of it, in the order of time."""

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass

from meterlake.config import Config
from meterlake.explain.model import Found, Hole, Judged, Stored
from meterlake.explain.not_made import checks_not_made
from meterlake.explain.sentences import Said, Sentences, rank

ACCEPTED, QUARANTINED, REJECTED, SUPERSEDED = "accepted", "quarantined", "rejected", "superseded"
NOT_IN_SILVER = "not in silver yet"
DISPOSITIONS = (ACCEPTED, QUARANTINED, REJECTED, SUPERSEDED, NOT_IN_SILVER)
OBSERVED = "observed"
_REJECTING = ("V03", "V09")


@dataclass(frozen=True)
class Reading:
    """A bronze reading and what became of it; stored is empty where silver keeps no row of it."""

    judged: Judged
    stored: Stored | None
    disposition: str
    said: list[Said]
    not_made: Mapping[str, tuple[str, ...]]
    superseded_by: Judged | None
    note: str | None

    @property
    def at_us(self) -> int:
        """When it belongs in the order of time."""
        return self.judged.received_us if self.judged.read_us is None else self.judged.read_us


@dataclass(frozen=True)
class Fill:
    """A row that fills a hole, or stands for a missing interval."""

    stored: Stored
    at_us: int
    said: list[Said]


Entry = Reading | Fill | Hole


@dataclass(frozen=True)
class Story:
    """One meter in a period."""

    found: Found
    entries: list[Entry]

    @property
    def readings(self) -> list[Reading]:
        return [entry for entry in self.entries if isinstance(entry, Reading)]

    @property
    def fills(self) -> list[Fill]:
        return [entry for entry in self.entries if isinstance(entry, Fill)]

    def dispositions(self) -> dict[str, int]:
        """Readings by what became of them; the first four always, so that the sum can be checked."""
        counts = Counter(reading.disposition for reading in self.readings)
        return {name: counts[name] for name in DISPOSITIONS if counts[name] or name != NOT_IN_SILVER}

    def filled(self) -> dict[str, int]:
        """Rows without a reading by origin; those that scored too low apart."""
        names = (f"{f.stored.origin} (set aside)" if f.said else f.stored.origin for f in self.fills)
        return dict(sorted(Counter(names).items()))


def tell(found: Found, config: Config) -> Story:
    """The readings with their explanations, the filled and missing rows and the holes, in the order of time."""
    sentences = Sentences(config)
    stored_by_place = {_place(row): row for row in found.stored if row.origin == OBSERVED}
    standing = {judged.read_us: judged for judged in found.judged if judged.is_accepted}
    entries: list[Entry] = [
        _reading(judged, stored_by_place.get(_place(judged)), standing.get(judged.read_us), sentences, config)
        for judged in found.judged
    ]
    for row in found.stored:
        if row.origin != OBSERVED and row.read_us is not None:
            entries.append(Fill(row, row.read_us, _low_quality(row, sentences)))
    return Story(found, sorted([*entries, *found.holes], key=_order))


def _reading(
    judged: Judged, stored: Stored | None, standing: Judged | None, sentences: Sentences, config: Config
) -> Reading:
    said = sentences.about(judged)
    superseding = standing if judged.is_superseded else None
    if judged.is_superseded:
        said.append(sentences.superseded(judged, standing))
    if stored is not None:
        said += _low_quality(stored, sentences)
    by_rules = _by_rules(judged)
    disposition = stored.disposition if stored is not None else NOT_IN_SILVER
    if stored is None and judged.is_superseded:
        disposition = SUPERSEDED
    return Reading(
        judged,
        stored,
        disposition,
        said,
        checks_not_made(judged, config),
        superseding,
        _note(stored, by_rules),
    )


def _by_rules(judged: Judged) -> str:
    """The disposition by V01 to V14 alone."""
    if judged.is_accepted:
        return ACCEPTED
    if judged.is_superseded:
        return SUPERSEDED
    return REJECTED if set(judged.reasons) & set(_REJECTING) else QUARANTINED


def _note(stored: Stored | None, by_rules: str) -> str | None:
    """Where silver and the rules disagree, or a person decided."""
    if stored is None:
        return None if by_rules == SUPERSEDED else f"the rules make it {by_rules}; run build_silver"
    if stored.reviewer:
        comment = f": {stored.comment}" if stored.comment else ""
        return f"{stored.status} by {stored.reviewer}{comment}"
    before_scoring = ACCEPTED if stored.reasons == ["Q01"] else stored.disposition
    if before_scoring == by_rules:
        return None
    return f"silver holds it as {before_scoring}, these rules make it {by_rules}: a person decided, or run build_silver"


def _low_quality(row: Stored, sentences: Sentences) -> list[Said]:
    return [sentences.low_quality(row.quality_score)] if "Q01" in row.reasons else []


def _place(row: Judged | Stored) -> tuple[str | None, int | None, int | None]:
    return row.source_file, row.source_version, row.source_line


def _order(entry: Entry) -> tuple[int, int, int, str, int, int]:
    """By time; a hole before its rows, the readings of one interval by rank."""
    if isinstance(entry, Hole):
        return entry.started_us, 0, 0, "", 0, 0
    if isinstance(entry, Fill):
        return entry.at_us, 1, 0, "", 0, 0
    return entry.at_us, 2, *rank(entry.judged)
