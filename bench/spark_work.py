"""What is measured in Spark: Meterlake's rebuild of silver, the naive version, and the floor below both."""

import io
import json
import shutil
from collections.abc import Callable
from contextlib import redirect_stdout
from pathlib import Path

from pyspark.sql import SparkSession

from meterlake import progress, tables
from meterlake.config import Config, load
from meterlake.session import start
from meterlake.silver import pipeline
from meterlake.storage import Warehouse


def overrides(folder: Path, memory_gb: int, cores: int, partitions: int) -> list[str]:
    """Settings of a run below ``folder``, as for --set."""
    places = [f"storage.{name}={folder / name}" for name in ("landing", "reference", "warehouse")]
    spark = [f"driver_memory={memory_gb}g", f"master=local[{cores}]", f"shuffle_partitions={partitions}"]
    return places + [f"spark.{setting}" for setting in spark]


def session(settings: list[str]) -> tuple[SparkSession, Config]:
    config = load([], settings)
    with redirect_stdout(io.StringIO()):
        return start(config, "bench"), config


def forget_silver(spark: SparkSession | None, warehouse: Path) -> None:
    """Leaves bronze alone: the next run has no silver to start from, and rebuilds it. Not part of what is measured."""
    for layer in ("silver", "gold", "ops"):
        shutil.rmtree(warehouse / layer, ignore_errors=True)
    if spark is not None:
        forget_tables(spark)


def forget_tables(spark: SparkSession) -> None:
    """Delta remembers tables whose folder is gone, and cached rows would be one program's help to the next."""
    spark._jvm.org.apache.spark.sql.delta.DeltaLog.clearCache()
    spark.catalog.clearCache()


def rebuild(spark: SparkSession, config: Config) -> dict[str, float]:
    """Meterlake's silver from all of bronze; the seconds of its steps. Wants forget_silver before."""
    return steps(lambda: pipeline.run(spark, config))


def steps(work: Callable[[], object]) -> dict[str, float]:
    """Runs Meterlake's work and gives the seconds of each of its steps."""
    printed = io.StringIO()
    with redirect_stdout(printed), progress.running(progress.Run("bench", as_json=True)):
        work()
    events = [json.loads(line) for line in printed.getvalue().splitlines() if line.startswith("{")]
    return {event["name"]: event["seconds"] for event in events if event["event"] == "step"}


def copy(spark: SparkSession, config: Config, out: Path) -> None:
    """The floor: the same rows read, shuffled once by meter, and written with no rule at all."""
    rows = Warehouse(spark, config).read(tables.bronze.READINGS).repartition("meter_id")
    rows.write.format("delta").mode("overwrite").save(str(out))
