"""The landing worked by hand, through bronze and silver once, and the story of its meter M1."""

import pytest
from pyspark.sql import SparkSession

from meterlake.bronze import pipeline as bronze
from meterlake.config import Config
from meterlake.explain.command import run
from meterlake.explain.story import Story
from meterlake.silver import pipeline as silver
from tests.explain.given import DAY, asked, lay_out


@pytest.fixture(scope="session")
def built(spark: SparkSession, tmp_path_factory: pytest.TempPathFactory) -> Config:
    config = lay_out(tmp_path_factory.mktemp("explain"))
    bronze.run(spark, config)
    silver.run(spark, config)
    return config


@pytest.fixture(scope="session")
def story(spark: SparkSession, built: Config) -> Story:
    """What the command makes of M1; pages are printed from it without asking Spark again."""
    return run(spark, built, asked("--meter", "M1", *DAY))
