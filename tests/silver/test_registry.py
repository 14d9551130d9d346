"""What the registry adds to a reading, and what a reading without a registered meter is."""

from datetime import UTC, datetime

from pyspark.sql import SparkSession
from pyspark.sql import functions as F

from meterlake import tables
from meterlake.silver.registry import with_keys, with_registry
from tests.cases import at, frame, wrong

FROM = datetime(2026, 1, 1, tzinfo=UTC)


def test_a_reading_gets_its_meter_or_none(spark: SparkSession) -> None:
    meters = spark.createDataFrame(
        [
            ("A", "house", 15, "north", None, None, FROM, None, 0, 7),
            ("B", "solar", 60, None, None, None, None, None, 1, 8),
        ],
        tables.bronze.METERS.schema,
    )
    periods = [("A", FROM, None), ("A", FROM, FROM), ("C", FROM, None)]
    vacancies = spark.createDataFrame(periods, tables.bronze.VACANCIES.schema)
    known = {"expected_neighbourhood_key": 7, "expected_interval_minutes": 15, "expected_meter_key": 0}
    since = {"expected_active_from_us": at("2026-01-01T00:00"), "expected_vacant": "2"}
    cases = [
        {"case": "as it is", "meter_id": "A", **known, **since},
        {"case": "blanks around", "meter_id": " \tA ", **known, **since},
        {
            "case": "without a neighbourhood",
            "meter_id": "B",
            "expected_neighbourhood_key": 8,
            "expected_meter_key": 1,
            "expected_interval_minutes": 60,
        },
        {"case": "another case", "meter_id": "a"},
        {"case": "vacant but not registered", "meter_id": "C"},
        {"case": "no meter", "meter_id": None},
    ]
    raw = ("value", "read_at", "unit", "received_at", "source_file", "source_version", "source_line")
    readings = frame(spark, cases, landed_hour=FROM).withColumn("source_file", F.col("case"))
    bronze = readings.select(*readings.columns, *[F.lit(None).alias(c) for c in raw if c not in readings.columns])
    judged = with_registry(with_keys(bronze, meters), meters, vacancies).withColumnRenamed("source_file", "case")
    expected = readings.select("case", *[c for c in readings.columns if c.startswith("expected_")])
    rows = judged.join(expected, "case").select(
        "*",
        F.when(F.col("vacancies").isNotNull(), F.size("vacancies").cast("string")).alias("vacant"),
        (F.col("neighbourhood_key") < 0).alias("is_spread"),
        F.col("expected_meter_key").isNull().alias("expected_is_spread"),
    )
    assert wrong(rows, "meter_key", "interval_minutes", "active_from_us", "vacant", "is_spread") == []
    assert wrong(rows.where("meter_key IS NOT NULL"), "neighbourhood_key") == []
