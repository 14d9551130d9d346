"""Which meter gets which injection. Each has a meter of its own, so that no injection changes what another gives."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field

from meterlake.errors import MeterlakeError
from meterlake.sample import deliveries, faulty_values, interruptions, spoiled_readings
from meterlake.sample.curves import settle
from meterlake.sample.district import Plan
from meterlake.sample.feed import Feed
from meterlake.sample.truth import Truth

FIRST_DAY, LAST_DAYS = 8, 3  # the clocks change on day 5: quarter-hourly files must be whole then
HOUR_OF_DAY = 11
LEVEL_WATTS = 800  # a curve of this mean is on most days below 0.55 kW once, and above 0.65 kW
HIGH_LEVEL_WATTS = 1500  # and one of this mean above 1 kW
OVERLOADED_MAX_KW = 6


@dataclass
class Cast:
    """Hands out meters, places in time, and keeps what the injections say."""

    plan: Plan
    feeds: list[Feed]
    truth: Truth = field(default_factory=Truth)
    vacancies: list[tuple[str, int, int | None]] = field(default_factory=list)
    taken: dict[str, str] = field(default_factory=dict)

    def meter(self, role: str, interval: int = 60, meter_type: str = "", on_time: bool = False) -> Feed:
        """A meter that has no role yet: homes first, export meters only where asked for."""
        for wanted in [meter_type] if meter_type else ["residential", "commercial"]:
            for feed in self.feeds:
                fits = feed.interval == interval and feed.meter.meter_type == wanted
                fits &= feed.meter.meter_id not in self.taken
                if fits and not (on_time and feed.meter.comes_an_hour_later):
                    self.taken[feed.meter.meter_id] = role
                    return feed
        raise MeterlakeError(f"no {interval}-minute meter is left for: {role}", "--meters", "ask for more meters")

    def lone_meter(self, role: str, interval: int = 60) -> Feed:
        """A meter without a neighbourhood: what will be wrong with its values would be F05 too, here and there."""
        feed = self.meter(role, interval)
        feed.meter.neighbourhood_id = ""
        return feed

    def days(self, role: str, count: int, length: int = 1, first: int = FIRST_DAY) -> list[int]:
        """`count` days far enough apart for something of `length` days each, by the seed."""
        random = self.plan.random("days", role)
        share = (self.plan.days - LAST_DAYS - first) / count
        return [first + int(number * share) + random.randrange(max(1, int(share) - length)) for number in range(count)]

    def places(self, role: str, feed: Feed, count: int, length: int = 1, first: int = FIRST_DAY) -> list[int]:
        """The same as indexes of a meter's intervals, towards noon."""
        return [feed.at(day, HOUR_OF_DAY) for day in self.days(role, count, length, first)]


def play_all(cast: Cast) -> None:
    """Every injection into a single meter."""
    for play in (
        _rates, _units, _deliveries, _readings, _holes, _active_periods, _zeros, _stuck_values, _overloads, _weeks
    ):  # fmt: skip
        play(cast)


def _readings(cast: Cast) -> None:
    singles: Iterable[tuple[str, int, Callable[[Feed, Truth, list[int]], None]]] = (
        ("unreadable", 9, spoiled_readings.unreadable),
        ("wrong units", 6, spoiled_readings.wrong_units),
        ("wrong clock", 8, spoiled_readings.wrong_clock),
        ("beyond limits", 6, spoiled_readings.beyond_limits),
    )
    for role, count, inject in singles:
        feed = cast.meter(role)
        inject(feed, cast.truth, cast.places(role, feed, count, first=3))
    feed = cast.meter("beside unknown meters")
    spoiled_readings.from_unknown_meters(feed, cast.truth, cast.places("unknown", feed, 1, 2)[0])


def _rates(cast: Cast) -> None:
    feed, truth = cast.lone_meter("rates of change"), cast.truth
    _level(feed, LEVEL_WATTS)
    at = cast.places("rates", feed, 5, first=3)
    faulty_values.spike(feed, truth, at[0])
    faulty_values.dip(feed, truth, at[1], comes_back_steeply=True)
    faulty_values.dip(feed, truth, at[2], comes_back_steeply=False)
    faulty_values.spike(feed, truth, at[3])
    late_spike = faulty_values.spike(feed, truth, at[4])
    deliveries.late(feed, truth, late_spike, 1, hours=5)
    truth.add("Q01", feed, late_spike, detail="V07 and V11")


def _holes(cast: Cast) -> None:
    for role, interval, minutes in (
        ("short holes", 60, (60, 120, 180)),
        ("holes of hours", 60, (240, 300, 23 * 60)),
        ("holes of a day and more", 60, (24 * 60, 40 * 60)),
        ("half-hourly holes", 30, (30, 210, 240)),
        ("quarter-hourly holes", 15, (15, 60, 225)),
    ):
        feed = cast.meter(role, interval)
        length = -(-max(minutes) // (24 * 60)) + 1
        interruptions.silent(feed, cast.truth, cast.places(role, feed, len(minutes), length), minutes)
    for hours in (3, 7, 75):
        interruptions.silent_at_the_end(cast.meter(f"silent for {hours} h at the end"), cast.truth, hours)


def _active_periods(cast: Cast) -> None:
    truth = cast.truth
    for role, silent_hours, sends_on in (("ends after silence", 10, 0), ("ends and sends on", 2, 5)):
        feed = cast.meter(role)
        interruptions.ends(feed, truth, cast.places(role, feed, 1, 2)[0], silent_hours, sends_on)
    feed = cast.meter("begins with silence")
    interruptions.begins(feed, truth, feed.at(cast.days("begins", 1, 2)[0], 0), 26, 0)
    feed = cast.meter("begins and sent before")
    interruptions.begins(feed, truth, cast.places("sent before", feed, 1, 2)[0], 2, 3)
    feed = cast.meter("never comes")
    interruptions.never_comes(feed, feed.at(cast.days("never", 1, 2)[0], 0))


def _zeros(cast: Cast) -> None:
    truth = cast.truth
    for interval, hours in ((60, 60), (30, 48), (15, 51)):
        feed = cast.lone_meter(f"zeros, {interval}-minute", interval)
        index = cast.places(f"zeros {interval}", feed, 1, 4)[0]
        faulty_values.zeros(feed, truth, index, hours, True, f"{hours} h")
    feed = cast.lone_meter("zeros while away")
    index = cast.places("away", feed, 1, 6)[0]
    faulty_values.zeros(feed, truth, index, 96, False, "inside a vacancy")
    begin = index * feed.interval
    cast.vacancies.append((feed.meter.meter_id, begin - 60, begin + 97 * 60))
    feed = cast.lone_meter("zeros that are none")
    short, broken = cast.places("no zeros", feed, 2, 4)
    faulty_values.zeros(feed, truth, short, 47, False, "an hour too short")
    faulty_values.zeros_with_a_hole(feed, truth, broken)


def _stuck_values(cast: Cast) -> None:
    feed = cast.lone_meter("stuck")
    long, short = cast.places("stuck", feed, 2, 2)
    faulty_values.stuck(feed, cast.truth, long, 30, True)
    faulty_values.stuck(feed, cast.truth, short, 23, False)
    feed = cast.lone_meter("stuck over a hole", 30)
    faulty_values.stuck(feed, cast.truth, cast.places("stuck 30", feed, 1, 2)[0], 26, True, hole=6)


def _overloads(cast: Cast) -> None:
    feed = cast.meter("overloaded")
    feed.meter.max_kw = OVERLOADED_MAX_KW
    settle(feed.watts, 0, feed.interval, feed.meter.cap_watts)
    once, bridged = cast.places("overloaded", feed, 2)
    spoiled_readings.overloaded(feed, cast.truth, once, (8,))
    spoiled_readings.overloaded(feed, cast.truth, bridged, (4, 4), bridged=2)
    feed = cast.meter("overloaded, quarter-hourly", 15)
    spoiled_readings.overloaded(feed, cast.truth, cast.places("overloaded 15", feed, 1)[0], (9,))


def _weeks(cast: Cast) -> None:
    length = 10 if cast.plan.days >= 28 else 8
    feed = cast.lone_meter("nearly flat")
    faulty_values.nearly_flat(feed, cast.truth, cast.days("flat", 1, length)[0], length - 1)
    for interval in (60, 30):
        feed = cast.meter(f"mirrored, {interval}-minute", interval)
        faulty_values.mirrored(feed, cast.truth, cast.days(f"mirrored {interval}", 1, length)[0], length)


def _units(cast: Cast) -> None:
    for unit, spelled, interval in (
        ("W", " watts ", 60), ("kWh", "KWH", 60), ("Wh", "Wh", 30), ("kWh", "kWh", 15)
    ):  # fmt: skip
        feed = cast.meter(f"in {unit}, {interval}-minute", interval)
        deliveries.in_unit(feed, cast.truth, unit, spelled)
        cast.vacancies += _away_with_the_meter_running(cast, feed)
    deliveries.without_unit(cast.meter("without unit", meter_type="residential"), cast.truth)


def _deliveries(cast: Cast) -> None:
    truth = cast.truth
    feed = cast.meter("delivered again", on_time=True)
    at = cast.places("again", feed, 6, first=3)
    for index, hours in zip(at, (0, 1, 6), strict=False):
        deliveries.again(feed, truth, index, 1, hours)
    deliveries.corrected(feed, truth, at[3], 1)
    deliveries.corrected(feed, truth, at[4], 10)
    deliveries.there_and_back(feed, truth, at[5])
    feed = cast.meter("large without unit", 30, "residential")
    _level(feed, HIGH_LEVEL_WATTS)
    deliveries.large_without_unit(feed, truth, cast.places("large", feed, 4))
    feed = cast.meter("late by its own clock", 15)
    deliveries.late(feed, truth, cast.places("late 15", feed, 1)[0], 8, hours=3)


def _away_with_the_meter_running(cast: Cast, feed: Feed) -> list[tuple[str, int, int | None]]:
    """Vacancies that change nothing, one of them open: only zeros have to do with them."""
    if feed.interval != 60:
        return []
    day = cast.days(f"running {feed.unit}", 1, 3)[0]
    end = None if feed.unit == "W" else feed.period.midnight(day + 3)
    return [(feed.meter.meter_id, feed.period.midnight(day), end)]


def _level(feed: Feed, mean_watts: int) -> None:
    mean = sum(feed.watts) / len(feed.watts)
    feed.watts = [round(mean_watts * watts / mean) for watts in feed.watts]
    settle(feed.watts, 0, feed.interval, feed.meter.cap_watts)
