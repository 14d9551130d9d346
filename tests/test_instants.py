"""Times as text: what is one, which instant it is, and what a local clock does in March and October."""

from pyspark.sql import SparkSession
from pyspark.sql import functions as F

from meterlake.grid import YEAR_1_US, YEAR_10000_US
from meterlake.instants import instant, trimmed, wall_clock
from tests.cases import at, frame, wrong

NOON = at("2024-03-15T12:00")
TIMES = {
    "2024-03-15T12:00": NOON,
    "2024-03-15 12:00:00Z": NOON,
    " \t2024-03-15T12:00Z ": NOON,
    "2024-03-15T17:30+05:30": NOON,
    "2024-03-15T17:30+0530": NOON,
    "2024-03-15T10:00-02": NOON,
    "2024-03-16T06:59+18:59": NOON,
    "2024-03-15T12:00:00.5Z": NOON + 500_000,
    "2024-03-15T12:00:00.000001Z": NOON + 1,
    "2024-02-29T00:00": at("2024-02-29T00:00"),
    "0001-01-01T00:00Z": YEAR_1_US,
    "9999-12-31T23:59:59.999999Z": YEAR_10000_US - 1,
}
NO_TIMES = [
    None,
    "",
    "yesterday",
    "2024-03-15",
    "1710504000",
    "12:00",
    "2024-03-15T24:00Z",
    "2024-03-15T12:60Z",
    "2024-03-15T12:00:60Z",
    "2023-02-29T00:00Z",
    "2024-13-01T00:00Z",
    "2024-03-15T12Z",
    "2024-3-15T12:00Z",
    "2024-03-15t12:00Z",
    "2024-03-15T12:00z",
    "2024-03-15T12:00 Z",
    "2024-03-15T12:00+19:00",
    "2024-03-15T12:00+5:30",
    "2024-03-15T12:00+05:60",
    "2024-03-15T12:00+05:3",
    "2024-03-15T12:00:00.Z",
    "2024-03-15T12:00:00.0123456789Z",
    "2024-03-15T12:00:00,5Z",
    "2024-03-15T12:00.5Z",
    "2024-03-15T12:00Z\n",
    "٢024-03-15T12:00Z",
    "+2024-03-15T12:00Z",
    "12024-03-15T12:00Z",
    "0001-01-01T00:00+00:01",
    "9999-12-31T23:59-00:01",
]
BERLIN = {
    "2026-01-15T12:00": ("2026-01-15T11:00", True),
    "2026-07-15T12:00": ("2026-07-15T10:00", True),
    "2026-07-15T12:00Z": ("2026-07-15T12:00", False),
    "2026-07-15T12:00+00:00": ("2026-07-15T12:00", False),
    "2026-03-29T01:59": ("2026-03-29T00:59", True),
    "2026-03-29T02:00": None,
    "2026-03-29T02:59": None,
    "2026-03-29T03:00": ("2026-03-29T01:00", True),
    "2026-10-25T02:30": ("2026-10-25T00:30", True),
    "2026-10-25T03:00": ("2026-10-25T02:00", True),
}


def test_an_instant_in_utc(spark: SparkSession) -> None:
    cases = [{"case": repr(text), "text": text, "expected_us": us} for text, us in TIMES.items()]
    cases += [{"case": repr(text), "text": text, "expected_us": None} for text in NO_TIMES]
    rows = frame(spark, cases).select("*", instant(F.col("text"), None)["us"].alias("us"))
    assert wrong(rows, "us") == []


def test_an_instant_is_exact_to_the_nanosecond(spark: SparkSession) -> None:
    text = "2024-03-15T12:00:00.123456789Z"
    cases = [{"case": text, "text": text, "expected_us": NOON + 123_456, "expected_nanos": 789}]
    rows = frame(spark, cases).select("*", instant(F.col("text"), None).alias("_"))
    assert wrong(rows.select("*", "_.us", "_.nanos"), "us", "nanos") == []


def test_a_stamp_without_an_offset_is_local_where_the_source_is(spark: SparkSession) -> None:
    """In Berlin 02:00 to 02:59 do not exist on 2026-03-29, and exist twice on 2026-10-25: the earlier counts."""
    cases = [
        {"case": text, "text": text, "expected_us": to and to[0], "expected_is_local": bool(to and to[1])}
        for text, to in BERLIN.items()
    ]
    rows = frame(spark, cases).select("*", instant(F.col("text"), "Europe/Berlin").alias("_"))
    assert wrong(rows.select("*", "_.us", "_.is_local"), "us", "is_local") == []


def test_a_wall_clock_shows_the_same_twice_in_october(spark: SparkSession) -> None:
    cases = [
        {"case": "summer time", "read_us": "2026-10-25T00:30", "expected_us": "2026-10-25T02:30"},
        {"case": "standard time", "read_us": "2026-10-25T01:30", "expected_us": "2026-10-25T02:30"},
    ]
    rows = frame(spark, cases).select("*", wall_clock(F.col("read_us"), "Europe/Berlin").alias("us"))
    assert wrong(rows, "us") == []


def test_only_spaces_and_tabs_are_trimmed(spark: SparkSession) -> None:
    texts = {" \ta b\t ": "a b", None: "", "": "", "\u00a0a": "\u00a0a", "a\n": "a\n"}
    cases = [{"case": repr(text), "text": text, "expected_trimmed": to} for text, to in texts.items()]
    rows = frame(spark, cases).select("*", trimmed(F.col("text")).alias("trimmed"))
    assert wrong(rows, "trimmed") == []
