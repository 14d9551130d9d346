"""Silver: each reading judged, holes, faults; and what a run remembers so that the next one costs what is new."""

from pyspark.sql.types import ArrayType, BooleanType, DecimalType, LongType, StructField, StructType

from meterlake.tables.table import (
    DATE,
    FLAG,
    INT,
    KW,
    LONG,
    SOURCE,
    TEXT,
    TEXTS,
    TIME,
    Column,
    Table,
)

_SUMS = ("x", "y", "xx", "yy", "xy")
_READING: tuple[Column, ...] = (
    ("meter_id", TEXT, ""),
    ("meter_type", TEXT, "of the registry"),
    ("neighbourhood_id", TEXT, "of the registry; empty: none"),
    ("read_at", TIME, "start of the interval, UTC"),
    ("read_date", DATE, "local date of read_at"),
    ("interval_minutes", INT, "minutes"),
    ("kw", KW, "kW, mean power over the interval"),
    ("energy_kwh", KW, "kWh of the interval"),
    ("origin", TEXT, "observed, interpolated, missing_short"),
    ("unit_converted", FLAG, "the unit's factor is not 1"),
    ("unit_inferred", FLAG, "there was no unit"),
    ("hole_hours", KW, "hours of the hole that the row fills; 0 on observed rows"),
    ("warnings", TEXTS, "sorted rule ids: V07, V11, V12"),
    ("faults", TEXTS, "sorted fault ids whose episode holds read_at"),
    ("quality_score", INT, "0 to 100"),
    ("tier", TEXT, "premium, standard, quarantine"),
    *SOURCE,
    ("run_id", TEXT, "the run that wrote the row"),
)
READINGS = Table(
    "silver",
    "readings",
    _READING,
    key=("meter_id", "read_at"),
    partitions=("read_date", "meter_type"),
    searched_by=("meter_id", "read_at"),
)
QUARANTINE = Table(
    "silver",
    "quarantine",
    (
        *_READING,
        ("raw_value", TEXT, "as it arrived"),
        ("raw_read_at", TEXT, "as it arrived"),
        ("raw_unit", TEXT, "as it arrived"),
        ("received_at", TIME, "the source's own, else the end of the landing hour; UTC"),
        ("reasons", TEXTS, "sorted rule ids of the failed checks"),
        ("disposition", TEXT, "quarantined (a person can approve it), rejected (final)"),
        ("status", TEXT, "open, approved, rejected"),
        ("reviewer", TEXT, ""),
        ("reviewed_at", TIME, "UTC"),
        ("comment", TEXT, ""),
    ),
    key=("source_file", "source_version", "source_line", "meter_id", "read_at"),
    partitions=("read_date",),
    searched_by=("meter_id", "read_at", "source_file"),
)
GAPS = Table(
    "silver",
    "gaps",
    (
        ("meter_id", TEXT, ""),
        ("started_at", TIME, "start of the first missing interval, UTC"),
        ("ended_at", TIME, "end of the last missing interval, UTC; empty while open"),
        ("intervals", LONG, "missing intervals"),
        ("hours", KW, "hours"),
        ("class", TEXT, "interpolated, missing_short, missing_extended"),
        ("is_open", FLAG, "no reading has come since"),
    ),
    key=("meter_id", "started_at"),
)
FAULTS = Table(
    "silver",
    "faults",
    (
        ("meter_id", TEXT, ""),
        ("fault", TEXT, "F01 … F05"),
        ("started_at", TIME, "UTC"),
        ("ended_at", TIME, "end of the last interval or day, UTC"),
        ("is_open", FLAG, "it reaches the meter's last standing reading"),
        ("evidence", KW, "F01, F02 hours · F03 readings · F04 smallest ratio · F05 smallest r"),
        ("action", TEXT, "what to do about it"),
        ("status", TEXT, "open, dismissed, repaired"),
        ("resolved_by", TEXT, ""),
        ("resolved_at", TIME, "UTC"),
        ("comment", TEXT, ""),
    ),
    key=("meter_id", "fault", "started_at"),
)
CARRIED = StructType(
    [
        StructField("accepted_us", LongType()),
        StructField("accepted_kw", KW),
        StructField("standing_us", LongType()),
        StructField("run_kw", KW),
        StructField("is_over", BooleanType()),
        StructField("value_run_us", LongType()),
        StructField("over_run_us", LongType()),
        StructField("over_count", LongType()),
    ]
)
METER_DAYS = Table(
    "silver",
    "meter_days",
    (
        ("meter_id", TEXT, ""),
        ("read_date", DATE, "local date; a day without a standing reading has no row"),
        ("accepted", LONG, "accepted readings"),
        ("sum_x", DecimalType(28, 0), "of accepted kW, in millionths"),
        ("sum_xx", DecimalType(38, 0), "of their squares"),
        ("superseded", LONG, "bronze readings that another one supersedes"),
        ("superseded_late", LONG, "of these backdated (V07)"),
        ("delays_us", ArrayType(DecimalType(24, 3)), "received_at minus the interval's end, of accepted readings"),
        ("carried", CARRIED, "what the readings after this day depend on: see silver/carried.py"),
    ),
    key=("meter_id", "read_date"),
    partitions=("read_date",),
    searched_by=("meter_id",),
)
NEIGHBOUR_DAYS = Table(
    "silver",
    "neighbour_days",
    (
        ("meter_id", TEXT, ""),
        ("local_date", DATE, "of the hour's start"),
        ("n", LONG, "hours in which the meter and enough neighbours have accepted readings"),
        *[(f"sum_{name}", DecimalType(38, 0), "x the meter's, y its neighbours' kW") for name in _SUMS],
    ),
    key=("meter_id", "local_date"),
    partitions=("local_date",),
    searched_by=("meter_id",),
)
FLAGGED_DAYS = Table(
    "silver",
    "flagged_days",
    (
        ("meter_id", TEXT, ""),
        ("fault", TEXT, "F04, F05"),
        ("local_date", DATE, "the last of the seven days tested"),
        ("evidence", KW, "F04 ratio · F05 r"),
    ),
    key=("meter_id", "fault", "local_date"),
)
METERS_JUDGED = Table(
    "silver",
    "meters_judged",
    (
        ("meter_id", TEXT, "every registered meter"),
        ("neighbourhood_id", TEXT, "empty: none"),
        ("reference", TEXT, "SHA-256 of its registry row and vacancies when it was judged"),
        ("first_accepted_us", LONG, "µs since 1970, UTC; empty: none has come"),
        ("last_accepted_us", LONG, "µs since 1970, UTC"),
        ("last_standing_us", LONG, "µs since 1970, UTC"),
    ),
    key=("meter_id",),
)
