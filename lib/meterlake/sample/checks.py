"""What was found beside what was injected. Pure: takes the truth and the counts that `found` reads from the tables."""

from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass

from meterlake.sample.found import Episode, Found, Hole
from meterlake.sample.truth import DEAD_LETTERS, FAULTS, HOLES, RULES, Fact

KNOWN_BY_OVERLAP = ("F04", "F05")  # their episodes are made of whole windows of days


@dataclass(frozen=True)
class Check:
    """One kind: how many were injected and found, which were missed, and how many more there are."""

    kind: str
    injected: int
    found: int
    extra: int
    missed: tuple[str, ...]


def check_faults(truth: Sequence[Fact], found: Found) -> list[Check]:
    """F01 to F03 to the minute, F04 and F05 by an overlapping episode of the meter; extra: episodes nobody injected."""
    return [_check_episodes(kind, _of(truth, kind), [e for e in found.faults if e.fault == kind]) for kind in FAULTS]


def check_holes(truth: Sequence[Fact], found: Found) -> list[Check]:
    """Every hole: class, start, end and whether it is open, and the number of its intervals."""
    checks = []
    for kind in HOLES:
        injected = {Hole(kind, f.meter_id, f.started_at, f.ended_at, f.count): f for f in _of(truth, kind)}
        there = {hole for hole in found.holes if hole.kind == kind}
        missed = tuple(_say(fact) for hole, fact in injected.items() if hole not in there)
        checks.append(Check(kind, len(injected), len(injected) - len(missed), len(there - set(injected)), missed))
    return checks


def check_rules(truth: Sequence[Fact], found: Found) -> list[Check]:
    """Readings per rule: by meter, V13 as a whole, since superseded readings are not stored."""
    checks = [_check_counts(rule, _of(truth, rule), found.rules, lambda f: f.meter_id) for rule in RULES]
    superseded = sum(fact.count for fact in _of(truth, "V13"))
    there = found.dispositions["superseded"]
    missed = (f"V13: {there} superseded, not {superseded}",) if there < superseded else ()
    v13 = Check("V13", superseded, min(superseded, there), max(0, there - superseded), missed)
    return [v13 if check.kind == "V13" else check for check in checks]


def check_rest(truth: Sequence[Fact], found: Found) -> list[Check]:
    """Units, corrections, dead letters, files that bring nothing, and what must not be found."""
    return [
        *(_check_counts(flag, _of(truth, flag), found.flags, lambda f: f.meter_id) for flag in found.FLAGS),
        _check_each("corrected", _of(truth, "corrected"), lambda f: _same_kw(found, f)),
        *(_check_counts(reason, _of(truth, reason), found.dead_letters, lambda f: f.detail) for reason in DEAD_LETTERS),
        *(
            _check_each(kind, _of(truth, kind), lambda f: f.detail not in found.files_with_readings)
            for kind in ("file_copy", "file_empty")
        ),
        *(
            _check_each(f"not {fault}", _of(truth, f"not {fault}"), lambda f: not _faults_in(found, f))
            for fault in FAULTS[:3]
        ),
        _check_each("not a hole", _of(truth, "not a hole"), lambda f: not _holes_in(found, f)),
        _check_each("lines", _of(truth, "lines"), lambda f: f.count == found.lines),
    ]


def balances(found: Found) -> list[str]:
    """What does not add up, in words; nothing where all does."""
    wrong = []
    parts = found.bronze_readings + found.bronze_dead_letters
    if found.lines != parts:
        wrong.append(f"{found.lines:,} lines landed, {parts:,} are readings or dead letters")
    became = sum(found.dispositions.values())
    if found.bronze_readings != became:
        wrong.append(f"{found.bronze_readings:,} readings in bronze, {became:,} have a disposition")
    return wrong


def _of(truth: Iterable[Fact], kind: str) -> list[Fact]:
    return [fact for fact in truth if fact.kind == kind]


def _check_episodes(kind: str, facts: Sequence[Fact], episodes: Sequence[Episode]) -> Check:
    pairs = [(fact, episode) for fact in facts for episode in episodes if _matches(kind, fact, episode)]
    seen, used = {id(fact) for fact, _ in pairs}, {id(episode) for _, episode in pairs}
    missed = tuple(_say(fact) for fact in facts if id(fact) not in seen)
    return Check(kind, len(facts), len(facts) - len(missed), len(episodes) - len(used), missed)


def _matches(kind: str, fact: Fact, episode: Episode) -> bool:
    if kind in KNOWN_BY_OVERLAP:
        return _overlaps(fact, episode.meter_id, episode.started_at, episode.ended_at)
    return (fact.meter_id, fact.started_at, fact.ended_at) == (episode.meter_id, episode.started_at, episode.ended_at)


def _overlaps(fact: Fact, meter_id: str, started_at: str, ended_at: str) -> bool:
    """Times are text of one form, so that they compare as times do; an empty end is open."""
    return fact.meter_id == meter_id and fact.started_at < (ended_at or "9") and started_at < fact.ended_at


def _check_counts(
    kind: str, facts: Sequence[Fact], counts: Counter[tuple[str, str]], name: Callable[[Fact], str]
) -> Check:
    injected: Counter[str] = Counter()
    for fact in facts:
        injected[name(fact)] += fact.count
    there = Counter({key: count for (of_kind, key), count in counts.items() if of_kind == kind})
    missed = tuple(
        f"{kind} {key}: {there[key]} found, not {count}" for key, count in injected.items() if there[key] < count
    )
    return Check(kind, injected.total(), (injected & there).total(), (there - injected).total(), missed)


def _check_each(kind: str, facts: Sequence[Fact], holds: Callable[[Fact], bool]) -> Check:
    missed = tuple(_say(fact) for fact in facts if not holds(fact))
    return Check(kind, len(facts), len(facts) - len(missed), 0, missed)


def _same_kw(found: Found, fact: Fact) -> bool:
    kw = found.kw.get((fact.meter_id, fact.started_at))
    return kw is not None and float(kw) == float(fact.detail)


def _faults_in(found: Found, fact: Fact) -> list[Episode]:
    fault = fact.kind.removeprefix("not ")
    return [e for e in found.faults if e.fault == fault and _overlaps(fact, e.meter_id, e.started_at, e.ended_at)]


def _holes_in(found: Found, fact: Fact) -> list[Hole]:
    return [hole for hole in found.holes if _overlaps(fact, hole.meter_id, hole.started_at, hole.ended_at)]


def _say(fact: Fact) -> str:
    span = f" {fact.started_at} to {fact.ended_at or 'open'}" if fact.started_at else ""
    return " ".join(f"{fact.kind} {fact.meter_id}{span} {fact.detail}".split())
