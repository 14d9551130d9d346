"""A silver rebuild beside a plain copy of its input, in one run: `python bench/rebuild.py FOLDER [METERS DAYS ROUNDS]`.

The input is generated once into FOLDER (see generated.py). The copy reads the same bronze rows, shuffles them once by
meter and writes them to Delta, with no rule at all: what any job on this data has to pay.
"""

import json
import sys
import time
from datetime import UTC, datetime
from functools import partial
from pathlib import Path

from generated import Size, generate
from pyspark.sql import SparkSession

from meterlake import tables
from meterlake.config import Config, load
from meterlake.session import start
from meterlake.silver import pipeline
from meterlake.storage import Warehouse


def copy(spark: SparkSession, config: Config, folder: Path) -> None:
    """The floor: read, one shuffle by meter, write."""
    rows = Warehouse(spark, config).read(tables.bronze.READINGS).repartition("meter_id")
    rows.write.format("delta").mode("overwrite").save(str(folder / "copy"))


def main(folder: Path, meters: int, days: int, rounds: int) -> None:
    overrides = [f"storage.{name}={folder / name}" for name in ("landing", "reference", "warehouse")]
    config = load([], [*overrides, "spark.driver_memory=8g", "spark.master=local[2]", "spark.shuffle_partitions=16"])
    spark = start(config, "bench rebuild")
    generate(spark, config, Size(meters, days))
    rows = Warehouse(spark, config).read(tables.bronze.READINGS).count()
    seconds: dict[str, list[float]] = {"silver": [], "copy": []}
    for number in range(rounds):
        config = load([], [*overrides, "spark.shuffle_partitions=16", f"quality.premium_from={90 - number}"])
        for name, work in (
            ("copy", partial(copy, spark, config, folder)),
            ("silver", partial(pipeline.run, spark, config)),
        ):
            started = time.monotonic()
            work()
            seconds[name].append(round(time.monotonic() - started, 1))
    result = {"at": datetime.now(UTC).isoformat(), "rows": rows, "meters": meters, "days": days, "seconds": seconds}
    print(json.dumps(result))


if __name__ == "__main__":
    arguments = sys.argv[1:]
    main(Path(arguments[0]).absolute(), *(int(text) for text in (arguments[1:] or ("1000", "365", "2"))))
