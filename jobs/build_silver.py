"""Bronze readings into silver: validated readings, quarantine, gaps and faults."""

from pyspark.sql import SparkSession

from meterlake.config import Config
from meterlake.runner import job_main
from meterlake.silver import pipeline


def run(spark: SparkSession, config: Config) -> None:
    """Applies every rule for readings."""
    pipeline.run(spark, config)


main = job_main("build_silver", run, __doc__, writes=True)

if __name__ == "__main__":
    main()
