"""A run that failed for good leaves a ticket in ops.errors and an alert in ops.alerts."""

import re
from datetime import UTC, datetime

from pyspark.sql import Row, SparkSession
from pyspark.sql import functions as F

from meterlake import causes, failures, progress
from meterlake.config import Config
from meterlake.operations import alerts, retry
from meterlake.operations.runs import LAYERS
from meterlake.storage import Warehouse
from meterlake.tables.ops import ERRORS, RUNS

_PLACE = re.compile(r"(?<![\w.:/])(?!https?:)(?:[a-z][a-z0-9]*:)?/[^\s:'\",;()\[\]]+")
_FOUND = "subject string, episode string, meter_id string, detail string"


def record(spark: SparkSession, config: Config, job: str, error: Exception) -> None:
    """Writes the ticket and the alert. It never raises: where the warehouse takes neither, the error gets a note."""
    try:
        ticket = _ticket(job, error)
        warehouse = Warehouse(spark, config)
        warehouse.append(spark.createDataFrame([ticket], ERRORS.schema).coalesce(1), ERRORS, progress.run_id())
        progress.say(f"ticket {ticket['ticket']} is in {ERRORS.full_name}", event="ticket", ticket=ticket["ticket"])
        _alert(spark, warehouse, config, ticket)
    except Exception as another:
        error.add_note(f"this failure is not in {ERRORS.full_name}: {failures.cause(another)}")


def _ticket(job: str, error: Exception) -> Row:
    tried = retry.attempts_of(error) or retry.Attempts(job, 1)
    values = {
        "ticket": f"ML-{progress.run_id()}",
        "run_id": progress.run_id(),
        "job": job,
        "step": tried.step,
        "failed_at": datetime.now(UTC),
        "kind": failures.kind(error),
        "message": failures.cause(error),
        "input": _input(error),
        "attempts": tried.made,
        "status": alerts.OPEN,
    }
    return Row(**{name: values[name] for name in ERRORS.column_names})


def _input(error: Exception) -> str:
    """What was being worked on: the place that the error names, or the first one in the texts behind it."""
    if named := getattr(error, "where", "") or getattr(error, "filename", ""):
        return str(named)
    places = (_PLACE.search(cause.text.partition("\n")[0]) for cause in reversed(causes.of(error)))
    return next((place[0].rstrip(".") for place in places if place), "")


def _alert(spark: SparkSession, warehouse: Warehouse, config: Config, ticket: Row) -> None:
    """One for all failures of a step since it last succeeded; nobody records when another than a layer does: one for
    all of its failures since any layer has succeeded."""
    jobs = [ticket["step"]] if ticket["step"] in LAYERS else LAYERS
    finished = warehouse.read(RUNS).where(F.col("job").isin(*jobs) & F.col("finished_at").isNotNull())
    # A run can land what it can use, and fail for the rest.
    of_failures = warehouse.read(ERRORS).where(F.col("step") == ticket["step"]).select("run_id")
    finished = finished.join(of_failures, "run_id", "left_anti")
    success = finished.orderBy(F.col("finished_at").desc()).first()
    episode = f"after {success['run_id']}" if success else "never succeeded"
    found = spark.createDataFrame([(ticket["step"], episode, None, f"{ticket['ticket']}: {ticket['message']}")], _FOUND)
    kind = alerts.TRANSFORMATION_FAILED
    alerts.raise_once(warehouse, kind, config.alerts.transformation_failed, found)
