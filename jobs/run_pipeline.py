"""The whole way of a reading: ingest_bronze, build_silver and build_gold, in one session and under one run id."""

from pyspark.sql import SparkSession

from meterlake.bronze import pipeline as bronze
from meterlake.config import Config
from meterlake.gold import pipeline as gold
from meterlake.options import add_rebuild
from meterlake.runner import job_main
from meterlake.silver import pipeline as silver
from meterlake.silver.request import Request


def run(spark: SparkSession, config: Config, args: object = None) -> None:
    """Runs the layers in their order."""
    rebuild = getattr(args, "rebuild", False)
    bronze.run(spark, config)
    silver.run(spark, config, Request(rebuild))
    gold.run(spark, config, rebuild)


main = job_main("run_pipeline", run, __doc__, add_rebuild, writes=True)

if __name__ == "__main__":
    main()
