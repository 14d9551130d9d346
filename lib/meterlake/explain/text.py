"""A story for a terminal: a heading for each local day, a line an interval, below it how it came and what was said."""

import textwrap
from collections.abc import Iterator

from meterlake.config import Config
from meterlake.explain.heading import heading
from meterlake.explain.model import Episode, Hole, Judged, Stored
from meterlake.explain.period import Period
from meterlake.explain.score import calculation
from meterlake.explain.sentences import Sentences, harmless, place, quoted
from meterlake.explain.story import Fill, Reading, Story
from meterlake.explain.times import Clock, length
from meterlake.grid import MINUTE_US
from meterlake.rule_names import NAMES

_BODY = 12
_BESIDE = 54  # where a short line leaves room for its source
NARROWEST, WIDEST = 80, 120


def as_text(story: Story, meter_id: str, period: Period, config: Config, width: int) -> Iterator[str]:
    """Lines of at most ``width`` columns, 80 to 120; a file's path may be longer."""
    width = min(max(width, NARROWEST), WIDEST)
    page = _Page(story, config, width)
    body = [*heading(story, meter_id, period, config), *page.timeline(), *page.holes(), *page.faults(), *page.summary()]
    for line in body:
        yield from _wrapped(line, width)


class _Page:
    def __init__(self, story: Story, config: Config, width: int) -> None:
        self._story, self._config, self._width = story, config, width
        self._clock, self._sentences = Clock(config.time_zone), Sentences(config)

    def timeline(self) -> Iterator[str]:
        """Readings, filled and missing rows and the beginnings of holes, by time."""
        day = ""
        for entry in self._story.entries:
            at_us = entry.started_us if isinstance(entry, Hole) else entry.at_us
            if day != self._clock.day(at_us):
                day = self._clock.day(at_us)
                yield from ("", f"── {day} ──")
            if isinstance(entry, Hole):
                yield _row(self._clock.time(at_us), f"── hole of {self._hole(entry)} ──")
            else:
                yield from self._reading(entry) if isinstance(entry, Reading) else self._fill(entry)

    def holes(self) -> Iterator[str]:
        """The holes that touch the period."""
        if self._story.found.holes:
            yield from ("", "Holes")
        for hole in self._story.found.holes:
            yield f"  {self._clock.moment(hole.started_us)} · {self._hole(hole)}"

    def faults(self) -> Iterator[str]:
        """The fault episodes that touch the period, with evidence and action."""
        if self._story.found.episodes:
            yield from ("", "Faults")
        for episode in self._story.found.episodes:
            span = f"{self._clock.moment(episode.started_us)} to {self._clock.moment(episode.ended_us)}"
            yield f"  {_named(episode.fault)} · {span}{' · goes on' if episode.is_open else ''}"
            yield _row("", f"{self._sentences.evidence(episode)} · action {episode.action}")
            yield _row("", f"{self._effect(episode)} · {_status(episode)}")

    def summary(self) -> Iterator[str]:
        """Counts that balance: what came is what became of it."""
        counts = self._story.dispositions()
        parts = " + ".join(f"{count:,} {name}" for name, count in counts.items())
        filled = ", ".join(f"{count:,} {name}" for name, count in self._story.filled().items()) or "none"
        found = self._story.found
        yield ""
        yield f"Summary: {_counted(sum(counts.values()), 'reading')} came = {parts}"
        yield f"         rows without a reading: {filled} · holes: {len(found.holes)} · faults: {len(found.episodes)}"

    def _reading(self, reading: Reading) -> Iterator[str]:
        judged, stored = reading.judged, reading.stored
        time = self._clock.time(reading.at_us) if judged.read_us is not None else "no time"
        became = reading.disposition
        if stored is not None and stored.quality_score is not None:
            became += f" · {calculation(stored, self._config)}"
        elif judged.reasons:
            became += f" by {' '.join(judged.reasons)}"
        first, source = _row(time, f"{_kw(judged.kw)}  {became}"), place(judged)
        beside = len(first) <= _BESIDE and _BESIDE + len(source) <= self._width
        yield f"{first:<{_BESIDE}}{source}" if beside else first
        yield _row("", f"came as {_raw(judged)}, {self._arrival(judged)}")
        if not beside:
            yield _row("", f"from {source}")
        yield from (_row("", str(said)) for said in reading.said)
        if stored is not None:
            yield from self._faults_on(stored)
        yield from (_row("", note) for note in self._notes(reading))

    def _fill(self, fill: Fill) -> Iterator[str]:
        row = fill.stored
        score = f" · {calculation(row, self._config)}" if row.quality_score is not None else ""
        aside = "".join(f" → {said.rule}" for said in fill.said)
        yield _row(self._clock.time(fill.at_us), f"{_kw(row.kw)}  {row.origin}{aside}{score}")
        yield from self._faults_on(row)

    def _faults_on(self, row: Stored) -> Iterator[str]:
        """The faults on a row, where its score has not named them already."""
        counted = self._config.faults.excluding if row.quality_score is not None else ()
        if named := [_named(fault) for fault in row.faults if fault not in counted]:
            yield _row("", f"faults on it: {', '.join(named)}")

    def _arrival(self, judged: Judged) -> str:
        received = self._clock.near(judged.received_us, judged.read_us)
        if judged.has_own_received:
            return f"received {received}"
        unread = quoted(text) if (text := judged.raw_received_at or "").strip() else ""
        return f"landed by {received}" + (f" (its received_at {unread} is not a time)" if unread else "")

    def _notes(self, reading: Reading) -> Iterator[str]:
        judged = reading.judged
        if judged.read_us is not None and judged.stamp_us is not None and judged.interval_minutes is not None:
            yield from _stamp_notes(judged.stamp_us - judged.read_us, judged.interval_minutes * MINUTE_US)
        if judged.unit_inferred and judged.kw is not None:
            yield "no unit: read as " + ("W, the value is large" if judged.unit_converted else "kW, the value is small")
        if reading.not_made and judged.reasons:
            checks = (f"{' '.join(rules)} ({why})" for why, rules in reading.not_made.items())
            yield f"not checked: {', '.join(checks)}"
        if reading.note:
            yield f"NOTE {harmless(reading.note)}"

    def _hole(self, hole: Hole) -> str:
        until = "still open" if hole.ended_us is None else f"until {self._clock.near(hole.ended_us, hole.started_us)}"
        whole = length(int(hole.hours * 3_600_000_000))
        return f"{_counted(hole.intervals, 'interval')}, {whole}, {until} · {hole.gap_class}"

    def _effect(self, episode: Episode) -> str:
        if episode.fault not in self._config.faults.excluding:
            return "only reported: its readings keep their points and stay in"
        if episode.status == "dismissed":
            return "a false alarm: its readings keep their points and stay in"
        return f"its readings lose {self._config.quality.fault_points} points and are out of analytics"


def _stamp_notes(ahead_us: int, interval_us: int) -> Iterator[str]:
    """What the stamp says beyond the interval's start: it may mark the end, or lie beside the grid."""
    marks_end = abs(ahead_us - interval_us) < abs(ahead_us)
    if marks_end:
        yield "its stamp marks the interval's end"
    if off_us := ahead_us - (interval_us if marks_end else 0):
        yield f"its stamp is {length(off_us)} {'after' if off_us > 0 else 'before'} the grid point: taken for it"


def _counted(count: int, what: str) -> str:
    return f"{count:,} {what}{'' if count == 1 else 's'}"


def _row(time: str, text: str) -> str:
    return f"{time:<{_BODY}}{text}"


def _kw(kw: object) -> str:
    return f"{f'{kw} kW' if kw is not None else 'no kW':>14}"


def _raw(judged: Judged) -> str:
    value, unit, stamp = (quoted(text or "", 40) for text in (judged.raw_value, judged.raw_unit, judged.raw_read_at))
    return f"{value} {unit} at {stamp}"


def _named(rule: str) -> str:
    return f"{rule} {NAMES[rule]}"


def _status(episode: Episode) -> str:
    by = f" by {harmless(episode.resolved_by)}" if episode.resolved_by else ""
    comment = f": {harmless(episode.comment)}" if episode.comment else ""
    return f"status {episode.status}{by}{comment}"


def _wrapped(line: str, width: int) -> list[str]:
    if len(line) <= width:
        return [line]
    return textwrap.wrap(
        line, width, subsequent_indent=" " * (_BODY + 2), break_long_words=False, break_on_hyphens=False
    )
