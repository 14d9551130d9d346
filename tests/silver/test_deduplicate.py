"""V13: of several readings of one interval, which stands."""

from itertools import count

from pyspark.sql import SparkSession

from meterlake.silver.deduplicate import with_standing
from tests.cases import Case, at, frame, wrong

AS = {
    "accepted": (True, False, True),
    "superseded": (False, True, False),
    "stands": (False, False, True),
    "out": (False, False, False),
}
meters = count()


def interval(name: str, *readings: tuple[str | None, str, str]) -> list[Case]:
    """One meter's interval, its readings in the order they were received: kw, reasons, what becomes of it."""
    meter = next(meters)
    return [
        {
            "case": f"{name}, number {number}",
            "meter_key": meter,
            "received_us": number,
            "kw": kw,
            "reasons": reasons,
            **dict(
                zip(("expected_is_accepted", "expected_is_superseded", "expected_is_standing"), AS[end], strict=True)
            ),
        }
        for number, (kw, reasons, end) in enumerate(readings)
    ]


def test_the_last_that_differs_stands(spark: SparkSession) -> None:
    cases = [
        *interval("alone", ("1", "", "accepted")),
        *interval("A B", ("1", "", "superseded"), ("2", "", "accepted")),
        *interval("A A", ("1", "", "accepted"), ("1", "", "superseded")),
        *interval("A B A", ("1", "", "superseded"), ("2", "", "superseded"), ("1", "", "accepted")),
        *interval("A B B", ("1", "", "superseded"), ("2", "", "accepted"), ("2", "", "superseded")),
        *interval("A failed A", ("1", "", "accepted"), ("9", "V08", "out"), ("1", "", "superseded")),
        *interval("failed", ("9", "V08", "out"), ("-1", "V09", "out")),
        *interval("a correction above the limit", ("1", "", "accepted"), ("25", "V10", "out")),
        *interval("above the limit twice", ("25", "V10", "out"), ("25", "V10", "stands")),
        *interval("above the limit, then more than that", ("25", "V10", "stands"), ("26", "V06 V10", "out")),
        *interval("above the limit, then not", ("25", "V10", "out"), ("1", "", "accepted")),
    ]
    given = frame(
        spark,
        cases,
        neighbourhood_key=0,
        read_us=at("2026-03-10T12:00"),
        received_nanos=0,
        source_file="raw/a.csv",
        source_version=1,
        source_line=2,
    )
    assert wrong(with_standing(given), "is_accepted", "is_superseded", "is_standing") == []


def test_the_rank_is_received_at_then_path_then_version_then_line(spark: SparkSession) -> None:
    """In each interval the first of the two would stand if the rank looked at the next field only."""
    fields = ("received_us", "received_nanos", "source_file", "source_version", "source_line")
    lower, higher = (1, 1, "raw/a.csv", 1, 9), (2, 2, "raw/b.csv", 2, 10)
    cases = []
    for position, field in enumerate(fields):
        loses = (*lower[: position + 1], *higher[position + 1 :])
        wins = (*lower[:position], higher[position], *lower[position + 1 :])
        for kw, rank in (("1", loses), ("2", wins)):
            cases.append(
                {
                    "case": field,
                    "meter_key": position,
                    "kw": kw,
                    **dict(zip(fields, rank, strict=True)),
                    "expected_is_accepted": kw == "2",
                }
            )
    given = frame(spark, cases, neighbourhood_key=0, read_us=at("2026-03-10T12:00"), reasons="")
    assert wrong(with_standing(given), "is_accepted") == []


def test_what_has_no_meter_or_no_time_supersedes_nothing(spark: SparkSession) -> None:
    cases = [
        {"case": "unknown meter", "meter_key": None, "read_us": at("2026-03-10T12:00"), "reasons": "V03"},
        {"case": "no time", "meter_key": 0, "read_us": None, "reasons": "V02"},
        {"case": "no time again", "meter_key": 0, "read_us": None, "reasons": "V02", "source_line": 3},
    ]
    given = frame(
        spark,
        cases,
        neighbourhood_key=0,
        kw="1",
        received_us=1,
        received_nanos=0,
        source_file="raw/a.csv",
        source_version=1,
        source_line=2,
        expected_is_accepted=False,
        expected_is_superseded=False,
        expected_is_standing=False,
    )
    assert wrong(with_standing(given), "is_accepted", "is_superseded", "is_standing") == []
