"""How many rows end with which disposition, by origin."""

from pyspark.sql import DataFrame, Observation
from pyspark.sql import functions as F

from meterlake.silver import gaps
from meterlake.silver import rows as row

Counts = dict[tuple[str, str], int]

_ORIGINS = (row.OBSERVED, gaps.INTERPOLATED, gaps.SHORT)
_DISPOSITIONS = (row.ACCEPTED, row.QUARANTINED, row.REJECTED, row.SUPERSEDED)


def count(rows: DataFrame) -> Counts:
    """Rows by origin and disposition, in a query of their own."""
    found = rows.groupBy("origin", "disposition").count().toLocalIterator()
    return {(line["origin"], line["disposition"]): line["count"] for line in found}


def counting(rows: DataFrame) -> tuple[DataFrame, Observation]:
    """The same rows, counted by whoever computes them first: `counts_of` the observation then has them."""
    observation = Observation()
    cells = [
        F.count_if((F.col("origin") == origin) & (F.col("disposition") == disposition)).alias(f"{origin} {disposition}")
        for origin in _ORIGINS
        for disposition in _DISPOSITIONS
    ]
    return rows.observe(observation, *cells), observation


def counts_of(observation: Observation) -> Counts:
    """Waits until the rows have been computed. Only what occurs."""
    cells = {tuple(name.split(" ")): number for name, number in observation.get.items()}
    return {(origin, disposition): number for (origin, disposition), number in cells.items() if number}
