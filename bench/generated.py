"""Bronze tables to measure on: a district of ordinary meters with something for every rule to find.

Each value follows from the meter's number and the interval's alone, so that any size is the same on any machine. In
every forty meters a dozen have a faulty spell every 120 days: zeros, a stuck value, overload, a flat week, an outage,
a day against its neighbours. Of all readings about one in fourteen is spoiled or unusual: lost, in another unit,
unreadable, off the grid, late, early, too old, or delivered twice.
"""

from dataclasses import dataclass

from pyspark.sql import Column, DataFrame, SparkSession
from pyspark.sql import functions as F

from meterlake import tables
from meterlake.bronze.batch import read_date
from meterlake.config import Config
from meterlake.storage import Warehouse

FIRST_DAY = "2023-01-01"
_ROLES, _BLOCK_HOURS = 40, 120 * 24
_ROWS_PER_FILE = 1_000_000
# What happens to a reading, in how many of 100,000.
_SPOILED = {
    "missing": 1000,
    "watts": 2000,
    "kwh": 1000,
    "wh": 500,
    "no unit": 500,
    "near the grid": 500,
    "late": 300,
    "spike": 100,
    "drop": 100,
    "above": 40,
    "text": 40,
    "no time": 40,
    "unknown meter": 40,
    "bad unit": 40,
    "ambiguous": 40,
    "future": 40,
    "off grid": 40,
    "negative": 40,
    "old": 40,
}
_DELIVERED_AGAIN = 300


@dataclass(frozen=True)
class Size:
    """How much to make. The first ``large`` meters share one neighbourhood, all others live in twenties."""

    meters: int
    days: int
    minutes: int = 60
    large: int = 0

    @property
    def slots(self) -> int:
        return self.days * 24 * 60 // self.minutes


def generate(spark: SparkSession, config: Config, size: Size) -> None:
    """bronze.meters, bronze.vacancies and bronze.readings, where they are not there yet."""
    warehouse = Warehouse(spark, config)
    if warehouse.exists(tables.bronze.READINGS):
        return
    warehouse.replace(_registry(spark, size), tables.bronze.METERS, "bench")
    warehouse.replace(_vacancies(spark, size), tables.bronze.VACANCIES, "bench")
    readings = _readings(spark, size).withColumn("usual_day", F.lit(None).cast("date"))  # read_date parses each stamp
    warehouse.append(_ledger(spark), tables.bronze.FILES, "bench")
    dated = readings.select("*", read_date().alias("read_date"))
    warehouse.append(dated.select(*tables.bronze.READINGS.column_names), tables.bronze.READINGS, "bench")


def _ledger(spark: SparkSession) -> DataFrame:
    """What says that the batch is whole: silver does not look at readings of a batch that is not in the ledger."""
    row = dict.fromkeys(tables.bronze.FILES.column_names)
    entry = row | {"source_file": "bench", "source_version": 0, "status": "empty", "batch_id": "bench"}
    return spark.createDataFrame([tuple(entry.values())], tables.bronze.FILES.schema)


def _registry(spark: SparkSession, size: Size) -> DataFrame:
    number = F.col("id").cast("int")
    role = number % _ROLES
    large = 1 if size.large else 0
    home = F.when(number < size.large, 0).otherwise(F.floor((number - size.large) / 20) + large).cast("int")
    return spark.range(size.meters).select(
        _meter_id(number).alias("meter_id"),
        F.element_at(F.array(*map(F.lit, ("residential", "commercial", "solar"))), 1 + number % 3).alias("meter_type"),
        F.lit(size.minutes).alias("interval_minutes"),
        F.format_string("N%04d", home).alias("neighbourhood_id"),
        F.when(role == 13, F.lit(15)).cast("decimal(18,6)").alias("max_kw"),
        F.when(_is_solar(number), F.lit(-5)).cast("decimal(18,6)").alias("min_kw"),
        F.when(role == 7, _at(F.lit(31.5))).alias("active_from"),
        F.when(role == 8, _at(F.lit((size.days - 2) * 24))).alias("active_to"),
        number.alias("meter_key"),
        home.alias("neighbourhood_key"),
    )


def _vacancies(spark: SparkSession, size: Size) -> DataFrame:
    empty = spark.range(size.meters).where(F.col("id") % _ROLES == 6)
    return empty.select(_meter_id(F.col("id")).alias("meter_id"), _at(F.lit(120)).alias("from"), _at(216).alias("to"))


def _readings(spark: SparkSession, size: Size) -> DataFrame:
    rows = size.meters * size.slots
    every = spark.range(0, rows, 1, max(2, rows // _ROWS_PER_FILE)).select(
        (F.col("id") % size.meters).cast("int").alias("meter"),
        F.floor(F.col("id") / size.meters).cast("int").alias("slot"),
    )
    shaped = every.select(
        "*",
        (F.col("meter") % _ROLES).alias("role"),
        (F.col("slot") * F.lit(size.minutes / 60.0)).alias("hour"),
        F.pmod(F.xxhash64("meter", "slot"), F.lit(1000)).alias("noise"),
        _kind(F.pmod(F.xxhash64("slot", "meter"), F.lit(100_000))).alias("kind"),
        F.pmod(F.xxhash64("slot", F.lit(7), "meter"), F.lit(100_000)).alias("again"),
    ).select("*", _at(F.col("hour")).alias("at"), (F.col("hour") % _BLOCK_HOURS).alias("in_block"))
    sent = shaped.where((F.col("kind") != "missing") & ~_is_outage()).select("*", _usual_kw().alias("usual"))
    return _first_deliveries(sent, size).unionByName(_deliveries_again(sent, size))


def _first_deliveries(sent: DataFrame, size: Size) -> DataFrame:
    kind = F.col("kind")
    kw = (
        F.when(kind == "spike", 4 + F.col("noise") / 1000)
        .when(kind == "drop", 0.02)
        .when(kind == "above", 31.5)
        .when(kind == "negative", -3.0)
        .otherwise(F.col("usual"))
    )
    interval_share = size.minutes / 60.0
    value = (
        F.when(kind == "text", "n/a")
        .when(kind == "ambiguous", "55.5")
        .when(kind == "watts", F.format_string("%.0f", kw * 1000))
        .when(kind == "wh", F.format_string("%.1f", kw * 1000 * interval_share))
        .when(kind == "kwh", F.format_string("%.4f", kw * interval_share))
        .otherwise(F.format_string("%.3f", kw))
    )
    unit = (
        F.when(kind == "watts", "W")
        .when(kind == "wh", "Wh")
        .when(kind == "kwh", "kWh")
        .when(kind == "bad unit", "bananas")
        .when(kind.isin("no unit", "ambiguous"), "")
        .otherwise("kW")
    )
    moved = F.when(kind == "off grid", 17 * 60).when(kind == "near the grid", 20).otherwise(0)
    received = F.when(kind == "future", -3.0).when(kind == "late", 8.0).when(kind == "old", 800 * 24.0)
    stamp = F.when(kind == "no time", "yesterday").otherwise(_stamp(_at(F.col("hour"), moved)))
    meter_id = F.when(kind == "unknown meter", F.format_string("MTX-%06d", "meter")).otherwise(_meter_id("meter"))
    named = sent.select(
        "*",
        meter_id.alias("meter_id"),
        stamp.alias("read_at"),
        value.alias("value"),
        unit.alias("unit"),
        _stamp(_at(F.col("hour") + received)).alias("received_at"),
        F.date_trunc("hour", "at").alias("landed_hour"),
    )
    return _with_lineage(named, "head-end", size)


def _deliveries_again(sent: DataFrame, size: Size) -> DataFrame:
    """Half of them bring another value, half the same; half in the next hour, half a day later."""
    again = F.col("again")
    changed = F.col("usual") + F.when(again % 2 == 0, 0.125).otherwise(0)
    later = F.when(again % 4 < 2, 1).otherwise(25)
    named = sent.where(again < _DELIVERED_AGAIN).select(
        "*",
        _meter_id("meter").alias("meter_id"),
        _stamp(F.col("at")).alias("read_at"),
        F.format_string("%.3f", changed).alias("value"),
        F.lit("kW").alias("unit"),
        F.lit(None).cast("string").alias("received_at"),
        (F.date_trunc("hour", "at") + F.make_dt_interval(hours=later)).alias("landed_hour"),
    )
    return _with_lineage(named, "corrections", size)


def _with_lineage(named: DataFrame, file_name: str, size: Size) -> DataFrame:
    per_hour = max(1, 60 // size.minutes)
    line = F.col("meter").cast("long") * per_hour + F.col("slot") % per_hour + 2
    return named.select(
        "meter_id",
        "read_at",
        "value",
        "unit",
        "received_at",
        F.lit(None).cast("string").alias("quality_code"),
        F.date_format("landed_hour", f"'raw/'yyyy/MM/dd/HH'/{file_name}.csv'").alias("source_file"),
        F.lit(1).alias("source_version"),
        line.alias("source_line"),
        "landed_hour",
        F.sha2(F.col("landed_hour").cast("string"), 256).alias("content_hash"),
        F.lit("bench").alias("batch_id"),
        F.col("landed_hour").alias("ingested_at"),
    )


def _usual_kw() -> Column:
    """A daily curve with noise; panels send power back, and some meters have their spell."""
    role, day = F.col("role"), F.lit(24.0)
    curve = F.sin((F.col("hour") % day + F.col("meter") % 5) * 0.26)
    curve = F.when((role == 9) & _spell(72, 240), -curve).otherwise(curve)
    level = F.when(_is_solar(F.col("meter")), F.lit(-0.1)).otherwise(F.lit(0.6))
    usual = F.round(level + 0.4 * curve + F.col("noise") / 1500, 3)
    return (
        F.when((role == 0) & _spell(72, 60), 0.0)
        .when((role == 1) & _spell(80, 30), 0.777)
        .when((role == 2) & _spell(90, 8), 25.0)
        .when((role == 3) & _spell(72, 9 * 24), 1 + (F.col("noise") % 5) / 1000)
        .when((role == 6) & _spell(120, 96), 0.0)
        .otherwise(usual)
    )


def _is_outage() -> Column:
    return ((F.col("role") == 4) & _spell(100, 10)) | ((F.col("role") == 5) & _spell(150, 40))


def _spell(start_hour: int, hours: int) -> Column:
    return (F.col("in_block") >= start_hour) & (F.col("in_block") < start_hour + hours)


def _kind(number: Column) -> Column:
    chosen, reached = F.lit("usual"), sum(_SPOILED.values())
    for kind, count in reversed(_SPOILED.items()):
        chosen = F.when(number < reached, F.lit(kind)).otherwise(chosen)
        reached -= count
    return chosen


def _is_solar(number: Column) -> Column:
    return number % 3 == 2


def _meter_id(number: Column | str) -> Column:
    return F.format_string("MTR-%06d", number)


def _at(hour: Column | int, moved_seconds: Column | int = 0) -> Column:
    hours = F.lit(hour) if isinstance(hour, int) else hour
    seconds = F.unix_seconds(F.lit(FIRST_DAY).cast("timestamp")) + (hours * 3600).cast("long") + moved_seconds
    return F.timestamp_seconds(seconds)


def _stamp(at: Column) -> Column:
    return F.date_format(at, "yyyy-MM-dd'T'HH:mm:ss'Z'")
