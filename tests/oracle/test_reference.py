"""The reference tables by hand: what a row means, and which loads fail (section 1, fine print 12)."""

from datetime import UTC, datetime
from fractions import Fraction
from pathlib import Path

import pytest

from .clock import nanoseconds
from .given import METERS, put
from .reference import Period, ReferenceError, load_reference
from .settings import Settings


def instant(*parts: int) -> int:
    """A UTC time in nanoseconds."""
    return nanoseconds(datetime(*parts, tzinfo=UTC))


def test_typed_rows(tmp_path: Path) -> None:
    """Blanks are ignored, an empty interval is 60 min, an empty neighbourhood none, a mere date its 00:00 local."""
    put(tmp_path, "meters.csv", f"\ufeff{METERS}\r\n m , home ,,\t, 5.5 ,-1,2024-07-01, 2024-07-02T00:00+02:00\r\n\r\n")
    put(tmp_path, "vacancies.csv", "to,meter_id,from\n,m,2024-07-01 10:00\n")
    put(tmp_path, "weather.csv", "region,hour,temperature_c\nnorth,2024-07-01T10:00Z,-2.50\n")
    put(tmp_path, "grid_maintenance.csv", "from,to,region\n2024-07-01T10:30,2024-07-01T11:30,\n")
    found = load_reference(tmp_path, Settings(time_zone="Europe/Berlin"))
    meter = found.meters["m"]
    assert (meter.meter_type, meter.interval_minutes, meter.neighbourhood_id) == ("home", 60, None)
    assert (meter.max_kw, meter.min_kw) == (Fraction("5.5"), -1)
    assert meter.active == Period(instant(2024, 6, 30, 22), instant(2024, 7, 1, 22))
    assert found.vacancies["m"] == [Period(instant(2024, 7, 1, 10), None)]  # without an offset: UTC
    assert found.weather["north", instant(2024, 7, 1, 10)] == Fraction("-2.5")
    assert found.maintenance[0].region is None


def test_optional_columns_and_tables(tmp_path: Path) -> None:
    """Only the four columns of the registry must be there, and only the registry."""
    put(tmp_path, "meters.csv", "neighbourhood_id,interval_minutes,meter_type,meter_id\nN,15,home,m")
    found = load_reference(tmp_path, Settings(max_kw=Fraction(7)))
    assert found.meters["m"].active == Period(None, None)
    assert (found.meters["m"].max_kw, found.meters["m"].min_kw) == (7, 0)
    assert found.weather == {}


@pytest.mark.parametrize(
    ("name", "content", "rows"),
    [
        ("meters", f"{METERS}\nm,home,7,,,,,\nn,home,60,,,,,\no,home,15.0,,,,,", ["row 2", "row 4"]),
        ("meters", f"{METERS}\nm,home,60,,,,,\n m,home,60,,,,,", ["row 3"]),  # meter_id twice
        ("meters", f"{METERS}\nm,home,60,,many,,,", ["row 2"]),
        ("meters", f"{METERS}\nm,home,60,,,,soon,", ["row 2"]),
        ("meters", f"{METERS}\nm,home,60,,,,2024-01-02,2024-01-01", ["row 2"]),
        ("meters", f"{METERS}\nm,home,60,", ["row 2"]),  # too few fields
        ("meters", "meter_id,meter_type\nm,home", ["interval_minutes"]),  # the header
        ("vacancies", "meter_id,from,to\nm,,2024-01-01", ["row 2"]),
        ("weather", "region,hour,temperature_c\nn,2024-01-01T00:00,1\nn,2024-01-01T00:00Z,2", ["row 3"]),
        ("weather", "region,hour,temperature_c\nn,2024-01-01T00:00,", ["row 2"]),
        ("grid_maintenance", "from,to\n2024-01-01T24:00,", ["row 2"]),
    ],
)
def test_bad_tables(tmp_path: Path, name: str, content: str, rows: list[str]) -> None:
    """A row that cannot be read, or a key twice, fails the load with the rows named."""
    put(tmp_path, "meters.csv", METERS)
    put(tmp_path, f"{name}.csv", content)
    with pytest.raises(ReferenceError, match=f"{name}.csv.*" + ".*".join(rows)):
        load_reference(tmp_path, Settings())


def test_no_registry(tmp_path: Path) -> None:
    """meters.csv must exist."""
    with pytest.raises(ReferenceError):
        load_reference(tmp_path, Settings())
