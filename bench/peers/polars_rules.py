"""The rules in Polars: checked readings, standing readings beside the one before, episodes, rows with a score.

Times are µs, kW whole millionths, failed checks bits (bit n-1 is rule V<n>), faults bits (bit n-1 is F0<n>).
"""

from collections.abc import Mapping

import polars as pl
from polars import col, lit, when

MINUTE, HOUR, DAY = 60_000_000, 3_600_000_000, 86_400_000_000
ABOVE_LIMIT = 1 << 9
_RANK = ["received_us", "file", "source_version", "source_line"]


def registry(bronze: Mapping[str, list[str]]) -> pl.DataFrame:
    """A row a meter; its first vacancies as a list of periods, which few meters have."""
    empty = (
        pl.read_parquet(bronze["vacancies"])
        .group_by("meter_id")
        .agg(
            col("from").to_physical().alias("vacant_from"),
            col("to").to_physical().fill_null(1 << 62).alias("vacant_to"),
        )
    )
    meters = pl.read_parquet(bronze["meters"]).join(empty, on="meter_id", how="left")
    return meters.with_columns(
        (col("interval_minutes").cast(pl.Int64) * MINUTE).alias("step"),
        col("min_kw").to_physical().cast(pl.Int64).fill_null(0),
        col("max_kw").to_physical().cast(pl.Int64).fill_null(20_000_000),
        col("active_from", "active_to").to_physical(),
    ).sort("meter_key")


def checked(bronze: Mapping[str, list[str]], meters: pl.DataFrame, files: pl.Enum) -> pl.LazyFrame:
    """Every reading by itself."""
    known = meters.lazy().select(
        *("meter_id", "meter_key", "interval_minutes", "step", "min_kw", "max_kw", "active_from", "active_to")
    )
    unit, v, step = col("unit"), col("v"), col("step")
    sent = pl.scan_parquet(bronze["readings"]).select(
        "meter_id",
        _instant("read_at").alias("stamp"),
        _instant("received_at").fill_null(col("landed_hour").dt.epoch("us") + HOUR).alias("received_us"),
        col("value").cast(pl.Decimal(18, 6), strict=False).to_physical().cast(pl.Int64).alias("v"),
        col("unit").str.to_lowercase(),
        col("source_file").cast(files).alias("file"),
        "source_version",
        "source_line",
    )
    per_hour = when(unit.is_in(["kwh", "wh"])).then(60 // col("interval_minutes").cast(pl.Int64)).otherwise(1)
    by_size = when(v.abs() < 10_000_000).then(1000).when(v.abs() > 1_000_000_000).then(1)
    factor = (
        (
            when(unit.is_in(["kw", "kwh"]))
            .then(1000)
            .when(unit.is_in(["w", "wh"]))
            .then(1)
            .when(unit == "mw")
            .then(10**6)
        )
        .when(unit == "")
        .then(by_size)
    )
    late = col("stamp") % step
    placed = sent.join(known, on="meter_id", how="left").with_columns(
        (factor.cast(pl.Int64) * per_hour).alias("factor"), late.alias("late"), (step - late).alias("early")
    )
    snapped = placed.with_columns(
        when(col("late") * 20 <= step)
        .then(col("stamp") - col("late"))
        .when(col("early") * 20 <= step)
        .then(col("stamp") + col("early"))
        .otherwise(col("stamp"))
        .alias("read_us"),
        ((col("late") * 20 > step) & (col("early") * 20 > step)).fill_null(False).alias("off_grid"),
        when(col("meter_key").is_not_null())
        .then(when(col("factor") == 1000).then(v).otherwise(divided(v * col("factor"), 1000)))
        .alias("kw"),
    )
    return snapped.select(
        *("meter_key", "read_us", "kw", "received_us", "file", "source_version", "source_line", "step", "min_kw"),
        "max_kw",
        when(col("meter_key").is_null()).then("meter_id").alias("unknown_id"),
        (col("factor") != 1000).alias("unit_converted"),
        (unit == "").alias("unit_inferred"),
        (col("read_us") + step < col("received_us") - HOUR).fill_null(False).alias("is_late"),
        _failed().alias("failed"),
    )


def _failed() -> pl.Expr:
    read_us, received_us = col("read_us"), col("received_us")
    checks = {
        1: col("v").is_null(),
        2: col("stamp").is_null(),
        3: col("meter_key").is_null()
        | (read_us < col("active_from")).fill_null(False)
        | (read_us >= col("active_to")).fill_null(False),
        4: ~col("unit").is_in(["kw", "w", "kwh", "wh", "mw", ""]),
        5: (col("unit") == "") & col("v").abs().is_between(10_000_000, 1_000_000_000),
        6: read_us > received_us + HOUR,
        8: col("off_grid"),
        9: col("kw") < col("min_kw"),
        10: col("kw") > col("max_kw"),
        14: read_us < received_us - 730 * DAY,
    }
    return pl.sum_horizontal(
        when(condition.fill_null(False)).then(lit(1 << (rule - 1), pl.Int16)).otherwise(lit(0, pl.Int16))
        for rule, condition in checks.items()
    )


def standing(rows: pl.DataFrame, meters: pl.DataFrame) -> pl.DataFrame:
    """Accepted readings, and those over the limit that nothing else replaces, each with the one before it."""
    may_stand = rows.lazy().filter(
        col("failed").is_in([0, ABOVE_LIMIT]), col("meter_key").is_not_null(), col("read_us").is_not_null()
    )
    interval = ["meter_key", "read_us"]
    repeated = may_stand.group_by(interval).len().filter(col("len") > 1).select(interval)
    single = may_stand.join(repeated, on=interval, how="anti")
    chosen = _chosen(may_stand.join(repeated, on=interval, how="semi"))
    vacant = meters.lazy().filter(col("vacant_from").is_not_null()).select("meter_key", "vacant_from", "vacant_to")
    of_zeros = (
        may_stand.filter(col("kw") == 0)
        .join(vacant.explode("vacant_from", "vacant_to"), on="meter_key")
        .filter(col("read_us") >= col("vacant_from"), col("read_us") < col("vacant_to"))
        .select(interval)
        .unique()
        .with_columns(lit(True).alias("is_vacant"))
    )
    ordered = (
        pl.concat([single, chosen], how="vertical")
        .join(of_zeros, on=interval, how="left")
        .sort(interval)
        .with_columns(
            (col("failed") == 0).alias("is_accepted"),
            (col("kw") > col("max_kw")).alias("is_over"),
            when(~(col("is_vacant").fill_null(False) & (col("kw") == 0))).then("kw").alias("run_value"),
        )
    )
    return _beside_previous(ordered).collect(engine="streaming")


def _chosen(repeated: pl.LazyFrame) -> pl.LazyFrame:
    """Of the readings of one interval the one that stands."""
    interval = ["meter_key", "read_us"]
    passed = col("failed") == 0
    ranked = repeated.sort([*interval, *_RANK])
    before = when(passed).then("kw").forward_fill().shift(1).over(interval)
    takes_place = passed & (before.is_null() | (col("kw") != before))
    placed = ranked.with_columns(takes_place.alias("takes_place"))
    candidates = placed.filter(col("takes_place") | ~passed)
    best = candidates.sort([*interval, "takes_place", *_RANK]).unique(interval, keep="last", maintain_order=True)
    return best.drop("takes_place")


def _beside_previous(ordered: pl.LazyFrame) -> pl.LazyFrame:
    """Rows are sorted by meter and time: the row before is one shift away, where it is the same meter's."""
    meter, step, accepted = col("meter_key"), col("step"), col("is_accepted")
    same = col("accepted_meter") == meter
    read_us, kw, previous = col("read_us"), col("kw"), col("previous_kw")
    before = ordered.with_columns(
        *(
            when(accepted).then(name).forward_fill().shift(1).alias(alias)
            for name, alias in (("meter_key", "accepted_meter"), ("read_us", "previous_us"), ("kw", "previous_kw"))
        ),
        when(meter.shift(1) == meter).then(read_us.shift(1)).alias("standing_us"),
        col("run_value").shift(1).alias("standing_value"),
        col("is_over").shift(1).alias("standing_over"),
    ).with_columns(
        when(same).then("previous_us").alias("previous_us"), when(same).then("previous_kw").alias("previous_kw")
    )
    is_near = accepted & (col("min_kw") >= 0) & (read_us - col("previous_us") <= 4 * HOUR)
    continues = read_us - col("standing_us") - step < 4 * HOUR
    missing = when(accepted).then((read_us - col("previous_us")) // step - 1).otherwise(0).fill_null(0)
    return before.select(
        *("meter_key", "read_us", "kw", "step", "is_accepted", "is_over", "unit_converted", "unit_inferred", "is_late"),
        *("file", "source_version", "source_line", "previous_us", "previous_kw", "standing_us"),
        missing.alias("missing"),
        (is_near & (kw > 6 * pl.max_horizontal(previous, 100_000))).fill_null(False).alias("is_spike"),
        (is_near & (previous >= 100_000) & (kw * 10 < previous)).fill_null(False).alias("is_drop"),
        (continues & (col("run_value") == col("standing_value"))).fill_null(False).alias("same_value"),
        (continues & col("is_over") & col("standing_over")).fill_null(False).alias("still_over"),
    )


def divided(whole: pl.Expr, by: pl.Expr | int) -> pl.Expr:
    """Rounded half away from zero."""
    return whole.sign() * ((2 * whole.abs() + by) // (2 * by))


def _instant(name: str) -> pl.Expr:
    return col(name).str.to_datetime("%Y-%m-%dT%H:%M:%SZ", strict=False, time_unit="us").to_physical()
