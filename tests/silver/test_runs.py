"""F01, F02 and F03: runs of standing readings. Readings come every four hours: the 3 h between them are bridged."""

from collections.abc import Iterable

from pyspark.sql import SparkSession
from pyspark.sql import functions as F

from meterlake.config import Config
from meterlake.silver.previous import with_previous
from meterlake.silver.runs import run_episodes, with_run_values, with_runs
from tests.cases import Case, at, frame, wrong

MIDNIGHT, HOUR = at("2026-03-10T00:00"), 3_600_000_000
RANK = {"received_us": 1, "received_nanos": 0, "source_file": "raw/a.csv", "source_version": 1, "source_line": 2}


def meter(name: str, hours: Iterable[float], kw: list[str] | str, episodes: str = "", **other: object) -> list[Case]:
    """A meter's readings at these hours, the values in turn; its episodes as fault, first hour, end, evidence."""
    values = [kw] if isinstance(kw, str) else kw
    return [
        {
            "case": name,
            "meter_id": name,
            "read_us": MIDNIGHT + int(hour * HOUR),
            "kw": values[number % len(values)],
            "expected_episodes": episodes,
            "is_standing": True,
            "max_kw": "20",
            "vacancies": [],
            **other,
        }
        for number, hour in enumerate(hours)
    ]


def days(first: int, last: int) -> list[int]:
    """Every fourth hour from the first to the last."""
    return list(range(first, last + 1, 4))


CASES = [
    *meter("zero for 45 h", days(0, 44), "0"),
    *meter("zero for 47 h", [0, *days(2, 46)], "0"),
    *meter("zero for 48 h", [0, *days(3, 47)], "0", "F01 0 48 48.000000"),
    *meter("zero for 49 h", days(0, 48), "0", "F01 0 49 49.000000"),
    *meter("a hole of 4 h", [*days(0, 40), *days(45, 85)], "0"),
    *meter("zero twice", [*days(0, 48), *days(53, 101)], "0", "F01 0 49 49.000000, F01 53 102 49.000000"),
    *meter("stuck for 21 h", days(0, 20), "0.5"),
    *meter("stuck for 23 h", [0, *days(2, 22)], "0.5"),
    *meter("stuck for 24 h", [0, *days(3, 23)], "0.5", "F02 0 24 24.000000"),
    *meter("nearly stuck", days(0, 40), ["0.5", "0.500001"]),
    *meter("negative and stuck", days(0, 24), "-0.5", "F02 0 25 25.000000"),
    *meter("zero for 24 h is not stuck", days(0, 24), "0"),
    *meter("stuck, then another value", [*days(0, 24), 28], ["0.5"] * 7 + ["0.6"], "F02 0 25 25.000000"),
    *meter("over five times", range(5), ["21", "22"]),
    *meter("over six times", range(6), ["21", "22"], "F03 0 6 6.000000"),
    *meter("over six times with holes", days(0, 20), ["21", "22"], "F03 0 21 6.000000"),
    *meter("a hole of 4 h between", [0, 1, 2, 7, 8, 9], ["21", "22"]),
    *meter("the limit is not over it", range(6), ["21", "22", "20"]),
    *meter("its own limit", range(6), ["5.000001", "6"], "F03 0 6 6.000000", max_kw="5"),
    *meter("over and stuck", days(0, 24), "21", "F02 0 25 25.000000, F03 0 25 7.000000"),
    *meter("not standing", days(0, 48), "0", is_standing=False),
]


def judged(spark: SparkSession, cases: list[Case], config: Config):
    numbers = {name: number for number, name in enumerate(dict.fromkeys(case["meter_id"] for case in cases))}
    keyed = [case | {"meter_key": numbers[case["meter_id"]]} for case in cases]
    given = frame(spark, keyed, neighbourhood_key=0, interval_minutes=60, is_accepted=False, **RANK)
    return with_runs(with_previous(with_run_values(given)), config.faults)


def wrong_episodes(spark: SparkSession, cases: list[Case], config: Config) -> list[str]:
    readings = judged(spark, cases, config)
    parts = ("fault", *[((F.col(c) - MIDNIGHT) / HOUR).cast("int") for c in ("started_us", "ended_us")], "evidence")
    row = F.struct("started_us", "fault", F.concat_ws(" ", *parts).alias("text"))
    found = run_episodes(readings, config.faults).groupBy("meter_id").agg(F.sort_array(F.collect_list(row)).alias("_"))
    told = F.coalesce(F.concat_ws(", ", F.transform("_", lambda r: r["text"])), F.lit(""))
    meters = readings.select("case", "meter_id", "expected_episodes").distinct()
    return wrong(meters.join(found, "meter_id", "left").select("*", told.alias("episodes")), "episodes")


def test_episodes_of_standing_readings(spark: SparkSession, config: Config) -> None:
    assert wrong_episodes(spark, CASES, config) == []


def test_a_vacant_zero_is_no_zero_and_breaks_the_run(spark: SparkSession, config: Config) -> None:
    def vacant(start: float, end: float | None) -> list[tuple[int, int | None]]:
        return [(MIDNIGHT + int(start * HOUR), None if end is None else MIDNIGHT + int(end * HOUR))]

    cases = [
        *meter("vacant for ever", days(0, 96), "0", vacancies=vacant(0, None)),
        *meter("vacant at first", days(0, 96), "0", "F01 24 97 73.000000", vacancies=vacant(-5, 24)),
        *meter("vacant for one reading", days(0, 88), "0", vacancies=vacant(44, 45)),
        *meter("vacant between readings", days(0, 96), "0", "F01 0 97 97.000000", vacancies=vacant(41, 44)),
        *meter("vacant in the end", days(0, 96), "0", "F01 0 49 49.000000", vacancies=vacant(52, None)),
        *meter("stuck while vacant", days(0, 24), "0.5", "F02 0 25 25.000000", vacancies=vacant(0, None)),
        *meter("no vacancies known", days(0, 48), "0", "F01 0 49 49.000000", vacancies=None),
    ]
    assert wrong_episodes(spark, cases, config) == []


def test_a_run_knows_its_start_and_its_count(spark: SparkSession, config: Config) -> None:
    def reading(
        hour: int, kw: str, value: int | None, over: int | None, count: int | None, stands: bool = True
    ) -> Case:
        expected = {"expected_value_run_us": value, "expected_over_run_us": over}
        hours = {name: None if hour is None else MIDNIGHT + hour * HOUR for name, hour in expected.items()}
        (case,) = meter("a meter", [hour], kw, is_standing=stands)
        return case | hours | {"case": f"hour {hour}", "expected_over_count": count}

    cases = [
        reading(0, "1", 0, None, None),
        reading(1, "1", 0, None, None),
        reading(2, "9", None, None, None, stands=False),
        reading(3, "1", 0, None, None),
        reading(4, "21", 4, 4, 1),
        reading(5, "21", 4, 4, 2),
        reading(6, "22", 6, 4, 3),
        reading(10, "22", 6, 4, 4),
        reading(15, "22", 15, 15, 1),
        reading(16, "1", 16, None, None),
    ]
    assert wrong(judged(spark, cases, config), "value_run_us", "over_run_us", "over_count") == []
