"""What all tests share: one Spark session, and a configuration whose storage is the test's own folder."""

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from pyspark.sql import SparkSession

from meterlake.config import Config, load
from meterlake.session import start

# Hundreds of small queries: the JVM's first compiler alone takes half the CPU of both, and compiling a query takes
# longer than reading its few rows without. The jobs' own tests and the cluster's compile theirs.
SMALL_SPARK = (
    "spark.master=local[2]",
    "spark.shuffle_partitions=3",
    "spark.driver_memory=4g",
    "spark.conf={spark.driver.extraJavaOptions: -XX:TieredStopAtLevel=1, "
    "spark.sql.codegen.wholeStage: false, spark.sql.codegen.factoryMode: NO_CODEGEN}",
)


@pytest.fixture(scope="session")
def spark() -> Iterator[SparkSession]:
    """One small session for the whole run: two cores, three shuffle partitions."""
    session = start(load([], SMALL_SPARK), "meterlake tests")
    yield session
    session.stop()


@pytest.fixture(scope="module", autouse=True)
def _forget_a_module_s_tables(request: pytest.FixtureRequest) -> Iterator[None]:
    """Only where the module used Spark at all."""
    yield
    if (session := SparkSession.getActiveSession()) is not None:
        forget_tables(session)


@pytest.fixture
def make_config(tmp_path: Path) -> Callable[..., Config]:
    """`make_config("gaps.interpolate_below_hours=3", ...)`: base.yaml with storage in the test's folder."""

    def make(*overrides: str) -> Config:
        folders = [f"storage.{name}={tmp_path / name}" for name in ("landing", "reference", "warehouse")]
        return load([], [*SMALL_SPARK, *folders, *overrides])

    return make


@pytest.fixture
def config(make_config: Callable[..., Config]) -> Config:
    """The defaults, with storage in the test's folder."""
    return make_config()


def forget_tables(spark: SparkSession) -> None:
    """Delta keeps the state of each table it has seen in memory; a session that sees hundreds of them lets go."""
    spark._jvm.org.apache.spark.sql.delta.DeltaLog.clearCache()
    spark.catalog.clearCache()
