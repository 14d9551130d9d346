"""Silver from what is new: the days that new readings touch, judged again beside what the days before hand on."""

from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta

from pyspark.sql import DataFrame
from pyspark.sql import functions as F

from meterlake import grid
from meterlake.config import Config
from meterlake.silver import content, stored
from meterlake.silver import rows as row
from meterlake.silver.day_sets import days_in, is_in, widened
from meterlake.silver.episodes import changed_spans, runs_across
from meterlake.silver.faults import fault_rows
from meterlake.silver.gaps import closed_holes, longest_filled_us, outer_holes
from meterlake.silver.kept import JUDGED, keep
from meterlake.silver.meters import with_reference, with_seen
from meterlake.silver.rounds import Rounds
from meterlake.silver.rulebook import (
    Bronze,
    judge,
    meters_seen,
    rows_to_publish,
    standardise,
    weekly_episodes,
)
from meterlake.silver.weekly import Changed, weekly
from meterlake.tables import Table, silver

Answer = Callable[[Table, DataFrame, DataFrame], None]
_KEYS = ("neighbourhood_key", "meter_key", "meter_id", "interval_minutes")


@dataclass
class Update:
    """Silver's tables where new readings touch them: ``run`` gives each to ``answer`` as soon as it is known, with the
    rows made and the stored ones that they replace.

    ``was`` holds the stored tables, ``fresh`` the standardised new readings. After ``run``, ``rows`` are the judged and
    filled rows (counts.count takes them), ``rows_in`` the bronze readings among them, ``days`` the local days judged.
    """

    bronze: Bronze
    fresh: DataFrame
    was: Mapping[Table, DataFrame]
    config: Config
    run_id: str
    answer: Answer

    def run(self, as_of: datetime, as_of_before: datetime, days_asked: Collection[date] = ()) -> None:
        """Judges what the new readings touch, and ``days_asked`` of every meter. Open holes move from ``as_of_before``,
        the last run's, to ``as_of``."""
        zone = self.config.time_zone
        meters = keep(with_reference(self.bronze.meters, self.bronze.vacancies))
        self.fresh = keep(self.fresh)
        touched = keep(self._touched(days_asked))
        rounds = Rounds(self.config, self._read, self._states(), self._seen())
        rounds.judge_until_settled(touched)
        judged, by_meter = rounds.judged(), _by_meter(rounds.judged())
        changed = Changed(touched, self.sum_cells, self.sum_days, by_meter, rounds.meter_days())
        week = weekly(changed, self.was, self.bronze.meters, self.config)
        for table, made in week.made.items():
            self.answer(table, made, week.replaced[table])
        episodes = keep(self._episodes(rounds, judged, week.flagged, meters))
        self._judge_where_faults_changed(rounds, episodes, meters)
        self._days(rounds)
        judged = rounds.judged()
        alone = self._alone(judged)
        seen = meters_seen(_by_meter(judged)).join(F.broadcast(meters.select("meter_key", "meter_id")), "meter_key")
        judged_meters = keep(with_seen(meters, self.was[silver.METERS_JUDGED], seen))
        self.answer(silver.METERS_JUDGED, content.meter_rows(judged_meters), self.was[silver.METERS_JUDGED])
        faults = fault_rows(episodes, judged_meters, self.config.faults)
        self.answer(silver.FAULTS, faults, self._of_meters(silver.FAULTS, rounds.slices()))
        self._gaps(rounds, judged, judged_meters, as_of, as_of_before)
        self.rows = keep(self._rows(rounds, judged, alone, episodes))
        self._readings(rounds, judged, alone)
        self.days = rounds.all_days() | days_in(_day_of(alone, zone))
        self.rows_in = judged.count() + alone.count()

    def _alone(self, judged: DataFrame) -> DataFrame:
        """New readings that nothing else depends on, judged: of no registered meter, or without a time."""
        alone = self.fresh.where(F.col("meter_key").isNull() | F.col("read_us").isNull())
        if alone.isEmpty():
            return judged.select(*JUDGED).limit(0)
        return keep(judge(alone, self.config).select(*JUDGED))

    def _touched(self, days_asked: Collection[date]) -> DataFrame:
        """Days to judge again: those of new readings, for each meter of the neighbourhood that has readings there."""
        dated = self.fresh.where(F.col("meter_key").isNotNull() & F.col("read_us").isNotNull())
        day = grid.local_date(F.col("read_us"), self.config.time_zone)
        own = keep(dated.select(*_KEYS, day.alias("day")).distinct())
        asked = self.bronze.meters.select(
            "neighbourhood_key",
            F.explode(F.array(*map(grid.date_literal, sorted(days_asked))).cast("array<date>")).alias("day"),
        )
        cells = own.select("neighbourhood_key", "day").unionByName(asked).distinct()
        days = days_in(own) | set(days_asked)
        # Where an hour can lie across midnight, the sums of the day before hang on these readings too, and to make
        # the sums of a day anew the next day's are needed.
        shift = 0 if self.config.grid_fits_days() else 1
        self.sum_cells, self.sum_days = keep(_around(cells, shift, 0)), widened(days, shift, 0)
        known = self.was[silver.METER_DAYS].where(is_in("read_date", widened(days, shift, shift)))
        stored_days = content.as_meter_days(known, self.bronze.meters).select(*_KEYS, "day")
        near = F.broadcast(_around(cells, shift, shift))
        return own.unionByName(stored_days.join(near, ["neighbourhood_key", "day"], "left_semi")).distinct()

    def _read(self, slices: DataFrame, days: set[date]) -> DataFrame:
        margin = self.config.bronze_margin_days()
        own = slices.select("meter_id").distinct()
        bronze = Bronze(
            self.bronze.readings.where(is_in("read_date", widened(days, margin, margin))),
            self.bronze.meters.join(F.broadcast(own), "meter_id", "left_semi"),
            self.bronze.vacancies,
        )
        return standardise(bronze, self.config, only_registered=True)

    def _states(self) -> DataFrame:
        stored_days = self.was[silver.METER_DAYS]
        return stored_days.select("meter_id", F.col("read_date").alias("day"), F.col("carried").alias("state"))

    def _seen(self) -> DataFrame:
        return self.was[silver.METERS_JUDGED].where("last_standing_us IS NOT NULL").select("meter_id")

    def _of_meters(self, table: Table, slices: DataFrame) -> DataFrame:
        own = slices.select("meter_id").distinct()
        return self.was[table].join(F.broadcast(own), "meter_id", "left_semi")

    def _days(self, rounds: Rounds) -> None:
        """silver.meter_days of the days that were judged."""
        of_days = rounds.days().select("meter_id", F.col("day").alias("read_date"))
        near = self.was[silver.METER_DAYS].where(is_in("read_date", rounds.all_days()))
        replaced = near.join(F.broadcast(of_days), ["meter_id", "read_date"], "left_semi")
        self.answer(silver.METER_DAYS, content.meter_day_rows(rounds.meter_days()), replaced)

    def _episodes(self, rounds: Rounds, judged: DataFrame, flagged: DataFrame, meters: DataFrame) -> DataFrame:
        """All episodes of the meters that were judged: meter_id, meter_key, fault, started_us, ended_us, evidence."""
        slices = rounds.slices()
        before = content.as_episodes(self._of_meters(silver.FAULTS, slices))
        runs = runs_across(judged, slices, before, self.config.faults, self.config.time_zone)
        columns = ("meter_id", "fault", "started_us", "ended_us", "evidence")
        found = runs.unionByName(weekly_episodes(flagged, self.config).select(*columns))
        return found.join(F.broadcast(meters.select("meter_id", "meter_key")), "meter_id")

    def _judge_where_faults_changed(self, rounds: Rounds, episodes: DataFrame, meters: DataFrame) -> None:
        """The rows of an episode that opened, grew, shrank or closed carry it or not: their days follow."""
        zone = self.config.time_zone
        before = content.as_episodes(self._of_meters(silver.FAULTS, rounds.slices()))
        columns = ("meter_id", "fault", "started_us", "ended_us")
        spans = changed_spans(before.select(*columns), episodes.select(*columns))
        # The reading that ends a hole makes the rows that fill it, and lies less than the longest filled hole behind.
        first = grid.local_date(F.col("from_us"), zone)
        last = grid.local_date(F.col("to_us") - 1 + F.lit(longest_filled_us(self.config.gaps)), zone)
        days = spans.select("meter_id", F.explode(F.sequence(first, last)).alias("day")).distinct()
        others = days.join(F.broadcast(rounds.days()), ["meter_id", "day"], "left_anti")
        rounds.judge_more(others.join(F.broadcast(meters.select(*_KEYS)), "meter_id"))

    def _gaps(
        self, rounds: Rounds, judged: DataFrame, meters: DataFrame, as_of: datetime, as_of_before: datetime
    ) -> None:
        """Holes that end in what was judged, and the outer ones, which move with as_of."""
        slices = rounds.slices()
        earliest = min([as_of.date(), as_of_before.date(), *rounds.all_days()])
        is_recent = F.col("is_open") | (F.to_date("ended_at") >= F.date_sub(grid.date_literal(earliest), 2))
        as_of_us = (as_of - datetime(1970, 1, 1, tzinfo=UTC)) // timedelta(microseconds=1)
        outer = outer_holes(meters, self.config.gaps, as_of_us, self.config.grid_offset())
        before = self.was[silver.GAPS].where(is_recent)
        made = closed_holes(judged).unionByName(outer.where(is_recent))
        self.answer(silver.GAPS, made, stored.gaps_of(before, slices, meters, self.config.time_zone))

    def _rows(self, rounds: Rounds, judged: DataFrame, alone: DataFrame, episodes: DataFrame) -> DataFrame:
        own = rounds.slices().select("meter_id", F.col("meter_key").alias("_slice"))
        of_slices = episodes.join(F.broadcast(own), "meter_id").select(
            F.col("_slice").alias("meter_key"), "fault", "started_us", "ended_us"
        )
        all_rows = judged.drop("carried", "registry_key").unionByName(
            alone.withColumn("meter_key", F.lit(None).cast("bigint"))
        )
        return rows_to_publish(all_rows, of_slices, self.config)

    def _readings(self, rounds: Rounds, judged: DataFrame, alone: DataFrame) -> None:
        zone = self.config.time_zone
        reach = keep(stored.with_reach(rounds.slices(), judged))
        days = rounds.all_days()
        # The rows that fill a hole lie that far before the reading that ends it; a local day can have 23 hours.
        filled_days = -(-longest_filled_us(self.config.gaps) // grid.DAY_US) + 1
        around = is_in("read_date", widened(days, filled_days, 0))
        readings = stored.readings_of(self.was[silver.READINGS].where(around), reach)
        self.answer(silver.READINGS, row.as_readings(self.rows, zone, self.run_id), readings)
        alone_days = is_in("read_date", days_in(_day_of(alone, zone, own_only=True))) | F.col("read_date").isNull()
        line = ["source_file", "source_version", "source_line"]
        of_alone = (
            self.was[silver.QUARANTINE].where(alone_days).join(F.broadcast(alone.select(*line)), line, "left_semi")
        )
        of_slices = stored.quarantine_of(self.was[silver.QUARANTINE].where(around), reach)
        refused = row.as_quarantine(self.rows, zone, self.run_id)
        self.answer(silver.QUARANTINE, refused, of_slices.unionByName(of_alone))


def _by_meter(judged: DataFrame) -> DataFrame:
    return judged.drop("meter_key").withColumnRenamed("registry_key", "meter_key")


def _day_of(alone: DataFrame, time_zone: str, own_only: bool = False) -> DataFrame:
    """The local day that a reading is counted on: of its time, else of its arrival."""
    at = F.col("read_us") if own_only else F.coalesce("read_us", "received_us")
    return alone.select(grid.local_date(at, time_zone).alias("day"))


def _around(cells: DataFrame, before: int, after: int) -> DataFrame:
    days = F.explode(F.sequence(F.date_sub("day", before), F.date_add("day", after)))
    return cells.select("neighbourhood_key", days.alias("day")).distinct()
