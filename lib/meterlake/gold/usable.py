"""Which silver rows analytics may use: score 70 or more, and no excluding fault that still stands."""

from decimal import Decimal

from pyspark.sql import DataFrame
from pyspark.sql import functions as F


def keep_usable(readings: DataFrame, standard_from: Decimal, excluding: tuple[str, ...]) -> DataFrame:
    """Rows of silver.readings, observed and interpolated, with a standard score and without an excluding fault.

    A row at 70 can carry a fault: -30 alone leaves 70. A dismissed fault is not in the row's faults.
    """
    faulty = F.arrays_overlap("faults", F.array(*[F.lit(fault) for fault in excluding]).cast("array<string>"))
    return readings.where((F.col("quality_score") >= F.lit(standard_from)) & ~faulty)
