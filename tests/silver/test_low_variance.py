"""F04: a week whose deviation is below 1 % of its mean, where 80 % of its intervals are there."""

import pytest
from pyspark.sql import SparkSession

from meterlake.config import Config
from meterlake.silver.low_variance import low_variance_days
from tests.cases import Case, frame, wrong

E6, E12 = 10**6, 10**12
# 84 times 0.99 kW and 84 times 1.01 kW: deviation 0.01, mean 1.00.
ONE_PERCENT = {"n": 168, "sum_x": 168 * E6, "sum_xx": 168_016_800_000_000}


def day(name: str, evidence: str | None, n: int, sum_x: int, sum_xx: int, minutes: int = 60) -> Case:
    """All readings of a week on its last day: it is their sums that are tested."""
    sums = {"n": n, "sum_x": sum_x, "sum_xx": sum_xx, "interval_minutes": minutes}
    return {"case": name, "meter_id": name, "expected_evidence": evidence, **sums}


def flat(name: str, evidence: str | None, n: int, minutes: int = 60) -> Case:
    return day(name, evidence, n, n * E6, n * E12, minutes)


WEEK = [
    day("exactly 1 %", None, **ONE_PERCENT),
    day("a hair below 1 %", "0.01", **ONE_PERCENT | {"sum_xx": ONE_PERCENT["sum_xx"] - 1}),
    # n·Σx² − (Σx)² is 70,560,082,656,024, a ten-thousandth of (Σx)² 70,560,082,656,024.2064.
    day("below 1 % by a fraction", "0.01", 168, 840_000_492, 4_200_424_920_493_441),
    day("a third of 1 %", "0.003333", 168, 168 * E6, 168_001_866_666_667),
    flat("flat", "0", 168),
    flat("135 of 168", "0", 135),
    flat("134 of 168", None, 134),
    flat("538 of 672", "0", 538, minutes=15),
    flat("537 of 672", None, 537, minutes=15),
    day("all zero", None, 168, 0, 0),
    day("exports", None, 168, -168 * E6, 168 * E12),
]
SHORT_WEEK = [flat("134 of 167", "0", 134), flat("133 of 167", None, 133)]


@pytest.mark.parametrize(
    ("cases", "last_day", "zone"),
    [(WEEK, "2026-03-10", "UTC"), (SHORT_WEEK, "2026-03-29", "Europe/Berlin")],
    ids=["a week of 168 hours", "a week of 167 hours"],
)
def test_weeks_by_their_sums(spark: SparkSession, config: Config, cases: list[Case], last_day: str, zone: str) -> None:
    keyed = [case | {"meter_key": key} for key, case in enumerate(cases)]
    days = frame(spark, keyed, neighbourhood_key=0, day=last_day)
    flagged = low_variance_days(days, days, config.faults.low_variance, zone, 0).drop("meter_id")
    joined = days.select("case", "meter_key", "expected_evidence").join(flagged, "meter_key", "left")
    assert wrong(joined, "evidence") == []
