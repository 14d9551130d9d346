"""silver.meter_days: a meter's local day in one row, all that later runs ask of it."""

from decimal import Decimal

from pyspark.sql import DataFrame
from pyspark.sql import functions as F

from meterlake import grid
from meterlake.silver import exact
from meterlake.silver.carried import end_of_day
from meterlake.silver.weeks import micro
from meterlake.windows import METER


def meter_days(judged: DataFrame, time_zone: str) -> DataFrame:
    """A row a meter and local day with a standing reading: METER, meter_id, interval_minutes, day, n, sum_x, sum_xx
    (accepted kW in millionths, exact), superseded, superseded_late and carried.
    """
    dated = judged.where(F.col("is_standing") | F.col("is_superseded")).select(
        "*",
        grid.local_date(F.col("read_us"), time_zone).alias("day"),
        F.when(F.col("is_accepted"), micro(F.col("kw"))).alias("_x"),
    )
    return dated.groupBy(*METER, "meter_id", "interval_minutes", "day").agg(
        F.count("_x").alias("n"),
        exact.sum_of(F.col("_x")).cast("decimal(28,0)").alias("sum_x"),
        exact.sum_of_products(F.col("_x"), F.col("_x")).alias("sum_xx"),
        F.count_if("is_superseded").alias("superseded"),
        F.count_if(F.col("is_superseded") & F.col("is_backdated")).alias("superseded_late"),
        end_of_day().alias("carried"),
    )


def with_delays(days: DataFrame, judged: DataFrame, time_zone: str) -> DataFrame:
    """Adds delays_us: how long after their interval's end accepted readings came, where the source itself said when."""
    received = F.col("received_us").cast("decimal(24,3)") + F.col("received_nanos") * F.lit(Decimal("0.001"))
    delay = (received - F.col("read_us") - grid.interval_us()).cast("decimal(24,3)")
    dated = timed(judged).select(*METER, grid.local_date(F.col("read_us"), time_zone).alias("day"), delay.alias("_us"))
    delays = dated.groupBy(*METER, "day").agg(F.sort_array(F.collect_list("_us")).alias("delays_us"))
    return days.join(delays.hint("shuffle_hash"), [*METER, "day"], "left")


def timed(judged: DataFrame) -> DataFrame:
    """The accepted readings whose source said when they were received."""
    return judged.where(F.col("is_accepted") & F.col("has_own_received"))


def accepted_days(days: DataFrame) -> DataFrame:
    """The days with an accepted reading."""
    return days.where(F.col("n") > 0).select(*METER, "meter_id", "interval_minutes", "day", "n", "sum_x", "sum_xx")
