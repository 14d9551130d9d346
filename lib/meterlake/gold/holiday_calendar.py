"""Public holidays of a region, from the holidays package: its pinned version is part of the result."""

from datetime import date

import holidays
from pyspark.sql import DataFrame, SparkSession

_YEARS = range(1990, 2101)


def public_holidays(spark: SparkSession, region: str | None) -> DataFrame:
    """A row (day) a public holiday of "CC" or "CC-SUB" from 1990 to 2100; none where no region is configured."""
    days: list[tuple[date]] = []
    if region is not None:
        country, _, part = region.partition("-")
        days = [(day,) for day in sorted(holidays.country_holidays(country, subdiv=part or None, years=_YEARS))]
    return spark.createDataFrame(days, "day date")
