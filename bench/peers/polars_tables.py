"""Polars' integers to the tables' own columns: silver.readings and quarantine, gaps, faults."""

from collections.abc import Iterable
from decimal import Decimal

import polars as pl
from polars import col, lit, when

from bench.peers.polars_rules import DAY, HOUR, divided

_F = [f"F{number:02}" for number in range(1, 6)]
_WARNINGS = ["V07", "V11", "V12"]
TEXTS = pl.List(pl.String)


def described(rows: pl.LazyFrame, meters: pl.DataFrame, *more: str | pl.Expr) -> pl.LazyFrame:
    """Integers to the tables' own columns, and what else a table has."""
    known = meters.lazy().select("meter_key", "meter_id", "meter_type", "neighbourhood_id", "interval_minutes")
    energy = divided(col("kw") * col("interval_minutes"), 60)
    score = col("quality_score")
    tier = when(score >= 90).then(lit("premium")).when(score >= 70).then(lit("standard"))
    return rows.join(known, on="meter_key", how="left").select(
        *("meter_id", "meter_type", "neighbourhood_id"),
        col("read_us").cast(pl.Datetime("us", "UTC")).alias("read_at"),
        col("read_us").cast(pl.Datetime("us")).dt.date().alias("read_date"),
        "interval_minutes",
        _decimal(col("kw")).alias("kw"),
        _decimal(energy).alias("energy_kwh"),
        *("origin", "unit_converted", "unit_inferred"),
        _decimal(divided(col("hole_us") * 1_000_000, HOUR)).alias("hole_hours"),
        _warnings().alias("warnings"),
        named(col("faults"), _F).alias("faults"),
        "quality_score",
        tier.when(score.is_not_null()).then(lit("quarantine")).alias("tier"),
        col("file").cast(pl.String).alias("source_file"),
        *("source_version", "source_line"),
        *more,
    )


def gaps(judged: pl.DataFrame, meters: pl.DataFrame, as_of: int) -> pl.DataFrame:
    step, ends = col("step"), pl.min_horizontal(col("active_to"), lit(as_of))
    first_point = col("active_from") + (step - col("active_from") % step) % step
    inner = judged.filter(col("missing") > 0).select(
        "meter_key", (col("previous_us") + step).alias("start"), col("read_us").alias("end"), "step", is_open=lit(False)
    )
    before = meters.select("meter_key", first_point.alias("start"), col("first_us").alias("end"), "step", is_open=False)
    after = meters.select(
        "meter_key",
        pl.coalesce(col("last_us") + step, first_point).alias("start"),
        ends.alias("end"),
        "step",
        (col("active_to") > as_of).fill_null(True).alias("is_open"),
    )
    holes = pl.concat([inner, before, after]).filter(col("end") > col("start"))
    counted = holes.with_columns(((col("end") - col("start")) // step).alias("intervals")).filter(col("intervals") > 0)
    length = col("intervals") * step
    named = when(length < 4 * HOUR).then(lit("interpolated")).when(length < DAY).then(lit("missing_short"))
    classed = counted.with_columns(named.otherwise(lit("missing_extended")).alias("class"))
    listed = classed.filter(~(col("is_open") & (col("class") == "interpolated"))).join(
        meters.select("meter_key", "meter_id"), on="meter_key"
    )
    return listed.select(
        "meter_id",
        _time("start").alias("started_at"),
        when(~col("is_open")).then(_time("end")).alias("ended_at"),
        "intervals",
        _decimal(divided(length * 1_000_000, HOUR)).alias("hours"),
        *("class", "is_open"),
    )


def faults(found: pl.DataFrame, meters: pl.DataFrame) -> pl.DataFrame:
    names = {1 << place: name for place, name in enumerate(_F)}
    joined = found.join(meters.select("meter_key", "meter_id", "last_standing_us"), on="meter_key")
    return joined.select(
        "meter_id",
        col("bit").replace_strict(names, return_dtype=pl.String).alias("fault"),
        _time("started_us").alias("started_at"),
        _time("ended_us").alias("ended_at"),
        (col("ended_us") > col("last_standing_us")).alias("is_open"),
        col("evidence").round(12).cast(pl.Decimal(38, 12)).round(6, mode="half_away_from_zero").cast(pl.Decimal(18, 6)),
    )


def _time(name: str) -> pl.Expr:
    return col(name).cast(pl.Datetime("us", "UTC"))


def _decimal(micro: pl.Expr) -> pl.Expr:
    return (micro.cast(pl.Decimal(18, 0)) * lit(Decimal("0.000001"))).cast(pl.Decimal(18, 6))


def named(bits: pl.Expr, names: list[str], occurring: Iterable[int] | None = None) -> pl.Expr:
    """The few combinations that occur, each a list that is made once."""
    numbers = range(1 << len(names)) if occurring is None else occurring
    lists = {number: [name for place, name in enumerate(names) if number >> place & 1] for number in numbers}
    return bits.replace_strict(list(lists), list(lists.values()), return_dtype=TEXTS)


def _warnings() -> pl.Expr:
    flags = ("is_late", "is_spike", "is_drop")
    return named(
        pl.sum_horizontal(col(name).cast(pl.Int8) * (1 << place) for place, name in enumerate(flags)), _WARNINGS
    )
