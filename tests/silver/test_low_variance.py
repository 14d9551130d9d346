"""F04: a week whose deviation is below 1 % of its mean, where 80 % of its intervals are there."""

import pytest
from pyspark.sql import SparkSession
from pyspark.sql import functions as F

from meterlake.config import Config
from meterlake.silver.low_variance import accepted_days, low_variance_episodes
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
    episodes = low_variance_episodes(days, config.faults.low_variance, zone, 0).drop("meter_id")
    joined = days.select("case", "meter_key", "expected_evidence").join(episodes, "meter_key", "left")
    assert wrong(joined, "evidence") == []


def test_a_day_sums_its_accepted_readings_in_millionths(spark: SparkSession) -> None:
    """In Berlin 2026-03-10 begins at 23:00Z."""
    readings = [
        {"read_us": "2026-03-09T22:00", "kw": "9"},
        {"read_us": "2026-03-09T23:00", "kw": "1.5"},
        {"read_us": "2026-03-10T00:00", "kw": "0.000002"},
        {"read_us": "2026-03-10T01:00", "kw": "7", "is_accepted": False},
    ]
    meter = {"meter_id": "A", "meter_key": 0, "neighbourhood_key": 0, "interval_minutes": 60, "is_accepted": True}
    cases = [
        {
            "case": "March 9",
            "day": "2026-03-09",
            "expected_n": 1,
            "expected_sum_x": 9 * E6,
            "expected_sum_xx": 81 * E12,
        },
        {
            "case": "March 10",
            "day": "2026-03-10",
            "expected_n": 2,
            "expected_sum_x": 1_500_002,
            "expected_sum_xx": 2_250_000_000_004,
        },
    ]
    days = accepted_days(frame(spark, readings, **meter), "Europe/Berlin")
    sums = [F.col(name).cast("decimal(38,0)").alias(name) for name in ("sum_x", "sum_xx")]
    rows = frame(spark, cases).join(days.select("day", "n", *sums), "day", "left")
    assert wrong(rows, "n", "sum_x", "sum_xx") == []
