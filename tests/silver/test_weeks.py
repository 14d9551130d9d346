"""Seven local days in a row: their sums, the exact spread, and flagged weeks that become one episode."""

from datetime import UTC, date, datetime
from decimal import Decimal

from pyspark.sql import SparkSession
from pyspark.sql import functions as F

from meterlake.silver.weeks import rounded, spread, week_episodes, weekly_sums
from tests.cases import frame, wrong

METER = {"neighbourhood_key": 0, "meter_key": 0}


def test_a_tested_day_sums_its_own_and_the_six_before(spark: SparkSession) -> None:
    days = [{"day": "2026-03-01", "n": 1}, {"day": "2026-03-03", "n": 10}, {"day": "2026-03-20", "n": 100}]
    sums = {1: 1, 2: 1, **dict.fromkeys(range(3, 8), 11), 8: 10, 9: 10, **dict.fromkeys(range(20, 27), 100)}
    sums |= dict.fromkeys({*range(1, 32)} - sums.keys())
    cases = [{"case": f"March {day}", "day": f"2026-03-{day:02}", "expected_n": n} for day, n in sums.items()]
    tested = frame(spark, cases, **METER)
    weeks = weekly_sums(tested.select(*METER, "day"), frame(spark, days, **METER), ["n"], 7).select("day", "n")
    assert wrong(tested.join(weeks, "day", "left"), "n") == []


def test_a_week_s_sum_beyond_38_digits_is_empty_and_ends_nothing(spark: SparkSession) -> None:
    large = Decimal(9 * 10**37)
    days = spark.createDataFrame(
        [(0, key, date(2026, 3, day), large) for key, last in ((0, 1), (1, 2)) for day in range(1, last + 1)],
        "neighbourhood_key INT, meter_key INT, day DATE, sum_xx DECIMAL(38,0)",
    )
    tested = days.where("day = date_add(DATE '2026-03-01', meter_key)").drop("sum_xx")
    found = weekly_sums(tested, days, ["sum_xx"], 7)
    assert {row["meter_key"]: row["sum_xx"] for row in found.collect()} == {0: large, 1: None}


def test_flagged_weeks_that_overlap_or_touch_are_one(spark: SparkSession) -> None:
    """Days of March 2026 in Berlin; an episode as its start and end in UTC and its worst evidence."""
    flagged = {
        "one": ([(10, "0.2")], "03T23:00 10T23:00 0.200000"),
        "the next day": ([(10, "0.2"), (11, "0.1"), (12, "0.15")], "03T23:00 12T23:00 0.100000"),
        "touching": ([(10, "0.2"), (17, "0.3")], "03T23:00 17T23:00 0.200000"),
        "a day between": ([(10, "0.2"), (18, "0.3")], "03T23:00 10T23:00 0.200000, 11T23:00 18T23:00 0.300000"),
        "the clock goes forward": ([(29, "0.2")], "22T23:00 29T22:00 0.200000"),
    }
    days = [
        {
            "case": name,
            "meter_id": name,
            "meter_key": key,
            "day": f"2026-03-{day:02}",
            "evidence": evidence,
            "expected_episodes": text,
        }
        for key, (name, (flags, text)) in enumerate(flagged.items())
        for day, evidence in flags
    ]
    given = frame(spark, days, neighbourhood_key=0)
    times = [F.date_format(F.timestamp_micros(column), "dd'T'HH:mm") for column in ("started_us", "ended_us")]
    row = F.struct("started_us", F.concat_ws(" ", *times, "evidence").alias("text"))
    episodes = (
        week_episodes(given, "F04", 7, "Europe/Berlin")
        .groupBy("meter_id")
        .agg(F.sort_array(F.collect_list(row)).alias("_"))
    )
    told = F.concat_ws(", ", F.transform("_", lambda r: r["text"])).alias("episodes")
    joined = given.select("case", "meter_id", "expected_episodes").distinct().join(episodes, "meter_id", "left")
    assert wrong(joined.select("*", told), "episodes") == []


def test_weeks_touch_across_a_day_that_did_not_happen(spark: SparkSession) -> None:
    """Apia went from 29 to 31 December 2011: the week up to the 29th ends where the one from the 31st begins."""
    days = [{"day": day, "evidence": "0.005"} for day in ("2011-12-29", "2012-01-06")]
    [found] = week_episodes(frame(spark, days, meter_id="A", **METER), "F04", 7, "Pacific/Apia").collect()
    hours = [(found[name] - _us(2011, 12, 23, 10)) / 3_600_000_000 for name in ("started_us", "ended_us")]
    assert hours == [0, 14 * 24]


def _us(*moment: int) -> int:
    return int(datetime(*moment, tzinfo=UTC).timestamp()) * 1_000_000


def test_the_spread_is_exact_or_empty(spark: SparkSession) -> None:
    cases = [
        {"case": "1 and 3", "n": 2, "sum_x": 4, "sum_xy": 10, "expected_x": 4},
        {"case": "all the same", "n": 3, "sum_x": 3 * 10**15, "sum_xy": 3 * 10**30, "expected_x": 0},
        {
            "case": "one millionth apart",
            "n": 2,
            "sum_x": 2 * 10**15 + 1,
            "sum_xy": 2 * 10**30 + 2 * 10**15 + 1,
            "expected_x": 1,
        },
        {"case": "more than 38 digits", "n": 2, "sum_x": 10**19, "sum_xy": 10**38 - 1, "expected_x": None},
    ]
    sums = (F.col("n"), F.col("sum_x"), F.col("sum_x"), F.col("sum_xy"))
    assert wrong(frame(spark, cases).select("*", spread(*sums).alias("x")), "x") == []


def test_a_double_is_rounded_half_up_as_if_it_were_exact(spark: SparkSession) -> None:
    cases = [
        {"case": "a tie", "ratio": 0.0000005, "expected_evidence": "0.000001"},
        {"case": "a tie below zero", "ratio": -0.0000005, "expected_evidence": "-0.000001"},
        {"case": "a tie that a double cannot hold", "ratio": 0.1 + 0.2 + 0.0000005, "expected_evidence": "0.300001"},
        {"case": "just below a tie", "ratio": 0.0000004999, "expected_evidence": "0"},
    ]
    assert wrong(frame(spark, cases).select("*", rounded(F.col("ratio")).alias("evidence")), "evidence") == []
