"""Which rows of silver.readings analytics may use."""

from pyspark.sql import SparkSession
from pyspark.sql import functions as F

from meterlake.gold.usable import keep_usable
from tests.cases import beside, frame, wrong


def test_a_standard_score_and_no_excluding_fault(spark: SparkSession) -> None:
    cases = [
        {"case": "premium", "quality_score": 100, "expected_used": "yes"},
        {"case": "just standard", "quality_score": 70, "expected_used": "yes"},
        {"case": "below", "quality_score": 69},
        {"case": "without a value", "quality_score": None},
        {"case": "70 for a fault", "quality_score": 70, "faults": "F01"},
        {"case": "only reported", "quality_score": 100, "faults": "F05", "expected_used": "yes"},
        {"case": "one of two excludes", "quality_score": 70, "faults": "F04 F05"},
    ]
    given = frame(spark, [case | {"name": case["case"]} for case in cases], faults="")
    used = keep_usable(given, 70, ("F01", "F02", "F03", "F04")).select("name", F.lit("yes").alias("used"))
    assert wrong(beside(given, used, "name"), "used") == []
