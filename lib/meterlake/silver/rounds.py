"""Days judged again, round by round, until what they hand on to the days behind them is what it was.

A round judges the earliest pending days of each meter. Where their end has changed (tables.silver.CARRIED) the meter's
next days follow in the next round, twice as many each time; so a late reading in a long run costs that run and no more.
"""

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import date
from functools import reduce

from pyspark.sql import Column, DataFrame
from pyspark.sql import functions as F

from meterlake import grid
from meterlake.config import Config
from meterlake.silver.build import days_of as meter_days_of
from meterlake.silver.day_sets import bounds_in, days_between, days_in, is_in, widened
from meterlake.silver.kept import JUDGED, keep
from meterlake.silver.rulebook import judge
from meterlake.silver.slices import as_slices, days_of, in_slices, segments, unbroken

_MOST_DOUBLINGS = 16  # more days than any table holds
NEAR = 3  # days before a slice in which nearly all meters have a reading
_SPAN = ("neighbourhood_key", "meter_key", "meter_id", "interval_minutes")

Bounds = tuple[date, date]
ReadDays = Callable[[DataFrame, set[date]], DataFrame]


@dataclass(frozen=True)
class Round:
    """Slices, their judged readings, and their days (meter_days.meter_days)."""

    slices: DataFrame
    judged: DataFrame
    meter_days: DataFrame

    def ends(self) -> DataFrame:
        """What each day hands on: meter_id, day, state."""
        return self.meter_days.select("meter_id", "day", F.col("carried").alias("state"))


@dataclass
class Rounds:
    """``read(slices, days)`` gives the standardised readings of slices; ``stored`` is silver.meter_days as
    (meter_id, day, state), ``seen`` names the meters (meter_id) that have a past there."""

    config: Config
    read: ReadDays
    stored: DataFrame
    seen: DataFrame
    done: list[Round] = field(default_factory=list)
    bounds: set[Bounds] = field(default_factory=set)

    def judge_until_settled(self, days: DataFrame) -> None:
        """Judges the days (a row a meter and day: neighbourhood_key, meter_key, meter_id, interval_minutes, day) and
        all that follows from them."""
        pending = keep(segments(days))
        while True:
            first = pending.groupBy("meter_id").agg(F.min("first_day").alias("first_day"))
            now = pending.join(first, ["meter_id", "first_day"])
            bounds = bounds_in(now)
            if self.done and not bounds:
                return
            later = pending.join(first, ["meter_id", "first_day"], "left_anti")
            grown = self._grown(self._judge(now, bounds), bounds)
            both = [_days(later)] if grown is None else [_days(later), _days(grown)]
            pending = keep(segments(reduce(DataFrame.unionByName, both).distinct()))

    def judge_more(self, days: DataFrame) -> None:
        """Judges days whose readings have not changed, for the sake of what is written on them; none of them twice."""
        spans = keep(unbroken(days))
        if bounds := bounds_in(spans):
            self._judge(spans, bounds)

    def slices(self) -> DataFrame:
        return reduce(DataFrame.unionByName, [done.slices for done in self.done])

    def judged(self) -> DataFrame:
        return reduce(DataFrame.unionByName, [done.judged for done in self.done])

    def meter_days(self) -> DataFrame:
        return reduce(DataFrame.unionByName, [done.meter_days for done in self.done])

    def days(self) -> DataFrame:
        """meter_id and day of all slices."""
        return days_of(self.slices()).select("meter_id", "day")

    def all_days(self) -> set[date]:
        """The local days of all slices."""
        return days_between(self.bounds)

    def _judge(self, spans: DataFrame, bounds: set[Bounds]) -> Round:
        states = self._states(is_in("day", widened((first for first, _ in bounds), NEAR, -1)))
        found = _latest(spans, states, "first_day", -1, near=True)
        slices = keep(as_slices(self._further(found, "first_day", -1).withColumnRenamed("latest", "carried")))
        readings = in_slices(self.read(slices, days_between(bounds)), slices, self.config.time_zone)
        judged = keep(judge(readings, self.config).select(*JUDGED, "registry_key", "carried"))
        ends = keep(meter_days_of(judged, self.config.time_zone))
        self.done.append(Round(slices, judged, ends))
        self.bounds |= bounds
        return self.done[-1]

    def _grown(self, done: Round, bounds: set[Bounds]) -> DataFrame | None:
        """The days that a round's changed ends reach next; None where nothing is stored behind them."""
        if not bounds:
            return None
        behind = self.stored.where(F.col("day") > grid.date_literal(min(last for _, last in bounds)))
        if behind.isEmpty():
            return None
        own = done.slices.drop("meter_key")
        new = _latest(own, done.ends(), "last_day", 0).withColumnRenamed("latest", "_new")
        near = self.stored.where(is_in("day", widened(days_between(bounds), NEAR, 0)))
        old = self._further(_latest(new, near, "last_day", 0, near=True), "last_day", 0, stored_only=True)
        changed = old.where(~F.coalesce("_new", "carried").eqNullSafe(F.col("latest")))
        behind_of = behind.select("meter_id", "day")
        next_day = (
            changed.join(behind_of, "meter_id")
            .where(F.col("day") > F.col("last_day"))
            .groupBy(
                "neighbourhood_key",
                F.col("registry_key").alias("meter_key"),
                "meter_id",
                "interval_minutes",
                "last_day",
            )
            .agg(F.min("day").alias("_next"))
        )
        return keep(
            next_day.select(
                *_SPAN,
                F.date_add("last_day", 1).alias("first_day"),
                F.greatest(
                    "_next",
                    F.least(
                        F.date_add("last_day", 2 ** min(len(self.done), _MOST_DOUBLINGS)), grid.date_literal(date.max)
                    ),
                ).alias("last_day"),
            )
        )

    def _states(self, condition: Column) -> DataFrame:
        """What each day hands on, as it is now: of the slices judged so far, else as stored."""
        stored = self.stored.where(condition)
        if not self.done:
            return stored
        ends = reduce(DataFrame.unionByName, [done.ends() for done in self.done])
        return stored.join(F.broadcast(self.days()), ["meter_id", "day"], "left_anti").unionByName(ends)

    def _further(self, found: DataFrame, bound: str, shift: int, stored_only: bool = False) -> DataFrame:
        """Looks through the whole past of the meters that have been silent for longer; there are few."""
        past = self.seen
        if self.done and not stored_only:  # of a meter that is new, the past is what this run has judged
            past = past.unionByName(self.slices().select("meter_id")).distinct()
        joined = found.join(past.withColumn("_has_past", F.lit(True)), "meter_id", "left")
        is_missing = F.col("latest").isNull() & F.col("_has_past").isNotNull()
        kept = keep(joined.select(*found.columns, is_missing.alias("_is_missing")))
        missing = kept.where("_is_missing")
        if missing.isEmpty():
            return kept.drop("_is_missing")
        before = F.col("day") <= grid.date_literal(max(days_in(missing, bound)))
        states = self.stored.where(before) if stored_only else self._states(before)
        further = _latest(missing.drop("latest", "_is_missing"), states, bound, shift)
        return kept.where(~F.col("_is_missing")).drop("_is_missing").unionByName(further)


def _latest(spans: DataFrame, states: DataFrame, bound: str, shift: int, near: bool = False) -> DataFrame:
    """Adds latest: the newest state of the meter's days up to the bound moved by ``shift`` days; empty without.

    ``near``: where ``states`` lacks days further back than NEAR before the span. What it has of them by chance, of
    another span's days, is not the newest.
    """
    own = spans.select("meter_id", "first_day", F.date_add(bound, shift).alias("_bound"))
    is_before = F.col("day") <= F.col("_bound")
    if near:
        is_before &= F.col("day") >= F.date_sub("first_day", NEAR)
    newest = (
        states.join(F.broadcast(own), "meter_id")
        .where(is_before)
        .groupBy("meter_id", "first_day")
        .agg(F.max_by("state", "day").alias("latest"))
    )
    return spans.join(newest, ["meter_id", "first_day"], "left")


def _days(spans: DataFrame) -> DataFrame:
    return spans.select(*_SPAN, F.explode(F.sequence("first_day", "last_day")).alias("day"))
