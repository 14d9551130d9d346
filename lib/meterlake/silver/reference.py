"""Which meters a changed registry row or vacancy names."""

from pyspark.sql import DataFrame
from pyspark.sql import functions as F


def changed_neighbourhoods(registry: DataFrame, judged: DataFrame, meter_id: str | None = None) -> DataFrame:
    """meter_id of every meter whose row has changed, come or gone, and of all in its old or new neighbourhood.

    ``registry`` has meter_id, neighbourhood_id and reference, ``judged`` the same as they were when silver was made;
    ``meter_id`` names one more.
    """
    both = registry.select("meter_id", "neighbourhood_id", "reference").join(
        judged.select("meter_id", F.col("neighbourhood_id").alias("_old"), F.col("reference").alias("_judged")),
        "meter_id",
        "full",
    )
    is_named = F.lit(False) if meter_id is None else F.col("meter_id") == F.lit(meter_id)
    changed = both.where(~F.col("reference").eqNullSafe(F.col("_judged")) | is_named)
    named = changed.select("meter_id", F.explode(F.array("neighbourhood_id", "_old")).alias("_of"))
    neighbourhoods = named.select("_of").where(F.col("_of").isNotNull()).distinct()
    old = both.select("meter_id", F.col("_old").alias("_of"))
    members = both.select("meter_id", F.col("neighbourhood_id").alias("_of")).unionByName(old)
    neighbours = members.join(F.broadcast(neighbourhoods), "_of", "left_semi")
    return changed.select("meter_id").unionByName(neighbours.select("meter_id")).distinct()
