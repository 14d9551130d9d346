"""The rules in Spark as most would write them: meters by their name, a window for each rule, DataFrame by DataFrame."""

from pyspark.sql import DataFrame, Window
from pyspark.sql import functions as F

_HOUR = "INTERVAL 1 HOUR"
_CHECKS = {
    "V01": "value IS NULL",
    "V02": "stamp IS NULL",
    "V03": "meter_type IS NULL OR read_at < active_from OR read_at >= active_to",
    "V04": "unit NOT IN ('kw', 'w', 'kwh', 'wh', 'mw', '')",
    "V05": "unit = '' AND abs(value) BETWEEN 10 AND 1000",
    "V06": f"read_at > received_at + {_HOUR}",
    "V08": "is_off_grid",
    "V09": "kw < min_kw",
    "V10": "kw > max_kw",
    "V14": "read_at < received_at - INTERVAL 730 DAYS",
}


def checked(readings: DataFrame, meters: DataFrame) -> DataFrame:
    """Every reading by itself: reasons, and whether it came late."""
    registry = meters.drop("meter_key", "neighbourhood_key").withColumns(
        {"min_kw": F.expr("coalesce(min_kw, 0)"), "max_kw": F.expr("coalesce(max_kw, 20)")}
    )
    raw = readings.withColumnsRenamed({"value": "raw_value", "read_at": "raw_read_at", "unit": "raw_unit"})
    rows = raw.join(registry, "meter_id", "left")
    rows = rows.withColumn("value", F.expr("try_cast(raw_value AS DECIMAL(18, 6))"))
    rows = rows.withColumn("unit", F.lower("raw_unit"))
    rows = rows.withColumn("stamp", F.expr("try_cast(raw_read_at AS TIMESTAMP)"))
    rows = rows.withColumn(
        "received_at", F.expr(f"coalesce(try_cast(received_at AS TIMESTAMP), landed_hour + {_HOUR})")
    )
    rows = rows.withColumn("_step", F.expr("interval_minutes * 60"))
    rows = rows.withColumn("_late", F.expr("unix_seconds(stamp) % _step"))
    snapped = """
        CASE WHEN _late <= 0.05 * _step THEN timestamp_seconds(unix_seconds(stamp) - _late)
             WHEN _step - _late <= 0.05 * _step THEN timestamp_seconds(unix_seconds(stamp) + _step - _late)
             ELSE stamp END"""
    rows = rows.withColumn("read_at", F.expr(snapped))
    off_grid = "coalesce(_late > 0.05 * _step AND _step - _late > 0.05 * _step, false)"
    rows = rows.withColumn("is_off_grid", F.expr(off_grid))
    factor = """
        CASE WHEN unit = 'kw' THEN 1.0 WHEN unit = 'w' THEN 0.001 WHEN unit = 'mw' THEN 1000.0
             WHEN unit = 'kwh' THEN 60.0 / interval_minutes WHEN unit = 'wh' THEN 0.06 / interval_minutes
             WHEN unit = '' AND abs(value) < 10 THEN 1.0 WHEN unit = '' AND abs(value) > 1000 THEN 0.001 END"""
    rows = rows.withColumn("_factor", F.expr(factor))
    kw = "CASE WHEN meter_type IS NOT NULL THEN CAST(round(value * _factor, 6) AS DECIMAL(18, 6)) END"
    rows = rows.withColumn("kw", F.expr(kw))
    rows = rows.withColumn("unit_converted", F.expr("_factor <> 1")).withColumn("unit_inferred", F.expr("unit = ''"))
    late = f"coalesce(read_at + make_dt_interval(0, 0, interval_minutes) < received_at - {_HOUR}, false)"
    rows = rows.withColumn("is_late", F.expr(late))
    failed = [F.when(F.expr(condition), F.lit(rule)) for rule, condition in _CHECKS.items()]
    return rows.withColumn("reasons", F.array_compact(F.array(*failed)))


def deduplicated(rows: DataFrame) -> DataFrame:
    """Adds is_accepted, is_superseded and is_standing."""
    interval = Window.partitionBy("meter_id", "read_at").orderBy(
        "received_at", "source_file", "source_version", "source_line"
    )
    whole = Window.partitionBy("meter_id", "read_at")
    before = interval.rowsBetween(Window.unboundedPreceding, -1)
    known = "meter_type IS NOT NULL AND read_at IS NOT NULL"
    rows = rows.withColumn("_passed", F.expr(f"size(reasons) = 0 AND {known}"))
    rows = rows.withColumn("_over", F.expr(f"reasons = array('V10') AND {known}"))
    rows = rows.withColumn("_kw_before", F.last(F.expr("CASE WHEN _passed THEN kw END"), True).over(before))
    rows = rows.withColumn("_rank", F.row_number().over(interval))
    takes = F.expr("CASE WHEN _passed AND (_kw_before IS NULL OR kw <> _kw_before) THEN _rank END")
    rows = rows.withColumn("_stands", F.max(takes).over(whole))
    rows = rows.withColumn("_over_stands", F.max(F.expr("CASE WHEN _over THEN _rank END")).over(whole))
    rows = rows.withColumn("is_accepted", F.expr("coalesce(_passed AND _rank = _stands, false)"))
    rows = rows.withColumn("is_superseded", F.expr("_passed AND NOT is_accepted"))
    over = "coalesce(_over AND _stands IS NULL AND _rank = _over_stands, false)"
    return rows.withColumn("is_standing", F.expr(f"is_accepted OR {over}"))


def with_rates(accepted: DataFrame) -> DataFrame:
    """V11 and V12, each from the reading before."""
    meter = Window.partitionBy("meter_id").orderBy("read_at")
    near = "min_kw >= 0 AND read_at - previous_at <= INTERVAL 4 HOURS"
    rows = accepted.withColumn("previous_at", F.lag("read_at").over(meter))
    rows = rows.withColumn("previous_kw", F.lag("kw").over(meter))
    rows = rows.withColumn("is_spike", F.expr(f"coalesce({near} AND kw > 6 * greatest(previous_kw, 0.1), false)"))
    drop = f"coalesce({near} AND previous_kw >= 0.1 AND kw < 0.1 * previous_kw, false)"
    return rows.withColumn("is_drop", F.expr(drop))


def with_holes(rows: DataFrame) -> DataFrame:
    """Whole intervals that are missing before each accepted reading."""
    meter = Window.partitionBy("meter_id").orderBy("read_at")
    rows = rows.withColumn("_last_at", F.lag("read_at").over(meter))
    between = "(unix_seconds(read_at) - unix_seconds(_last_at)) DIV _step - 1"
    rows = rows.withColumn("missing", F.expr(f"coalesce({between}, 0)"))
    return rows.withColumn("hole_class", F.expr(hole_class("missing * _step")))


def hole_class(seconds: str) -> str:
    return f"""CASE WHEN {seconds} < 4 * 3600 THEN 'interpolated' WHEN {seconds} < 24 * 3600 THEN 'missing_short'
               ELSE 'missing_extended' END"""


def filled(rows: DataFrame) -> DataFrame:
    """The rows that fill the holes below 24 h."""
    holes = rows.where("missing > 0 AND hole_class <> 'missing_extended'")
    steps = holes.withColumn("number", F.explode(F.expr("sequence(1, missing)")))
    linear = """CASE WHEN hole_class = 'interpolated' THEN CAST(round(
        (previous_kw * CAST(missing + 1 - number AS DECIMAL(6)) + kw * CAST(number AS DECIMAL(6)))
        / CAST(missing + 1 AS DECIMAL(6)), 6) AS DECIMAL(18, 6)) END"""
    never = ("unit_converted", "unit_inferred", "is_late", "is_spike", "is_drop")
    empty = ("source_file", "source_version", "source_line", "raw_value", "raw_read_at", "raw_unit", "received_at")
    return steps.withColumns(
        {
            "kw": F.expr(linear),
            "read_at": F.expr("timestamp_seconds(unix_seconds(previous_at) + number * _step)"),
            "origin": F.col("hole_class"),
            **{name: F.lit(False) for name in never},
            **{name: F.lit(None).cast(rows.schema[name].dataType) for name in empty},
        }
    )


def scored(rows: DataFrame) -> DataFrame:
    """quality_score and tier; needs faults."""
    points = """100 - CASE WHEN unit_converted THEN 5 ELSE 0 END - 10 * missing * _step / CAST(3600 AS DECIMAL(4))
        - CASE WHEN is_late THEN 15 ELSE 0 END - CASE WHEN is_spike OR is_drop THEN 20 ELSE 0 END
        - CASE WHEN arrays_overlap(faults, array('F01', 'F02', 'F03', 'F04')) THEN 30 ELSE 0 END"""
    score = f"CASE WHEN origin <> 'missing_short' THEN CAST(round(greatest({points}, 0), 0) AS INT) END"
    rows = rows.withColumn("quality_score", F.expr(score))
    tier = """CASE WHEN quality_score >= 90 THEN 'premium' WHEN quality_score >= 70 THEN 'standard'
              WHEN quality_score IS NOT NULL THEN 'quarantine' END"""
    return rows.withColumn("tier", F.expr(tier))
