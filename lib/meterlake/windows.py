"""The one place that builds a window. All of them sort by the same columns, so that Spark sorts once."""

from pyspark.sql import Column, Window, WindowSpec
from pyspark.sql import functions as F

METER = ("neighbourhood_key", "meter_key")
RANK = ("received_us", "received_nanos", "source_file", "source_version", "source_line")
_IN_TIME = ("read_us", *RANK)


def per_meter() -> WindowSpec:
    """A meter's readings in time order, those of one interval by rank."""
    return Window.partitionBy(*METER).orderBy(*_IN_TIME)


def next_of_meter(column: str) -> Column:
    """The column's next value further on among the meter's readings, empty ones passed over.

    As SQL, since F.lead cannot pass over; a frame from here to the end would be read again for each row.
    """
    return F.expr(f"lead({column}) IGNORE NULLS OVER (PARTITION BY {', '.join(METER)} ORDER BY {', '.join(_IN_TIME)})")


def per_meter_day() -> WindowSpec:
    """A meter's days in order; for tables with a row a meter and day."""
    return Window.partitionBy(*METER).orderBy("day")


def before(window: WindowSpec) -> WindowSpec:
    """All rows before this one."""
    return window.rowsBetween(Window.unboundedPreceding, -1)


def until_now(window: WindowSpec) -> WindowSpec:
    """All rows up to and with this one."""
    return window.rowsBetween(Window.unboundedPreceding, Window.currentRow)


def whole(window: WindowSpec) -> WindowSpec:
    """All rows of the partition."""
    return window.rowsBetween(Window.unboundedPreceding, Window.unboundedFollowing)
