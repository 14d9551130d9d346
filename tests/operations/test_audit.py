"""The audit's rows, when the layer that wrote them is done again in the same run."""

from pyspark.sql import SparkSession

from meterlake import progress
from meterlake.config import Config
from meterlake.operations import audit
from meterlake.storage import Warehouse
from tests.comparison import rows_of


def test_a_later_attempt_takes_the_place_of_an_earlier_one(spark: SparkSession, config: Config) -> None:
    warehouse = Warehouse(spark, config)
    for job, accepted in (("build_silver", 8), ("build_gold", 5), ("build_silver", 9)):
        with progress.running(progress.Run("run_pipeline", "r1")):
            audit.record(spark, warehouse, job, {"bronze.readings": {"accepted": accepted, "rejected": 1}})
    rows = rows_of(config.storage.warehouse, "ops.audit")
    found = {(row["job"], row["disposition"]): (row["rows"], row["rows_in"]) for row in rows}
    assert len(rows) == 4
    assert found[("build_silver", "accepted")] == (9, 10)
    assert found[("build_gold", "accepted")] == (5, 6)
