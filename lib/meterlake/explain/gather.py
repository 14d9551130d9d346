"""Reads what is known of one meter in a period: its bronze readings judged by the rules, and silver as stored."""

from dataclasses import fields
from typing import TypeVar

from pyspark.sql import Column, DataFrame, SparkSession
from pyspark.sql import functions as F

from meterlake import tables
from meterlake.config import Config
from meterlake.explain.model import Build, Episode, Found, Hole, Judged, Meter, Stored, Vacancy
from meterlake.explain.period import Period
from meterlake.grid import date_literal
from meterlake.silver.rulebook import Bronze, judge, standardise
from meterlake.storage import Warehouse

_SILVER_JOB = "build_silver"
_BLANKS = " \t"
_T = TypeVar("_T")


def gather(spark: SparkSession, warehouse: Warehouse, config: Config, meter_id: str, period: Period) -> Found:
    """Everything about the meter in [from, to), each kind ordered by time.

    A reading whose time cannot be read counts by when it was received.
    """
    bronze = Bronze(
        _local(spark, warehouse.read(tables.bronze.READINGS).where(_is_of_meter(meter_id))),
        _local(spark, warehouse.read(tables.bronze.METERS).where(F.col("meter_id") == meter_id)),
        _local(spark, warehouse.read(tables.bronze.VACANCIES).where(F.col("meter_id") == meter_id)),
    )
    judged = judge(standardise(bronze, config), config).where(_in_period(F.coalesce("read_us", "received_us"), period))
    meters, builds = _all(bronze.meters, Meter), _all(_last_build(warehouse), Build)
    return Found(
        meters[0] if meters else None,
        sorted(_all(bronze.vacancies, Vacancy), key=lambda vacancy: vacancy.from_us),
        _all(judged, Judged),
        _all(_stored(warehouse, meter_id, period), Stored),
        sorted(_all(_overlapping(warehouse.read(tables.silver.GAPS), meter_id, period), Hole), key=_start),
        sorted(_all(_overlapping(warehouse.read(tables.silver.FAULTS), meter_id, period), Episode), key=_start),
        builds[0] if builds else None,
    )


def known_meter_ids(warehouse: Warehouse) -> list[str]:
    """All meters of the registry, to find those with a name like the one asked for."""
    ids: list[str] = warehouse.read(tables.bronze.METERS).select("meter_id").toArrow()["meter_id"].to_pylist()
    return ids


def readings_span(warehouse: Warehouse, meter_id: str) -> tuple[int, int] | None:
    """From when to when silver has rows of the meter, µs; None where it has none."""
    of_meter = warehouse.read(tables.silver.READINGS).where(F.col("meter_id") == meter_id)
    at = F.unix_micros("read_at")
    row = of_meter.agg(F.min(at), F.max(at)).first()
    return None if row is None or row[0] is None else (row[0], row[1])


def _is_of_meter(meter_id: str) -> Column:
    """The rules' own comparison, which ignores blanks around an id, after one that file readers can skip rows by."""
    exactly = F.btrim(F.coalesce("meter_id", F.lit("")), F.lit(_BLANKS)) == meter_id
    if not meter_id:
        return exactly
    arrived = F.col("meter_id")
    may_be = arrived.startswith(meter_id) | arrived.startswith(" ") | arrived.startswith("\t")
    return may_be & exactly


def _stored(warehouse: Warehouse, meter_id: str, period: Period) -> DataFrame:
    """The meter's rows of silver.readings, from the partitions of the period's days, and of silver.quarantine."""
    quarantine = warehouse.read(tables.silver.QUARANTINE)
    readings = warehouse.read(tables.silver.READINGS).where(F.col("meter_id") == meter_id)
    if period.first_date is not None:
        readings = readings.where(F.col("read_date") >= date_literal(period.first_date))
    if period.last_date is not None:
        readings = readings.where(F.col("read_date") <= date_literal(period.last_date))
    accepted = readings.select(
        "*", F.array().cast("array<string>").alias("reasons"), F.lit("accepted").alias("disposition")
    )
    refused = quarantine.where(F.coalesce("meter_id", F.lit("")) == meter_id)
    when = F.unix_micros(F.coalesce("read_at", "received_at"))
    return accepted.where(_in_period(F.unix_micros("read_at"), period)).unionByName(
        refused.where(_in_period(when, period)), allowMissingColumns=True
    )


def _overlapping(spans: DataFrame, meter_id: str, period: Period) -> DataFrame:
    """The meter's holes or episodes that share an instant with the period."""
    begins = F.lit(True) if period.to_us is None else F.unix_micros("started_at") < F.lit(period.to_us)
    ends = F.lit(True) if period.from_us is None else F.unix_micros("ended_at") > F.lit(period.from_us)
    return spans.where((F.col("meter_id") == meter_id) & begins & F.coalesce(ends, F.lit(True)))


def _last_build(warehouse: Warehouse) -> DataFrame:
    builds = warehouse.read(tables.ops.RUNS).where(F.col("job") == _SILVER_JOB)
    newest = builds.agg(F.max_by(F.struct("finished_at", "as_of", "fingerprint"), "finished_at").alias("_run"))
    return newest.where("_run IS NOT NULL").select("_run.*")


def _in_period(instant_us: Column, period: Period) -> Column:
    from_us, to_us = period.from_us, period.to_us
    after = F.lit(True) if from_us is None else instant_us >= F.lit(from_us)
    return after & (F.lit(True) if to_us is None else instant_us < F.lit(to_us))


def _local(spark: SparkSession, rows: DataFrame) -> DataFrame:
    """The rows fetched, as a frame without a file behind it.

    2026-11-21: judging fetched rows took half as long as judging the table's (6.5 s against 15.6, both warm, on a busy
    machine): what Spark plans is most of the work. All queries in one union took longer still to plan.
    """
    return spark.createDataFrame(rows.toArrow(), rows.schema)


def _all(rows: DataFrame, kind: type[_T]) -> list[_T]:
    """The rows as objects: ``x_us`` is read from x or x_at where there is no such column.

    One meter's rows fit the driver, and this is where a person reads them: the one place that collects rows.
    """
    columns = [_column(field.name, rows.columns).alias(field.name) for field in fields(kind)]  # type: ignore[arg-type]
    return [kind(**row) for row in rows.select(*columns).toArrow().to_pylist()]


def _start(span: Hole | Episode) -> int:
    return span.started_us


def _column(name: str, columns: list[str]) -> Column:
    if name in columns:
        return F.col(name)
    if name.endswith("_us"):
        stem = name.removesuffix("_us")
        return F.unix_micros(stem if stem in columns else f"{stem}_at")
    return F.col({"gap_class": "class"}[name])
