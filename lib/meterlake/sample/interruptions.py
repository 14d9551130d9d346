"""Injections of silence: holes of each class, at the end, before the first reading, around an active period."""

from meterlake.sample.feed import Feed
from meterlake.sample.spoiled_readings import outside_active_period
from meterlake.sample.truth import Truth

TO_QUARANTINE_MINUTES = 3 * 60  # a hole longer than this costs more than 30: its interpolated rows are Q01


def silent(feed: Feed, truth: Truth, at: list[int], minutes: tuple[int, ...]) -> None:
    """A hole of each length."""
    for index, length in zip(at, minutes, strict=True):
        count = length // feed.interval
        feed.drop(index, count)
        if TO_QUARANTINE_MINUTES < length < 4 * 60:
            truth.add("Q01", feed, index, count, f"interpolated over {length} minutes", count)


def silent_at_the_end(feed: Feed, truth: Truth, hours: int) -> None:
    """The last readings are missing: an open hole, from four hours on."""
    count = hours * 60 // feed.interval
    begin = feed.active.stop - count
    feed.drop(begin, count)
    if hours < 4:
        truth.episode("not a hole", feed, begin, count, "an open hole below four hours is not listed")


def ends(feed: Feed, truth: Truth, index: int, silent_hours: int, sends_on: int) -> None:
    """A meter taken out at an interval, silent for the hours before; it sends `sends_on` readings after (V03)."""
    feed.meter.active_to = index * feed.interval
    if silent_hours:
        count = silent_hours * 60 // feed.interval
        feed.drop(index - count, count)
    if sends_on:
        outside_active_period(feed, truth, index, sends_on)


def begins(feed: Feed, truth: Truth, index: int, silent_hours: int, sends_before: int) -> None:
    """A meter put in at an interval, silent for the hours after; it sends `sends_before` readings before (V03)."""
    feed.meter.active_from = index * feed.interval
    feed.drop(index, silent_hours * 60 // feed.interval)
    if sends_before:
        outside_active_period(feed, truth, index - sends_before, sends_before)


def never_comes(feed: Feed, index: int) -> None:
    """A meter put in that has not sent a reading yet: an open hole from there."""
    feed.meter.active_from = index * feed.interval
    feed.drop(index, feed.active.stop - index)
