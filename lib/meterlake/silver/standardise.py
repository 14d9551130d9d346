"""Unit standardisation: any unit of the table to kW, exactly, rounded once. V01, V04, V05."""

from decimal import Decimal

from pyspark.sql import Column, DataFrame
from pyspark.sql import functions as F

from meterlake.config import UnitsConfig
from meterlake.silver.instants import trimmed
from meterlake.silver.numbers import number

_WIDE = "decimal(27,6)"
_KILO, _ONE = Decimal("0.001"), Decimal(1)


def with_kw(readings: DataFrame, rule: UnitsConfig, value_limit: Decimal) -> DataFrame:
    """Adds kw DECIMAL(18,6), unit_converted, unit_inferred and the checks is_value_unreadable (V01),
    is_unit_unknown (V04), is_unit_ambiguous (V05).

    Needs raw_value, raw_unit, meter_key, interval_minutes. Energy is divided by the interval's hours. kw is empty
    for an unknown meter, an unknown unit, and from 10^12 on; unit_converted is empty where the factor is unknown.
    1250 W is 1.250000 kW, converted; 0.5 kWh of a quarter-hour meter is 2.000000 kW, converted; 7 without a unit
    is 7 kW, inferred.
    """
    sent = number(trimmed(F.col("raw_value")))
    valued = readings.select(
        "*",
        F.when(F.abs(sent) < F.lit(value_limit), sent).alias("_value"),
        trimmed(F.col("raw_unit")).alias("_unit"),
    )
    grouped = valued.select("*", _unit_group(rule).alias("_group"))
    groups = _groups(rule)
    wide = grouped.select(
        "*",
        _by_group(groups, _kw).alias("_kw"),
        _by_group(groups, _is_converted).alias("unit_converted"),
    )
    kw = F.when(F.col("meter_key").isNotNull(), F.col("_kw"))
    too_large = F.coalesce(F.abs(kw) >= F.lit(value_limit), F.lit(False))
    size = F.abs("_value")
    return wide.select(
        *readings.columns,
        F.when(~too_large, kw.try_cast("decimal(18,6)")).alias("kw"),
        "unit_converted",
        (F.col("_unit") == "").alias("unit_inferred"),
        (F.col("_value").isNull() | too_large).alias("is_value_unreadable"),
        ((F.col("_unit") != "") & F.col("_group").isNull()).alias("is_unit_unknown"),
        F.coalesce(
            (F.col("_unit") == "")
            & size.between(F.lit(rule.no_unit_is_kw_below), F.lit(rule.no_unit_is_w_above)),
            F.lit(False),
        ).alias("is_unit_ambiguous"),
    )


Group = tuple[str, Decimal]


def _groups(rule: UnitsConfig) -> dict[Group, list[str]]:
    """Unit names by kind and factor, so that each way to calculate stands in the plan once."""
    groups: dict[Group, list[str]] = {("power", _ONE): [], ("power", _KILO): []}
    for kind, table in (("power", rule.power_kw), ("energy", rule.energy_kwh)):
        for name, factor in table.items():
            groups.setdefault((kind, factor.normalize()), []).append(name.lower())
    return {(kind, factor): names for (kind, factor), names in groups.items()}


def _unit_group(rule: UnitsConfig) -> Column:
    """The number of the row's group, empty where the unit is unknown or cannot be inferred."""
    groups = list(_groups(rule).items())
    name = F.lower("_unit")
    is_unit = ~F.col("_unit").isin(list(rule.unknown_as_written))
    size = F.abs("_value")
    group = F.when((name == "") & (size < F.lit(rule.no_unit_is_kw_below)), 0)
    group = group.when((name == "") & (size > F.lit(rule.no_unit_is_w_above)), 1)
    for number_of_group, (_, names) in enumerate(groups):
        if names:
            group = group.when(is_unit & name.isin(names), number_of_group)
    return group


def _by_group(groups: dict[Group, list[str]], what) -> Column:
    result = None
    for number_of_group, (kind, factor) in enumerate(groups):
        condition = F.col("_group") == number_of_group
        value = what(kind, factor)
        result = F.when(condition, value) if result is None else result.when(condition, value)
    return result


def _kw(kind: str, factor: Decimal) -> Column:
    """kW, unrounded products of at most 38 digits, then rounded once, half away from zero."""
    exact = F.col("_value") if factor == 1 else F.col("_value") * F.lit(Decimal(f"{factor:f}"))
    if kind == "energy":
        exact = exact * (F.lit(60) / F.col("interval_minutes")).cast("decimal(2,0)")
    return F.round(exact, 6).cast(_WIDE)


def _is_converted(kind: str, factor: Decimal) -> Column:
    if kind == "power":
        return F.lit(factor != 1)
    return F.lit(Decimal(f"{factor:f}") * 60) != F.col("interval_minutes")
