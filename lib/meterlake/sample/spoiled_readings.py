"""Injections into single readings that fail a check. Each leaves a hole, as if the reading had not come."""

from meterlake.sample.feed import Feed, Line
from meterlake.sample.truth import Fact, Truth

NO_VALUES = ("n/a", "", "NaN", "12,5", "-Infinity")
NO_TIMES = ("yesterday", "2021-13-45T10:00:00Z", "1636502400", "2021-11-20")
NO_UNITS = ("hp", "mW", "kVA")
AMBIGUOUS = ("412", "10", "1000")
LONG_AGO = ("1970-01-01T00:00:00Z", "2000-02-29T12:00:00Z")
OFF_GRID_MINUTES = (17, 30, 50)
ON_GRID_MINUTES = 2  # 3.3 % of an hour: nearer than 5 %, so it is moved to the hour
DAYS_AHEAD = 2
NEGATIVE = ("-0.5", "-3.25", "-0.001")
UNKNOWN_METERS = (
    "MTR-99999",
    "MTR-10001 old",
    "x'); DROP TABLE meters;--",
    'he said "12,5"',
    "../../etc/passwd",
    "⚡-7",
)


def unreadable(feed: Feed, truth: Truth, at: list[int]) -> None:
    """V01 and V02, turn and turn about, at nine places."""
    for index, value in zip(at[::2], NO_VALUES, strict=True):
        feed.spoil(index, value=value)
        truth.add("V01", feed, index, detail=value)
    for index, stamp in zip(at[1::2], NO_TIMES, strict=True):
        feed.spoil(index, stamp=stamp)
        truth.add("V02", feed, index, detail=stamp)


def wrong_units(feed: Feed, truth: Truth, at: list[int]) -> None:
    """V04 and V05, at six places."""
    for index, unit in zip(at[::2], NO_UNITS, strict=True):
        feed.spoil(index, unit=unit)
        truth.add("V04", feed, index, detail=unit)
    for index, value in zip(at[1::2], AMBIGUOUS, strict=True):
        feed.spoil(index, value=value, unit="")
        truth.add("V05", feed, index, detail=value)
        truth.add("unit_inferred", feed, index, detail="no unit, V05")


def wrong_clock(feed: Feed, truth: Truth, at: list[int]) -> None:
    """V06, V08 and V14 at seven places, at an eighth a stamp two minutes late, which is moved to the grid."""
    for index in at[:2]:
        feed.spoil(index, stamp=feed.stamp(index * feed.interval + DAYS_AHEAD * 24 * 60))
        truth.add("V06", feed, index, detail=f"stamped {DAYS_AHEAD} days ahead")
    for index, minutes in zip(at[2:5], OFF_GRID_MINUTES, strict=True):
        feed.spoil(index, stamp=feed.stamp(index * feed.interval + minutes))
        truth.add("V08", feed, index, detail=f"{minutes} minutes off")
    for index, stamp in zip(at[5:7], LONG_AGO, strict=True):
        feed.spoil(index, stamp=stamp)
        truth.add("V14", feed, index, detail=stamp)
        truth.add("V07", feed, index, detail="V14 is late too")
    feed.lines[at[7]].stamp = feed.stamp(at[7] * feed.interval + ON_GRID_MINUTES)


def beyond_limits(feed: Feed, truth: Truth, at: list[int]) -> None:
    """V09 at three places, V10 at two and five times in a row at a sixth, one too few for F03."""
    for index, value in zip(at[:3], NEGATIVE, strict=True):
        feed.spoil(index, value=value)
        truth.add("V09", feed, index, detail=value)
    for index in at[3:5]:
        overload(feed, truth, index, 1)
    overload(feed, truth, at[5], 5)
    truth.episode("not F03", feed, at[5], 5, "five readings, one too few")


def overload(feed: Feed, truth: Truth, index: int, count: int) -> None:
    """`count` readings above the meter's limit: V10."""
    for step in range(count):
        watts = round(feed.meter.limit_watts * (1.08 + 0.04 * (step % 4)))
        feed.spoil(index + step, value=f"{watts / 1000:.3f}")
    truth.add("V10", feed, index, count, intervals=count)


def overloaded(feed: Feed, truth: Truth, index: int, counts: tuple[int, ...], bridged: int = 0) -> None:
    """F03: runs of `counts` readings above the limit, `bridged` intervals between them without a reading."""
    begin = index
    for number, count in enumerate(counts):
        if number:
            feed.drop(index, bridged)
            index += bridged
        overload(feed, truth, index, count)
        index += count
    length = index - begin
    truth.episode("F03", feed, begin, length, f"{sum(counts)} readings")
    if length * feed.interval < 4 * 60:
        truth.add("Q01", feed, begin, length, "interpolated within F03", length)


def outside_active_period(feed: Feed, truth: Truth, index: int, count: int) -> None:
    """A meter that sends before active_from or after active_to: V03, and no hole."""
    feed.extra += [feed.line(each) for each in range(index, index + count)]
    truth.add("V03", feed, index, count, "outside its active period", count)


def from_unknown_meters(feed: Feed, truth: Truth, index: int) -> None:
    """Readings of meters that the registry does not know, some with a name that is an attack: V03."""
    for step, meter_id in enumerate(UNKNOWN_METERS):
        for each in range(index + 5 * step, index + 5 * step + 3):
            good = feed.line(each)
            feed.extra.append(Line(meter_id, good.read_at, good.stamp, good.value, good.unit, good.landed))
        started_at, ended_at = (feed.period.text((index + 5 * step + edge) * feed.interval) for edge in (0, 3))
        truth.facts.append(Fact("V03", meter_id, started_at, ended_at, 3, "not in the registry"))
