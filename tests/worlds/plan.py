"""What a world is about: its place, its days, its meters, and the settings that go with them."""

from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from random import Random
from typing import Any
from zoneinfo import ZoneInfo

MINUTE = 60 * 10**9
HOUR = 60 * MINUTE
DAY = 24 * HOUR
EPOCH = datetime(1970, 1, 1, tzinfo=UTC)

# A zone with days worth a world: its clock changes, public holidays, the turn of a year and of a month.
PLACES: dict[str, tuple[str, tuple[date, ...]]] = {
    "UTC": ("GB", (date(2024, 2, 28), date(2023, 12, 30), date(2024, 6, 3))),
    "Europe/Berlin": ("DE-BY", (date(2024, 3, 31), date(2024, 10, 27), date(2024, 5, 1), date(2023, 12, 25))),
    "America/New_York": ("US", (date(2024, 3, 10), date(2024, 11, 3), date(2024, 7, 4))),
    "Asia/Kolkata": ("IN", (date(2024, 8, 15), date(2024, 1, 26))),
    "Australia/Lord_Howe": ("AU-NSW", (date(2024, 4, 7), date(2024, 10, 6), date(2024, 1, 26))),
    "America/Sao_Paulo": ("BR", (date(2018, 11, 4), date(2018, 2, 18), date(2018, 12, 25))),
    "Asia/Kathmandu": ("NP", (date(2024, 6, 12),)),
    "America/St_Johns": ("CA-NL", (date(2024, 3, 10), date(2024, 11, 3))),
    "Europe/Dublin": ("IE", (date(2024, 3, 31), date(2024, 10, 27))),
    "Pacific/Chatham": ("NZ", (date(2024, 4, 7), date(2024, 9, 29))),
}
TYPES = ("home", "heat_pump", "solar", "shop")
MOST_INTERVALS = 4500


def nanoseconds(when: datetime) -> int:
    """An aware datetime as nanoseconds since the epoch."""
    return (when - EPOCH) // timedelta(microseconds=1) * 1000


@dataclass
class MeterPlan:
    """A meter as the registry has it (texts), and what it does."""

    meter_id: str
    meter_type: str
    minutes: int
    neighbourhood: str
    max_kw: str = ""
    min_kw: str = ""
    active_from: str = ""
    active_to: str = ""
    active: tuple[int | None, int | None] = (None, None)
    shape: str = "home"

    @property
    def interval(self) -> int:
        """The interval in nanoseconds."""
        return self.minutes * MINUTE


@dataclass
class Plan:
    """Everything that is decided before a reading is written; times in nanoseconds."""

    zone: str
    region: str
    start: int
    days: int
    echo_days: int
    offset: int
    cadence_hours: int
    limit_kw: dict[str, float]
    weather: str = "any"
    meters: list[MeterPlan] = field(default_factory=list)
    config: dict[str, Any] = field(default_factory=dict)

    @property
    def end(self) -> int:
        """The end of the last day."""
        return self.start + self.days * DAY

    @property
    def spans(self) -> list[tuple[int, int]]:
        """When meters measure: the days of the world, and at times some days that end about 365 days before them."""
        echo = self.start - 366 * DAY
        return [(echo, echo + self.echo_days * DAY), (self.start, self.end)]

    def limit_of(self, meter: MeterPlan) -> float:
        """max_kw as the pipeline will see it."""
        return float(meter.max_kw) if meter.max_kw else self.limit_kw.get(meter.meter_type, 20.0)


def plan_world(rng: Random) -> Plan:
    """Draw a place, days, settings and meters."""
    zone = rng.choice(list(PLACES))
    region, dates = PLACES[zone]
    days = rng.choice((2, 3, 4, 6, 8, 9, 11, 14, 15))
    echo_days = rng.choice((0, 0, 0, 0, 0, 0, 0, 4)) if days < 9 else 0
    day = rng.choice(dates) - timedelta(days=rng.randint(0, days - 1))
    local = datetime(day.year, day.month, day.day, tzinfo=ZoneInfo(zone))
    limits = rng.choice(({}, {}, {"heat_pump": 12}, {"home": 7.5, "shop": 50}))
    config = _config(rng, zone, region, limits)
    offset = config.get("grid_offset_minutes")
    if offset is None:
        offset = min(_offset_minutes(zone, month) for month in (1, 7))
    start = nanoseconds(local.astimezone(UTC))
    start -= (start + offset * MINUTE) % HOUR
    cadence = rng.choice((1, 1, 6, 24)) if days + echo_days <= 4 else rng.choice((6, 24, 24))
    plan = Plan(zone, region, start, days, echo_days, offset * MINUTE, cadence, limits, config=config)
    if days >= 6 and rng.random() < 0.5:
        _plan_season(rng, plan, day.month)
    plan.meters = _meters(rng, plan)
    if rng.random() < 0.15:
        as_of = EPOCH + timedelta(seconds=(start + rng.randint(0, days * 24 + 30) * HOUR) // 10**9)
        config["as_of"] = as_of.strftime("%Y-%m-%dT%H:%M:%SZ")
    return plan


def _plan_season(rng: Random, plan: Plan, month: int) -> None:
    """A season over all the days of the world, with weather that drives its load."""
    here = sorted({(month + ahead - 2) % 12 + 1 for ahead in range(3)})
    elsewhere = [one for one in range(1, 13) if one not in here]
    plan.weather = rng.choice(("summer", "winter"))
    months = (here, elsewhere) if plan.weather == "summer" else (elsewhere, here)
    plan.config["peaks"]["weather_region"] = "north"
    plan.config["peaks"]["summer"] = {"months": months[0], "base_temperature_c": 22}
    plan.config["peaks"]["winter"] = {"months": months[1], "base_temperature_c": 15}


def _offset_minutes(zone: str, month: int) -> int:
    return datetime(2024, month, 1, tzinfo=ZoneInfo(zone)).utcoffset() // timedelta(minutes=1)


def _config(rng: Random, zone: str, region: str, limits: dict[str, float]) -> dict[str, Any]:
    """Settings that differ from the defaults."""
    config: dict[str, Any] = {"time_zone": zone, "validation": {}, "peaks": {}, "faults": {}, "sources": {}}
    if rng.random() < 0.15:
        config["grid_offset_minutes"] = rng.choice((0, 30, 345, -210, 60))
    if rng.random() < 0.12:
        config["validation"]["check_arrival"] = False
    if limits:
        config["validation"]["max_kw_by_meter_type"] = dict(limits)
    if rng.random() < 0.3:
        config["faults"]["neighbourhood"] = {"excludes": True}
    if rng.random() < 0.6:
        config["peaks"]["weather_region"] = "north"
    if rng.random() < 0.6:
        config["peaks"]["holiday_region"] = region
    if rng.random() < 0.4:
        config["peaks"]["min_hours"] = rng.choice((20, 47, 48))
    if rng.random() < 0.4:  # a season whatever the date
        config["peaks"]["summer"] = {"months": [1, 2, 3, 4, 11, 12], "base_temperature_c": 22}
        config["peaks"]["winter"] = {"months": [5, 6, 7, 8, 9, 10], "base_temperature_c": 15}
    return config


def _meters(rng: Random, plan: Plan) -> list[MeterPlan]:
    """3 to 8 meters in 1 to 3 neighbourhoods, one of which often has four meters and more."""
    count = rng.randint(3, 8)
    big = rng.random() < 0.7
    budget = MOST_INTERVALS
    names = rng.sample(("MTR-1", "MTR-10", "mtr-1", "M 4", "Zähler-5", 'Q"6', "A,7", "0008", "MTR-2", "x"), count)
    days = plan.days + plan.echo_days
    found = []
    for number, name in enumerate(names):
        minutes = rng.choice((60, 60, 60, 30, 15, 20)) if rng.random() < 0.97 else 1
        while days * 1440 // minutes > budget:
            minutes = 60
            budget = max(budget, days * 24)
        budget -= days * 1440 // minutes
        home = "N1" if big and number < 5 else rng.choice(("N1", "N2", "", "N-3"))
        meter = MeterPlan(name, rng.choice(TYPES), minutes, home)
        _give_limits(rng, meter)
        _give_life(rng, meter, plan)
        meter.shape = _shape(rng, meter)
        found.append(meter)
    return found


def _shape(rng: Random, meter: MeterPlan) -> str:
    if meter.min_kw.startswith("-"):
        return "solar"
    return rng.choice(("home", "home", "home", "home", "contrary", "noise", "flat", "flat", "edge_of_flat", "spiky"))


def _give_limits(rng: Random, meter: MeterPlan) -> None:
    """max_kw and min_kw of its own, export for solar meters."""
    if rng.random() < 0.25:
        meter.max_kw = rng.choice(("3", "4.5", "6.250001", "100", "2e1"))
    if meter.meter_type == "solar" and rng.random() < 0.8:
        meter.min_kw = rng.choice(("-10", "-3.5", "-0.5"))
    elif rng.random() < 0.1:
        meter.min_kw = rng.choice(("0", "0.05"))


def _give_life(rng: Random, meter: MeterPlan, plan: Plan) -> None:
    """active_from and active_to: on the grid, off it, as a date, before and after the days of the world."""
    begin = end = None
    if rng.random() < 0.3:
        begin = plan.start + rng.choice((-30, -3, 0, 1, 5, 20, 26)) * HOUR + rng.choice((0, 0, 7 * MINUTE, 1))
    if rng.random() < 0.25:
        end = plan.end + rng.choice((-40, -25, -5, -1, 0, 3, 48)) * HOUR + rng.choice((0, 0, 11 * MINUTE))
    if begin is not None and end is not None and end <= begin:
        end = None
    meter.active_from, begin = _written(rng, begin, plan)
    meter.active_to, end = _written(rng, end, plan)
    meter.active = (begin, end)


def _written(rng: Random, at: int | None, plan: Plan) -> tuple[str, int | None]:
    """An instant as a registry writes it, at times rounded to a mere date."""
    if at is None:
        return "", None
    seconds, fraction = divmod(at, 10**9)
    when = EPOCH + timedelta(seconds=seconds)
    if rng.random() < 0.3:
        local = when.astimezone(ZoneInfo(plan.zone)).replace(hour=0, minute=0, second=0)
        return local.strftime("%Y-%m-%d"), nanoseconds(local.astimezone(UTC))
    if fraction:
        return when.strftime("%Y-%m-%dT%H:%M:%S.") + f"{fraction:09d}Z", at
    form = rng.choice(("%Y-%m-%dT%H:%M:%SZ", "%Y-%m-%d %H:%M", " %Y-%m-%dT%H:%M+00 "))
    return when.strftime(form), at
