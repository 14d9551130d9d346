"""F05: Pearson r of a meter with the mean of its neighbours. Four hours are enough here, and three neighbours."""

from collections.abc import Callable
from datetime import date

from pyspark.sql import SparkSession
from pyspark.sql import functions as F

from meterlake.config import Config
from meterlake.silver.neighbourhood import neighbour_days, neighbourhood_days
from tests.cases import Case, at, frame, wrong

NOON, HOUR = at("2026-03-10T12:00"), 3_600_000_000
RISING = ("1", "2", "3", "4")
places: dict[str, int] = {}


def meter(place: str, number: int, kw: tuple[str | None, ...], r: str | None = None, **other: object) -> list[Case]:
    """A meter's hours from noon; None is an hour without a reading. ``r``: the evidence of a flagged day."""
    key = places.setdefault(place, len(places))
    return [
        {
            "case": f"{place}, meter {number}",
            "meter_id": f"{place} {number}",
            "neighbourhood_id": place,
            "neighbourhood_key": key,
            "meter_key": key * 10 + number,
            "read_us": NOON + hour * HOUR,
            "kw": value,
            "is_accepted": True,
            "expected_evidence": r,
            **other,
        }
        for hour, value in enumerate(kw)
        if value is not None
    ]


def place(
    name: str, own: tuple[str | None, ...], r: str | None = None, neighbours: int = 3, **other: object
) -> list[Case]:
    """A meter among neighbours whose load rises from 1 to 4 kW."""
    others = [case for number in range(1, neighbours + 1) for case in meter(name, number, RISING)]
    return [*meter(name, 0, own, r, **other), *others]


CASES = [
    *place("with the others", RISING),
    *place("against the others", ("4", "3", "2", "1"), "-1"),
    # Deviations of the others: -1.5 -0.5 0.5 1.5, their squares sum to 5.
    *place("neither", ("1", "2", "2", "1"), "0"),
    *place("0.5 / sqrt(2.75 x 5)", ("2", "3", "1", "3"), "0.134840"),
    *place("1 / sqrt(2 x 5), above 0.3", ("1", "3", "2", "2")),
    *place("one that does not move", ("2", "2", "2", "2")),
    *place("three hours only", ("4", "3", "2", None)),
    *place("two neighbours only", ("4", "3", "2", "1"), neighbours=2),
    *place("not accepted", ("4", "3", "2", "1"), is_accepted=False),
    *place("four neighbours", ("4", "3", "2", "1"), "-1", neighbours=4),
]


def wrong_days(spark: SparkSession, cases: list[Case], config: Config) -> list[str]:
    readings = frame(spark, cases, interval_minutes=60)
    rule = config.faults.neighbourhood
    own = ("neighbourhood_key", "meter_key", "meter_id")
    days = readings.where("is_accepted").select(*own, F.lit(date(2026, 3, 10)).alias("day")).distinct()
    flagged = neighbourhood_days(days, neighbour_days(readings, rule, "UTC", 0), rule)
    meters = readings.select("case", "meter_key", "expected_evidence").distinct()
    return wrong(meters.join(flagged.drop("meter_id"), "meter_key", "left"), "evidence")


def test_a_meter_among_its_neighbours(spark: SparkSession, make_config: Callable[..., Config]) -> None:
    assert wrong_days(spark, CASES, make_config("faults.neighbourhood.min_hours=4")) == []


def test_an_hour_is_the_mean_of_its_readings(spark: SparkSession, make_config: Callable[..., Config]) -> None:
    """Half-hours of 3 and 5 kW are an hour of 4; the meter falls from 4 to 1 while the others rise."""
    half_hours = [("3", "5"), ("2", "4"), ("1", "3"), ("0", "2")]
    own = [
        case | {"read_us": NOON + hour * HOUR + half * HOUR // 2, "kw": kw}
        for hour, pair in enumerate(half_hours)
        for half, kw in enumerate(pair)
        for case in meter("half-hours", 0, ("0",), "-1", interval_minutes=30)
    ]
    others = [case for number in (1, 2, 3) for case in meter("half-hours", number, RISING)]
    assert wrong_days(spark, own + others, make_config("faults.neighbourhood.min_hours=4")) == []


def test_a_meter_without_a_neighbourhood_has_no_neighbours(
    spark: SparkSession, make_config: Callable[..., Config]
) -> None:
    cases = place("nowhere", ("4", "3", "2", "1"))
    assert (
        wrong_days(
            spark, [c | {"neighbourhood_id": None} for c in cases], make_config("faults.neighbourhood.min_hours=4")
        )
        == []
    )
