"""A landing to work by hand: meter M1 with one of nearly everything on 15 March 2024, M2 stuck for a day."""

import argparse
from pathlib import Path

from meterlake.config import Config, load
from meterlake.explain.command import add_arguments
from tests.conftest import SMALL_SPARK

METERS = """\
meter_id,meter_type,interval_minutes,neighbourhood_id,max_kw,min_kw,active_from,active_to
M1,residential,60,north,,,2024-03-15,
M2,residential,60,,10,,,
"""
VACANCIES = """\
meter_id,from,to
M1,2024-04-01,2024-04-08
"""
# Landing hour of 15 March: lines that arrived in it. What each is for stands behind it.
BY_HOUR = {
    0: ["' M1 ',2024-03-15T00:00,1.0,kW"],  # blanks around an id are not part of it
    1: ["M1,2024-03-15T01:00,1250,W"],  # 1.25 kW, converted
    2: ["M1,2024-03-15T02:00,25.3,kW"],  # V10, filled: (1.25 + 1.5) / 2 = 1.375
    3: ["M1,2024-03-15T03:00,1.5,kW"],
    4: ["M1,2024-03-15T04:00,1.5,kW"],  # corrected an hour later
    5: ["M1,2024-03-15T04:00,1.6,kW"],
    6: ["M1,2024-03-15T06:00,abc,kW"],  # V01, filled: 1.5
    7: ["M1,2024-03-15T07:00,1.5,kW"],
    8: ["M1,2024-03-15T07:00,1.5,kW", "M1,2024-03-15T08:00,0.1,kW"],  # delivered again; V12: 0.1 < 0.1 × 1.5
    9: ["M1,2024-03-15,1.5,kW", "M1,2024-03-15T09:00,-1,kW"],  # V02: a mere date; V09
    10: ["ghost,2024-03-15T10:00,1.0,kW"],  # V03
    15: ["M1,2024-03-15T15:00,1.0,kW"],  # before it six hours are missing: 09:00 to 15:00
}
OWN_RECEIVED = "M1,2024-03-15T05:00,1.5,kW,2024-03-15T09:10:00Z"  # its interval ended at 06:00: V07, 3 h 10 min late
STUCK = [f"M2,2024-03-14T{hour:02}:00,2.0,kW" for hour in range(24)]  # F02: 24 h

DAY = ("--from", "2024-03-15", "--to", "2024-03-16")


def asked(*argv: str) -> argparse.Namespace:
    """The command line's own options."""
    parser = argparse.ArgumentParser()
    add_arguments(parser)
    return parser.parse_args(argv)


def lay_out(root: Path, *overrides: str) -> Config:
    """Writes the landing and the registry below a folder; the configuration that reads them."""
    for hour, lines in BY_HOUR.items():
        _write(root, f"15/{hour:02}/amr.csv", ["meter_id,timestamp,value,unit", *lines])
    _write(root, "15/09/own.csv", ["meter_id,timestamp,value,unit,received_at", OWN_RECEIVED])
    for hour, line in enumerate(STUCK):
        _write(root, f"14/{hour:02}/amr.csv", ["meter_id,timestamp,value,unit", line])
    (root / "reference").mkdir()
    (root / "reference" / "meters.csv").write_text(METERS)
    (root / "reference" / "vacancies.csv").write_text(VACANCIES)
    return load([], [*SMALL_SPARK, *(f"storage.{name}={root / name}" for name in _FOLDERS), *overrides])


_FOLDERS = ("landing", "reference", "warehouse")


def _write(root: Path, place: str, lines: list[str]) -> None:
    file = root / "landing" / "raw" / "2024" / "03" / place
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_text("".join(f"{line}\n".replace("'", "") for line in lines))
