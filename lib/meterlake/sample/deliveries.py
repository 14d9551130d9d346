"""Injections into how readings are delivered: late, twice, corrected, and in other units."""

from collections.abc import Sequence
from dataclasses import replace

from meterlake.sample.feed import Feed, Line, value_text
from meterlake.sample.truth import Truth

MARKED_UP = 1.1  # a correction far below what V11 looks for
LARGE_WATTS = 1000  # above it a number without a unit is watts


def late(feed: Feed, truth: Truth, index: int, count: int, hours: int) -> None:
    """`count` readings that come `hours` later than they should: V07."""
    for each in range(index, index + count):
        line = feed.lines[each]
        if line.received_at is None:
            line.landed += hours
        else:
            line.received_at += 60 * hours
            line.landed = max(line.landed, line.received_at // 60)
    truth.add("V07", feed, index, count, intervals=count)


def again(feed: Feed, truth: Truth, index: int, count: int, hours: int, file: str = "") -> None:
    """`count` readings sent a second time with the same value: V13, and the timely ones stand."""
    for each in range(index, index + count):
        line = feed.lines[each]
        feed.extra.append(replace(line, landed=line.landed + hours, file=file))
    truth.add("V13", feed, index, count, f"again after {hours} h", count)


def corrected(feed: Feed, truth: Truth, index: int, hours: int) -> None:
    """A reading sent again with another value: the later stands, V07 where it comes late, and V13 the first."""
    watts = round(feed.watts[index] * MARKED_UP)
    correction = _with(feed, feed.lines[index], watts, hours)
    feed.extra.append(correction)
    truth.add("V13", feed, index, detail=f"corrected after {hours} h")
    truth.add("corrected", feed, index, detail=f"{watts / 1000:.3f}")
    if feed.is_late(correction):
        truth.add("V07", feed, index, detail="the correction came late")


def there_and_back(feed: Feed, truth: Truth, index: int) -> None:
    """A reading, another value an hour later, the first value again an hour after that: the third stands, late."""
    line = feed.lines[index]
    feed.extra += [_with(feed, line, round(feed.watts[index] * MARKED_UP), 1), replace(line, landed=line.landed + 2)]
    truth.add("V13", feed, index, 2, "corrected and corrected back")
    truth.add("V07", feed, index, detail="the second correction came late")
    truth.add("corrected", feed, index, detail=f"{feed.watts[index] / 1000:.3f}")


def in_unit(feed: Feed, truth: Truth, unit: str, spelled: str) -> None:
    """Every reading in another unit."""
    feed.unit = unit
    for line in feed.lines.values():
        line.unit = spelled
    if (unit, feed.interval) != ("kWh", 60):
        _for_all(feed, truth, "unit_converted", f"{spelled!r}")


def without_unit(feed: Feed, truth: Truth) -> None:
    """Every reading below 10 kW, without a unit: kW inferred."""
    for index in feed.lines:
        feed.watts[index] = min(feed.watts[index], 9500)
        feed.lines[index].value = value_text(feed.watts[index], "kW", feed.interval)
        feed.lines[index].unit = ""
    _for_all(feed, truth, "unit_inferred", "kW")


def large_without_unit(feed: Feed, truth: Truth, at: Sequence[int]) -> None:
    """Single readings of more than 1000 without a unit: W inferred, and converted."""
    for index in at:
        while feed.watts[index] <= LARGE_WATTS:
            index += 1
        feed.lines[index].value = str(feed.watts[index])
        feed.lines[index].unit = ""
        truth.add("unit_inferred", feed, index, detail="W")
        truth.add("unit_converted", feed, index, detail="no unit, W")


def _for_all(feed: Feed, truth: Truth, kind: str, detail: str) -> None:
    truth.add(kind, feed, feed.active.start, len(feed.lines), detail, len(feed.active))


def _with(feed: Feed, line: Line, watts: int, hours: int) -> Line:
    return replace(line, value=value_text(watts, feed.unit, feed.interval), landed=line.landed + hours)
