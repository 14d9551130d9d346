"""Gold: hourly load, the peaks of each day, and the daily figures."""

from meterlake.tables.table import (
    COUNTS,
    DATE,
    DOUBLE,
    INT,
    KW,
    LONG,
    SUM,
    TEXT,
    TIME,
    Table,
)

HOURLY_LOAD = Table(
    "gold",
    "hourly_load",
    (
        ("hour", TIME, "start of the grid's hour, UTC"),
        ("meter_type", TEXT, ""),
        ("total_kw", SUM, "kW, sum over meters of their mean in the hour"),
        ("mean_kw", KW, "kW per meter"),
        ("min_kw", KW, "kW"),
        ("max_kw", KW, "kW"),
        ("stddev_kw", DOUBLE, "kW, population standard deviation over meters"),
        ("energy_kwh", SUM, "kWh"),
        ("meters_reporting", LONG, "meters with a usable reading in the hour"),
        ("meters_expected", LONG, "meters with a grid point in the hour while active"),
        ("coverage", DOUBLE, "reporting ÷ expected"),
    ),
    key=("hour", "meter_type"),
)
PEAK_PERIODS = Table(
    "gold",
    "peak_periods",
    (
        ("local_date", DATE, ""),
        ("rank", INT, "1 is the highest adjusted load"),
        ("hour", TIME, "start of the hour, UTC"),
        ("load_kwh", SUM, "kWh of all meter types"),
        ("season", TEXT, "summer, winter, none"),
        ("seasonal_kwh", SUM, "kWh that the weather explains"),
        ("adjusted_load_kwh", SUM, "load less the seasonal part"),
        ("rank_unadjusted", INT, "among the same candidates, by load"),
    ),
    key=("local_date", "rank"),
)
PEAK_EXCLUSIONS = Table(
    "gold",
    "peak_exclusions",
    (
        ("local_date", DATE, ""),
        ("hour", TIME, "start of the hour, UTC"),
        ("reason", TEXT, "public_holiday, extreme_heat, extreme_cold, grid_maintenance"),
        ("load_kwh", SUM, "kWh"),
    ),
    key=("local_date", "hour", "reason"),
)
DAILY_CONSUMPTION = Table(
    "gold",
    "daily_consumption",
    (
        ("local_date", DATE, ""),
        ("meter_id", TEXT, ""),
        ("energy_kwh", SUM, "kWh of usable readings"),
        ("peak_kw", KW, "kW"),
        ("share_observed", DOUBLE, "of the expected intervals"),
        ("share_interpolated", DOUBLE, "of the expected intervals"),
        ("share_missing", DOUBLE, "the rest"),
        ("mean_score", KW, "points"),
        ("lowest_score", INT, "points"),
    ),
    key=("local_date", "meter_id"),
    partitions=("local_date",),
)
DAILY_QUALITY = Table(
    "gold",
    "daily_quality",
    (
        ("local_date", DATE, ""),
        ("expected", LONG, "intervals of all meters while active"),
        ("observed", LONG, "accepted readings, before low quality is set aside"),
        ("completeness", DOUBLE, "observed ÷ expected"),
        ("accuracy", DOUBLE, "share of accepted readings that scored 70 or more"),
        ("freshness_p95_minutes", DOUBLE, "minutes from the interval's end to received_at; empty: none of its own"),
        ("rule_counts", COUNTS, "readings per rule id"),
        ("tier_counts", COUNTS, "scored rows per tier"),
    ),
    key=("local_date",),
)
