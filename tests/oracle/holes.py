"""Holes and their filling (section 4, fine print 15a and 16) for one meter."""

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import pairwise

from .clock import Clock, hours
from .exact import round_ratio
from .reference import Meter
from .rows import Row
from .settings import Settings


@dataclass(frozen=True)
class Hole:
    """A run of intervals without an accepted reading; `before` and `after` are the readings around it, if both are."""

    meter: Meter
    started_at: int
    ended_at: int
    intervals: int
    kind: str
    is_open: bool = False
    before: Row | None = None
    after: Row | None = None

    @property
    def duration(self) -> int:
        """d: the whole missing intervals in nanoseconds."""
        return self.intervals * self.meter.interval


@dataclass(frozen=True)
class HoleFinder:
    """Finds the holes of a meter from its accepted readings in time order."""

    settings: Settings
    clock: Clock
    as_of: int | None

    def holes(self, meter: Meter, accepted: list[Row]) -> list[Hole]:
        """All holes of one meter: the first, those between two readings, and the one at the end."""
        found: list[Hole] = []
        begin = self._begin(meter)
        if accepted and begin is not None:
            found += self._listed(meter, begin, accepted[0].read_at)
        for before, after in pairwise(accepted):
            found += self._listed(meter, before.read_at + meter.interval, after.read_at, before=before, after=after)
        end = accepted[-1].read_at + meter.interval if accepted else begin
        if end is not None and self.as_of is not None:
            found += self._last(meter, end)
        return found

    def _begin(self, meter: Meter) -> int | None:
        """The first grid point at or after active_from."""
        if meter.active.start is None:
            return None
        return self.clock.first_grid_point(meter.active.start, meter.interval)

    def _last(self, meter: Meter, start: int) -> list[Hole]:
        """From the last reading (or active_from): closed at active_to once as_of is there, else open if 4 h long."""
        active_to = meter.active.end
        if active_to is not None and self.as_of >= active_to:
            return self._listed(meter, start, active_to)
        shortest = hours(self.settings.interpolate_below_hours)
        return [hole for hole in self._listed(meter, start, self.as_of, is_open=True) if hole.duration >= shortest]

    def _listed(
        self,
        meter: Meter,
        start: int,
        end: int,
        is_open: bool = False,
        before: Row | None = None,
        after: Row | None = None,
    ) -> list[Hole]:
        """The hole of the whole intervals in [start, end), or nothing if there is none."""
        intervals = (end - start) // meter.interval
        if intervals < 1:
            return []
        kind = self._class(intervals * meter.interval)
        return [Hole(meter, start, end, intervals, kind, is_open, before, after)]

    def _class(self, duration: int) -> str:
        if duration < hours(self.settings.interpolate_below_hours):
            return "interpolated"
        if duration < hours(self.settings.materialise_below_hours):
            return "missing_short"
        return "missing_extended"


def fill(hole: Hole) -> Iterator[Row]:
    """The rows of a hole between two readings: linear between them below 4 h, empty below 24 h, none beyond."""
    if hole.before is None or hole.after is None or hole.kind == "missing_extended":
        return
    for number in range(1, hole.intervals + 1):
        read_at = hole.started_at + (number - 1) * hole.meter.interval
        row = Row(hole.meter.meter_id, hole.meter, read_at, origin=hole.kind, hole=hole.duration)
        if hole.kind == "interpolated":
            steps = hole.intervals + 1
            row.kw = round_ratio(hole.before.kw * (steps - number) + hole.after.kw * number, steps)
            row.energy = round_ratio(row.kw * hole.meter.interval_minutes, 60)
        yield row
