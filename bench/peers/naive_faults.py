"""F01 to F05 in Spark as most would write them: islands by running sums, weeks by sliding frames."""

from functools import reduce

from pyspark.sql import DataFrame, Window
from pyspark.sql import functions as F

_END = "timestamp_seconds(unix_seconds(read_at) + _step)"


def episodes(standing: DataFrame, accepted: DataFrame, vacancies: DataFrame) -> DataFrame:
    """meter_id, fault, started_at, ended_at, evidence."""
    empty = vacancies.select("meter_id", F.col("from").alias("_from"), F.col("to").alias("_to"))
    is_inside = F.expr("meter_id = _meter AND read_at >= _from AND (_to IS NULL OR read_at < _to) AND kw = 0")
    vacant = standing.join(empty.withColumnRenamed("meter_id", "_meter"), is_inside, "left_semi")
    vacant = vacant.select("meter_id", "read_at", F.lit(True).alias("_vacant"))
    marked = standing.join(vacant, ["meter_id", "read_at"], "left")
    runs = [
        _run(marked, "F01", "kw = 0 AND _vacant IS NULL", 48),
        _run(marked, "F02", "kw <> 0", 24),
        _over(marked),
        _flat(accepted),
        _apart(accepted),
    ]
    return reduce(DataFrame.unionByName, runs)


def _run(rows: DataFrame, fault: str, condition: str, hours: int) -> DataFrame:
    """Runs of one value."""
    rows = rows.withColumn("_value", F.expr(f"CASE WHEN {condition} THEN kw END"))
    numbered = _islands(rows, "_value = lag(_value) OVER w")
    found = numbered.where("_value IS NOT NULL").groupBy("meter_id", "_island")
    spans = found.agg(F.min("read_at").alias("started_at"), F.max(F.expr(_END)).alias("ended_at"))
    length = "(unix_seconds(ended_at) - unix_seconds(started_at)) / CAST(3600 AS DECIMAL(4))"
    evidence = spans.withColumn("evidence", F.expr(f"CAST({length} AS DECIMAL(18, 6))"))
    return _named(evidence.where(f"evidence >= {hours}"), fault)


def _over(rows: DataFrame) -> DataFrame:
    numbered = _islands(rows.withColumn("_over", F.expr("kw > max_kw")), "_over AND lag(_over) OVER w")
    found = numbered.where("_over").groupBy("meter_id", "_island")
    spans = found.agg(
        F.min("read_at").alias("started_at"),
        F.max(F.expr(_END)).alias("ended_at"),
        F.count("*").cast("decimal(18,6)").alias("evidence"),
    )
    return _named(spans.where("evidence >= 6"), "F03")


def _islands(rows: DataFrame, continues: str) -> DataFrame:
    """Numbers the runs of a meter; a hole of 4 h breaks one."""
    window = "(PARTITION BY meter_id ORDER BY read_at)"
    near = f"unix_seconds(read_at) - unix_seconds(lag(read_at) OVER {window}) - _step < 4 * 3600"
    goes_on = f"coalesce({near} AND {continues.replace('OVER w', f'OVER {window}')}, false)"
    started = rows.withColumn("_starts", F.expr(f"CASE WHEN {goes_on} THEN 0 ELSE 1 END"))
    return started.withColumn("_island", F.sum("_starts").over(Window.partitionBy("meter_id").orderBy("read_at")))


def _named(spans: DataFrame, fault: str) -> DataFrame:
    return spans.select("meter_id", F.lit(fault).alias("fault"), "started_at", "ended_at", "evidence")


def _flat(accepted: DataFrame) -> DataFrame:
    rows = accepted.withColumn("_x", F.expr("CAST(kw * 1000000 AS DECIMAL(18))"))
    days = (
        rows.withColumn("day", F.to_date("read_at"))
        .groupBy("meter_id", "interval_minutes", "day")
        .agg(F.count("*").alias("n"), F.sum("_x").alias("x"), F.sum(F.expr("_x * _x")).alias("xx"))
    )
    weeks = _weekly(days, ["n", "x", "xx"]).withColumn("_spread", F.expr(_spread("n", "x", "x", "xx")))
    tested = weeks.where("n * interval_minutes * 10 >= 8 * 7 * 1440 AND x > 0")
    flagged = tested.where("_spread < 0.0001 * CAST(CAST(x AS DECIMAL(19)) * CAST(x AS DECIMAL(19)) AS DECIMAL(33))")
    ratio = flagged.withColumn("ratio", F.expr("sqrt(CAST(_spread AS DOUBLE)) / CAST(x AS DOUBLE)"))
    return _episodes_of_weeks(ratio, "F04")


def _apart(accepted: DataFrame) -> DataFrame:
    home = accepted.where("neighbourhood_id IS NOT NULL").withColumn("hour", F.date_trunc("hour", "read_at"))
    hourly = home.groupBy("meter_id", "neighbourhood_id", "hour").agg(F.round(F.avg("kw"), 6).alias("kw"))
    hourly = hourly.withColumn("kw", F.col("kw").cast("decimal(18,6)"))
    near = Window.partitionBy("neighbourhood_id", "hour")
    beside = hourly.withColumn("_meters", F.count("*").over(near)).withColumn("_total", F.sum("kw").over(near))
    beside = beside.where("_meters > 3")
    beside = beside.withColumn("_x", F.expr("CAST(kw * 1000000 AS DECIMAL(18))"))
    beside = beside.withColumn("_y", F.expr("CAST(round((_total - kw) / (_meters - 1), 6) * 1000000 AS DECIMAL(18))"))
    pairs = {"x5": "_x", "y5": "_y", "xx5": "_x * _x", "yy5": "_y * _y", "xy5": "_x * _y"}
    sums = [F.sum(F.expr(product)).alias(name) for name, product in pairs.items()]
    daily = beside.withColumn("day", F.to_date("hour")).groupBy("meter_id", "day").agg(F.count("*").alias("n5"), *sums)
    days = accepted.select("meter_id", F.to_date("read_at").alias("day")).distinct()
    weeks = _weekly(days.join(daily, ["meter_id", "day"], "left"), ["n5", *pairs])
    for name in ("xx", "yy", "xy"):
        spread = _spread("n5", f"{name[0]}5", f"{name[1]}5", f"{name}5")
        weeks = weeks.withColumn(f"s{name}", F.expr(f"CAST({spread} AS DOUBLE)"))
    tested = weeks.where("n5 >= 72 AND sxx > 0 AND syy > 0")
    r = tested.withColumn("ratio", F.expr("sxy / sqrt(sxx * syy)"))
    return _episodes_of_weeks(r.where("ratio < CAST(0.3 AS DOUBLE)"), "F05")


def _weekly(days: DataFrame, sums: list[str]) -> DataFrame:
    week = Window.partitionBy("meter_id").orderBy(F.unix_date("day")).rangeBetween(-6, 0)
    for name in sums:
        days = days.withColumn(f"_{name}", F.sum(name).over(week))
    return days.drop(*sums).withColumnsRenamed({f"_{name}": name for name in sums})


def _spread(n: str, x: str, y: str, xy: str) -> str:
    """n·Σxy − Σx·Σy, exact."""
    first = f"CAST({n} AS DECIMAL(8)) * CAST({xy} AS DECIMAL(29))"
    return f"({first} - CAST({x} AS DECIMAL(18)) * CAST({y} AS DECIMAL(18)))"


def _episodes_of_weeks(flagged: DataFrame, fault: str) -> DataFrame:
    by_day = Window.partitionBy("meter_id").orderBy("day")
    gap = F.datediff("day", F.lag("day").over(by_day))
    started = flagged.withColumn("_starts", F.when(gap <= 7, 0).otherwise(1))
    numbered = started.withColumn("_episode", F.sum("_starts").over(by_day))
    spans = numbered.groupBy("meter_id", "_episode").agg(
        F.min(F.expr("CAST(date_sub(day, 6) AS TIMESTAMP)")).alias("started_at"),
        F.max(F.expr("CAST(date_add(day, 1) AS TIMESTAMP)")).alias("ended_at"),
        F.min("ratio").alias("_ratio"),
    )
    six_places = "CAST(round(CAST(_ratio AS DECIMAL(38, 12)), 6) AS DECIMAL(18, 6))"
    return _named(spans.withColumn("evidence", F.expr(six_places)), fault)
