"""By what readings are spread over Spark's partitions before they are judged."""

from pyspark.sql import DataFrame
from pyspark.sql import functions as F

from meterlake.windows import METER

# All that the rules compare lies together.
BY_NEIGHBOURHOOD = METER[:1]
# All partitions are alike; for F05 alone the hourly means are shuffled once more.
BY_METER = METER
_PARTITIONS_A_CORE = 4  # as conf/cluster.yaml advises


def too_large(meters: DataFrame, partitions: int) -> DataFrame:
    """The neighbourhoods with a larger share of the meters than a core has of the partitions: neighbourhood_key.

    A neighbourhood is one partition: such a one would keep its core at work when the others have nothing left. Needs
    bronze.meters.
    """
    sizes = meters.groupBy("neighbourhood_key").agg(F.count("*").alias("_meters"))
    share = F.col("_meters") * F.lit(partitions)
    every = meters.agg(F.count("*").alias("_all"))
    return sizes.join(F.broadcast(every)).where(share > F.col("_all") * _PARTITIONS_A_CORE).select("neighbourhood_key")
