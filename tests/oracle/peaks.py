"""peak_periods and peak_exclusions (section 8, fine print 24 to 26)."""

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, timedelta
from fractions import Fraction
from typing import Any

from holidays import country_holidays

from .clock import HOUR, Clock, utc
from .exact import decimal6, round_ratio, round_whole
from .gold import Table
from .reference import Reference
from .rows import Row
from .settings import Settings


@dataclass(frozen=True)
class Hour:
    """An hour with a usable reading: its load in millionths of a kWh, and what the weather was."""

    start: int
    day: date
    load: int
    meters: int
    temperature: Fraction | None
    season: str

    def degrees(self, settings: Settings) -> Fraction | None:
        """Degrees beyond the season's base temperature; None without weather or season."""
        if self.temperature is None or self.season == "none":
            return None
        if self.season == "summer":
            return max(Fraction(0), self.temperature - settings.summer_base_c)
        return max(Fraction(0), settings.winter_base_c - self.temperature)


class Peaks:
    """The peaks of every local date with a usable reading."""

    def __init__(self, usable: Iterable[Row], settings: Settings, reference: Reference, clock: Clock) -> None:
        self.settings = settings
        self.reference = reference
        self.clock = clock
        self.hours = self._hours(usable)
        self._holidays = self._holiday_dates()
        self._series: dict[tuple[str, date], list[tuple[Fraction, int]]] = defaultdict(list)
        for hour in self.hours:
            degrees = hour.degrees(settings)
            if degrees is not None:
                self._series[hour.season, hour.day].append((degrees, round_ratio(hour.load, hour.meters)))
        self._slopes: dict[tuple[str, date], Fraction] = {}

    def _hours(self, usable: Iterable[Row]) -> list[Hour]:
        load: dict[int, int] = defaultdict(int)
        meters: dict[int, set[str]] = defaultdict(set)
        for row in usable:
            start = self.clock.hour_of(row.read_at)
            load[start] += row.energy
            meters[start].add(row.meter_id)
        found = []
        for start in sorted(load):
            day = self.clock.date_of(start)
            temperature = self.reference.weather.get((self.settings.weather_region, start - start % HOUR))
            found.append(Hour(start, day, load[start], len(meters[start]), temperature, self._season(day)))
        return found

    def _season(self, day: date) -> str:
        if day.month in self.settings.summer_months:
            return "summer"
        return "winter" if day.month in self.settings.winter_months else "none"

    def _holiday_dates(self) -> set[date]:
        """Fine print 26: the public holidays of "CC" or "CC-SUB"."""
        if self.settings.holiday_region is None:
            return set()
        country, _, subdivision = self.settings.holiday_region.partition("-")
        years = {hour.day.year for hour in self.hours}
        return set(country_holidays(country, subdiv=subdivision or None, years=years)) if years else set()

    def _reasons(self, hour: Hour) -> list[str]:
        """Why an hour is left out."""
        found = []
        if hour.day in self._holidays:
            found.append("public_holiday")
        if hour.temperature is not None and hour.temperature > self.settings.heat_above_c:
            found.append("extreme_heat")
        if hour.temperature is not None and hour.temperature < self.settings.cold_below_c:
            found.append("extreme_cold")
        here = (one for one in self.reference.maintenance if one.region in (None, self.settings.weather_region))
        if any(one.period.overlaps(hour.start, hour.start + HOUR) for one in here):
            found.append("grid_maintenance")
        return found

    def _slope(self, season: str, day: date) -> Fraction:
        """Fine print 25: least squares over the season's hours of the 365 local days before; 0 where there is none."""
        if (season, day) not in self._slopes:
            before = (day - timedelta(days=back) for back in range(1, self.settings.history_days + 1))
            points = [point for one in before for point in self._series.get((season, one), ())]
            self._slopes[season, day] = least_squares(points, self.settings.peak_min_hours)
        return self._slopes[season, day]

    def _seasonal(self, hour: Hour) -> int:
        """The seasonal part of an hour's load, in millionths."""
        degrees = hour.degrees(self.settings)
        if degrees is None:
            return 0
        return round_whole(self._slope(hour.season, hour.day) * degrees * hour.meters)

    def exclusions(self) -> Table:
        """One row for each reason to leave out an hour."""
        return [
            {"local_date": hour.day, "hour": utc(hour.start), "reason": reason, "load_kwh": decimal6(hour.load)}
            for hour in self.hours
            for reason in self._reasons(hour)
        ]

    def periods(self) -> Table:
        """Up to three hours of a local date, the highest adjusted load first, ties the earlier hour."""
        candidates: dict[date, list[Hour]] = defaultdict(list)
        for hour in self.hours:
            if not self._reasons(hour):
                candidates[hour.day].append(hour)
        return [row for day in sorted(candidates) for row in self._ranked(day, candidates[day])]

    def _ranked(self, day: date, candidates: list[Hour]) -> list[dict[str, Any]]:
        seasonal = {hour: self._seasonal(hour) for hour in candidates}
        adjusted = sorted(candidates, key=lambda hour: (seasonal[hour] - hour.load, hour.start))
        unadjusted = sorted(candidates, key=lambda hour: (-hour.load, hour.start))
        return [
            {
                "local_date": day,
                "rank": rank,
                "hour": utc(hour.start),
                "load_kwh": decimal6(hour.load),
                "season": hour.season,
                "seasonal_kwh": decimal6(seasonal[hour]),
                "adjusted_load_kwh": decimal6(hour.load - seasonal[hour]),
                "rank_unadjusted": unadjusted.index(hour) + 1,
            }
            for rank, hour in enumerate(adjusted[: self.settings.peak_ranks], start=1)
        ]


def least_squares(points: list[tuple[Fraction, int]], fewest: int) -> Fraction:
    """The slope of a line with intercept; 0 where there are too few points, equal degrees, or it would fall."""
    n = len(points)
    if n < fewest:
        return Fraction(0)
    x, y = sum(point[0] for point in points), sum(point[1] for point in points)
    xx, xy = sum(point[0] ** 2 for point in points), sum(point[0] * point[1] for point in points)
    spread = n * xx - x**2
    return max(Fraction(0), (n * xy - x * y) / spread) if spread else Fraction(0)
