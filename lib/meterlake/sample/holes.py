"""What the rules make of intervals without an accepted reading: the truth about holes.

Worked example: an hourly meter without accepted readings at 10:00, 11:00 and 12:00 has one hole from 10:00 to 13:00,
three intervals, class interpolated. From four hours on it is missing_short, from twenty-four missing_extended.
"""

from collections.abc import Iterator
from itertools import pairwise

from meterlake.sample.feed import Feed
from meterlake.sample.truth import Fact

SHORT_MINUTES, EXTENDED_MINUTES = 4 * 60, 24 * 60


def hole_class(minutes: int) -> str:
    """The class of a hole by its length."""
    if minutes < SHORT_MINUTES:
        return "interpolated"
    return "missing_short" if minutes < EXTENDED_MINUTES else "missing_extended"


def holes_of(feed: Feed) -> Iterator[Fact]:
    """Every hole of a meter: before its first reading if it has an active_from, between readings, and at the end."""
    accepted = [index for index in feed.active if index not in feed.lost]
    if feed.meter.active_from is not None and accepted and accepted[0] > feed.active.start:
        yield _hole(feed, feed.active.start, accepted[0])
    for before, after in pairwise(accepted):
        if after > before + 1:
            yield _hole(feed, before + 1, after)
    has_a_start = accepted or feed.meter.active_from is not None
    end = accepted[-1] + 1 if accepted else feed.active.start
    if has_a_start and end < feed.active.stop:
        closed = feed.meter.active_to is not None and feed.meter.active_to <= feed.period.end
        if closed or (feed.active.stop - end) * feed.interval >= SHORT_MINUTES:
            yield _hole(feed, end, feed.active.stop, is_open=not closed)


def _hole(feed: Feed, begin: int, end: int, is_open: bool = False) -> Fact:
    started_at, ended_at = feed.period.text(begin * feed.interval), feed.period.text(end * feed.interval)
    kind = hole_class((end - begin) * feed.interval)
    return Fact(kind, feed.meter.meter_id, started_at, "" if is_open else ended_at, end - begin)
