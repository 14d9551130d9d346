"""The district: its neighbourhoods, its meters, and what each meter would measure on a good day."""

from dataclasses import dataclass
from pathlib import Path
from random import Random

from meterlake.errors import MeterlakeError
from meterlake.sample.curves import Homes, at_intervals, opening_hours, settle, sunshine
from meterlake.sample.feed import Feed
from meterlake.sample.meter import Meter
from meterlake.sample.period import Period

FEWEST_METERS, FEWEST_DAYS, MOST_DAYS = 80, 21, 60
METERS_PER_NEIGHBOURHOOD = 21
NAMES = (
    "alder-park", "bay-view", "cedar-hill", "dry-creek", "east-mesa", "fern-valley", "garden-row", "hollow-oak",
    "iron-wharf", "june-field", "kelp-cove", "live-oak", "mill-pond", "north-gate", "orchard", "pine-ridge",
)  # fmt: skip
# Some homes belong to no neighbourhood; a meter keeps what its neighbours share either way.
WITHOUT_NEIGHBOURHOOD_EVERY = 71


@dataclass(frozen=True)
class Plan:
    """What is asked for: how many meters and days, the seed, and the folder of the homes' curves."""

    meters: int
    days: int
    seed: int
    homes: Path

    def checked(self) -> "Plan":
        """Itself, or a MeterlakeError where the injections would not fit."""
        if self.meters < FEWEST_METERS:
            raise MeterlakeError(
                f"{self.meters} meters are too few",
                "--meters",
                f"ask for {FEWEST_METERS} or more: each injection has one",
            )
        if not FEWEST_DAYS <= self.days <= MOST_DAYS:
            raise MeterlakeError(
                f"{self.days} days do not fit", "--days", f"ask for {FEWEST_DAYS} to {MOST_DAYS}, faults last for days"
            )
        return self

    def random(self, *purpose: object) -> Random:
        """Random numbers of their own for each purpose: one injection more changes no other."""
        return Random("/".join(map(str, (self.seed, *purpose))))


@dataclass(frozen=True)
class Neighbourhood:
    """Meters of one type whose curves have much in common."""

    name: str
    meter_type: str
    shared: list[float]
    opening: list[float]
    sun: list[float]


def build_feeds(plan: Plan) -> list[Feed]:
    """Every meter of the district with its clean curve."""
    period = Period(plan.days)
    homes = Homes(plan.homes, period)
    neighbourhoods = _neighbourhoods(plan, homes, period)
    feeds = []
    for number in range(plan.meters):
        neighbourhood = neighbourhoods[number % len(neighbourhoods)]
        meter = _meter(number, number // len(neighbourhoods), neighbourhood)
        feeds.append(Feed(meter, period, _watts(meter, neighbourhood, homes, period, plan.random("curve", number))))
    return feeds


def _neighbourhoods(plan: Plan, homes: Homes, period: Period) -> list[Neighbourhood]:
    count = max(4, plan.meters // METERS_PER_NEIGHBOURHOOD)
    special = max(1, count // 8)
    types = ["solar"] * special + ["commercial"] * special
    types = ["residential"] * (count - len(types)) + types
    found = []
    for number, meter_type in enumerate(types):
        random = plan.random("neighbourhood", number)
        name = NAMES[number] if number < len(NAMES) else f"district-{number + 1}"
        opening = opening_hours(period) if meter_type == "commercial" else [1.0] * (period.end // 60 + 1)
        found.append(Neighbourhood(name, meter_type, homes.mixed(random), opening, sunshine(random, period)))
    return found


def _meter(number: int, place: int, neighbourhood: Neighbourhood) -> Meter:
    """The meter at a place of its neighbourhood: a sixth are quarter-hourly, a sixth half-hourly, the rest hourly."""
    interval = {1: 30, 3: 15}.get((place + len(neighbourhood.name)) % 6, 60)
    if neighbourhood.meter_type != "residential" and interval == 15:
        interval = 60
    alone = neighbourhood.meter_type == "residential" and number % WITHOUT_NEIGHBOURHOOD_EVERY == 70
    return Meter(
        meter_id=f"MTR-{10001 + number}",
        meter_type=neighbourhood.meter_type,
        interval_minutes=interval,
        neighbourhood_id="" if alone else neighbourhood.name,
        max_kw=90 if neighbourhood.meter_type == "commercial" else None,
        min_kw=-12 if neighbourhood.meter_type == "solar" else None,
    )


def _watts(meter: Meter, neighbourhood: Neighbourhood, homes: Homes, period: Period, random: Random) -> list[int]:
    count = period.end // meter.interval_minutes
    shared = at_intervals(neighbourhood.shared, meter.interval_minutes, count)
    own = at_intervals(homes.curve(random), meter.interval_minutes, count)
    opening = at_intervals(neighbourhood.opening, meter.interval_minutes, count)
    level = 1000 * (random.uniform(6, 14) if meter.meter_type == "commercial" else random.uniform(0.5, 1.6))
    noise = 0.06 if meter.interval_minutes == 60 else 0.12
    watts = [
        round(level * share * (0.12 + 0.64 * ours + 0.24 * mine) * random.uniform(1 - noise, 1 + noise))
        for share, ours, mine in zip(opening, shared, own, strict=True)
    ]
    if meter.exports:
        panels = random.uniform(2500, 5500)
        sun = at_intervals(neighbourhood.sun, meter.interval_minutes, count)
        return [used - round(panels * light * random.uniform(0.93, 1)) for used, light in zip(watts, sun, strict=True)]
    settle(watts, 0, meter.interval_minutes, meter.cap_watts)
    return watts
