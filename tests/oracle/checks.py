"""V01 to V10 and V14 on each bronze reading by itself (section 2, fine print 8 to 15)."""

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from .clock import FIRST, HOUR, Clock, hours, nanoseconds, zone
from .exact import MILLION, millionths, round_ratio, whole_if_whole
from .parsing import instant, is_twice, parse_number, parse_stamp, trimmed, unit_of
from .reference import Meter, Reference
from .rows import Row
from .settings import Settings, Source

REJECTING = {"V03", "V09"}


@dataclass
class Checker:
    """Judges readings one by one; `check_all` needs them together only for stamps that occur twice in one file."""

    settings: Settings
    reference: Reference
    clock: Clock

    def __post_init__(self) -> None:
        """The limits that every reading is held against: 10^12 kW in millionths, times in nanoseconds."""
        self.limit = whole_if_whole(self.settings.value_limit * MILLION)
        self.future = hours(self.settings.future_tolerance_hours)
        self.late = hours(self.settings.late_tolerance_hours)
        self.oldest = hours(self.settings.oldest_days * 24)

    def check_all(self, readings: Iterable[dict[str, Any]]) -> list[Row]:
        """Every bronze reading with its standard form, failed checks, V07 and disposition but for superseding."""
        seen: dict[tuple[Any, ...], int] = defaultdict(int)
        rows = []
        for bronze in sorted(readings, key=lambda one: (one["source_file"], one["source_version"], one["source_line"])):
            source = self.settings.source_of(bronze["source_file"].rsplit("/", 1)[-1])
            rows.append(self._check(bronze, source, seen))
        return rows

    def _check(self, bronze: dict[str, Any], source: Source, seen: dict[tuple[Any, ...], int]) -> Row:
        meter_id = None if bronze["meter_id"] is None else trimmed(bronze["meter_id"])
        received_at, is_own = self._received_at(bronze, source)
        stamp_at = self._stamp_at(bronze, source, meter_id, seen)
        meter = self.reference.meters.get(meter_id)
        row = Row(meter_id, meter, stamp_at, received_at, is_own, bronze)
        self._standardise(row)
        self._check_time(row, source)
        if meter is None:
            row.reasons.add("V03")
        elif row.kw is not None:
            row.energy = round_ratio(row.kw * meter.interval_minutes, 60)
            self._check_limits(row, meter)
        if row.reasons:
            row.disposition = "rejected" if row.reasons & REJECTING else "quarantined"
        return row

    def _received_at(self, bronze: dict[str, Any], source: Source) -> tuple[int, bool]:
        """The source's own column where readable, else the end of the landing hour; and which of the two it is."""
        stamp = parse_stamp(trimmed(bronze["received_at"]))
        own = None if stamp is None else instant(stamp, zone(source.time_zone))
        return (nanoseconds(bronze["landed_hour"]) + HOUR, False) if own is None else (own, True)

    def _stamp_at(
        self, bronze: dict[str, Any], source: Source, meter_id: str | None, seen: dict[Any, int]
    ) -> int | None:
        """Fine print 8: the instant of the stamp; one that occurs twice is the later from its second line on."""
        stamp = parse_stamp(trimmed(bronze["read_at"]))
        if stamp is None:
            return None
        tz = zone(source.time_zone)
        if not is_twice(stamp, tz):
            return instant(stamp, tz)
        place = (bronze["source_file"], bronze["source_version"], meter_id, stamp.wall)
        seen[place] += 1
        return instant(stamp, tz, later=seen[place] > 1)

    def _standardise(self, row: Row) -> None:
        """V01, V04, V05 and section 3: kW and the unit's flags. A value that fails V01 as sent counts as unknown."""
        value = parse_number(trimmed(row.bronze["value"]))
        if value is None or abs(value) >= self.settings.value_limit:
            row.reasons.add("V01")
            value = None
        minutes = row.meter.interval_minutes if row.meter else None
        unit = unit_of(trimmed(row.bronze["unit"]), value, minutes, self.settings)
        row.unit_inferred = unit.is_inferred
        row.unit_converted = None if unit.factor is None else unit.factor != 1
        if unit.is_unknown:
            row.reasons.add("V04")
        if unit.is_ambiguous:
            row.reasons.add("V05")
        if value is None or unit.factor is None or row.meter is None:
            return
        kw = millionths(value * unit.factor)
        if abs(kw) >= self.limit:
            row.reasons.add("V01")
        else:
            row.kw = kw

    def _check_time(self, row: Row, source: Source) -> None:
        """V02, V03's period, V06, V07, V08 and V14; a stamp near the grid is snapped before every other check."""
        if row.read_at is not None and row.meter is not None:
            self._place(row, row.meter, source)
        if row.read_at is None:
            row.reasons.add("V02")
            return
        if row.meter is not None and not row.meter.active.holds(row.read_at):
            row.reasons.add("V03")
        if not self.settings.check_arrival:
            return
        if row.read_at > row.received_at + self.future:
            row.reasons.add("V06")
        if row.read_at < row.received_at - self.oldest:
            row.reasons.add("V14")
        if row.meter is not None:
            ends_at = row.read_at + row.meter.interval
            if ends_at < row.received_at - self.late:
                row.warnings.add("V07")

    def _place(self, row: Row, meter: Meter, source: Source) -> None:
        """The interval's start, snapped to the grid where near enough (V08)."""
        start = row.read_at - meter.interval if source.stamps == "end" else row.read_at
        if start < FIRST:
            row.read_at = None
            return
        nearest = self.clock.nearest_grid_point(start, meter.interval)
        tolerance = self.settings.grid_tolerance_share
        if abs(nearest - start) * tolerance.denominator > tolerance.numerator * meter.interval:
            row.reasons.add("V08")
            row.read_at = start
        else:
            row.read_at = nearest

    def _check_limits(self, row: Row, meter: Meter) -> None:
        """V09 and V10 on the stored kW."""
        lowest, highest = meter.limits
        if row.kw < lowest:
            row.reasons.add("V09")
        if row.kw > highest:
            row.reasons.add("V10")
