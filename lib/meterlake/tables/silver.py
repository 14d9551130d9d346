"""Silver: each reading judged, holes, faults, and the counts that gold needs of readings no table keeps."""

from pyspark.sql.types import DecimalType

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
READINGS = Table("silver", "readings", _READING, key=("meter_id", "read_at"), partitions=("read_date", "meter_type"))
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
RULE_COUNTS = Table(
    "silver",
    "rule_counts",
    (
        ("read_date", DATE, "local date of read_at, else of received_at"),
        ("neighbourhood_key", INT, "see bronze.meters; below 0: meters not in the registry"),
        ("rule", TEXT, "V01 … V14, Q01"),
        ("readings", LONG, "bronze readings with this rule"),
    ),
    key=("read_date", "neighbourhood_key", "rule"),
)
ARRIVALS = Table(
    "silver",
    "arrivals",
    (
        ("read_date", DATE, "local date of read_at"),
        ("neighbourhood_key", INT, "see bronze.meters"),
        ("delay_us", DecimalType(24, 3), "received_at minus the interval's end, µs"),
        ("readings", LONG, "accepted readings with a received_at of their own"),
    ),
    key=("read_date", "neighbourhood_key", "delay_us"),
)
