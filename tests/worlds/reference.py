"""The reference tables of a world as CSV."""

from datetime import timedelta
from math import pi, sin
from random import Random

from .plan import DAY, EPOCH, HOUR, MINUTE, MeterPlan, Plan


def _csv(rng: Random, header: tuple[str, ...], rows: list[tuple[str, ...]]) -> bytes:
    """A CSV file, now and then with blanks around a field or quotes that nobody needs."""
    lines = [header, *rows]
    end = rng.choice(("\n", "\r\n"))
    return "".join(",".join(_field(rng, text) for text in line) + end for line in lines).encode()


def _field(rng: Random, text: str) -> str:
    if "," in text or '"' in text or rng.random() < 0.03:
        return '"' + text.replace('"', '""') + '"'
    return f" {text} " if rng.random() < 0.03 else text


def _utc(at: int) -> str:
    return (EPOCH + timedelta(seconds=at // 10**9)).strftime("%Y-%m-%dT%H:%M:%SZ")


def meters_csv(rng: Random, meters: list[MeterPlan]) -> bytes:
    """The registry; columns that no meter needs are left out at times."""
    columns = {
        "meter_id": lambda one: one.meter_id,
        "meter_type": lambda one: one.meter_type,
        "interval_minutes": lambda one: "" if one.minutes == 60 and rng.random() < 0.3 else str(one.minutes),
        "neighbourhood_id": lambda one: one.neighbourhood,
        "max_kw": lambda one: one.max_kw,
        "min_kw": lambda one: one.min_kw,
        "active_from": lambda one: one.active_from,
        "active_to": lambda one: one.active_to,
    }
    needed = list(columns)[:4]
    optional = [name for name in list(columns)[4:] if any(map(columns[name], meters)) or rng.random() < 0.7]
    header = tuple(needed + optional)
    return _csv(rng, header, [tuple(columns[name](one) for name in header) for one in meters])


def vacancies_csv(rng: Random, plan: Plan) -> bytes:
    """Vacancies that hold part of a meter's days, from or to an instant on or off the hour, or open."""
    rows = []
    for meter in plan.meters:
        if rng.random() < 0.35:
            begin = plan.start + rng.randint(-10, plan.days * 24) * HOUR + rng.choice((0, 0, 30 * MINUTE))
            end = begin + rng.choice((1, 6, 24, 47, 48, 49, 200)) * HOUR
            rows.append((meter.meter_id, _utc(begin), "" if rng.random() < 0.2 else _utc(end)))
    rows.append(("nobody", _utc(plan.start), ""))
    return _csv(rng, ("meter_id", "from", "to"), rows)


def weather_csv(rng: Random, plan: Plan) -> bytes:
    """Hourly weather of two regions around the season's bases and the extremes, with hours that are missing."""
    mean, swing = rng.choice(((25, 8), (23, 3), (5, 10), (12, 4), (25, 12), (5, 16), (33, 3), (-9, 2), (18, 0)))
    phase = rng.random() * 2 * pi
    if plan.weather != "any":  # as the meters' load goes, or (with heating) against it
        mean, swing, phase = (26, 8, -2.0) if plan.weather == "summer" else (8, 9, pi - 2)
    rows = []
    hours = (at for begin, end in plan.spans for at in range(begin // HOUR * HOUR - 2 * HOUR, end + 3 * HOUR, HOUR))
    for at in hours:
        degrees = mean + swing * sin(2 * pi * (at % DAY) / DAY + phase) + rng.randint(-20, 20) / 10
        text = rng.choice(("35", "35.1", "-10", "-10.1", "22", "15")) if rng.random() < 0.05 else f"{degrees:.1f}"
        if rng.random() < 0.95:
            rows.append(("north", _utc(at), text))
        if rng.random() < 0.3:
            rows.append(("south", _utc(at), "40"))
    return _csv(rng, ("region", "hour", "temperature_c"), rows)


def maintenance_csv(rng: Random, plan: Plan) -> bytes:
    """Maintenance that touches an hour, or overlaps it by a minute, of every region, of one, of another."""
    rows = []
    for number in range(rng.randint(0, 3)):
        begin = plan.start + rng.randint(0, plan.days * 24) * HOUR + number + rng.choice((0, 59 * MINUTE, MINUTE))
        end = begin + rng.choice((MINUTE, HOUR, 61 * MINUTE, 5 * HOUR))
        rows.append((_utc(begin), "" if rng.random() < 0.05 else _utc(end), rng.choice(("", "north", "south"))))
    rows = list({(begin, region): (begin, end, region) for begin, end, region in rows}.values())
    return _csv(rng, ("from", "to", "region"), rows)


def reference_files(rng: Random, plan: Plan) -> dict[str, bytes]:
    """All reference tables by file name; those that may be missing sometimes are."""
    files = {"meters.csv": meters_csv(rng, plan.meters)}
    others = {"vacancies.csv": vacancies_csv, "weather.csv": weather_csv, "grid_maintenance.csv": maintenance_csv}
    for name, write in others.items():
        content = write(rng, plan)
        if rng.random() < 0.9:
            files[name] = content
    return files
