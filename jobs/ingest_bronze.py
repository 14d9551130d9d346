"""Landing files into bronze: readings, dead letters, the ledger of files and the reference tables."""

from pyspark.sql import SparkSession

from meterlake.bronze import pipeline
from meterlake.config import Config
from meterlake.runner import job_main


def run(spark: SparkSession, config: Config) -> None:
    """Takes in what is new in the landing."""
    pipeline.run(spark, config)


main = job_main("ingest_bronze", run, __doc__, writes=True)

if __name__ == "__main__":
    main()
