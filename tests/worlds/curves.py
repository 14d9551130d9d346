"""What the meters measure: daily curves, and the events that lie on the rules' boundaries."""

from dataclasses import dataclass
from math import pi, sin
from random import Random

from .plan import DAY, HOUR, MeterPlan, Plan

MILLION = 10**6


@dataclass
class Slot:
    """An interval of a meter: its kW in millionths, whether a reading is sent at all, and what is wrong with it."""

    at: int
    kw: int
    is_sent: bool = True
    defect: str = ""


def slots_of(rng: Random, meter: MeterPlan, plan: Plan) -> list[Slot]:
    """The curve of a meter over the days of the world, with some events."""
    slots = []
    for begin, end in plan.spans:
        first = begin + -(begin + plan.offset) % meter.interval
        times = range(first, end, meter.interval)
        slots += [Slot(at, _kw(rng, meter.shape, at, number)) for number, at in enumerate(times)]
    events = [rng.randrange(len(EVENTS)) for _ in range(rng.choice((0, 1, 2, 3, 4)))]
    if "flat" in meter.shape:
        events = [two_levels, defects][: rng.randint(0, 2)]
    else:
        events = [EVENTS[number] for number in sorted(events)]  # those that last come last
    for event in events:
        event(rng, slots, meter, plan)
    _keep_active(rng, slots, meter)
    return slots


def _kw(rng: Random, shape: str, at: int, number: int) -> int:
    """A value of the shape, on thousandths of a kW mostly."""
    phase = 2 * pi * (at / HOUR % 24) / 24
    wave = 1.2 + sin(phase - 2) + 0.4 * sin(2 * phase)
    thousandths = {
        "home": 300 + 900 * wave + rng.randint(-80, 80),
        "contrary": 2800 - 900 * wave + rng.randint(-80, 80),
        "noise": rng.randint(100, 3000),
        "flat": 5000 + rng.randint(-60, 60),
        "edge_of_flat": 5000 + (50 if number % 2 else -50),
        "spiky": rng.choice((100, 100, 600, 601, 10, 9, 1000, 100, 99, 0)),
        "solar": 500 - 900 * max(0.0, wave - 1) + rng.randint(-80, 80),
    }[shape]
    return round(thousandths) * 1000 + (rng.randint(0, 999) if rng.random() < 0.1 else 0)


def _keep_active(rng: Random, slots: list[Slot], meter: MeterPlan) -> None:
    """Outside its life a meter is silent, but for a few readings that should not have come."""
    begin, end = meter.active
    for slot in slots:
        is_inside = (begin is None or begin <= slot.at) and (end is None or slot.at < end)
        is_near = any(edge is not None and abs(slot.at - edge) <= meter.interval for edge in meter.active)
        if not is_inside and rng.random() > (0.5 if is_near else 0.05):
            slot.is_sent = False


def _stretch(rng: Random, slots: list[Slot], length: int) -> list[Slot]:
    """So many slots in a row somewhere (fewer where the world is too short)."""
    begin = rng.randint(0, max(0, len(slots) - length))
    return slots[begin : begin + length]


def _count(hours: float, meter: MeterPlan) -> int:
    return int(hours * 60) // meter.minutes


def hole(rng: Random, slots: list[Slot], meter: MeterPlan, plan: Plan) -> None:
    """A hole one interval short of a class limit, exactly on it, or one longer; at times at the end."""
    limit = _count(rng.choice((1, 2, 4, 4, 4, 24, 24)), meter)
    length = max(1, limit + rng.choice((-1, 0, 1)))
    stretch = slots[-length:] if rng.random() < 0.2 else _stretch(rng, slots, length)
    for slot in stretch:
        slot.is_sent = False


def speckle(rng: Random, slots: list[Slot], meter: MeterPlan, plan: Plan) -> None:
    """Single readings are missing here and there, around the 80 % that F04 wants."""
    share = rng.choice((0.03, 0.19, 0.2, 0.21))
    for slot in slots:
        slot.is_sent = slot.is_sent and rng.random() > share


def zeros(rng: Random, slots: list[Slot], meter: MeterPlan, plan: Plan) -> None:
    """0 kW for about 48 h."""
    _level(rng, slots, meter, (47, 48, 48, 49), 0)


def stuck(rng: Random, slots: list[Slot], meter: MeterPlan, plan: Plan) -> None:
    """The same value for about 24 h."""
    _level(rng, slots, meter, (23, 24, 24, 25), rng.choice((1234567, 1, 2500000)))


def _level(rng: Random, slots: list[Slot], meter: MeterPlan, lengths: tuple[int, ...], kw: int) -> None:
    """One value for some hours: exactly, an interval short or long; with holes, defects or another value inside."""
    stretch = _stretch(rng, slots, _count(rng.choice(lengths), meter) + rng.choice((-1, 0, 0, 1)))
    for slot in stretch:
        slot.kw = kw
    inside = stretch[1:-1]
    kind = rng.choice(("", "", "bridged", "bridged", "broken", "defects", "defects", "other"))
    if kind in ("bridged", "broken"):
        silent = _stretch(rng, inside, max(1, _count(4, meter) - (kind == "bridged")))
        for slot in silent:
            slot.is_sent = False
    for slot in rng.sample(inside, min(len(inside), 3)):
        if kind == "defects":
            slot.defect = rng.choice(("off_grid", "value", "unit", "no_unit", "negative"))
    if kind == "other" and inside:
        rng.choice(inside).kw = kw + 1


def overload(rng: Random, slots: list[Slot], meter: MeterPlan, plan: Plan) -> None:
    """5, 6 or 7 readings above the limit; one between them may be missing, off the grid, or just at the limit."""
    limit = round(plan.limit_of(meter) * MILLION)
    length = rng.choice((5, 6, 6, 7, 8))
    kind = rng.choice(("", "", "missing", "off_grid", "at_limit", "unreadable"))
    stretch = _stretch(rng, slots, length + (kind in ("missing", "off_grid")))
    for slot in stretch:
        slot.kw = limit + rng.choice((1, 1000, 5_000_000))
    for slot in stretch[2:3]:
        slot.is_sent = slot.is_sent and kind != "missing"
        slot.defect = {"off_grid": "off_grid", "unreadable": "value"}.get(kind, "")
        slot.kw = limit if kind == "at_limit" else slot.kw


def two_levels(rng: Random, slots: list[Slot], meter: MeterPlan, plan: Plan) -> None:
    """Another level from the eighth day on: F04's weeks touch; with a wild day between them they do not."""
    for slot in slots:
        day = (slot.at - plan.start) // DAY
        if day == 7 and plan.days > 14:
            slot.kw += rng.randint(-500, 500) * 1000
        elif day >= 7:
            slot.kw -= 1_500_000


def steps(rng: Random, slots: list[Slot], meter: MeterPlan, plan: Plan) -> None:
    """Rises to six times and falls to a tenth: exactly, and a little more; after silence of about 4 h too."""
    for _ in range(4):
        stretch = _stretch(rng, slots, _count(4, meter) + 2)
        if len(stretch) < 2:
            continue
        low = rng.choice((100_000, 99_999, 350_000, 0, 1_200_000))
        first, second = (stretch[0], stretch[-1 - rng.randint(0, 1)]) if rng.random() < 0.4 else stretch[:2]
        rise = 6 * max(low, 100_000) + rng.choice((0, 1))
        first.kw, second.kw = (low, rise) if rng.random() < 0.5 else (10 * low, low - rng.choice((0, 1)))
        second.kw = max(0, second.kw)
        for slot in slots:
            if first.at < slot.at < second.at:
                slot.is_sent = False


def defects(rng: Random, slots: list[Slot], meter: MeterPlan, plan: Plan) -> None:
    """Readings that fail one check or another."""
    kinds = ("off_grid", "value", "unit", "no_unit", "negative", "time", "future", "late", "old", "near_grid")
    for slot in rng.sample(slots, min(len(slots), 12)):
        slot.defect = rng.choice(kinds)


def silence(rng: Random, slots: list[Slot], meter: MeterPlan, plan: Plan) -> None:
    """Rarely a meter says nothing at all."""
    if rng.random() < 0.2:
        for slot in slots:
            slot.is_sent = False


EVENTS = (steps, defects, defects, speckle, hole, hole, hole, zeros, zeros, stuck, stuck, overload, overload, silence)
