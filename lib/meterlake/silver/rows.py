"""From judged readings and filled intervals to the rows of silver.readings and silver.quarantine."""

from pyspark.sql import Column, DataFrame
from pyspark.sql import functions as F

from meterlake import grid, tables
from meterlake.silver.quality import is_low_quality
from meterlake.silver.validate import is_rejected

ACCEPTED, QUARANTINED, REJECTED, SUPERSEDED = "accepted", "quarantined", "rejected", "superseded"
OBSERVED = "observed"


def reading_rows(readings: DataFrame) -> DataFrame:
    """Every bronze reading as a row to be scored: warnings, disposition before Q01, origin observed, no hole."""
    warnings = F.array_compact(
        F.array(
            F.when(F.col("is_backdated"), F.lit("V07")),
            F.when(F.col("is_spike"), F.lit("V11")),
            F.when(F.col("is_drop"), F.lit("V12")),
        )
    )
    has_warnings = F.col("is_backdated") | F.col("is_spike") | F.col("is_drop")
    disposition = (
        F.when(F.col("is_accepted"), ACCEPTED)
        .when(F.col("is_superseded"), SUPERSEDED)
        .when(is_rejected(), REJECTED)
        .otherwise(QUARANTINED)
    )
    return readings.select(
        "*",
        F.lit(OBSERVED).alias("origin"),
        F.when(has_warnings, warnings).otherwise(_none()).alias("warnings"),
        disposition.alias("disposition"),
        F.col("is_accepted").alias("is_scored"),
    ).select(*_ROW, *_ARRIVAL, F.lit(0).cast("long").alias("missing"))


def fill_rows(fills: DataFrame) -> DataFrame:
    """The rows that fill holes, in the same columns; no flags, warnings, source or raw values."""
    empty = {"source_file": "string", "source_version": "int", "source_line": "long"} | _ARRIVAL_TYPES
    filled = {
        "unit_converted": F.lit(False),
        "unit_inferred": F.lit(False),
        "warnings": _none(),
        "reasons": _none(),
        "disposition": F.lit(ACCEPTED),
        "is_scored": F.col("kw").isNotNull(),
        **{name: F.lit(None).cast(kind) for name, kind in empty.items()},
    }
    return fills.select("*", *[value.alias(name) for name, value in filled.items()]).select(*_ROW, *_ARRIVAL, "missing")


def with_low_quality(rows: DataFrame) -> DataFrame:
    """A scored row below 70 is quarantined with reason Q01: the last step."""
    low = is_low_quality()
    others = [column for column in rows.columns if column not in ("reasons", "disposition")]
    return rows.select(
        *others,
        F.when(low, F.array(F.lit("Q01"))).otherwise(F.col("reasons")).alias("reasons"),
        F.when(low, F.lit(QUARANTINED)).otherwise(F.col("disposition")).alias("disposition"),
    )


def as_readings(rows: DataFrame, time_zone: str, run_id: str) -> DataFrame:
    """silver.readings: accepted rows, and the empty ones of short holes."""
    accepted = rows.where(F.col("disposition") == ACCEPTED)
    return accepted.select(*_reading_columns(time_zone, run_id)).select(*tables.silver.READINGS.column_names)


def as_quarantine(rows: DataFrame, time_zone: str, run_id: str) -> DataFrame:
    """silver.quarantine: quarantined and rejected rows, none reviewed yet."""
    refused = rows.where(F.col("disposition").isin(QUARANTINED, REJECTED))
    nothing = F.lit(None)
    known = _reading_columns(time_zone, run_id)[1:]
    return refused.select(
        F.nullif("meter_id", F.lit("")).alias("meter_id"),
        *known,
        "raw_value",
        "raw_read_at",
        "raw_unit",
        grid.as_timestamp(F.col("received_us")).alias("received_at"),
        "reasons",
        "disposition",
        F.when(F.col("disposition") == REJECTED, "rejected").otherwise("open").alias("status"),
        nothing.cast("string").alias("reviewer"),
        nothing.cast("timestamp").alias("reviewed_at"),
        nothing.cast("string").alias("comment"),
    ).select(*tables.silver.QUARANTINE.column_names)


def _reading_columns(time_zone: str, run_id: str) -> list[Column | str]:
    interval = F.col("interval_minutes").cast("decimal(2,0)")
    return [
        "meter_id",
        "meter_type",
        "neighbourhood_id",
        grid.as_timestamp(F.col("read_us")).alias("read_at"),
        grid.local_date(F.col("read_us"), time_zone).alias("read_date"),
        "interval_minutes",
        "kw",
        F.round(F.col("kw") * interval / F.lit(60).cast("decimal(2,0)"), 6).cast("decimal(18,6)").alias("energy_kwh"),
        "origin",
        "unit_converted",
        "unit_inferred",
        F.coalesce(grid.hours(F.col("missing") * grid.interval_us()), F.lit(0))
        .cast("decimal(18,6)")
        .alias("hole_hours"),
        "warnings",
        "faults",
        "quality_score",
        "tier",
        "source_file",
        "source_version",
        "source_line",
        F.lit(run_id).alias("run_id"),
    ]


def _none() -> Column:
    return F.array().cast("array<string>")


_ROW = (
    "meter_id",
    "meter_type",
    "neighbourhood_id",
    "neighbourhood_key",
    "meter_key",
    "interval_minutes",
    "read_us",
    "kw",
    "origin",
    "unit_converted",
    "unit_inferred",
    "warnings",
    "reasons",
    "disposition",
    "is_scored",
    "source_file",
    "source_version",
    "source_line",
)
_ARRIVAL_TYPES = {
    "raw_value": "string",
    "raw_read_at": "string",
    "raw_unit": "string",
    "received_us": "long",
    "has_own_received": "boolean",
}
_ARRIVAL = tuple(_ARRIVAL_TYPES)
