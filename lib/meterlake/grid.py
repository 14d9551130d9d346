"""Expressions on the metering grid and the local calendar. Instants are µs since 1970-01-01T00:00Z, as BIGINT.

The grid of a meter is whole intervals from 00:00 of local standard time: an instant is a grid point where
``instant + offset`` is a multiple of the interval. An hour of the suite is a whole hour of the same grid.
"""

from collections.abc import Collection, Iterable
from datetime import date, timedelta

from pyspark.sql import Column
from pyspark.sql import functions as F

MINUTE_US = 60_000_000
HOUR_US = 60 * MINUTE_US
DAY_US = 24 * HOUR_US
MOST_LISTED = 400
YEAR_1_US = -62_135_596_800_000_000
YEAR_10000_US = 253_402_300_800_000_000


def as_timestamp(instant_us: Column) -> Column:
    return F.timestamp_micros(instant_us)


def interval_us() -> Column:
    """Length of the row's interval in µs, from its column interval_minutes."""
    return F.col("interval_minutes").cast("long") * F.lit(MINUTE_US)


def phase_us(instant_us: Column, step_us: Column, offset_minutes: int) -> Column:
    """µs since the last grid point, 0 on the grid."""
    return F.pmod(instant_us + F.lit(offset_minutes * MINUTE_US), step_us)


def hour_us(instant_us: Column, offset_minutes: int) -> Column:
    """Start of the suite's hour that holds the instant."""
    return instant_us - phase_us(instant_us, F.lit(HOUR_US), offset_minutes)


def first_point_us(instant_us: Column, step_us: Column, offset_minutes: int) -> Column:
    """The first grid point at or after the instant."""
    return instant_us + F.pmod(-(instant_us + F.lit(offset_minutes * MINUTE_US)), step_us)


def points_between(start_us: Column, end_us: Column, step_us: Column, offset_minutes: int) -> Column:
    """Grid points in [start, end), as BIGINT; 0 where the end is not after the start."""
    first = first_point_us(start_us, step_us, offset_minutes)
    return F.greatest(F.lit(0).cast("long"), F.ceil((end_us - first) / step_us)).cast("long")


def local_date(instant_us: Column, time_zone: str) -> Column:
    """The local day of an instant. Where a zone's clock shows a day before year 1 or after 9999, which most programs
    cannot read, it is the calendar's first or last."""
    day = F.to_date(F.from_utc_timestamp(as_timestamp(instant_us), time_zone))
    is_ordinary = instant_us.between(YEAR_1_US + DAY_US, YEAR_10000_US - DAY_US - 1)
    first, last = date_literal(date.min), date_literal(date.max)
    return F.when(is_ordinary, day).when(instant_us.isNotNull(), F.least(F.greatest(day, first), last))


def date_literal(day: date) -> Column:
    """A day as it is; F.lit writes a year before 1000 in fewer digits than Java reads."""
    return F.expr(f"DATE'{day.isoformat()}'")


def is_one_of(day: Column, days: Collection[date]) -> Column:
    """Whether a date is one of the days; literals, so that only their partitions are read.

    A long list is read as spans, and a very long one from its first to its last day.
    """
    if not days:
        return F.lit(False)
    if len(days) <= MOST_LISTED:
        return day.isin([date_literal(one) for one in sorted(days)])
    ranges = spans(days)
    if len(ranges) > MOST_LISTED:
        ranges = [(min(days), max(days))]
    condition = F.lit(False)
    for first, last in ranges:
        condition = condition | day.between(date_literal(first), date_literal(last))
    return condition


def spans(days: Iterable[date]) -> list[tuple[date, date]]:
    """Days in a row as (first, last)."""
    found: list[tuple[date, date]] = []
    for day in sorted(days):
        if found and day - found[-1][1] == timedelta(days=1):
            found[-1] = (found[-1][0], day)
        else:
            found.append((day, day))
    return found


def midnight_us(day: Column, time_zone: str) -> Column:
    """The first instant of a local day; where the clock skips 00:00, the instant it skips to."""
    return F.unix_micros(F.to_utc_timestamp(day.cast("timestamp"), time_zone))


def hours(instant_difference_us: Column) -> Column:
    """A length in hours, DECIMAL(18,6), half-up."""
    return F.round(instant_difference_us.cast("decimal(20,0)") / F.lit(HOUR_US).cast("decimal(10,0)"), 6).cast(
        "decimal(18,6)"
    )
