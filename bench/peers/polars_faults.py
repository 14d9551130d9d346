"""F01 to F05 in Polars, and the spans of a meter in which the same faults hold."""

import polars as pl
from polars import col, lit, when

from bench.peers.polars_rules import DAY, HOUR, divided

_BITS = {"F01": 1, "F02": 2, "F03": 4, "F04": 8, "F05": 16}
_SUMS = ["n", "x", "xx", "n5", "x5", "y5", "xx5", "yy5", "xy5"]


def episodes(judged: pl.DataFrame, meters: pl.DataFrame) -> pl.DataFrame:
    """meter_key, bit, started_us, ended_us, evidence (a double)."""
    return pl.concat([_value_runs(judged), _over_runs(judged), _weekly(judged, meters)])


def _value_runs(judged: pl.DataFrame) -> pl.DataFrame:
    """Rows that continue a run are few, and the place in the table says which belong together."""
    same = judged.lazy().with_row_index("place").filter("same_value")
    island = col("place").cast(pl.Int64) - pl.int_range(pl.len())
    runs = same.group_by("meter_key", island.alias("island")).agg(
        col("kw").first(),
        col("standing_us").min().alias("started_us"),
        (col("read_us") + col("step")).max().alias("ended_us"),
    )
    hours = (col("ended_us") - col("started_us")) / HOUR
    long = runs.filter(hours >= when(col("kw") == 0).then(48).otherwise(24))
    bit = when(col("kw") == 0).then(_BITS["F01"]).otherwise(_BITS["F02"])
    return long.select("meter_key", bit.alias("bit"), "started_us", "ended_us", hours.alias("evidence")).collect()


def _over_runs(judged: pl.DataFrame) -> pl.DataFrame:
    over = judged.lazy().filter("is_over").with_columns((~col("still_over")).cum_sum().alias("island"))
    runs = over.group_by("meter_key", "island").agg(
        col("read_us").min().alias("started_us"),
        (col("read_us") + col("step")).max().alias("ended_us"),
        pl.len().cast(pl.Float64).alias("evidence"),
    )
    long = runs.filter(col("evidence") >= 6)
    bit = lit(_BITS["F03"], pl.Int32).alias("bit")
    return long.select("meter_key", bit, "started_us", "ended_us", "evidence").collect()


def _weekly(judged: pl.DataFrame, meters: pl.DataFrame) -> pl.DataFrame:
    days = _daily(judged).join(_daily_beside_neighbours(judged, meters), on=["meter_key", "day"], how="left")
    wide = [col(name).fill_null(0).cast(pl.Int128).sum() for name in _SUMS]
    weeks = (
        days.sort("meter_key", "day")
        .rolling("day", period="7i", group_by="meter_key")
        .agg(wide)
        .join(meters.lazy().select("meter_key", "interval_minutes"), on="meter_key")
        .with_columns(
            (col("n") * col("xx") - col("x") * col("x")).alias("spread"),
            *(
                (col("n5") * col(f"{a}{b}5") - col(f"{a}5") * col(f"{b}5")).alias(f"s{a}{b}")
                for a, b in ("xx", "yy", "xy")
            ),
        )
    )
    is_flat = (col("n") * col("interval_minutes") * 10 >= 8 * 7 * 1440) & (col("x") > 0)
    is_flat &= 10_000 * col("spread") < col("x") * col("x")
    ratio = _double("spread").sqrt() / _double("x")
    flat = weeks.filter(is_flat).select("meter_key", "day", lit(_BITS["F04"]).alias("bit"), ratio.alias("evidence"))
    r = _double("sxy") / (_double("sxx") * _double("syy")).sqrt()
    apart = weeks.filter(col("n5") >= 72, col("sxx") > 0, col("syy") > 0).select(
        "meter_key", "day", lit(_BITS["F05"]).alias("bit"), r.alias("evidence")
    )
    flagged = pl.concat([flat, apart.filter(col("evidence") < 0.3)]).sort("meter_key", "bit", "day")
    starts = (col("day") - col("day").shift(1) <= 7).over("meter_key", "bit").fill_null(False)
    joined = flagged.with_columns((~starts).cum_sum().alias("episode")).group_by("meter_key", "bit", "episode")
    spans = joined.agg(
        ((col("day").min().cast(pl.Int64) - 6) * DAY).alias("started_us"),
        ((col("day").max().cast(pl.Int64) + 1) * DAY).alias("ended_us"),
        col("evidence").min(),
    )
    return spans.select("meter_key", "bit", "started_us", "ended_us", "evidence").collect(engine="streaming")


def _double(name: str) -> pl.Expr:
    return col(name).cast(pl.Float64)


def _daily(judged: pl.DataFrame) -> pl.LazyFrame:
    kw = col("kw")
    day = (col("read_us") // DAY).cast(pl.Int32).alias("day")
    sums = [pl.len().cast(pl.Int64).alias("n"), kw.sum().alias("x"), (kw * kw).sum().alias("xx")]
    return judged.lazy().filter("is_accepted").group_by("meter_key", day).agg(sums)


def _daily_beside_neighbours(judged: pl.DataFrame, meters: pl.DataFrame) -> pl.LazyFrame:
    home = meters.lazy().filter(col("neighbourhood_id").is_not_null()).select("meter_key", "neighbourhood_key")
    hourly = judged.lazy().filter("is_accepted").select("meter_key", (col("read_us") // HOUR).alias("hour"), "kw")
    if meters["interval_minutes"].min() < 60:
        hourly = hourly.group_by("meter_key", "hour").agg(divided(col("kw").sum(), pl.len().cast(pl.Int64)).alias("kw"))
    hourly = hourly.join(home, on="meter_key")
    totals = hourly.group_by("neighbourhood_key", "hour").agg(
        pl.len().cast(pl.Int64).alias("meters"), col("kw").sum().alias("total")
    )
    x, y = col("kw"), col("y")
    beside = hourly.join(totals.filter(col("meters") > 3), on=["neighbourhood_key", "hour"]).select(
        "meter_key",
        (col("hour") // 24).cast(pl.Int32).alias("day"),
        "kw",
        divided(col("total") - x, col("meters") - 1).alias("y"),
    )
    return beside.group_by("meter_key", "day").agg(
        pl.len().cast(pl.Int64).alias("n5"),
        x.sum().alias("x5"),
        y.sum().alias("y5"),
        (x * x).sum().alias("xx5"),
        (y * y).sum().alias("yy5"),
        (x * y).sum().alias("xy5"),
    )


def spans(found: pl.DataFrame) -> pl.DataFrame:
    """meter_key, from_us, to_us, faults (bits): no two of a meter overlap."""
    edges = pl.concat([found.select("meter_key", col(name).alias("from_us")) for name in ("started_us", "ended_us")])
    cut = (
        edges.unique()
        .sort("meter_key", "from_us")
        .with_columns(col("from_us").shift(-1).over("meter_key").alias("to_us"))
    )
    held = cut.join(found, on="meter_key").filter(col("started_us") <= col("from_us"), col("ended_us") >= col("to_us"))
    return (
        held.group_by("meter_key", "from_us", "to_us")
        .agg(col("bit").bitwise_or().alias("faults"))
        .sort("meter_key", "from_us")
    )
