"""Frames that are computed once and read many times, and which columns of them."""

from pyspark import StorageLevel
from pyspark.sql import DataFrame

# What the tables are made of; the windows before need not carry the rest along.
JUDGED = (
    "neighbourhood_key",
    "meter_key",
    "meter_id",
    "meter_type",
    "neighbourhood_id",
    "interval_minutes",
    "read_us",
    "kw",
    "unit_converted",
    "unit_inferred",
    "reasons",
    "is_backdated",
    "is_accepted",
    "is_superseded",
    "is_standing",
    "previous_us",
    "previous_kw",
    "is_spike",
    "is_drop",
    "missing",
    "hole_class",
    "value_run_us",
    "over_run_us",
    "over_count",
    "source_file",
    "source_version",
    "source_line",
    "raw_value",
    "raw_read_at",
    "raw_unit",
    "received_us",
    "received_nanos",
    "has_own_received",
)


def keep(frame: DataFrame) -> DataFrame:
    """The frame's rows as they are now, in memory and then on disk, without the plan that made them.

    Spark analyses a plan anew for each query above it, which took longer than the work itself (80 s of 100 in a run
    over 770 readings). Rows and not cached columns: for 2.9 million readings that are read four times it is 90 s
    against 135, of which 18 went into letting the columns go again (2026-11-21).
    """
    return frame.localCheckpoint(eager=True, storageLevel=StorageLevel.MEMORY_AND_DISK)
