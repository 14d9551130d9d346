"""Units to kW: every name of the table, energy by the interval, no unit, and V01, V04, V05."""

from collections.abc import Callable

from pyspark.sql import SparkSession

from meterlake.config import Config
from meterlake.silver.standardise import with_kw
from tests.cases import Case, frame, wrong

KW, CHECKS = ("kw", "unit_converted", "unit_inferred"), ("is_value_unreadable", "is_unit_unknown", "is_unit_ambiguous")


def case(value: str | None, unit: str | None, kw: str | None, converted: bool | None = False, **other: object) -> Case:
    expected = {"expected_kw": kw, "expected_unit_converted": converted}
    text = f"{value!r} {unit!r} {other.get('interval_minutes', '')}"
    return {"case": text, "raw_value": value, "raw_unit": unit, **expected, **other}


def test_every_unit_in_kw(spark: SparkSession, config: Config) -> None:
    cases = [
        *[case("2", unit, "2") for unit in ("kW", "KW", "kw", " kilowatt\t", "Kilowatts")],
        *[case("2000", unit, "2", True) for unit in ("W", "w", "watt", "WATTS")],
        *[case("0.002", unit, "2", True) for unit in ("MW", "Mw", "mw")],
        *[case("2", unit, "2") for unit in ("kWh", "KWH")],
        case("2000", "Wh", "2", True),
        case("0.002", "MWh", "2", True),
        case("0.5", "kWh", "2", True, interval_minutes=15),
        case("500", "Wh", "2", True, interval_minutes=15),
        case("0.0005", "MWh", "2", True, interval_minutes=15),
        case("0.1", "kWh", "6", True, interval_minutes=1),
        case("2", "kW", "2", interval_minutes=15),
    ]
    given = frame(spark, cases, meter_key=0, interval_minutes=60, expected_unit_inferred=False)
    assert wrong(with_kw(given, config.units, config.validation.value_limit), *KW) == []


def test_a_value_without_a_unit_goes_by_its_size(spark: SparkSession, config: Config) -> None:
    cases = [
        case("0", "", "0"),
        case("9.999999", None, "9.999999"),
        case("-9.999999", " \t", "-9.999999"),
        case("1000.000001", "", "1", True),
        case("-2000", "", "-2", True),
        case("10", "", None, None, expected_is_unit_ambiguous=True),
        case("-1000", "", None, None, expected_is_unit_ambiguous=True),
        case("9.9999999", "", "10"),
        case("much", "", None, None, expected_is_value_unreadable=True),
    ]
    common = {"meter_key": 0, "interval_minutes": 60, "expected_unit_inferred": True} | {
        f"expected_{c}": False for c in CHECKS
    }
    rows = with_kw(frame(spark, cases, **common), config.units, config.validation.value_limit)
    assert wrong(rows, *KW, *CHECKS) == []


def test_kw_is_exact_and_rounded_once_half_away_from_zero(spark: SparkSession, config: Config) -> None:
    cases = [
        case("0.0000005", "kW", "0.000001"),
        case("-0.0000005", "kW", "-0.000001"),
        case("0.00000049999", "kW", "0"),
        case("0.0005", "W", "0.000001", True),
        case("0.0004999999", "W", "0", True),
        case("0.000000125", "kWh", "0.000001", True, interval_minutes=15),
        case("123456789012.345678", "W", "123456789.012346", True),
        case("999999999999.999999", "kW", "999999999999.999999"),
    ]
    given = frame(spark, cases, meter_key=0, interval_minutes=60)
    assert wrong(with_kw(given, config.units, config.validation.value_limit), "kw", "unit_converted") == []


def test_what_cannot_be_read_has_no_kw(spark: SparkSession, config: Config) -> None:
    cases = [
        case("x", "kW", None, False, expected_is_value_unreadable=True),
        case("x", "W", None, True, expected_is_value_unreadable=True),
        case("1e12", "W", None, True, expected_is_value_unreadable=True),
        case("1e9", "MW", None, True, expected_is_value_unreadable=True),
        case("999999999", "MW", "999999999000", True),
        case("999999999999.9999999", "kW", None, False, expected_is_value_unreadable=True),
        case("5", "mW", None, None, expected_is_unit_unknown=True),
        case("5", "mWh", None, None, expected_is_unit_unknown=True),
        case("5", "hp", None, None, expected_is_unit_unknown=True),
        case("x", "hp", None, None, expected_is_value_unreadable=True, expected_is_unit_unknown=True),
        case("5", "W", None, True, meter_key=None, interval_minutes=None),
    ]
    common = {"meter_key": 0, "interval_minutes": 60} | {f"expected_{c}": False for c in CHECKS}
    rows = with_kw(frame(spark, cases, **common), config.units, config.validation.value_limit)
    assert wrong(rows, "kw", "unit_converted", *CHECKS) == []


def test_the_largest_unit_of_the_shortest_interval_ends_nothing(
    spark: SparkSession, make_config: Callable[..., Config]
) -> None:
    config = make_config("units.energy_kwh.twh=1000000000")
    cases = [
        case("999999999999", "TWh", None, True, expected_is_value_unreadable=True),
        case("-999999999999", "TWh", None, True, expected_is_value_unreadable=True),
        case("0.000001", "TWh", "60000", True, expected_is_value_unreadable=False),
    ]
    given = frame(spark, cases, meter_key=0, interval_minutes=1, expected_unit_inferred=False)
    assert wrong(with_kw(given, config.units, config.validation.value_limit), *KW, "is_value_unreadable") == []
