"""Worlds of some weeks whose meters change their ways often, and whose readings arrive in any order.

Made to try the incremental run: episodes that a late reading splits, joins, opens or closes, holes closed in part,
weeks flat or apart from their neighbours, an hour's change of the clock, meters without news for days. Of every other
world nearly all comes at once, and then now and then some hours of one meter, as most late readings do.
"""

from collections import defaultdict
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from random import Random

from .history import Delivery
from .world import World

FIRST_DAY = datetime(2026, 3, 18, tzinfo=UTC)  # the clock changes on 29 March
DAYS = 21
METERS = {  # interval, neighbourhood, first day, days, min_kw
    "A1": (60, "A", 0, 21, ""),
    "A2": (60, "A", 0, 21, ""),
    "A3": (60, "A", 2, 19, ""),
    "A4": (60, "A", 0, 21, "-20"),
    "A5": (30, "A", 6, 12, ""),
    "B1": (60, "B", 0, 21, ""),
    "B2": (15, "B", 8, 6, ""),
    "C1": (60, "", 0, 21, ""),
}
# Both clocks change within the days; on Lord Howe by half an hour, so that hours of the grid cross midnight.
ZONES = ("Australia/Lord_Howe", "Europe/Berlin", "Europe/Berlin")
CONFIG = {
    "faults": {"neighbourhood": {"excludes": True}},
    "peaks": {"weather_region": "R", "min_hours": 24, "winter": {"months": [3], "base_temperature_c": 15}},
    "validation": {"late_tolerance_hours": 300, "max_kw": 20},
}
Line = tuple[str, datetime, str, str]
Piece = tuple[str, datetime, datetime, int]


def restless_world(seed: int, root: Path) -> tuple[World, list[list[Delivery]]]:
    """The world, and its files in the batches that they arrive in."""
    rng = Random(seed)
    lines = [line for meter in METERS for line in _lines(rng, meter)]
    count = rng.randint(3, 6)
    arriving: dict[int, list[Line]] = defaultdict(list)
    pieces = _pieces(rng, count) if seed % 2 else []
    for line in lines:
        arriving[_late(pieces, line) if pieces else _batch(rng, line, count)].append(line)
        if rng.random() < (0.002 if not pieces else 0):
            arriving[rng.randrange(count)].append(line)
        if rng.random() < (0.003 if not pieces else 0.0003):
            arriving[rng.randrange(count)].append((line[0], line[1], rng.choice(("0", "1.5", "25", "x", "3")), "kW"))
    batches = [_files(rng, number, arriving[number]) for number in range(count)]
    if rng.random() < 0.5:
        rng.shuffle(batches)
    deliveries = tuple(delivery for batch in batches for delivery in batch)
    config = CONFIG | {"time_zone": ZONES[seed % len(ZONES)]}
    return World(seed, root, config, deliveries, _reference(rng)), [batch for batch in batches if batch]


def _lines(rng: Random, meter: str) -> list[Line]:
    interval, _, first, days, min_kw = METERS[meter]
    start, count = FIRST_DAY + timedelta(days=first), days * 24 * 60 // interval
    found: list[Line] = []
    slot = 0
    while slot < count:
        way = rng.choice(("curve", "curve", "curve", "apart", "zero", "stuck", "over", "flat", "hole", "hole", "mixed"))
        hours = {"hole": rng.choice((1, 2, 3, 4, 6, 23, 24, 30, 60, 110, 200)), "over": rng.randint(3, 14)}
        length = max(1, hours.get(way, rng.choice((6, 20, 24, 26, 46, 50, 75, 170))) * 60 // interval)
        stuck = rng.choice(("1.25", "0.5", "3"))
        for at in range(slot, min(count, slot + length)):
            if way != "hole" and rng.random() > 0.01:
                value = _value(rng, way, start + timedelta(minutes=at * interval), stuck)
                found.append((meter, start + timedelta(minutes=at * interval), value, "kW"))
        slot += length
    if min_kw:
        found = [
            (m, at, f"-{value}" if at.hour == 12 and value != "0" else value, unit) for m, at, value, unit in found
        ]
    return found


def _value(rng: Random, way: str, at: datetime, stuck: str) -> str:
    curve = 1.0 + 0.8 * ((at.hour * 7 + at.day) % 24) / 24
    if way == "zero":
        return "0"
    if way == "stuck":
        return stuck
    if way == "over":
        return rng.choice(("25", "22.5"))
    if way == "flat":
        return f"{2 + rng.random() / 200:.4f}"
    if way == "apart":
        return f"{3 - curve + rng.random() / 5:.3f}"
    if way == "mixed":
        return rng.choice(("0", "0.05", "1", "9", "0.5", "-1", "", "nonsense"))
    return f"{curve + rng.random() / 5:.3f}"


def _batch(rng: Random, line: Line, count: int) -> int:
    """In order for the most part; some late, some before their time."""
    if rng.random() < 0.003:
        return rng.randrange(count)
    passed = (line[1] - FIRST_DAY) / timedelta(days=DAYS)
    return min(count - 1, int(passed * count))


def _pieces(rng: Random, count: int) -> list[Piece]:
    """What comes after the first batch: hours of a meter, and the batch that brings them."""
    found = []
    for _ in range(4 * count):
        first = FIRST_DAY + timedelta(hours=rng.randrange(DAYS * 24))
        hours = timedelta(hours=rng.choice((1, 1, 2, 5, 24, 30)))
        found.append((rng.choice(list(METERS)), first, first + hours, rng.randrange(1, count)))
    return found


def _late(pieces: list[Piece], line: Line) -> int:
    found = (number for meter, first, end, number in pieces if meter == line[0] and first <= line[1] < end)
    return next(found, 0)


def _files(rng: Random, number: int, lines: list[Line]) -> list[Delivery]:
    """One or two files an hour of arrival, the batch's own hours, after all that they hold."""
    if not lines:
        return []
    landed = max(at for _, at, _, _ in lines) + timedelta(hours=1)
    rng.shuffle(lines)
    half = len(lines) // 2
    found = []
    for part, some in enumerate((lines[:half], lines[half:])):
        if some:
            rows = [f"{meter},{at:%Y-%m-%dT%H:%M:%SZ},{value},{unit}" for meter, at, value, unit in some]
            path = f"raw/{landed:%Y/%m/%d/%H}/batch{number}-{part}.csv"
            found.append(Delivery(path, "\n".join(["meter_id,timestamp,value,unit", *rows, ""]).encode()))
    return found


def _reference(rng: Random) -> dict[str, bytes]:
    meters = ["meter_id,meter_type,interval_minutes,neighbourhood_id,max_kw,min_kw,active_from,active_to"]
    for meter, (interval, neighbourhood, first, days, min_kw) in METERS.items():
        active_from = f"{FIRST_DAY + timedelta(days=first):%Y-%m-%dT%H:%MZ}" if rng.random() < 0.5 else ""
        active_to = f"{FIRST_DAY + timedelta(days=first + days - 1):%Y-%m-%dT%H:%MZ}" if rng.random() < 0.2 else ""
        kind = "house" if meter != "B1" else "shop"
        meters.append(f"{meter},{kind},{interval},{neighbourhood},,{min_kw},{active_from},{active_to}")
    vacancies = [
        "meter_id,from,to",
        f"A2,{FIRST_DAY + timedelta(days=4):%Y-%m-%d},{FIRST_DAY + timedelta(days=6):%Y-%m-%d}",
    ]
    weather = ["region,hour,temperature_c"]
    for hour in range(DAYS * 24):
        weather.append(f"R,{FIRST_DAY + timedelta(hours=hour):%Y-%m-%dT%H:00Z},{rng.randint(-3, 18)}")
    tables = {"meters": meters, "vacancies": vacancies, "weather": weather}
    return {f"{name}.csv": "\n".join([*rows, ""]).encode() for name, rows in tables.items()}


def unsettled(world: World, rng: Random) -> World:
    """The same readings beside references that are not final yet: meters of another neighbourhood, type, limit or
    period, one that is missing, other vacancies, other temperatures."""
    rows = [line.split(",") for line in world.reference_files["meters.csv"].decode().splitlines()]
    meters = [",".join(rows[0])]
    for row in rows[1:]:
        if rng.random() < 0.1:
            continue
        changes = {1: ("house", "shop"), 3: ("A", "B", ""), 4: ("", "2.5"), 6: ("", row[6]), 7: ("", row[7])}
        for place, choices in changes.items():
            if rng.random() < 0.25:
                row[place] = rng.choice(choices)
        meters.append(",".join(row))
    first = FIRST_DAY + timedelta(days=rng.randrange(DAYS - 4))
    vacancies = [
        "meter_id,from,to",
        f"{rng.choice(list(METERS))},{first:%Y-%m-%d},{first + timedelta(days=3):%Y-%m-%d}",
    ]
    weather = world.reference_files["weather.csv"].decode().splitlines()
    kept = [weather[0], *(line for line in weather[1:] if rng.random() < 0.9)]
    tables = {"meters": meters, "vacancies": vacancies, "weather": kept}
    return replace(
        world, reference_files={f"{name}.csv": "\n".join([*rows, ""]).encode() for name, rows in tables.items()}
    )
