"""The whole way of a reading: ingest_bronze, build_silver and build_gold, in one session and under one run id."""

from pyspark.sql import SparkSession

from meterlake.bronze import pipeline as bronze
from meterlake.config import Config
from meterlake.gold import pipeline as gold
from meterlake.runner import job_main
from meterlake.silver import pipeline as silver


def run(spark: SparkSession, config: Config) -> None:
    """Runs the layers in their order."""
    bronze.run(spark, config)
    silver.run(spark, config)
    gold.run(spark, config)


main = job_main("run_pipeline", run, __doc__, writes=True)

if __name__ == "__main__":
    main()
