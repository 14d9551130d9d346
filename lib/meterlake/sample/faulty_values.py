"""Injections into what a meter measures: F01, F02, F04, F05, and the spikes and drops of V11 and V12.

A flat stretch of readings can end anywhere, so the curve behind it is settled again: it comes back within the rates of
change. The first zero after a working meter is a drop (V12, score 50 with F01: Q01).
"""

from meterlake.sample.curves import settle
from meterlake.sample.feed import Feed
from meterlake.sample.truth import Truth

SPIKE, DROP = 7.5, 0.05
SPIKE_FLOOR_WATTS = 600  # V11 looks at 6 × max(previous, 0.1 kW): up to this a rise from next to nothing is none
NEARLY_FLAT = 0.006


def zeros(feed: Feed, truth: Truth, index: int, hours: int, found: bool, why: str) -> None:
    """`hours` of zeros; with `found` false they are no F01, and the drop at their start costs no more than 20."""
    count = hours * 60 // feed.interval
    feed.watts[index : index + count] = [0] * count
    settle(feed.watts, index + count, feed.interval, feed.meter.cap_watts)
    truth.episode("F01" if found else "not F01", feed, index, count, why)
    truth.add("V12", feed, index, detail="the first zero")
    if found:
        truth.add("Q01", feed, index, detail="the first zero: F01 and V12")


def zeros_with_a_hole(feed: Feed, truth: Truth, index: int) -> None:
    """Forty hours of zeros, five without readings, forty hours of zeros: the hole breaks the run."""
    stretch, hole = 40 * 60 // feed.interval, 5 * 60 // feed.interval
    count = 2 * stretch + hole
    feed.watts[index : index + count] = [0] * count
    settle(feed.watts, index + count, feed.interval, feed.meter.cap_watts)
    truth.episode("not F01", feed, index, count, "a hole of 5 h breaks the run")
    truth.add("V12", feed, index, detail="the first zero")
    feed.drop(index + stretch, hole)


def stuck(feed: Feed, truth: Truth, index: int, hours: int, found: bool, hole: int = 0) -> None:
    """The same reading for `hours`, the middle `hole` intervals of them missing and bridged."""
    count = hours * 60 // feed.interval
    value = feed.watts[index]
    feed.watts[index : index + count] = [value] * count
    settle(feed.watts, index + count, feed.interval, feed.meter.cap_watts)
    for edge in (index - 1, index + count):
        feed.watts[edge] += feed.watts[edge] == value
    truth.episode("F02" if found else "not F02", feed, index, count, f"{value} W")
    if hole:
        middle = index + (count - hole) // 2
        feed.drop(middle, hole)
        truth.add("Q01", feed, middle, hole, "interpolated within F02", hole)


def nearly_flat(feed: Feed, truth: Truth, day: int, days: int) -> None:
    """Whole local days that follow the real curve by a few thousandths: F04, and still like the neighbours."""
    begin, end = (feed.period.midnight(each) // feed.interval for each in (day, day + days))
    natural = feed.watts[begin:end]
    before = feed.watts[begin - 1]
    mean = sum(natural) / len(natural)
    level = min(max(mean, 0.2 * before), 5 * before)
    for index, watts in enumerate(natural, begin):
        feed.watts[index] = round(level * (1 + NEARLY_FLAT * max(min(watts / mean - 1, 1), -1)))
    settle(feed.watts, end, feed.interval, feed.meter.cap_watts)
    truth.episode("F04", feed, begin, end - begin)


def mirrored(feed: Feed, truth: Truth, day: int, days: int) -> None:
    """High where the real curve is low and low where it is high: unlike the neighbours, F05."""
    begin, end = (feed.period.midnight(each) // feed.interval for each in (day, day + days))
    highest = max(feed.watts[begin:end])
    for index in range(begin, end):
        feed.watts[index] = highest // 2 - feed.watts[index] // 2 + highest // 20
    settle(feed.watts, begin, feed.interval, feed.meter.cap_watts)
    truth.episode("F05", feed, begin, end - begin)


def spike(feed: Feed, truth: Truth, index: int) -> int:
    """One reading far above the one before it, then as before: V11 alone. Returns where it is."""
    while not SPIKE_FLOOR_WATTS < feed.watts[index - 1] < feed.meter.cap_watts / SPIKE:
        index += 1
    feed.watts[index] = round(SPIKE * feed.watts[index - 1])
    feed.watts[index + 1] = feed.watts[index - 1]
    truth.add("V11", feed, index)
    return index


def dip(feed: Feed, truth: Truth, index: int, comes_back_steeply: bool) -> None:
    """One reading next to nothing: V12, and V11 on the next where it comes back from there above 0.6 kW."""
    low, high = (SPIKE_FLOOR_WATTS + 50, 5000) if comes_back_steeply else (150, SPIKE_FLOOR_WATTS - 50)
    while not low <= feed.watts[index - 1] <= high:
        index += 1
    feed.watts[index] = int(DROP * feed.watts[index - 1])
    feed.watts[index + 1] = feed.watts[index - 1]
    truth.add("V12", feed, index)
    if comes_back_steeply:
        truth.add("V11", feed, index + 1, detail="back from a drop")
