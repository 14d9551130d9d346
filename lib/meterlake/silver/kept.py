"""Frames that are computed once and read many times."""

from dataclasses import dataclass, field

from pyspark import StorageLevel
from pyspark.sql import DataFrame

FEW_ROWS = 3_000_000


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
