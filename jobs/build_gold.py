"""Silver readings into gold: hourly load, peaks, daily consumption and daily quality."""

import argparse

from pyspark.sql import SparkSession

from meterlake.config import Config
from meterlake.gold import pipeline
from meterlake.options import add_rebuild
from meterlake.runner import job_main


def run(spark: SparkSession, config: Config, args: argparse.Namespace | None = None) -> None:
    """Adds up what analytics may use."""
    pipeline.run(spark, config, rebuild=args is not None and args.rebuild)


main = job_main("build_gold", run, __doc__, add_rebuild, writes=True)

if __name__ == "__main__":
    main()
