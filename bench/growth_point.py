"""One measurement of bench/growth.py: `python -m bench.growth_point FOLDER SIZE WARM_UP CORES MEMORY_GB PARTITIONS`.

Bound to its cores before the JVM starts, so that the compiler and the collector have no others either. The readings
are generated once. A district of its own warms up, twice: what is asked is how work grows with rows, and not when the
JVM has compiled it. Prints one line of JSON.
"""

import json
import sys
from functools import partial
from pathlib import Path

import psutil

from bench import measure, spark_work
from bench.generated import Size, generate
from meterlake import tables
from meterlake.config import load
from meterlake.storage import Warehouse


def main(folder: str, size: str, warm_up: str, cores: str, memory_gb: str, partitions: str) -> None:
    allowed = psutil.Process().cpu_affinity() if hasattr(psutil.Process, "cpu_affinity") else None
    if allowed:
        psutil.Process().cpu_affinity(allowed[: int(cores)])
    given = (int(memory_gb), int(cores), int(partitions))
    spark, _ = spark_work.session(spark_work.overrides(Path(folder), *given))
    small = load([], spark_work.overrides(Path(folder).with_name("warm-up"), *given))
    generate(spark, small, Size(*json.loads(warm_up)))
    for _ in range(2):
        spark_work.forget_silver(spark, Path(small.storage.warehouse))
        spark_work.rebuild(spark, small)
    config = load([], spark_work.overrides(Path(folder), *given))
    generate(spark, config, Size(*json.loads(size)))
    rows = Warehouse(spark, config).read(tables.bronze.READINGS).count()
    spark_work.forget_silver(spark, Path(config.storage.warehouse))
    measured = measure.here(partial(spark_work.rebuild, spark, config))
    spark.stop()
    told = {name: value for name, value in measured.as_dict().items() if name != "load"}
    print(json.dumps({"rows": rows, "measured": told}))


if __name__ == "__main__":
    main(*sys.argv[1:])
