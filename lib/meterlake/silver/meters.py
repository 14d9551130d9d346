"""silver.meters_judged: each registered meter as it was judged, and its first and last readings."""

from pyspark.sql import DataFrame
from pyspark.sql import functions as F

_SEEN = ("first_accepted_us", "last_accepted_us", "last_standing_us")


def with_reference(meters: DataFrame, vacancies: DataFrame) -> DataFrame:
    """bronze.meters with its active period in µs and reference: a fingerprint of the row and the meter's vacancies."""
    period = F.concat_ws(
        "/", F.unix_micros("from").cast("string"), F.coalesce(F.unix_micros("to").cast("string"), F.lit(""))
    )
    vacant = vacancies.groupBy("meter_id").agg(F.concat_ws(",", F.array_sort(F.collect_list(period))).alias("_vacant"))
    own = [column for column in meters.columns if column not in ("meter_key", "neighbourhood_key")]
    row = F.to_json(F.struct(*own), {"timestampFormat": "yyyy-MM-dd'T'HH:mm:ss.SSSSSSXXX"})
    joined = meters.join(F.broadcast(vacant), "meter_id", "left")
    return joined.select(
        *meters.columns,
        F.unix_micros("active_from").alias("active_from_us"),
        F.unix_micros("active_to").alias("active_to_us"),
        F.sha2(F.concat_ws("|", row, F.coalesce("_vacant", F.lit(""))), 256).alias("reference"),
    )


def with_seen(meters: DataFrame, *seen: DataFrame) -> DataFrame:
    """Adds first_accepted_us, last_accepted_us and last_standing_us: over all of ``seen``, by meter_id.

    A reading that stands goes on standing, or gives its interval to another: what was seen before only grows.
    """
    total = seen[0].select("meter_id", *_SEEN)
    for more in seen[1:]:
        total = total.unionByName(more.select("meter_id", *_SEEN))
    by_meter = total.groupBy("meter_id").agg(
        F.min("first_accepted_us").alias("first_accepted_us"),
        F.max("last_accepted_us").alias("last_accepted_us"),
        F.max("last_standing_us").alias("last_standing_us"),
    )
    return meters.join(by_meter, "meter_id", "left")
