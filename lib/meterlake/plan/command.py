"""The job: prints what run_pipeline would do. It takes no lock and writes nothing."""

from pyspark.sql import SparkSession

from meterlake import progress
from meterlake.bronze.local_landing import without_checksums
from meterlake.config import Config
from meterlake.plan.gold import plan_gold
from meterlake.plan.landing import pending
from meterlake.plan.model import NOT_REACHED, Gold, Plan, Silver
from meterlake.plan.reference import loaded
from meterlake.plan.silver import SilverPlanner
from meterlake.plan.sizes import Sizes
from meterlake.plan.text import as_text
from meterlake.storage import Warehouse
from meterlake.storage_upkeep import Upkeep
from meterlake.tables import bronze, gold, silver


def run(spark: SparkSession, config: Config) -> Plan:
    """Prints the plan: text for people, one JSON object for a machine."""
    with progress.step("plan: landing and tables read") as step:
        plan = make_plan(spark, config)
        step.note(files=plan.landing.files)
    if progress.current().as_json:
        progress.say("the plan of a run", event="plan", **plan.as_fields())
        return plan
    for line in as_text(plan):
        progress.say(line)
    return plan


def make_plan(spark: SparkSession, config: Config) -> Plan:
    """What run_pipeline would do now."""
    with without_checksums(spark, config.storage.landing):
        return _make_plan(spark, config)


def _make_plan(spark: SparkSession, config: Config) -> Plan:
    warehouse = Warehouse(spark, config)
    reference = loaded(spark, config, warehouse)
    coming = pending(spark, config, warehouse)
    if reference.reference.refused:
        stopped = "the run stops before it reads a file"
        return Plan(coming.landing, reference.reference, Silver(NOT_REACHED, stopped), Gold(NOT_REACHED, stopped))
    upkeep = Upkeep(spark, warehouse)
    sizes = Sizes(warehouse, upkeep, upkeep.listing([bronze.READINGS, silver.READINGS, gold.DAILY_CONSUMPTION]))
    planner = SilverPlanner(config, warehouse, sizes, coming, reference)
    of_silver = planner.plan()
    replaced = set(reference.reference.replaced)
    of_gold = plan_gold(config, warehouse, sizes, of_silver, planner.days, replaced)
    return Plan(coming.landing, reference.reference, of_silver, of_gold)
