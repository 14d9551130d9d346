"""Public holidays of a region."""

from pyspark.sql import SparkSession
from pyspark.sql import functions as F

from meterlake.gold.holiday_calendar import public_holidays
from tests.cases import beside, frame, wrong


def test_holidays_of_a_country_and_of_its_part(spark: SparkSession) -> None:
    """Epiphany and All Saints are holidays in Bavaria, and not in all of Germany."""
    cases = [
        {"case": "Christmas", "day": "2026-12-25", "expected_germany": "yes", "expected_bavaria": "yes"},
        {"case": "Easter Monday", "day": "2026-04-06", "expected_germany": "yes", "expected_bavaria": "yes"},
        {
            "case": "the first that the package knows",
            "day": "1991-01-01",
            "expected_germany": "yes",
            "expected_bavaria": "yes",
        },
        {"case": "New Year 2100", "day": "2100-01-01", "expected_germany": "yes", "expected_bavaria": "yes"},
        {"case": "Epiphany", "day": "2026-01-06", "expected_germany": None, "expected_bavaria": "yes"},
        {"case": "All Saints", "day": "2026-11-01", "expected_germany": None, "expected_bavaria": "yes"},
        {"case": "a Tuesday", "day": "2026-03-10", "expected_germany": None, "expected_bavaria": None},
    ]
    rows = frame(spark, cases)
    for name, region in (("germany", "DE"), ("bavaria", "DE-BY")):
        days = public_holidays(spark, region).select("day", F.lit("yes").alias(name))
        rows = rows.join(F.broadcast(days), "day", "left")
    assert wrong(rows, "germany", "bavaria") == []


def test_no_region_has_no_holidays(spark: SparkSession) -> None:
    assert (
        wrong(beside(frame(spark, [{"case": "none", "day": "2026-12-25"}]), public_holidays(spark, None), "day")) == []
    )
    assert public_holidays(spark, None).isEmpty()
