"""The checks of one reading by itself: V01 to V10 and V14. All that fail are recorded."""

from decimal import Decimal

from pyspark.sql import Column, DataFrame
from pyspark.sql import functions as F

from meterlake import grid
from meterlake.config import ValidationConfig

REJECTING = ("V03", "V09")


def with_checks(readings: DataFrame, rule: ValidationConfig) -> DataFrame:
    """Adds reasons (sorted rule ids of the failed checks), is_backdated (V07, a warning only), min_kw and max_kw.

    Needs what standardise.py and read_at.py add, and the registry's columns. A check whose input is missing is not
    made: no read_at no V06, V07, V08, V14; no unit no V09, V10; an unknown meter none of V07 to V10. Without
    check_arrival (a backfill) V06, V07 and V14 are not made.
    """
    limited = readings.select(
        *[column for column in readings.columns if column not in ("registry_min_kw", "registry_max_kw")],
        F.coalesce("registry_min_kw", F.lit(rule.min_kw)).alias("min_kw"),
        F.coalesce("registry_max_kw", _max_kw_of_type(rule)).alias("max_kw"),
    )
    failed = _failed_checks(rule)
    ids = F.array_compact(F.array(*[F.when(condition, F.lit(rule_id)) for rule_id, condition in failed.items()]))
    any_failed = F.lit(False)
    for condition in failed.values():
        any_failed = any_failed | F.coalesce(condition, F.lit(False))
    # Nearly all readings pass; the array is built for those that do not.
    return limited.select(
        "*",
        F.when(any_failed, ids).otherwise(F.array().cast("array<string>")).alias("reasons"),
        F.coalesce(_is_backdated(rule), F.lit(False)).alias("is_backdated"),
    )


def is_rejected() -> Column:
    return F.arrays_overlap("reasons", F.array(*[F.lit(rule_id) for rule_id in REJECTING]))


def _failed_checks(rule: ValidationConfig) -> dict[str, Column]:
    """Condition by rule id, in the order of the ids; an empty condition has not failed."""
    checks = {
        "V01": F.col("is_value_unreadable"),
        "V02": F.col("stamp_us").isNull(),
        "V03": F.col("meter_key").isNull() | _is_outside_active_period(),
        "V04": F.col("is_unit_unknown"),
        "V05": F.col("is_unit_ambiguous"),
        "V06": _is_future(rule),
        "V08": F.col("is_off_grid"),
        "V09": F.col("kw") < F.col("min_kw"),
        "V10": F.col("kw") > F.col("max_kw"),
        "V14": _is_too_old(rule),
    }
    arrival_checks = () if rule.check_arrival else ("V06", "V14")
    return {rule_id: condition for rule_id, condition in checks.items() if rule_id not in arrival_checks}


def _max_kw_of_type(rule: ValidationConfig) -> Column:
    limit = F.lit(rule.max_kw)
    for meter_type, kw in rule.max_kw_by_meter_type.items():
        limit = F.when(F.col("meter_type") == meter_type, F.lit(kw)).otherwise(limit)
    return limit


def _is_outside_active_period() -> Column:
    too_early = F.col("read_us") < F.col("active_from_us")
    too_late = F.col("read_us") >= F.col("active_to_us")
    return F.coalesce(too_early, F.lit(False)) | F.coalesce(too_late, F.lit(False))


def _is_future(rule: ValidationConfig) -> Column:
    return _is_before(_received(rule.future_tolerance_hours), "received_nanos", F.col("read_us"), "read_nanos")


def _is_too_old(rule: ValidationConfig) -> Column:
    return _is_before(F.col("read_us"), "read_nanos", _received(Decimal(-24 * rule.oldest_days)), "received_nanos")


def _is_backdated(rule: ValidationConfig) -> Column:
    if not rule.check_arrival:
        return F.lit(False)
    end = F.col("read_us") + grid.interval_us()
    return _is_before(end, "read_nanos", _received(-rule.late_tolerance_hours), "received_nanos")


def _received(shift_hours: Decimal) -> Column:
    return F.col("received_us") + F.lit(int(shift_hours * grid.HOUR_US))


def _is_before(first: Column, first_nanos: str, second: Column, second_nanos: str) -> Column:
    """Strictly earlier, to the nanosecond."""
    return (first < second) | ((first == second) & (F.col(first_nanos) < F.col(second_nanos)))
