"""Slices that continue what was before them: rates, holes and runs against a reading that is not among theirs."""

from typing import Any

from pyspark.sql import DataFrame, SparkSession
from pyspark.sql import functions as F

from meterlake.config import Config
from meterlake.silver.carried import carried_rows, end_of_day
from meterlake.silver.gaps import with_hole
from meterlake.silver.previous import with_previous
from meterlake.silver.rate_of_change import with_rates
from meterlake.silver.runs import run_episodes, with_run_values, with_runs
from tests.cases import Case, frame, wrong
from tests.silver.handed_on import HOUR, MIDNIGHT, handed_on, hours

METER = {"neighbourhood_key": 0, "interval_minutes": 60}
RANK = {"received_us": 1, "received_nanos": 0, "source_file": "raw/a.csv", "source_version": 1, "source_line": 2}


def test_a_day_hands_on_what_its_last_standing_reading_knows(spark: SparkSession) -> None:
    def reading(day: int, hour: int, kw: str, **other: Any) -> Case:
        return {"day": f"2026-03-{day}", "read_us": hours(hour), "kw": kw, **other}

    accepted = {"is_accepted": True, "is_standing": True}
    before = {"previous_us": hours(10), "previous_kw": "1"}
    over = {"value_run_us": hours(11), "over_run_us": hours(9), "over_count": 3}
    readings = [
        reading(10, 10, "1", **accepted, value_run_us=hours(10)),
        reading(10, 12, "7", **before),
        reading(10, 11, "25", is_standing=True, **before, **over),
        reading(11, 30, "0", **accepted, previous_us=hours(29), previous_kw="2"),
        reading(12, 50, "7"),
    ]
    nothing: Case = dict.fromkeys(
        ("accepted_us", "accepted_kw", "standing_us", "run_kw", "is_over", "value_run_us", "over_run_us", "over_count")
    )

    def case(name: str, day: int, **fields: Any) -> Case:
        expected = {f"expected_{column}": value for column, value in (nothing | fields).items()}
        return {"case": name, "day": f"2026-03-{day}", **expected}

    cases = [
        case(
            "the last one stands and is not accepted",
            10,
            accepted_us=hours(10),
            accepted_kw="1",
            standing_us=hours(11),
            run_kw="25",
            is_over=True,
            **over,
        ),
        case(
            "a vacant zero is in no run",
            11,
            accepted_us=hours(30),
            accepted_kw="0",
            standing_us=hours(30),
            is_over=False,
        ),
        case("none stands", 12),
    ]
    flags = {"is_accepted": False, "is_standing": False, "previous_us": None, "previous_kw": None}
    given = frame(spark, readings, **flags, value_run_us=None, over_run_us=None, over_count=None)
    days = given.groupBy("day").agg(end_of_day().alias("carried")).select("day", "carried.*")
    assert wrong(frame(spark, cases).join(days, "day", "left"), *nothing) == []


def test_a_rate_and_a_hole_against_the_carried_reading(spark: SparkSession, config: Config) -> None:
    def slice_of(name: str, accepted: tuple[float, str] | None, *readings: tuple[float, str, bool, int]) -> list[Case]:
        """``readings``: hour, kW, whether it is a spike, the missing intervals before it."""
        return [
            {
                "case": f"{name}, hour {hour}",
                "meter_id": name,
                "carried": handed_on(accepted, accepted and accepted[0]) if accepted else None,
                "read_us": hours(hour),
                "kw": kw,
                "expected_is_spike": spike,
                "expected_missing": missing,
            }
            for hour, kw, spike, missing in readings
        ]

    cases = [
        *slice_of("more than six times", (-1, "1"), (0, "6.000001", True, 0), (1, "6.000001", False, 0)),
        *slice_of("six times", (-1, "1"), (0, "6", False, 0)),
        *slice_of("then against its own", (-1, "1"), (0, "1.5", False, 0), (2, "9.5", True, 1)),
        *slice_of("4 h later", (-4, "1"), (0, "9", True, 3)),
        *slice_of("5 h later", (-5, "1"), (0, "9", False, 4)),
        *slice_of("nothing before", None, (0, "9", False, 0)),
    ]
    keys = {name: key for key, name in enumerate(dict.fromkeys(case["meter_id"] for case in cases))}
    given = frame(
        spark,
        [case | {"meter_key": keys[case["meter_id"]]} for case in cases],
        is_accepted=True,
        is_standing=True,
        min_kw="0",
        max_kw="20",
        vacancies=[],
        **METER,
        **RANK,
    )
    judged = with_hole(with_rates(_after_others(given), config.rate_of_change), config.gaps)
    assert wrong(judged, "is_spike", "missing") == []


# The slice's readings by hour and kW, what is carried, and the episodes: fault, first hour, end, evidence.
STUCK, OVER = [(hour, "0.5") for hour in range(4)], [(0, "21"), (1, "22")]
RUNS = {
    "trips with the carried start": (STUCK, handed_on(None, -1, (-20, "0.5")), "F02 -20 4 24.000000"),
    "an hour short": (STUCK[:3], handed_on(None, -1, (-20, "0.5")), ""),
    "another value before": (STUCK, handed_on(None, -1, (-20, "0.6")), ""),
    "a hole of 3 h is bridged": (STUCK, handed_on(None, -4, (-20, "0.5")), "F02 -20 4 24.000000"),
    "a hole of 4 h breaks": (STUCK, handed_on(None, -5, (-20, "0.5")), ""),
    "in no run before": (STUCK, handed_on(None, -1), ""),
    "nothing before": (STUCK, None, ""),
    "zero for two days": ([(0, "0")], handed_on(None, -1, (-47, "0")), "F01 -47 1 48.000000"),
    "the fifth and sixth over": (OVER, handed_on(None, -1, (-1, "22"), (-4, 4)), "F03 -4 2 6.000000"),
    "the fourth and fifth over": (OVER, handed_on(None, -1, (-1, "22"), (-3, 3)), ""),
    "not over before": (OVER, handed_on(None, -1, (-1, "1")), ""),
}


def test_a_run_that_trips_only_with_what_was_before_it(spark: SparkSession, config: Config) -> None:
    cases = [
        {"case": name, "meter_id": name, "meter_key": key, "carried": carried, "expected_episodes": text}
        | {"read_us": hours(hour), "kw": kw}
        for key, (name, (readings, carried, text)) in enumerate(RUNS.items())
        for hour, kw in readings
    ]
    given = frame(spark, cases, is_accepted=False, is_standing=True, max_kw="20", vacancies=[], **METER, **RANK)
    found = run_episodes(with_runs(_after_others(given), config.faults), config.faults)
    times = [((F.col(name) - MIDNIGHT) / HOUR).cast("int") for name in ("started_us", "ended_us")]
    told = found.select("meter_id", F.concat_ws(" ", "fault", *times, "evidence").alias("text"))
    by_meter = told.groupBy("meter_id").agg(F.concat_ws(", ", F.sort_array(F.collect_list("text"))).alias("episodes"))
    meters = given.select("case", "meter_id", "expected_episodes").distinct().join(by_meter, "meter_id", "left")
    assert wrong(meters.fillna("", "episodes"), "episodes") == []


def test_a_run_over_the_limit_goes_on_counting(spark: SparkSession, config: Config) -> None:
    def reading(hour: int, kw: str, start: int | None, count: int | None, stands: bool = True) -> Case:
        expected = {"expected_over_run_us": hours(start), "expected_over_count": count}
        return {"case": f"hour {hour}", "read_us": hours(hour), "kw": kw, "is_standing": stands, **expected}

    cases = [
        reading(0, "21", -4, 5),
        reading(1, "22", None, None, stands=False),
        reading(2, "22", -4, 6),
        reading(3, "20", None, None),
        reading(4, "21", 4, 1),
        reading(5, "21", 4, 2),
    ]
    before = handed_on(None, -1, (-1, "22"), (-4, 4))
    limits = {"is_accepted": False, "max_kw": "20", "vacancies": []}
    given = frame(spark, cases, meter_key=0, carried=before, **limits, **METER, **RANK)
    assert wrong(with_runs(_after_others(given), config.faults), "over_run_us", "over_count") == []


def test_a_run_that_ends_with_what_is_carried_is_still_an_episode(spark: SparkSession, config: Config) -> None:
    cases = [
        {"case": "stuck until then", "carried": handed_on(None, -1, (-25, "0.5")), "expected_ended_us": hours(0)},
        {"case": "for 24 h", "carried": handed_on(None, -1, (-24, "0.5")), "expected_ended_us": hours(0)},
        {"case": "too short", "carried": handed_on(None, -1, (-23, "0.5")), "expected_ended_us": None},
        {"case": "nothing before", "carried": None, "expected_ended_us": None},
    ]
    slices = frame(
        spark, [case | {"meter_id": case["case"], "meter_key": key} for key, case in enumerate(cases)], **METER
    )
    rows = carried_rows(slices)
    assert rows.count() == 3
    found = run_episodes(rows, config.faults).select("meter_id", "ended_us")
    assert wrong(slices.join(found, "meter_id", "left"), "ended_us") == []


def _after_others(given: DataFrame) -> DataFrame:
    return with_previous(with_run_values(given))
