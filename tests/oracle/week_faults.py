"""F04 LOW_VARIANCE and F05 NEIGHBOURHOOD: seven local days of accepted readings (section 5, fine print 17 to 19)."""

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, timedelta
from fractions import Fraction

from .clock import Clock
from .exact import root_millionths, round_ratio
from .faults import Episode
from .reference import Meter
from .rows import Row
from .settings import Settings


@dataclass(frozen=True)
class Sums:
    """Exact sums over pairs (x, y); y stays 0 where a rule has one series only."""

    n: int = 0
    x: int = 0
    y: int = 0
    xx: int = 0
    yy: int = 0
    xy: int = 0

    def __add__(self, other: "Sums") -> "Sums":
        """The sums over both."""
        return Sums(
            self.n + other.n,
            self.x + other.x,
            self.y + other.y,
            self.xx + other.xx,
            self.yy + other.yy,
            self.xy + other.xy,
        )


def sums_of(x: int, y: int = 0) -> Sums:
    """The sums of one pair."""
    return Sums(1, x, y, x * x, y * y, x * y)


def days_back(day: date, count: int) -> list[date]:
    """The `count` local days that end with `day`."""
    return [day - timedelta(days=back) for back in range(count)]


def over_days(daily: dict[date, Sums], day: date, count: int) -> Sums:
    """The sums of the `count` local days that end with `day`."""
    return sum((daily[one] for one in days_back(day, count) if one in daily), Sums())


def episodes_of(
    meter_id: str, fault: str, tripped: dict[date, Fraction | int], days: int, clock: Clock
) -> list[Episode]:
    """One episode of `days` local days for each day that tripped; those that overlap or touch are one."""
    found: list[Episode] = []
    for day in sorted(tripped):
        start, end = clock.day_start(day - timedelta(days=days - 1)), clock.day_end(day)
        evidence = tripped[day]
        if found and start <= found[-1].ended_at:
            last = found.pop()
            start, evidence = last.started_at, min(last.evidence, evidence)
        found.append(Episode(meter_id, fault, start, end, evidence))
    return found


def low_variance(meter: Meter, accepted: list[Row], settings: Settings, clock: Clock) -> list[Episode]:
    """F04: population standard deviation / mean below 0.01, evidence the smallest such ratio."""
    daily: dict[date, Sums] = defaultdict(Sums)
    for row in accepted:
        daily[clock.date_of(row.read_at)] += sums_of(row.kw)
    days = settings.low_variance_days
    tripped: dict[date, int] = {}
    for day in daily:
        week = over_days(daily, day, days)
        start = clock.day_start(day - timedelta(days=days - 1))
        possible = clock.grid_points(start, clock.day_end(day), meter.interval)
        if week.n < settings.low_variance_min_share * possible or week.x <= 0:
            continue
        square = Fraction(week.n * week.xx - week.x**2, week.x**2)
        if square < settings.low_variance_ratio_below**2:
            tripped[day] = root_millionths(square)
    return episodes_of(meter.meter_id, "F04", tripped, days, clock)


def hourly_kw(rows: Iterable[Row], clock: Clock) -> dict[int, int]:
    """Fine print 19: per hour of the suite's grid the mean kw of a meter's rows there, rounded to 6 places."""
    found: dict[int, list[int]] = defaultdict(list)
    for row in rows:
        found[clock.hour_of(row.read_at)].append(row.kw)
    return {hour: round_ratio(sum(values), len(values)) for hour, values in found.items()}


def neighbourhood(accepted: dict[str, list[Row]], settings: Settings, clock: Clock) -> list[Episode]:
    """F05 for the meters of one neighbourhood, given their accepted readings by meter."""
    hourly = {meter_id: hourly_kw(rows, clock) for meter_id, rows in accepted.items()}
    total: dict[int, int] = defaultdict(int)
    count: dict[int, int] = defaultdict(int)
    for series in hourly.values():
        for hour, kw in series.items():
            total[hour] += kw
            count[hour] += 1
    found: list[Episode] = []
    for meter_id, series in hourly.items():
        daily: dict[date, Sums] = defaultdict(Sums)
        for hour, kw in series.items():
            neighbours = count[hour] - 1
            if neighbours >= settings.neighbourhood_min_neighbours:
                mean = round_ratio(total[hour] - kw, neighbours)
                daily[clock.date_of(hour)] += sums_of(kw, mean)
        tested = {clock.date_of(row.read_at) for row in accepted[meter_id]}
        tripped = {day: r for day in tested if (r := _low_r(daily, day, settings)) is not None}
        found += episodes_of(meter_id, "F05", tripped, settings.neighbourhood_days, clock)
    return found


def _low_r(daily: dict[date, Sums], day: date, settings: Settings) -> int | None:
    """Pearson's r of the days up to `day` in millionths where it is below 0.3; None where not, or not tested."""
    week = over_days(daily, day, settings.neighbourhood_days)
    spread = (week.n * week.xx - week.x**2) * (week.n * week.yy - week.y**2)
    if week.n < settings.neighbourhood_min_hours or spread == 0:
        return None
    covariance = week.n * week.xy - week.x * week.y
    square = Fraction(covariance**2, spread)
    limit = settings.neighbourhood_correlation_below
    is_below = (square if covariance > 0 else -square) < (limit**2 if limit > 0 else -(limit**2))
    if not is_below:
        return None
    size = root_millionths(square)
    return size if covariance > 0 else -size
