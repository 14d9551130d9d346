"""Holes: their length and class, what fills them, and those before the first and after the last reading."""

from pyspark.sql import SparkSession
from pyspark.sql import functions as F

from meterlake.config import Config
from meterlake.silver.gaps import closed_holes, explode_fills, outer_holes, with_hole
from tests.cases import Case, at, frame, wrong

MIDNIGHT, MINUTE = at("2026-03-10T00:00"), 60_000_000
AS_OF = at("2026-04-01T00:00")
INTERPOLATED, SHORT, EXTENDED = "interpolated", "missing_short", "missing_extended"


def test_a_hole_by_its_length(spark: SparkSession, config: Config) -> None:
    def hole(name: str, minutes: int | None, missing: int, to: str | None, step: int = 60, ok: bool = True) -> Case:
        return {
            "case": name,
            "interval_minutes": step,
            "is_accepted": ok,
            "previous_us": None if minutes is None else MIDNIGHT - minutes * MINUTE,
            "expected_missing": missing,
            "expected_hole_class": to,
        }

    cases = [
        hole("first reading", None, 0, None),
        hole("the next hour", 60, 0, None),
        hole("1 h", 2 * 60, 1, INTERPOLATED),
        hole("3 h", 4 * 60, 3, INTERPOLATED),
        hole("4 h", 5 * 60, 4, SHORT),
        hole("23 h", 24 * 60, 23, SHORT),
        hole("24 h", 25 * 60, 24, EXTENDED),
        hole("3 h 45 min", 240, 15, INTERPOLATED, step=15),
        hole("4 h of quarters", 255, 16, SHORT, step=15),
        hole("23 h 45 min", 24 * 60, 95, SHORT, step=15),
        hole("24 h of quarters", 24 * 60 + 15, 96, EXTENDED, step=15),
        hole("not accepted", 5 * 60, 0, None, ok=False),
    ]
    rows = with_hole(frame(spark, cases, read_us=MIDNIGHT), config.gaps)
    assert wrong(rows, "missing", "hole_class") == []


def test_a_filled_hole_is_linear_and_a_short_one_empty(spark: SparkSession) -> None:
    """All rows of a hole as one text: their hours after the previous reading, and kW."""

    def hole(name: str, first: str, last: str, missing: int, rows: str, step: int = 60, to: str = INTERPOLATED) -> Case:
        return {
            "case": name,
            "meter_id": name,
            "previous_kw": first,
            "kw": last,
            "missing": missing,
            "interval_minutes": step,
            "hole_class": to,
            "expected_rows": rows,
        }

    cases = [
        hole("up", "1", "4", 2, "60 2.000000, 120 3.000000"),
        hole("down", "4", "1", 2, "60 3.000000, 120 2.000000"),
        hole("flat", "1.234", "1.234", 1, "60 1.234000"),
        hole("thirds, half-up", "1", "2", 2, "60 1.333333, 120 1.666667"),
        hole("a tie away from zero", "0", "0.000001", 1, "60 0.000001"),
        hole("a tie below zero", "0", "-0.000001", 1, "60 -0.000001"),
        hole("across zero", "-1", "1", 3, "15 -0.500000, 30 0.000000, 45 0.500000", step=15),
        hole("short", "1", "9", 4, "60 -, 120 -, 180 -, 240 -", to=SHORT),
        hole("extended", "1", "9", 24, "", to=EXTENDED),
    ]
    empty = {"meter_type": "house", "neighbourhood_id": None, "neighbourhood_key": 0, "meter_key": 0}
    given = frame(spark, cases, previous_us=MIDNIGHT, **empty)
    minutes = ((F.col("read_us") - MIDNIGHT) / MINUTE).cast("int")
    row = F.struct(
        minutes.alias("minutes"),
        F.concat_ws(" ", minutes, F.coalesce(F.col("kw").cast("string"), F.lit("-"))).alias("text"),
    )
    filled = explode_fills(given).groupBy("meter_id").agg(F.sort_array(F.collect_list(row)).alias("_rows"))
    told = F.coalesce(F.concat_ws(", ", F.transform("_rows", lambda r: r["text"])), F.lit(""))
    joined = given.select("case", "meter_id", "expected_rows").join(filled, "meter_id", "left")
    assert wrong(joined.select("*", told.alias("rows")), "rows") == []


def test_seventy_days_of_minutes_are_filled(spark: SparkSession) -> None:
    """From 0 to 100,801 kW in as many minutes: each has its own number."""
    case = {"case": "long", "meter_id": "A", "previous_us": MIDNIGHT, "previous_kw": "0", "kw": "100801"}
    empty = {"meter_type": "house", "neighbourhood_id": None, "neighbourhood_key": 0, "meter_key": 0}
    given = frame(spark, [case], missing=100_800, interval_minutes=1, hole_class=INTERPOLATED, **empty)
    filled = explode_fills(given)
    assert filled.count() == 100_800
    assert filled.where((F.col("read_us") - MIDNIGHT) / MINUTE != F.col("kw")).isEmpty()


def test_a_closed_hole_is_listed_from_its_first_missing_interval(spark: SparkSession) -> None:
    case = {
        "case": "half an hour of quarters",
        "meter_id": "A",
        "previous_us": "2026-03-10T00:00",
        "read_us": "2026-03-10T00:45",
        "missing": 2,
        "interval_minutes": 15,
        "hole_class": INTERPOLATED,
    }
    expected = {
        "expected_started_at": "2026-03-10T00:15",
        "expected_ended_at": "2026-03-10T00:45",
        "expected_intervals": 2,
        "expected_hours": "0.5",
        "expected_is_open": False,
    }
    rows = closed_holes(frame(spark, [case, case | {"missing": 0}])).join(frame(spark, [expected | {"case": "one"}]))
    assert wrong(rows, "started_at", "ended_at", "intervals", "hours", "is_open") == []
    assert rows.count() == 1


def test_holes_before_the_first_and_after_the_last_reading(spark: SparkSession, config: Config) -> None:
    """start, end, intervals, class and whether it is open, as one text a meter."""

    def meter(
        name: str, holes: str = "", first: str | None = None, last: str | None = None, **registered: object
    ) -> Case:
        return {
            "case": name,
            "meter_id": name,
            "first_accepted_us": first,
            "last_accepted_us": last or first,
            "expected_holes": holes,
            **registered,
        }

    cases = [
        meter("no reading, no active_from"),
        meter("no reading", "30T12:00 - 36 missing_extended true", active_from_us="2026-03-30T12:00"),
        meter("no reading, 3 h", active_from_us="2026-03-31T21:00"),
        meter("no reading, not yet active", active_from_us="2026-04-02T00:00"),
        meter(
            "no reading, ended",
            "30T00:00 30T02:00 2 interpolated false",
            active_from_us="2026-03-30T00:00",
            active_to_us="2026-03-30T02:00",
        ),
        meter("up to date", first="2026-03-31T23:00"),
        meter("silent for 3 h", first="2026-03-31T20:00"),
        meter("silent for 4 h", "31T20:00 - 4 missing_short true", first="2026-03-31T19:00"),
        meter("silent for 23 h", "31T01:00 - 23 missing_short true", first="2026-03-31T00:00"),
        meter("silent for 24 h", "31T00:00 - 24 missing_extended true", first="2026-03-30T23:00"),
        meter("after as_of", first="2026-04-01T05:00"),
        meter(
            "ended 1 h later",
            "31T06:00 31T07:00 1 interpolated false",
            first="2026-03-31T05:00",
            active_to_us="2026-03-31T07:00",
        ),
        meter("ends at as_of", "31T20:00 01T00:00 4 missing_short false", first="2026-03-31T19:00", active_to_us=AS_OF),
        meter("ends later", "31T20:00 - 4 missing_short true", first="2026-03-31T19:00", active_to_us=AS_OF + 1),
        meter("ended with its last reading", first="2026-03-31T05:00", active_to_us="2026-03-31T06:00"),
        meter("first reading at once", first="2026-03-31T22:00", active_from_us="2026-03-31T21:00:00.000001"),
        meter(
            "first reading late",
            "31T22:00 31T23:00 1 interpolated false",
            first="2026-03-31T23:00",
            active_from_us="2026-03-31T21:30",
        ),
        meter(
            "both",
            "30T00:00 31T00:00 24 missing_extended false, 31T11:00 - 13 missing_short true",
            first="2026-03-31T00:00",
            last="2026-03-31T10:00",
            active_from_us="2026-03-30T00:00",
        ),
        meter("quarters", "31T20:00 - 16 missing_short true", first="2026-03-31T19:45", interval_minutes=15),
        meter("3 h 45 min of quarters", first="2026-03-31T20:00", interval_minutes=15),
    ]
    given = frame(spark, cases, interval_minutes=60, active_from_us=None, active_to_us=None)
    parts = (
        F.date_format("started_at", "dd'T'HH:mm"),
        F.coalesce(F.date_format("ended_at", "dd'T'HH:mm"), F.lit("-")),
        F.col("intervals"),
        F.col("class"),
        F.col("is_open"),
    )
    row = F.struct("started_at", F.concat_ws(" ", *parts).alias("text"))
    holes = (
        outer_holes(given, config.gaps, AS_OF, 0).groupBy("meter_id").agg(F.sort_array(F.collect_list(row)).alias("_"))
    )
    told = F.coalesce(F.concat_ws(", ", F.transform("_", lambda r: r["text"])), F.lit(""))
    joined = given.select("case", "meter_id", "expected_holes").join(holes, "meter_id", "left")
    assert wrong(joined.select("*", told.alias("holes")), "holes") == []
