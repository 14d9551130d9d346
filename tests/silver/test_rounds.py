"""Meters that come back after days of silence, beside late readings: each takes over its own last state."""

from datetime import date, datetime

from pyspark.sql import SparkSession
from pyspark.sql import functions as F

from meterlake import tables
from meterlake.bronze import pipeline as bronze
from meterlake.config import Config
from meterlake.silver import pipeline as silver
from meterlake.silver.request import Request
from meterlake.storage import Warehouse
from tests.comparison import content_of, differences
from tests.small import hours, write_file, write_registry

METERS = """meter_id,meter_type,interval_minutes,neighbourhood_id
BACK,home,60,
LATE,home,60,
BOTH,home,60,
NEW,home,60,
"""
SILVER = ["silver.readings", "silver.quarantine", "silver.gaps", "silver.faults", "silver.meter_days"]
DAY = 24


def test_silence_ends_with_what_was_known_last(spark: SparkSession, config: Config) -> None:
    write_registry(config, METERS)
    first = [
        *hours("BACK", "2024-03-01T00:00", 12 * DAY),
        *hours("LATE", "2024-03-01T00:00", 19 * DAY, missing=[4 * DAY + 12]),
        *hours("BOTH", "2024-03-01T00:00", 12 * DAY, missing=[DAY + 12]),
    ]
    second = [
        *hours("BACK", "2024-03-20T00:00", DAY),
        *hours("LATE", "2024-03-05T12:00", 1),
        *hours("BOTH", "2024-03-02T12:00", 1),
        *hours("BOTH", "2024-03-20T00:00", DAY),
        *hours("NEW", "2024-03-01T00:00", 3 * DAY),
        *hours("NEW", "2024-03-12T00:00", 3 * DAY),
    ]
    for hour, readings in (("2024/03/20/00", first), ("2024/03/21/00", second)):
        write_file(config, hour, readings)
        bronze.run(spark, config)
        silver.run(spark, config)
    warehouse = Warehouse(spark, config)
    closed = warehouse.read(tables.silver.GAPS).where(~F.col("is_open")).orderBy("meter_id")
    assert [tuple(row) for row in closed.select("meter_id", "started_at", "ended_at", "intervals").collect()] == [
        ("BACK", _day(13), _day(20), 7 * DAY),
        ("BOTH", _day(13), _day(20), 7 * DAY),
        ("NEW", _day(4), _day(12), 8 * DAY),
    ]
    fifth = warehouse.read(tables.silver.READINGS).where(F.col("read_date") == F.lit(date(2024, 3, 5)))
    counts = {row["meter_id"]: row["count"] for row in fifth.groupBy("meter_id").count().collect()}
    assert counts == {"BACK": DAY, "LATE": DAY, "BOTH": DAY}
    found = content_of(config.storage.warehouse, SILVER)
    silver.run(spark, config, Request(rebuild=True))
    rebuilt = content_of(config.storage.warehouse, SILVER)
    assert [text for name in SILVER for text in differences(name, found[name], rebuilt[name])] == []


def _day(number: int) -> datetime:
    return datetime(2024, 3, number)  # collected as UTC without a zone
