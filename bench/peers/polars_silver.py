"""Silver in Polars, lazily and on the streaming engine, for exactly the readings that are generated here.

What it is given: 2 threads; the Parquet files of the bronze tables as they are; kW as whole millionths, rule ids as
bits, file names as an enumeration; one sort by meter and time, after which the reading before is one shift away;
ranking only where an interval came twice; episodes met by an as-of join of sorted tables. It needs not do what
duckdb_silver.py lists, and holds its sums of squares in 64 bits a day (enough below 20 kW).
"""

import time
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import polars as pl
from polars import col, lit, when

from bench.peers import polars_faults, polars_rules
from bench.peers.polars_rules import DAY, HOUR, divided
from bench.peers.polars_tables import TEXTS, described, faults, gaps, named

LAYOUTS: dict[str, list[str] | None] = {"like ours": ["read_date", "meter_type"], "plain": None}
_V = [f"V{number:02}" for number in range(1, 15)]


def run(bronze: Mapping[str, list[str]], out: Path, layout: str = "like ours") -> dict[str, float]:
    """Silver of the bronze files (readings, meters, vacancies) below ``out``; the seconds of each part."""
    out.mkdir(parents=True, exist_ok=True)
    clock = _Clock()
    meters = polars_rules.registry(bronze)
    arrived = pl.scan_parquet(bronze["readings"])
    names = arrived.select(col("source_file").unique()).collect(engine="streaming")["source_file"].sort()
    rows = polars_rules.checked(bronze, meters, pl.Enum(names)).collect(engine="streaming")
    clock.lap("checked")
    judged = polars_rules.standing(rows, meters)
    refused = rows.filter(col("failed") != 0)
    del rows
    clock.lap("judged")
    found = polars_faults.episodes(judged, meters)
    spans = polars_faults.spans(found)
    clock.lap("episodes")
    scored = pl.concat([_with_score(_observed(judged), spans), _with_score(_filled(judged), spans)])
    _write_readings(scored, meters, out, LAYOUTS[layout])
    clock.lap("readings")
    _quarantine(scored, refused, spans, meters, bronze).write_parquet(out / "quarantine.parquet")
    seen = judged.group_by("meter_key").agg(
        col("read_us").filter("is_accepted").min().alias("first_us"),
        col("read_us").filter("is_accepted").max().alias("last_us"),
        col("read_us").max().alias("last_standing_us"),
    )
    as_of = arrived.select(col("landed_hour").max().dt.epoch("us")).collect().item()
    gaps(judged, meters.join(seen, on="meter_key", how="left"), as_of).write_parquet(out / "gaps.parquet")
    faults(found, meters.join(seen, on="meter_key")).write_parquet(out / "faults.parquet")
    clock.lap("others")
    return clock.seconds


class _Clock:
    def __init__(self) -> None:
        self.seconds: dict[str, float] = {}
        self._last = time.monotonic()

    def lap(self, name: str) -> None:
        now = time.monotonic()
        self.seconds[name], self._last = round(now - self._last, 3), now


_SCORED = [
    *("meter_key", "read_us", "kw", "origin", "missing", "step", "unit_converted", "unit_inferred", "is_late"),
    *("is_spike", "is_drop", "file", "source_version", "source_line"),
]


def _observed(judged: pl.DataFrame) -> pl.LazyFrame:
    accepted = judged.lazy().filter("is_accepted").with_columns(missing=lit(0, pl.Int64), origin=lit("observed"))
    return accepted.select(_SCORED)


def _filled(judged: pl.DataFrame) -> pl.LazyFrame:
    """A row for each missing interval; the kW on the line between the two readings, in a hole below 4 h."""
    missing, number, length = col("missing"), col("number"), col("missing") * col("step")
    holes = judged.filter(missing > 0, length < DAY).with_columns(pl.int_ranges(1, missing + 1).alias("number"))
    steps = holes.explode("number")
    linear = divided(col("previous_kw") * (missing + 1 - number) + col("kw") * number, missing + 1)
    never = {name: lit(False) for name in ("unit_converted", "unit_inferred", "is_late", "is_spike", "is_drop")}
    empty = {name: lit(None, judged.schema[name]) for name in ("file", "source_version", "source_line")}
    return (
        steps.lazy()
        .with_columns(
            (col("previous_us") + number * col("step")).alias("read_us"),
            when(length < 4 * HOUR).then(linear).alias("kw"),
            when(length < 4 * HOUR).then(lit("interpolated")).otherwise(lit("missing_short")).alias("origin"),
            **never,
            **empty,
        )
        .select(_SCORED)
    )


def _with_faults(rows: pl.LazyFrame, spans: pl.DataFrame) -> pl.LazyFrame:
    """Rows are sorted by meter and time; a span holds a row where it began before and has not ended."""
    joined = rows.join_asof(spans.lazy(), left_on="read_us", right_on="from_us", by="meter_key", check_sortedness=False)
    bits = when(col("read_us") < col("to_us")).then("faults").fill_null(0)
    return joined.with_columns(bits.alias("faults")).drop("from_us", "to_us", strict=False)


def _with_score(rows: pl.LazyFrame, spans: pl.DataFrame) -> pl.LazyFrame:
    def costs(condition: pl.Expr, tenths: int) -> pl.Expr:
        return when(condition).then(tenths).otherwise(0)

    tenths = (
        1000
        - costs(col("unit_converted"), 50)
        - col("missing") * col("step") * 100 // HOUR
        - costs(col("is_late"), 150)
        - costs(col("is_spike") | col("is_drop"), 200)
        - costs(col("faults") & 15 > 0, 300)
    )
    score = ((tenths.clip(0) + 5) // 10).cast(pl.Int32)
    return _with_faults(rows, spans).with_columns(
        when(col("origin") != "missing_short").then(score).alias("quality_score"),
        (col("missing") * col("step")).alias("hole_us"),
    )


def _write_readings(scored: pl.LazyFrame, meters: pl.DataFrame, out: Path, key: list[str] | None) -> None:
    """Folders by read_date and meter_type, or one large file."""
    rows = described(scored.filter((col("quality_score") >= 70) | col("quality_score").is_null()), meters)
    options: dict[str, Any] = {"compression": "zstd", "maintain_order": False, "mkdir": True, "engine": "streaming"}
    place = pl.PartitionBy(out / "readings", key=key, include_key=False) if key else out / "readings.parquet"
    rows.sink_parquet(place, **options)


def _quarantine(
    scored: pl.LazyFrame,
    refused: pl.DataFrame,
    spans: pl.DataFrame,
    meters: pl.DataFrame,
    bronze: Mapping[str, list[str]],
) -> pl.DataFrame:
    low = described(scored.filter(col("quality_score") < 70), meters).with_columns(
        lit(["Q01"], TEXTS).alias("reasons"), lit("quarantined").alias("disposition")
    )
    judged = (
        refused.lazy()
        .sort("meter_key", "read_us")
        .with_columns(
            origin=lit("observed"),
            is_spike=lit(False),
            is_drop=lit(False),
            hole_us=lit(0, pl.Int64),
            quality_score=lit(None, pl.Int32),
        )
    )
    rejected = when(col("failed") & 260 > 0).then(lit("rejected")).otherwise(lit("quarantined"))
    faulty = _with_faults(judged, spans)
    reasons = named(col("failed"), _V, refused["failed"].unique())
    checked = described(faulty, meters, "unknown_id", reasons.alias("reasons"), rejected.alias("disposition"))
    checked = checked.with_columns(pl.coalesce("meter_id", "unknown_id").alias("meter_id")).drop("unknown_id")
    sent = pl.scan_parquet(bronze["readings"]).select(
        *("source_file", "source_version", "source_line"),
        *(col(name).alias(f"raw_{name}") for name in ("value", "read_at", "unit")),
        col("received_at")
        .str.to_datetime("%Y-%m-%dT%H:%M:%SZ", strict=False, time_unit="us")
        .dt.replace_time_zone("UTC")
        .fill_null(col("landed_hour") + pl.duration(hours=1)),
    )
    key = ["source_file", "source_version", "source_line"]
    both = pl.concat([low.select(checked.collect_schema().names()), checked])
    return both.join(sent, on=key, how="left").collect(engine="streaming")
