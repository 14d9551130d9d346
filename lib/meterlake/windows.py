"""The one place that builds a window. All of them sort by the same columns, so that Spark sorts once."""

from pyspark.sql import Window, WindowSpec

METER = ("neighbourhood_key", "meter_key")
RANK = ("received_us", "received_nanos", "source_file", "source_version", "source_line")


def per_meter() -> WindowSpec:
    """A meter's readings in time order, those of one interval by rank."""
    return Window.partitionBy(*METER).orderBy("read_us", *RANK)


def same_interval() -> WindowSpec:
    """All readings of the meter's interval, whatever their rank.

    Peers in the meter's order and not a partition an interval: Spark sets up each partition anew, and nearly all
    intervals have one reading.
    """
    return Window.partitionBy(*METER).orderBy("read_us").rangeBetween(Window.currentRow, Window.currentRow)


def per_meter_day() -> WindowSpec:
    """A meter's flagged days in order; for tables with a row a meter and day."""
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
