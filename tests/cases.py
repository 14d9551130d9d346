"""Cases as rows of one small frame, the expected value in the same row: ``expected_kw`` beside ``kw``."""

from collections.abc import Iterable
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from typing import Any

from pyspark.sql import DataFrame, SparkSession
from pyspark.sql import functions as F

from meterlake.tables.silver import CARRIED

Case = dict[str, Any]
EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
DECIMALS = {
    "decimal(30,18)": "value",
    "decimal(18,6)": "kw min_kw max_kw registry_min_kw registry_max_kw previous_kw energy_kwh evidence temperature_c "
    "degrees hours hole_hours mean_score peak_kw mean_kw accepted_kw run_kw",
    "decimal(28,6)": "load_kwh total_kw seasonal_kwh adjusted_load_kwh",
    "decimal(38,0)": "sum_x sum_y sum_xx sum_xy x y",
}
OTHERS = {
    "int": "neighbourhood_key meter_key registry_key interval_minutes source_version received_nanos stamp_nanos "
    "read_nanos nanos quality_score lowest_score rank rank_unadjusted",
    "boolean": "is_local is_accepted is_superseded is_standing is_value_unreadable is_unit_unknown is_unit_ambiguous "
    "is_off_grid is_backdated is_spike is_drop is_scored has_own_received unit_converted unit_inferred is_open is_over",
    "bigint": "read_us stamp_us received_us landed_us previous_us active_from_us active_to_us us source_line missing "
    "intervals started_us ended_us first_accepted_us last_accepted_us last_standing_us value_run_us over_run_us "
    "over_count hour_us day_start_us day_end_us n expected observed meters_reporting meters_expected readings delay_us "
    "superseded superseded_late accepted accepted_us standing_us from_us to_us after_us until_us",
    "date": "day local_date read_date first_day last_day",
    "timestamp": "read_at received_at landed_hour active_from active_to from to hour started_at ended_at",
    "array<decimal(24,3)>": "delays_us",
    "array<string>": "reasons warnings faults",
    "array<struct<from_us:bigint,to_us:bigint>>": "vacancies",
    "double": "ratio stddev_kw coverage share_observed share_interpolated share_missing completeness accuracy "
    "freshness_p95_minutes",
    "map<string,bigint>": "rule_counts tier_counts",
    CARRIED.simpleString(): "carried",
}
KINDS = {name: kind for kinds in (DECIMALS, OTHERS) for kind, names in kinds.items() for name in names.split()}


def at(text: str) -> int:
    """Microseconds since 1970 of an ISO 8601 time in UTC."""
    return (time(text) - EPOCH) // timedelta(microseconds=1)


def time(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=UTC)


def frame(spark: SparkSession, cases: Iterable[Case], **common: Any) -> DataFrame:
    """A row a case; ``common`` fills what a case does not name. The type of a column goes by its name, else text."""
    rows = [common | case for case in cases]
    names = list(dict.fromkeys(name for row in rows for name in row))
    kinds = {name: KINDS.get(name.removeprefix("expected_"), "string") for name in names}
    values = [tuple(_typed(row.get(name), kind) for name, kind in kinds.items()) for row in rows]
    return spark.createDataFrame(values, ", ".join(f"`{name}` {kind}" for name, kind in kinds.items()))


def wrong(rows: DataFrame, *columns: str) -> list[str]:
    """What the cases found wrong in these columns, in words; empty where all is as expected."""
    differ = [~F.col(name).eqNullSafe(F.col(f"expected_{name}")) for name in columns]
    told = [
        F.when(condition, F.concat_ws(" ", F.lit(name), _shown(name), F.lit("and not"), _shown(f"expected_{name}")))
        for name, condition in zip(columns, differ, strict=True)
    ]
    found = rows.select(
        F.concat_ws(": ", "case", F.concat_ws("; ", *told)).alias("text"), F.concat_ws("", *told).alias("_told")
    )
    return [row["text"] for row in found.where("_told <> ''").collect()]


def beside(expected: DataFrame, actual: DataFrame, *key: str) -> DataFrame:
    """The rows made beside the rows expected of them, by key; a row too many is a case "not expected"."""
    own = ["case", *key, *[name for name in expected.columns if name.startswith("expected_")]]
    joined = expected.select(*own).join(actual.drop("case"), list(key), "full")
    others = [name for name in joined.columns if name != "case"]
    return joined.select(*others, F.coalesce("case", F.lit("not expected")).alias("case"))


def _shown(name: str) -> Any:
    return F.coalesce(F.to_json(F.struct(F.col(name).alias("is"))), F.lit("nothing"))


def _typed(value: Any, kind: str) -> Any:
    if isinstance(value, str | int) and kind.startswith("decimal"):
        return Decimal(value)
    if isinstance(value, str) and kind == "bigint":
        return at(value)
    if isinstance(value, str) and kind == "timestamp":
        return time(value)
    if isinstance(value, str) and kind == "date":
        return time(value).date()
    if isinstance(value, str) and kind == "array<string>":
        return value.split()
    return value
