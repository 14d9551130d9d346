"""From what meters measure to the lines that head-ends send: stamps, arrival, defects, duplicates, corrections."""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import UTC, timedelta
from random import Random

from .curves import Slot
from .plan import DAY, EPOCH, HOUR, MINUTE, MeterPlan, Plan
from .texts import BAD_TIMES, BAD_UNITS, BAD_VALUES, ODD_VALUES, stamp, value_and_unit, zone_of

SECOND = 10**9
STRANGERS = ("nobody", "", "MTR-99", "MTR", "mtr-10", "MTR-1\u00a0")


@dataclass(frozen=True)
class Feed:
    """A head-end: how its files are named and cut, and how its stamps are written."""

    name: str
    ending: str
    columns: dict[str, str]
    zone: str = "UTC"
    stamps: str = "start"
    is_local: bool = False
    has_received: bool = False
    header: tuple[str, ...] = ()


@dataclass(frozen=True)
class Sent:
    """One reading as it is sent: its texts, the start of its landing hour, and where it lies in the file."""

    meter_id: str
    read_at: str
    value: str
    unit: str
    received_at: str
    quality_code: str
    bucket: int
    order: int


@dataclass(frozen=True)
class Sender:
    """Writes the readings of one meter for one feed."""

    rng: Random
    plan: Plan
    feed: Feed

    def lines(self, meter: MeterPlan, slots: list[Slot]) -> Iterator[Sent]:
        """Every sent slot, with some meters at times more than once."""
        twice = self.rng.choice((0.0, 0.0, 0.01, 0.06))
        for slot in slots:
            if not slot.is_sent:
                continue
            sent = self._line(meter, slot)
            yield sent
            if self.rng.random() < twice:
                yield from self._again(meter, slot, sent)
            if self.rng.random() < 0.004:
                yield replace(sent, meter_id=self.rng.choice(STRANGERS))

    def _line(self, meter: MeterPlan, slot: Slot) -> Sent:
        """A slot with its defect, if it has one."""
        value, unit = value_and_unit(self.rng, slot.kw, meter.minutes)
        at, received, bucket = slot.at, self._arrival(slot.at + meter.interval), self._bucket(slot.at)
        if slot.defect in ("off_grid", "near_grid") or self.rng.random() < 0.02:
            at += self._shift(meter, slot.defect == "off_grid")
        if slot.defect in ("future", "late", "old"):
            received, bucket = self._odd_arrival(slot, meter)
        read_at = self._stamp(at + (meter.interval if self.feed.stamps == "end" else 0))
        if slot.defect == "time":
            read_at = self.rng.choice(BAD_TIMES + tuple(skipped_clocks(self.feed.zone, self.plan)))
        if slot.defect == "value":
            value = self.rng.choice(BAD_VALUES + ODD_VALUES)
        if slot.defect == "unit":
            unit = self.rng.choice(BAD_UNITS)
        if slot.defect == "no_unit":
            value, unit = self.rng.choice(("10", "1000", "9.999999", "1000.01", "500", "-10", "-1500")), ""
        if slot.defect == "negative":
            value, unit = self.rng.choice(("-0.000001", "-0.0000004", "-0.0000005", "-3.500001", "-1")), "kW"
        name = f" {meter.meter_id}\t" if self.rng.random() < 0.02 else meter.meter_id
        quality = self.rng.choice(("", "", "A", "E"))
        return Sent(name, read_at, value, unit, self._received(received), quality, bucket, slot.at)

    def _stamp(self, at: int) -> str:
        return stamp(self.rng, at, self.feed.zone, self.feed.is_local)

    def _received(self, at: int) -> str:
        draw = self.rng.random()
        if draw < 0.02:
            return self.rng.choice(("", "later", "2024-06-03"))
        return f" {self._stamp(at)}" if draw < 0.03 else self._stamp(at)

    def _bucket(self, at: int) -> int:
        """The landing hour in which a reading arrives in time (where files land every hour)."""
        step = self.plan.cadence_hours * HOUR
        return at // step * step + step - HOUR

    def _arrival(self, end: int) -> int:
        """A moment after the interval's end, at times the last that is no delay, or one nanosecond more."""
        draw = self.rng.random()
        if draw < 0.9:
            return end + self.rng.randint(0, 290) * SECOND
        return end + self.rng.choice((HOUR, HOUR + 1, HOUR + SECOND, -HOUR, 5 * HOUR, 30 * HOUR, 123_456_789))

    def _shift(self, meter: MeterPlan, is_off: bool) -> int:
        """5 % of the interval, or just more."""
        edge = meter.interval // 20
        if is_off:
            return self.rng.choice((edge + 1, edge + SECOND, meter.interval // 2, -edge - 1, -edge - SECOND))
        return self.rng.choice((edge, -edge, SECOND, -1, 1, edge - 1, 999))

    def _odd_arrival(self, slot: Slot, meter: MeterPlan) -> tuple[int, int]:
        """received_at and landing hour of a reading from the future, of a late one, of one too old: at the limits."""
        off = self.rng.choice((0, 0, 1, -1, SECOND, HOUR))
        end = slot.at + meter.interval
        received = {
            "future": slot.at - HOUR - off,
            "late": end + HOUR + off + self.rng.choice((0, 0, 26 * HOUR)),
            "old": slot.at + 730 * DAY + off,
        }[slot.defect]
        if slot.defect == "old" and not self.feed.has_received:
            received = end + 3 * HOUR
        bucket = (received - HOUR) // HOUR * HOUR
        return received, self._bucket(slot.at) if slot.defect == "old" and self.feed.has_received else bucket

    def _again(self, meter: MeterPlan, slot: Slot, sent: Sent) -> Iterator[Sent]:
        """The same interval again: the same value (A-A), a correction (A-B), and the first one back (A-B-A)."""
        kinds = self.rng.choice(("A", "B", "BA", "AB", "BAB", "BB"))
        bucket = sent.bucket
        for number, kind in enumerate(kinds, start=1):
            kw = slot.kw if kind == "A" else slot.kw + self.rng.choice((1, 250_000))
            other = self._line(meter, Slot(slot.at, kw))
            bucket += self.rng.choice((0, 0, 1, 24)) * HOUR
            is_tie = self.rng.random() < 0.5
            received = sent.received_at if is_tie else self._stamp(slot.at + meter.interval + number * MINUTE)
            same = sent.value if kind == "A" and self.rng.random() < 0.5 else None
            line = other if same is None else replace(other, value=same, unit=sent.unit)
            yield replace(line, received_at=received, bucket=bucket)


def skipped_clocks(zone: str, plan: Plan) -> Iterator[str]:
    """Local stamps of the world's days that never were, because clocks went forward."""
    tz = zone_of(zone)
    for at in range(plan.start, plan.end, HOUR):
        before = (EPOCH + timedelta(seconds=at // SECOND)).astimezone(tz)
        after = (before.astimezone(UTC) + timedelta(hours=1)).astimezone(tz)
        if after.utcoffset() > before.utcoffset():
            clock = before.replace(tzinfo=None) + timedelta(hours=1)
            yield clock.strftime("%Y-%m-%dT%H:%M:%S")
