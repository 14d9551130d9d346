"""The audit's rows: of each run what it judged, also where the layer that wrote them is done again in the same run."""

from collections.abc import Callable

from pyspark.sql import SparkSession

from meterlake import progress
from meterlake.bronze import pipeline as bronze
from meterlake.config import Config
from meterlake.operations import audit
from meterlake.silver import pipeline as silver
from meterlake.storage import Warehouse
from tests.comparison import rows_of
from tests.small import write_file, write_registry


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


def test_what_a_changed_registry_has_judged_anew_is_audited(spark: SparkSession, config: Config) -> None:
    """Two of a meter's three readings lie above the limit that it has from the second run on."""
    readings = [("MTR-1", f"2024-03-15T0{hour}:00:00Z", kw) for hour, kw in enumerate(("1", "5", "6"))]
    write_file(config, "2024/03/15/03", readings)
    audited = {}
    for name, max_kw in (("first", ""), ("second", "4")):
        write_registry(
            config, f"meter_id,meter_type,interval_minutes,neighbourhood_id,max_kw\nMTR-1,home,60,,{max_kw}\n"
        )
        with progress.running(progress.Run("run_pipeline", name)):
            bronze.run(spark, config)
            silver.run(spark, config)
        rows = [row for row in rows_of(config.storage.warehouse, "ops.audit") if row["run_id"] == name]
        audited[name] = {row["disposition"]: row["rows"] for row in rows if row["table"] == "bronze.readings"}
    assert audited == {"first": {"accepted": 3}, "second": {"accepted": 1, "quarantined": 2}}


def test_a_batch_that_landed_is_audited_though_nobody_heard_that_it_did(
    spark: SparkSession, make_config: Callable[..., Config], answers_lost: set[str]
) -> None:
    """A line that can be cut and one that cannot; the next attempt finds nothing new."""
    config = make_config("retry.wait_seconds=[0,0,0]")
    write_registry(config)
    write_file(
        config, "2024/03/15/01", [("MTR-1", "2024-03-15T00:00:00Z", "1"), ("MTR-1,", "2024-03-15T00:00:00Z", "1")]
    )
    answers_lost.add("bronze.files")
    bronze.run(spark, config)
    assert answers_lost == set()
    rows = rows_of(config.storage.warehouse, "ops.audit")
    found = {(row["table"], row["disposition"]): (row["rows"], row["rows_in"]) for row in rows}
    assert found == {
        ("landing", "readings"): (1, 2),
        ("landing", "dead_letters"): (1, 2),
        ("bronze.files", "landed"): (1, 1),
    }
