"""A silver rebuild beside a plain copy of its input, in one run: `python bench/rebuild.py FOLDER [METERS DAYS ROUNDS]`.

The input is generated once into FOLDER: METERS hourly meters for DAYS days in neighbourhoods of twenty, a daily curve
with noise, one reading in a hundred missing, some in W. The copy reads the same bronze rows, shuffles them once by
meter and writes them to Delta, with no rule at all: what any job on this data has to pay.
"""

import json
import sys
import time
from datetime import UTC, datetime
from functools import partial
from pathlib import Path

from pyspark.sql import SparkSession
from pyspark.sql import functions as F

from meterlake import tables
from meterlake.config import Config, load
from meterlake.session import start
from meterlake.silver import pipeline
from meterlake.storage import Warehouse

FIRST_DAY = "2023-01-01"


def generate(spark: SparkSession, config: Config, meters: int, days: int) -> None:
    """bronze.meters, bronze.vacancies and bronze.readings, where they are not there yet."""
    warehouse = Warehouse(spark, config)
    if warehouse.exists(tables.bronze.READINGS):
        return
    number = F.col("id").cast("int")
    registry = spark.range(meters).select(
        F.format_string("MTR-%06d", number).alias("meter_id"),
        F.element_at(F.array(*map(F.lit, ("residential", "commercial", "solar"))), 1 + number % 3).alias("meter_type"),
        F.lit(60).alias("interval_minutes"),
        F.format_string("N%04d", F.floor(number / 20).cast("int")).alias("neighbourhood_id"),
        F.lit(None).cast("decimal(18,6)").alias("max_kw"),
        F.lit(None).cast("decimal(18,6)").alias("min_kw"),
        F.lit(None).cast("timestamp").alias("active_from"),
        F.lit(None).cast("timestamp").alias("active_to"),
        number.alias("meter_key"),
        F.floor(number / 20).cast("int").alias("neighbourhood_key"),
    )
    warehouse.replace(registry, tables.bronze.METERS, "bench")
    empty = spark.createDataFrame([], tables.bronze.VACANCIES.schema)
    warehouse.replace(empty, tables.bronze.VACANCIES, "bench")
    hours = spark.range(meters * days * 24).select(
        (F.col("id") % meters).cast("int").alias("meter"), F.floor(F.col("id") / meters).cast("int").alias("hour")
    )
    noise = F.pmod(F.xxhash64("meter", "hour"), F.lit(1000))
    kept = hours.where(F.pmod(F.xxhash64("hour", "meter"), F.lit(100)) > 0)
    at = F.timestamp_seconds(F.unix_seconds(F.lit(FIRST_DAY).cast("timestamp")) + F.col("hour") * 3600)
    kw = F.round(0.6 + 0.4 * F.sin((F.col("hour") % 24 + F.col("meter") % 5) * 0.26) + noise / 1500, 3)
    in_watts = noise < 20
    stamp = F.date_format(at, "yyyy-MM-dd'T'HH:mm:ss'Z'")
    nothing = F.lit(None).cast("string")
    readings = kept.select(
        F.format_string("MTR-%06d", "meter").alias("meter_id"),
        stamp.alias("read_at"),
        F.when(in_watts, F.format_string("%.0f", kw * 1000)).otherwise(F.format_string("%.3f", kw)).alias("value"),
        F.when(in_watts, "W").otherwise("kW").alias("unit"),
        nothing.alias("received_at"),
        nothing.alias("quality_code"),
        F.date_format(at, "'raw/'yyyy/MM/dd/HH'/head-end.csv'").alias("source_file"),
        F.lit(1).alias("source_version"),
        (F.col("meter") + 2).cast("long").alias("source_line"),
        at.alias("landed_hour"),
        F.sha2(stamp, 256).alias("content_hash"),
        F.lit("bench").alias("batch_id"),
        at.alias("ingested_at"),
    )
    warehouse.append(readings.select(*tables.bronze.READINGS.column_names), tables.bronze.READINGS, "bench")


def copy(spark: SparkSession, config: Config, folder: Path) -> None:
    """The floor: read, one shuffle by meter, write."""
    rows = Warehouse(spark, config).read(tables.bronze.READINGS).repartition("meter_id")
    rows.write.format("delta").mode("overwrite").save(str(folder / "copy"))


def main(folder: Path, meters: int, days: int, rounds: int) -> None:
    overrides = [f"storage.{name}={folder / name}" for name in ("landing", "reference", "warehouse")]
    config = load([], [*overrides, "spark.driver_memory=8g", "spark.master=local[2]", "spark.shuffle_partitions=16"])
    spark = start(config, "bench rebuild")
    generate(spark, config, meters, days)
    rows = Warehouse(spark, config).read(tables.bronze.READINGS).count()
    seconds: dict[str, list[float]] = {"silver": [], "copy": []}
    for number in range(rounds):
        config = load([], [*overrides, "spark.shuffle_partitions=16", f"quality.premium_from={90 - number}"])
        for name, work in (
            ("copy", partial(copy, spark, config, folder)),
            ("silver", partial(pipeline.run, spark, config)),
        ):
            started = time.monotonic()
            work()
            seconds[name].append(round(time.monotonic() - started, 1))
    result = {"at": datetime.now(UTC).isoformat(), "rows": rows, "meters": meters, "days": days, "seconds": seconds}
    print(json.dumps(result))


if __name__ == "__main__":
    arguments = sys.argv[1:]
    main(Path(arguments[0]).absolute(), *(int(text) for text in (arguments[1:] or ("1000", "365", "2"))))
