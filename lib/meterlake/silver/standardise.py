"""Unit standardisation: any unit of the table to kW, exactly, rounded once. V01, V04, V05."""

from collections.abc import Callable
from decimal import Decimal

from pyspark.sql import Column, DataFrame
from pyspark.sql import functions as F

from meterlake.config import UnitsConfig
from meterlake.instants import trimmed
from meterlake.silver.numbers import number

_WIDE = "decimal(30,6)"  # the largest value, factor and hours of the shortest interval: 6·10^22
_SHORT = r"^[+-]?\d{1,9}(\.\d{1,6})?\z"
_KILO, _ONE = Decimal("0.001"), Decimal(1)
_KW, _W = 0, 1  # positions in _groups


def with_kw(readings: DataFrame, rule: UnitsConfig, value_limit: Decimal) -> DataFrame:
    """Adds kw DECIMAL(18,6), unit_converted, unit_inferred and the checks is_value_unreadable (V01),
    is_unit_unknown (V04), is_unit_ambiguous (V05).

    Needs raw_value, raw_unit, meter_key, interval_minutes. Energy is divided by the interval's hours. kw is empty
    for an unknown meter, an unknown unit, and from 10^12 on; unit_converted is empty where the factor is unknown.
    1250 W is 1.250000 kW, converted; 0.5 kWh of a quarter-hour meter is 2.000000 kW, converted; 7 without a unit
    is 7 kW, inferred.
    """
    texts = readings.select("*", trimmed(F.col("raw_value")).alias("_text"), trimmed(F.col("raw_unit")).alias("_unit"))
    named = texts.select("*", _group_of_name(rule).alias("_named"), _is_kw_as_sent(value_limit).alias("_is_short"))
    valued = named.select("*", _value(value_limit).alias("_value"))
    grouped = valued.select("*", F.coalesce("_named", _group_of_size(rule)).alias("_group"))
    groups = _groups(rule)
    wide = grouped.select(
        "*", _by_group(groups, _kw).alias("_kw"), _by_group(groups, _is_converted).alias("_converted")
    )
    is_registered = F.col("meter_key").isNotNull()
    too_large = F.coalesce(is_registered & (F.abs("_kw") >= F.lit(value_limit)), F.lit(False))
    size = F.abs("_value")
    return wide.select(
        *readings.columns,
        F.when(is_registered & _is_direct(), F.col("_text").try_cast("decimal(18,6)"))
        .when(is_registered & ~too_large, F.col("_kw").try_cast("decimal(18,6)"))
        .alias("kw"),
        F.col("_converted").alias("unit_converted"),
        (F.col("_unit") == "").alias("unit_inferred"),
        (~_is_direct() & (F.col("_value").isNull() | too_large)).alias("is_value_unreadable"),
        ((F.col("_unit") != "") & F.col("_group").isNull()).alias("is_unit_unknown"),
        F.coalesce(
            (F.col("_unit") == "") & size.between(F.lit(rule.no_unit_is_kw_below), F.lit(rule.no_unit_is_w_above)),
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


def _group_of_name(rule: UnitsConfig) -> Column:
    """The number of the unit's group, empty where the unit is missing or unknown."""
    # kW stands first: the groups after it are asked about few rows.
    group = F.when(F.col("_unit").isin(list(rule.unknown_as_written)), None)
    for position, names in enumerate(_groups(rule).values()):
        if names:
            group = group.when(F.lower("_unit").isin(names), position)
    return group.cast("int")


def _group_of_size(rule: UnitsConfig) -> Column:
    """Without a unit: kW below 10 in size, W above 1000."""
    size, no_unit = F.abs("_value"), F.col("_unit") == ""
    is_kw = no_unit & (size < F.lit(rule.no_unit_is_kw_below))
    return F.when(is_kw, _KW).when(no_unit & (size > F.lit(rule.no_unit_is_w_above)), _W)


def _is_kw_as_sent(value_limit: Decimal) -> Column:
    """Digits that DECIMAL(18,6) holds as they stand, far below the limit: no wider arithmetic is needed in kW."""
    return F.col("_text").rlike(_SHORT) & F.lit(value_limit >= 10**9)


def _is_direct() -> Column:
    """What nearly all readings are: a short number of kW."""
    return F.col("_is_short") & F.coalesce(F.col("_named") == _KW, F.lit(False))


def _value(value_limit: Decimal) -> Column:
    """The value as sent, empty where it is unreadable, and where the short way makes it needless."""
    sent = number(F.col("_text"))
    return F.when(~_is_direct(), F.when(F.abs(sent) < F.lit(value_limit), sent))


def _by_group(groups: dict[Group, list[str]], what: Callable[[str, Decimal], Column]) -> Column:
    result = F.lit(None)
    for position, (kind, factor) in enumerate(groups):
        result = F.when(F.col("_group") == position, what(kind, factor)).otherwise(result)
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
