"""Bronze readings into silver: validated readings, quarantine, gaps and faults. By default only what is new."""

import argparse

from pyspark.sql import SparkSession

from meterlake.config import Config
from meterlake.runner import job_main
from meterlake.silver import pipeline
from meterlake.silver.request import Request, add_arguments


def run(spark: SparkSession, config: Config, args: argparse.Namespace | None = None) -> None:
    """Applies every rule for readings."""
    pipeline.run(spark, config, Request.of(args) if args else None)


main = job_main("build_silver", run, __doc__, add_arguments, writes=True)

if __name__ == "__main__":
    main()
