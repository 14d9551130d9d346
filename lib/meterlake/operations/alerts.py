"""Alerts: what somebody has to see to, how urgent it is and until when; once per episode, however often it is seen."""

from datetime import UTC, datetime, timedelta

from pyspark.sql import DataFrame
from pyspark.sql import functions as F

from meterlake import progress
from meterlake.config import AlertConfig
from meterlake.storage import Warehouse
from meterlake.tables.ops import ALERTS

OPEN = "open"
TRANSFORMATION_FAILED = "transformation_failed"
_BETWEEN = "\x1f"


def raise_once(warehouse: Warehouse, kind: str, urgency: AlertConfig, found: DataFrame) -> int:
    """Adds an alert for each row of `found` (subject, episode, meter_id, detail) that has none yet; tells how many.

    The id is a hash of kind, subject and episode. An episode is what tells one occurrence from the next, such as the
    time at which a hole began: found again by a later run, it is the same alert.
    """
    now = datetime.now(UTC)
    alerts = found.select(
        F.sha2(F.concat_ws(_BETWEEN, F.lit(kind), "subject", "episode"), 256).alias("alert_id"),
        F.lit(kind).alias("kind"),
        F.lit(urgency.severity).alias("severity"),
        "subject",
        "episode",
        "meter_id",
        "detail",
        F.lit(now).alias("raised_at"),
        F.lit(now + timedelta(minutes=urgency.due_minutes)).alias("due_at"),
        F.lit(progress.run_id()).alias("run_id"),
        F.lit(OPEN).alias("status"),
    )
    new = alerts.join(warehouse.read(ALERTS).select("alert_id"), "alert_id", "left_anti").persist()
    try:
        if count := new.count():
            warehouse.append(new.select(*ALERTS.column_names).coalesce(1), ALERTS, progress.run_id())
        return count
    finally:
        new.unpersist()
