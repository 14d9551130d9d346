"""V01 to V10 and V14 of one reading by itself: each at its boundary, and none without its input."""

from collections.abc import Callable

from pyspark.sql import DataFrame, SparkSession

from meterlake.config import Config
from meterlake.silver.validate import is_rejected, with_checks
from tests.cases import Case, at, frame, wrong

HOUR = 3_600_000_000
NOON = at("2026-03-10T12:00")
FINE = {
    "meter_type": "house",
    "meter_key": 0,
    "interval_minutes": 60,
    "stamp_us": NOON,
    "read_us": NOON,
    "read_nanos": 0,
    "received_us": NOON + HOUR,
    "received_nanos": 0,
    "kw": "1",
    "registry_min_kw": None,
    "registry_max_kw": None,
    "active_from_us": None,
    "active_to_us": None,
    "is_value_unreadable": False,
    "is_unit_unknown": False,
    "is_unit_ambiguous": False,
    "is_off_grid": False,
    "expected_reasons": [],
    "expected_is_backdated": False,
}
GHOST = {"meter_key": None, "interval_minutes": None, "kw": None}


def case(name: str, reasons: str = "", late: bool = False, **given: object) -> Case:
    return {"case": name, "expected_reasons": reasons, "expected_is_backdated": late, **given}


def checked(spark: SparkSession, cases: list[Case], config: Config) -> DataFrame:
    return with_checks(frame(spark, cases, **FINE), config.validation)


def test_each_check_at_its_boundary(spark: SparkSession, config: Config) -> None:
    old = NOON + HOUR - 730 * 24 * HOUR
    cases = [
        case("fine"),
        case("value", "V01", is_value_unreadable=True, kw=None),
        case("time", "V02", stamp_us=None, read_us=None),
        case("unknown meter", "V03", **GHOST),
        case("at active_from", active_from_us=NOON),
        case("before active_from", "V03", active_from_us=NOON + 1),
        case("before active_to", active_to_us=NOON + 1),
        case("at active_to", "V03", active_to_us=NOON),
        case("unit", "V04", is_unit_unknown=True, kw=None),
        case("no unit", "V05", is_unit_ambiguous=True, kw=None),
        case("1 h ahead", received_us=NOON - HOUR),
        case("1 h and 1 ns ahead", "V06", received_us=NOON - HOUR, read_nanos=1),
        case("1 h late", received_us=NOON + 2 * HOUR),
        case("1 h and 1 ns late", late=True, received_us=NOON + 2 * HOUR, received_nanos=1),
        case("off the grid", "V08", is_off_grid=True),
        case("zero", kw="0"),
        case("negative", "V09", kw="-0.000001"),
        case("20 kW", kw="20"),
        case("above 20 kW", "V10", kw="20.000001"),
        case("730 days", late=True, read_us=old, stamp_us=old),
        case("730 days and 1 ns", "V14", late=True, read_us=old, stamp_us=old, received_nanos=1),
    ]
    assert wrong(checked(spark, cases, config), "reasons", "is_backdated") == []


def test_all_that_fail_are_recorded_and_none_without_its_input(spark: SparkSession, config: Config) -> None:
    cases = [
        case(
            "no value, time, unit",
            "V01 V02 V04",
            is_value_unreadable=True,
            stamp_us=None,
            read_us=None,
            is_unit_unknown=True,
            kw=None,
        ),
        case("unknown meter, future", "V03 V06", **GHOST, received_us=NOON - 2 * HOUR),
        case("unknown meter, late: its interval is unknown", "V03", **GHOST, received_us=NOON + 9 * HOUR),
        case("unknown meter, old", "V03 V14", **GHOST, received_us=NOON + 731 * 24 * HOUR),
        case("off the grid, negative, ended", "V03 V08 V09", is_off_grid=True, kw="-1", active_to_us=NOON),
        case("off the grid, high, late", "V08 V10", late=True, is_off_grid=True, kw="21", received_us=NOON + 9 * HOUR),
    ]
    assert wrong(checked(spark, cases, config), "reasons", "is_backdated") == []


def test_limits_are_the_meters_else_its_types_else_the_default(
    spark: SparkSession, make_config: Callable[..., Config]
) -> None:
    config = make_config("validation.max_kw_by_meter_type={shop: 100}")
    cases = [
        case("default", expected_min_kw="0", expected_max_kw="20"),
        case("by type", expected_min_kw="0", expected_max_kw="100", meter_type="shop", kw="100"),
        case(
            "its own",
            expected_min_kw="-5",
            expected_max_kw="5",
            meter_type="shop",
            kw="-5",
            registry_min_kw="-5",
            registry_max_kw="5",
        ),
        case("below its own", "V09", expected_min_kw="-5", expected_max_kw="20", kw="-5.000001", registry_min_kw="-5"),
        case("above its own", "V10", expected_min_kw="0", expected_max_kw="5", kw="5.000001", registry_max_kw="5"),
        case("no type", expected_min_kw="0", expected_max_kw="20", meter_type=None),
    ]
    assert wrong(checked(spark, cases, config), "min_kw", "max_kw", "reasons") == []


def test_a_backfill_does_not_ask_when_a_reading_came(spark: SparkSession, make_config: Callable[..., Config]) -> None:
    cases = [
        case("future", received_us=NOON - 9 * HOUR),
        case("late", received_us=NOON + 9 * HOUR),
        case("old", received_us=NOON + 731 * 24 * HOUR),
        case("and negative", "V09", kw="-1", received_us=NOON + 9 * HOUR),
    ]
    rows = checked(spark, cases, make_config("validation.check_arrival=false"))
    assert wrong(rows, "reasons", "is_backdated") == []


def test_an_unknown_meter_or_a_negative_value_is_final(spark: SparkSession) -> None:
    final = {"": False, "V01": False, "V03": True, "V09": True, "V03 V04": True, "V08 V10": False, "V08 V09": True}
    cases = [
        {"case": ids, "reasons": ids, "expected_is_final": str(is_final).lower()} for ids, is_final in final.items()
    ]
    rows = frame(spark, cases).select("*", is_rejected().cast("string").alias("is_final"))
    assert wrong(rows, "is_final") == []


def test_limits_of_any_size_and_fineness(spark: SparkSession, make_config: Callable[..., Config]) -> None:
    """A limit that nothing reaches switches V10 off; one between two millionths tells them apart."""
    off = make_config("validation.max_kw=1e12", "validation.min_kw=-1000000000000")
    cases = [case("much", kw="999999999999.999999"), case("little", kw="-999999999999.999999")]
    assert wrong(checked(spark, cases, off), "reasons") == []
    fine = make_config("validation.max_kw=20.0000005", "validation.max_kw_by_meter_type={shop: 3.0000005}")
    cases = [
        case("below", kw="20"),
        case("above", "V10", kw="20.000001"),
        case("a shop's, below", kw="3", meter_type="shop"),
        case("a shop's, above", "V10", kw="3.000001", meter_type="shop"),
    ]
    assert wrong(checked(spark, cases, fine), "reasons") == []
