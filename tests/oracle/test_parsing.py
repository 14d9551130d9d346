"""Times, numbers, units and rounding by hand (fine print 8 to 11, section 3)."""

from datetime import UTC, date, datetime
from decimal import Decimal
from fractions import Fraction

import pytest

from .clock import HOUR, MINUTE, Clock, nanoseconds, utc, zone
from .exact import decimal6, millionths, root_millionths
from .parsing import Unit, instant, parse_number, parse_stamp, unit_of
from .settings import Settings


def read(text: str, tz: str = "UTC", later: bool = False) -> datetime | None:
    """A stamp as the instant that it names."""
    stamp = parse_stamp(text)
    found = None if stamp is None else instant(stamp, zone(tz), later)
    return None if found is None else utc(found)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("2024-03-15T14:00", (2024, 3, 15, 14)),
        ("2024-03-15 14:00:00Z", (2024, 3, 15, 14)),
        ("2024-03-15T14:00:00+05:30", (2024, 3, 15, 8, 30)),
        ("2024-03-15T14:00-0330", (2024, 3, 15, 17, 30)),
        ("2024-03-15T14:00+02", (2024, 3, 15, 12)),
        ("2024-03-15T14:00+18:59", (2024, 3, 14, 19, 1)),
        ("2024-03-15T14:00:00.1234567", (2024, 3, 15, 14, 0, 0, 123456)),  # truncated to microseconds when stored
        ("0000-12-31T23:30-01:00", (1, 1, 1, 0, 30)),  # year 1 in UTC
    ],
)
def test_times(text: str, expected: tuple[int, ...]) -> None:
    """Fine print 8: the forms of a time."""
    assert read(text) == datetime(*expected, tzinfo=UTC)


@pytest.mark.parametrize(
    "text",
    [
        "2024-03-15",
        "2024-03-15T24:00",
        "2024-03-15T23:60",
        "2024-03-15T23:59:60",
        "1710511200",
        "2024-02-30T00:00",
        "2023-02-29T00:00",
        "2024-03-15t14:00",
        "2024-03-15T14:00z",
        "2024-03-15T14:00 Z",
        "2024-03-15T14:00.5",
        "2024-03-15T14:00:00.",
        "2024-03-15T14:00:00.1234567891",
        "2024-03-15T14:00+19:00",
        "2024-03-15T14:00+02:60",
        "2024-03-15T14:00+2",
        "9999-12-31T23:30-01:00",  # year 10000 in UTC
        "0001-01-01T00:30+01:00",  # year 0 in UTC
        "٢٠٢٤-03-15T14:00",  # no ASCII digits
    ],
)
def test_no_times(text: str) -> None:
    """V02: everything else."""
    assert read(text) is None


def test_nanoseconds_are_kept() -> None:
    """Fine print 8: nine digits of a fraction, though only six are stored."""
    first, second = parse_stamp("2024-03-15T14:00:00.000000001"), parse_stamp("2024-03-15T14:00:00.000000002")
    assert second.wall - first.wall == 1


def test_local_clocks() -> None:
    """Berlin 2024: 02:30 of 31 March never was; that of 27 October was at 00:30Z and at 01:30Z."""
    assert read("2024-03-31T02:30", "Europe/Berlin") is None
    assert read("2024-03-31T03:00", "Europe/Berlin") == datetime(2024, 3, 31, 1, tzinfo=UTC)
    assert read("2024-10-27T02:30", "Europe/Berlin") == datetime(2024, 10, 27, 0, 30, tzinfo=UTC)
    assert read("2024-10-27T02:30", "Europe/Berlin", later=True) == datetime(2024, 10, 27, 1, 30, tzinfo=UTC)
    assert read("2024-10-27T03:00", "Europe/Berlin", later=True) == datetime(2024, 10, 27, 2, tzinfo=UTC)
    assert read("2024-10-27T02:30+02:00", "Europe/Berlin", later=True) == datetime(2024, 10, 27, 0, 30, tzinfo=UTC)
    assert read("2024-10-27T02:30", "-03:30") == datetime(2024, 10, 27, 6, tzinfo=UTC)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("1.50", "3/2"),
        ("+.5", "1/2"),
        ("5.", "5"),
        ("-1e3", "-1000"),
        ("12E-1", "6/5"),
        ("-0.0", "0"),
        ("0e999999999999", "0"),
        ("1e-999999999999", "0"),  # digits past the 18th decimal may be cut
        ("1e99999999999", str(10**60)),  # far beyond any limit
        ("0." + "0" * 70 + "1e71", "1"),
    ],
)
def test_numbers(text: str, expected: str) -> None:
    """Fine print 9: a number is exact."""
    assert parse_number(text) == Fraction(expected)


@pytest.mark.parametrize(
    "text", ["", ".", "+", "1,5", "1e", "e1", "1e1.5", "0x1", "1_0", "NaN", "inf", "١", "1 0", "--1"]
)
def test_no_numbers(text: str) -> None:
    """V01: everything else."""
    assert parse_number(text) is None


def test_units() -> None:
    """Section 3, V04, V05: the factor to kW at 15 minutes, and what a blank unit is taken for."""
    settings = Settings()

    def factor(text: str, value: str = "1", minutes: int | None = 15) -> Unit:
        return unit_of(text, Fraction(value), minutes, settings)

    assert factor("KiloWatts").factor == 1
    assert factor("w").factor == Fraction(1, 1000)
    assert factor("Mw").factor == factor("mw").factor == 1000  # only "mW" as written is milli
    assert factor("kWh").factor == 4  # 1 kWh in a quarter of an hour is 4 kW
    assert factor("WH").factor == Fraction(4, 1000)
    assert factor("mwh").factor == 4000
    assert factor("kWh", minutes=60).factor == 1
    assert factor("kWh", minutes=None) == Unit(None)  # an unknown meter has no interval
    assert factor("mW").is_unknown
    assert factor("mWh").is_unknown
    assert factor("kVA").is_unknown
    assert factor("", "-9.999") == Unit(Fraction(1), is_inferred=True)
    assert factor("", "10") == factor("", "-1000") == Unit(is_ambiguous=True, is_inferred=True)
    assert factor("", "1000.1") == Unit(Fraction(1, 1000), is_inferred=True)
    assert unit_of("", None, 15, settings) == Unit(is_inferred=True)  # an unreadable value: no factor, no V05


def test_rounding() -> None:
    """Fine print 10: once, from the exact value, ties away from zero."""
    assert millionths(Fraction("0.0000005")) == 1
    assert millionths(Fraction("-0.0000005")) == -1
    assert millionths(Fraction("0.00000049999")) == 0
    assert decimal6(-1250000) == Decimal("-1.25")
    assert str(decimal6(0)) == "0.000000"
    assert root_millionths(Fraction(2)) == 1414214  # 1.41421356...
    assert root_millionths(Fraction("0.0000005") ** 2) == 1  # a tie


def test_grid() -> None:
    """Section 2, fine print 11, 19: an hourly grid at +05:30 lies on the half hours of UTC."""
    kolkata = Clock("Asia/Kolkata", None)
    noon = nanoseconds(datetime(2024, 3, 4, 12, tzinfo=UTC))
    assert kolkata.first_grid_point(noon, HOUR) == noon + 30 * MINUTE
    assert kolkata.hour_of(noon) == noon - 30 * MINUTE
    assert kolkata.nearest_grid_point(noon - MINUTE, HOUR) == noon - 30 * MINUTE
    assert Clock("Australia/Lord_Howe", None).offset == 630 * MINUTE  # the smaller of +10:30 and +11
    assert Clock("Europe/Dublin", None).offset == 0
    assert Clock("Europe/Berlin", 0).offset == 0  # configured


def test_local_days() -> None:
    """A local day has 23, 24 or 25 hours; where clocks skip midnight it starts at 01:00."""
    berlin = Clock("Europe/Berlin", None)

    def hours_of(clock: Clock, day: date) -> int:
        return clock.grid_points(clock.day_start(day), clock.day_end(day), HOUR)

    assert [hours_of(berlin, date(2024, 3, day)) for day in (30, 31)] == [24, 23]
    assert hours_of(berlin, date(2024, 10, 27)) == 25
    sao_paulo = Clock("America/Sao_Paulo", None)
    assert utc(sao_paulo.day_start(date(2018, 11, 4))) == datetime(2018, 11, 4, 3, tzinfo=UTC)  # 01:00 at -02:00
    assert hours_of(sao_paulo, date(2018, 11, 4)) == 23
    assert berlin.date_of(nanoseconds(datetime(2024, 3, 30, 23, tzinfo=UTC))) == date(2024, 3, 31)
