"""Silver readings into gold: hourly load, peaks, daily consumption and daily quality."""

from pyspark.sql import SparkSession

from meterlake.config import Config
from meterlake.gold import pipeline
from meterlake.runner import job_main


def run(spark: SparkSession, config: Config) -> None:
    """Adds up what analytics may use."""
    pipeline.run(spark, config)


main = job_main("build_gold", run, __doc__, writes=True)

if __name__ == "__main__":
    main()
