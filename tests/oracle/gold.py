"""hourly_load, daily_consumption and daily_quality (section 8, fine print 19 to 23 and 27)."""

from collections import Counter, defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from fractions import Fraction
from math import sqrt
from typing import Any

from .clock import HOUR, MINUTE, Clock, utc
from .exact import decimal6, millionths, round_ratio
from .reference import Meter, Reference
from .rows import Row
from .settings import Settings
from .week_faults import hourly_kw

Table = list[dict[str, Any]]


@dataclass(frozen=True)
class Gold:
    """What all gold tables share: the usable rows, the registry and the clock."""

    settings: Settings
    reference: Reference
    clock: Clock

    def expected(self, meter: Meter, start: int, end: int) -> int:
        """How many grid points of a meter in its active period lie in [start, end) (fine print 20, 21)."""
        active = meter.active
        start = start if active.start is None else max(start, active.start)
        end = end if active.end is None else min(end, active.end)
        return self.clock.grid_points(start, end, meter.interval)

    def hourly_load(self, usable: Iterable[Row]) -> Table:
        """Per hour and meter type: kw over meters, the energy, and how many meters reported."""
        rows_of: dict[str, list[Row]] = defaultdict(list)
        for row in usable:
            rows_of[row.meter_id].append(row)
        kw: dict[tuple[int, str], list[int]] = defaultdict(list)
        energy: dict[tuple[int, str], int] = defaultdict(int)
        for meter_id, rows in rows_of.items():
            meter_type = self.reference.meters[meter_id].meter_type
            for hour, mean in hourly_kw(rows, self.clock).items():
                kw[hour, meter_type].append(mean)
            for row in rows:
                energy[self.clock.hour_of(row.read_at), meter_type] += row.energy
        return [self._load_row(hour, kind, kw[hour, kind], energy[hour, kind]) for hour, kind in sorted(kw)]

    def _load_row(self, hour: int, meter_type: str, kw: list[int], energy: int) -> dict[str, Any]:
        total, n = sum(kw), len(kw)
        meters = (meter for meter in self.reference.meters.values() if meter.meter_type == meter_type)
        expected = sum(self.expected(meter, hour, hour + HOUR) > 0 for meter in meters)
        return {
            "hour": utc(hour),
            "meter_type": meter_type,
            "total_kw": decimal6(total),
            "mean_kw": decimal6(round_ratio(total, n)),
            "min_kw": decimal6(min(kw)),
            "max_kw": decimal6(max(kw)),
            "stddev_kw": sqrt(Fraction(n * sum(one * one for one in kw) - total**2, n**2 * 10**12)),
            "energy_kwh": decimal6(energy),
            "meters_reporting": n,
            "meters_expected": expected,
            "coverage": n / expected,
        }

    def daily_consumption(self, usable: Iterable[Row]) -> Table:
        """Per local date and meter with a usable reading: energy, peak, shares of the expected intervals, scores."""
        groups: dict[tuple[date, str], list[Row]] = defaultdict(list)
        for row in usable:
            groups[self.clock.date_of(row.read_at), row.meter_id].append(row)
        return [self._consumption_row(day, meter_id, groups[day, meter_id]) for day, meter_id in sorted(groups)]

    def _consumption_row(self, day: date, meter_id: str, rows: list[Row]) -> dict[str, Any]:
        meter = self.reference.meters[meter_id]
        expected = self.expected(meter, self.clock.day_start(day), self.clock.day_end(day))
        origins = Counter(row.origin for row in rows)
        scores = [row.score for row in rows]
        return {
            "local_date": day,
            "meter_id": meter_id,
            "energy_kwh": decimal6(sum(row.energy for row in rows)),
            "peak_kw": decimal6(max(row.kw for row in rows)),
            "share_observed": origins["observed"] / expected,
            "share_interpolated": origins["interpolated"] / expected,
            "share_missing": (expected - len(rows)) / expected,
            "mean_score": decimal6(millionths(Fraction(sum(scores), len(scores)))),
            "lowest_score": min(scores),
        }

    def daily_quality(self, observed: list[Row], filled: list[Row]) -> Table:
        """Per local date with an accepted reading, from every bronze reading and every interpolated row."""
        accepted: dict[date, list[Row]] = defaultdict(list)
        rules: dict[date, Counter[str]] = defaultdict(Counter)
        tiers: dict[date, Counter[str]] = defaultdict(Counter)
        for row in observed:
            day = self.clock.date_of(row.received_at if row.read_at is None else row.read_at)
            rules[day].update(row.reasons | row.warnings)
            if row.score is not None:
                accepted[day].append(row)
        for row in observed + filled:
            if row.tier is not None:
                tiers[self.clock.date_of(row.read_at)][row.tier] += 1
        return [self._quality_row(day, accepted[day], rules[day], tiers[day]) for day in sorted(accepted)]

    def _quality_row(self, day: date, accepted: list[Row], rules: Counter[str], tiers: Counter[str]) -> dict[str, Any]:
        start, end = self.clock.day_start(day), self.clock.day_end(day)
        expected = sum(self.expected(meter, start, end) for meter in self.reference.meters.values())
        good = sum(row.score >= self.settings.standard_from for row in accepted)
        return {
            "local_date": day,
            "expected": expected,
            "observed": len(accepted),
            "completeness": len(accepted) / expected,
            "accuracy": good / len(accepted),
            "freshness_p95_minutes": _p95_minutes(accepted),
            "rule_counts": dict(rules),
            "tier_counts": dict(tiers),
        }


def _p95_minutes(accepted: list[Row]) -> float | None:
    """The nearest rank of received_at - the interval's end, over readings with a received_at of their own."""
    own = (row for row in accepted if row.has_own_received_at)
    delays = sorted(row.received_at - row.read_at - row.meter.interval for row in own)
    if not delays:
        return None
    rank = -(-95 * len(delays) // 100)
    return delays[rank - 1] / MINUTE
