"""Runs of standing readings: zero for 48 h (F01), the same value for 24 h (F02), over the limit six times (F03)."""

from decimal import Decimal

from pyspark.sql import Column, DataFrame
from pyspark.sql import functions as F

from meterlake import grid
from meterlake.config import FaultsConfig
from meterlake.silver.carried import carried
from meterlake.windows import METER, per_meter, until_now


def with_run_values(readings: DataFrame) -> DataFrame:
    """Adds run_kw, the value that a run can have (empty for a zero inside a vacancy), and is_over (above the limit).

    Needs read_us, kw, max_kw, vacancies.
    """
    is_vacant = F.exists(
        "vacancies",
        lambda period: (
            (F.col("read_us") >= period["from_us"]) & F.coalesce(F.col("read_us") < period["to_us"], F.lit(True))
        ),
    )
    is_vacant_zero = (F.col("kw") == 0) & F.coalesce(is_vacant, F.lit(False))
    return readings.select(
        "*",
        F.when(~F.coalesce(is_vacant_zero, F.lit(False)), F.col("kw")).alias("run_kw"),
        F.coalesce(F.col("kw") > F.col("max_kw"), F.lit(False)).alias("is_over"),
    )


def with_runs(readings: DataFrame, rule: FaultsConfig) -> DataFrame:
    """Adds value_run_us and over_run_us (start of the run that a standing reading belongs to, empty without) and
    over_count (its place in the run over the limit, from 1).

    Needs read_us, is_standing, what with_run_values adds, and previous.with_previous of that. A hole of 4 h or more
    between two standing readings breaks a run, a shorter one is bridged. A zero inside a vacancy belongs to no run of
    zeros and breaks one. Running windows only: the run's end is known at its last row, which is all that an episode
    needs.
    """
    hole = F.col("read_us") - F.col("before_us") - grid.interval_us()
    continues = F.coalesce(hole < F.lit(int(rule.bridge_below_hours * grid.HOUR_US)), F.lit(False))
    is_same = (F.col("run_before_us") == F.col("before_us")) & (F.col("run_before_kw") == F.col("run_kw"))
    same_value = continues & F.coalesce(is_same, F.lit(False))
    still_over = continues & F.col("is_over") & F.col("before_is_over")
    starts = readings.select(
        "*",
        (F.col("is_standing") & ~same_value).alias("_value_starts"),
        (F.col("is_standing") & ~F.coalesce(still_over, F.lit(False))).alias("_over_starts"),
    )
    in_value_run = F.col("is_standing") & F.col("run_kw").isNotNull()
    in_over_run = F.col("is_standing") & F.col("is_over")
    return starts.select(
        *readings.columns,
        F.when(in_value_run, _or_carried(readings, "_value_starts", "value_run_us")).alias("value_run_us"),
        F.when(in_over_run, _or_carried(readings, "_over_starts", "over_run_us")).alias("over_run_us"),
        F.when(
            in_over_run,
            F.coalesce(
                F.col("standing_count") - _at_last("_over_starts", "standing_count") + 1,
                F.col("standing_count") + carried(readings, "over_count").cast("long"),
            ),
        ).alias("over_count"),
    )


def run_episodes(readings: DataFrame, rule: FaultsConfig) -> DataFrame:
    """F01, F02 and F03 episodes: meter_id, meter_key, fault, started_us, ended_us, evidence DECIMAL(18,6).

    Needs what with_runs adds. Only the rows at which a run has already lasted long enough are grouped: few.
    evidence is hours for F01 and F02, readings for F03.
    """
    reached = F.col("read_us") - F.col("value_run_us") + grid.interval_us()
    tripped = F.array_compact(
        F.array(
            _tripped("F01", (F.col("kw") == 0) & (reached >= _us(rule.zero_value.min_hours)), "value_run_us"),
            _tripped("F02", (F.col("kw") != 0) & (reached >= _us(rule.stuck_value.min_hours)), "value_run_us"),
            _tripped("F03", F.col("over_count") >= rule.overload.min_readings, "over_run_us"),
        )
    )
    least = min(rule.zero_value.min_hours, rule.stuck_value.min_hours)
    candidates = readings.where((reached >= _us(least)) | (F.col("over_count") >= rule.overload.min_readings))
    rows = candidates.select(*METER, "meter_id", "read_us", "interval_minutes", "over_count", F.inline(tripped))
    runs = rows.groupBy(*METER, "meter_id", "fault", "started_us").agg(
        F.max(F.col("read_us") + grid.interval_us()).alias("ended_us"), F.max("over_count").alias("_readings")
    )
    evidence = F.when(F.col("fault") == "F03", F.col("_readings").cast("decimal(18,6)")).otherwise(
        grid.hours(F.col("ended_us") - F.col("started_us"))
    )
    return runs.select("meter_id", "meter_key", "fault", "started_us", "ended_us", evidence.alias("evidence"))


def _or_carried(readings: DataFrame, start: str, field: str) -> Column:
    """Where the run began: in the slice, else before it."""
    return F.coalesce(_at_last(start, "read_us"), carried(readings, field).cast("long"))


def _at_last(start: str, column: str) -> Column:
    return F.last(F.when(F.col(start), F.col(column)), ignorenulls=True).over(until_now(per_meter()))


def _tripped(fault: str, condition: Column, started_us: str) -> Column:
    return F.when(condition, F.struct(F.lit(fault).alias("fault"), F.col(started_us).alias("started_us")))


def _us(hours: Decimal) -> Column:
    return F.lit(int(hours * grid.HOUR_US))
