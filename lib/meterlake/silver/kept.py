"""Frames that are computed once and read many times."""

from dataclasses import dataclass, field

from pyspark import StorageLevel
from pyspark.sql import DataFrame

FEW_ROWS = 3_000_000
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


@dataclass
class Kept:
    """Keeps frames until ``release``.

    Few rows are kept without the plan that made them: Spark analyses that anew for each query above it, which took
    longer than the work itself (2026-11-21: 80 s of 100 in a run over 770 readings). Many rows are kept as compressed
    columns, a quarter of the size, plan and all.
    """

    few: bool = True
    frames: list[DataFrame] = field(default_factory=list)

    def __call__(self, frame: DataFrame) -> DataFrame:
        if self.few:
            return frame.localCheckpoint(eager=True)
        self.frames.append(frame.persist(StorageLevel.MEMORY_AND_DISK))
        return self.frames[-1]

    def release(self) -> None:
        for frame in self.frames:
            frame.unpersist()
        self.frames.clear()
