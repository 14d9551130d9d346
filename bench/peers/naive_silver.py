"""Silver in Spark as most would write it: right, readable, and without a thought for what Spark makes of it.

What it is given: the session of Meterlake (memory, cores, number of shuffle partitions), adaptive execution as Spark
has it by default, the judged readings cached. Meters go by their name, each rule opens a window of its own, faults
meet the rows by a join, all tables are written to Delta, silver.readings in partitions by read_date and meter_type.
"""

import time
from pathlib import Path

from pyspark.sql import DataFrame, SparkSession
from pyspark.sql import functions as F

from bench.peers import naive_faults, naive_rules

_READING = (
    *("meter_id", "meter_type", "neighbourhood_id", "read_at", "read_date", "interval_minutes", "kw", "energy_kwh"),
    *("origin", "unit_converted", "unit_inferred", "hole_hours", "warnings", "faults", "quality_score", "tier"),
    *("source_file", "source_version", "source_line"),
)
_REFUSED = ("raw_value", "raw_read_at", "raw_unit", "received_at", "reasons", "disposition")


def run(spark: SparkSession, warehouse: Path, out: Path) -> dict[str, float]:
    """Silver of a warehouse's bronze below ``out``, as Delta; the seconds it took."""
    adaptive = spark.conf.get("spark.sql.adaptive.enabled")
    spark.conf.set("spark.sql.adaptive.enabled", "true")
    started = time.monotonic()
    try:
        _run(spark, warehouse, out)
    finally:
        spark.conf.set("spark.sql.adaptive.enabled", str(adaptive))
    return {"all": round(time.monotonic() - started, 3)}


def _run(spark: SparkSession, warehouse: Path, out: Path) -> None:
    readings, meters, vacancies = (
        spark.read.format("delta").load(str(warehouse / "bronze" / name))
        for name in ("readings", "meters", "vacancies")
    )
    judged = naive_rules.deduplicated(naive_rules.checked(readings, meters)).cache()
    accepted = naive_rules.with_holes(naive_rules.with_rates(judged.where("is_accepted"))).cache()
    standing = judged.where("is_standing")
    episodes = naive_faults.episodes(standing, accepted, vacancies).cache()
    observed = accepted.withColumn("origin", F.lit("observed"))
    made = observed.withColumn("missing", F.lit(0).cast("long")).unionByName(
        naive_rules.filled(accepted), allowMissingColumns=True
    )
    rows = naive_rules.scored(_with_faults(made, episodes))
    _write(_described(rows.where("tier IS NULL OR tier <> 'quarantine'")).select(*_READING), out / "readings")
    _write(_refused(rows, judged, episodes), out / "quarantine", partitioned=False)
    as_of = readings.agg(F.max("landed_hour").alias("as_of"))
    _write(_gaps(accepted, meters, as_of), out / "gaps", partitioned=False)
    last = standing.groupBy("meter_id").agg(F.max("read_at").alias("_last"))
    faults = episodes.join(last, "meter_id").withColumn("is_open", F.expr("ended_at > _last")).drop("_last")
    _write(faults, out / "faults", partitioned=False)
    for frame in (judged, accepted, episodes):
        frame.unpersist()


def _with_faults(rows: DataFrame, episodes: DataFrame) -> DataFrame:
    of_meter = episodes.groupBy("meter_id").agg(F.collect_list(F.struct("fault", "started_at", "ended_at")).alias("_e"))
    holding = "filter(_e, e -> e.started_at <= read_at AND read_at < e.ended_at)"
    ids = F.expr(f"sort_array(array_distinct(transform({holding}, e -> e.fault)))")
    none = F.array().cast("array<string>")
    has_any = F.expr("_e IS NOT NULL AND read_at IS NOT NULL")
    return rows.join(of_meter, "meter_id", "left").withColumn("faults", F.when(has_any, ids).otherwise(none))


def _described(rows: DataFrame) -> DataFrame:
    warnings = [F.when(F.col(f), F.lit(w)) for f, w in (("is_late", "V07"), ("is_spike", "V11"), ("is_drop", "V12"))]
    energy = "CAST(round(kw * interval_minutes / CAST(60 AS DECIMAL(2)), 6) AS DECIMAL(18, 6))"
    return rows.withColumns(
        {
            "read_date": F.to_date("read_at"),
            "energy_kwh": F.expr(energy),
            "hole_hours": F.expr("CAST(coalesce(missing * _step / CAST(3600 AS DECIMAL(4)), 0) AS DECIMAL(18, 6))"),
            "warnings": F.array_compact(F.array(*warnings)),
        }
    )


def _refused(rows: DataFrame, judged: DataFrame, episodes: DataFrame) -> DataFrame:
    low = rows.where("tier = 'quarantine'").withColumns(
        {"reasons": F.array(F.lit("Q01")), "disposition": F.lit("quarantined")}
    )
    failed = _with_faults(judged.where("size(reasons) > 0"), episodes).withColumns(
        {
            "origin": F.lit("observed"),
            "is_spike": F.lit(False),
            "is_drop": F.lit(False),
            "missing": F.lit(0).cast("long"),
            "quality_score": F.lit(None).cast("int"),
            "tier": F.lit(None).cast("string"),
            "disposition": F.expr("IF(arrays_overlap(reasons, array('V03', 'V09')), 'rejected', 'quarantined')"),
        }
    )
    columns = (*_READING, *_REFUSED)
    return _described(low).select(*columns).unionByName(_described(failed).select(*columns))


def _gaps(accepted: DataFrame, meters: DataFrame, as_of: DataFrame) -> DataFrame:
    step = "interval_minutes * 60"
    first_point = f"timestamp_seconds(unix_seconds(active_from) + pmod(-unix_seconds(active_from), {step}))"
    seen = accepted.groupBy("meter_id").agg(F.min("read_at").alias("_first"), F.max("read_at").alias("_last"))
    known = meters.join(seen, "meter_id", "left").crossJoin(as_of).withColumn("_point", F.expr(first_point))
    after_last = f"timestamp_seconds(unix_seconds(_last) + {step})"
    holes = [
        ("_point", "_first", "false"),
        (f"coalesce({after_last}, _point)", "least(active_to, as_of)", "coalesce(active_to > as_of, true)"),
    ]
    after_previous = f"timestamp_seconds(unix_seconds(previous_at) + {step})"
    found = accepted.where("missing > 0").selectExpr(
        "meter_id", "interval_minutes", f"{after_previous} AS started_at", "read_at AS _end", "false AS is_open"
    )
    for start, end, is_open in holes:
        found = found.unionByName(
            known.selectExpr(
                "meter_id", "interval_minutes", f"{start} AS started_at", f"{end} AS _end", f"{is_open} AS is_open"
            ).where("_end > started_at")
        )
    length = "unix_seconds(_end) - unix_seconds(started_at)"
    counted = found.withColumn("intervals", F.expr(f"({length}) DIV ({step})")).where("intervals > 0")
    classed = counted.withColumn("class", F.expr(naive_rules.hole_class(f"intervals * {step}")))
    listed = classed.where("NOT (is_open AND class = 'interpolated')")
    hours = f"CAST(intervals * {step} / CAST(3600 AS DECIMAL(4)) AS DECIMAL(18, 6))"
    ended = "CASE WHEN NOT is_open THEN _end END AS ended_at"
    return listed.selectExpr("meter_id", "started_at", ended, "intervals", f"{hours} AS hours", "class", "is_open")


def _write(rows: DataFrame, place: Path, partitioned: bool = True) -> None:
    writer = rows.write.format("delta").mode("overwrite")
    (writer.partitionBy("read_date", "meter_type") if partitioned else writer).save(str(place))
