"""CSV files as a head-end delivers them, so many of such a size, and the registry that the job asks for."""

import argparse
from dataclasses import dataclass
from pathlib import Path

import duckdb

_LINE_BYTES = 42  # MTR-0000001,2023-01-01T00:00:00Z,1.234,kW
_METERS = "meter_id,meter_type,interval_minutes,neighbourhood_id\nMTR-0000000,residential,60,N1\n"


@dataclass(frozen=True)
class Delivery:
    """``files`` of ``kilobytes`` each, spread over the hours of a day; every line of every file is another."""

    name: str
    files: int
    kilobytes: int

    @property
    def lines(self) -> int:
        return max(1, self.kilobytes * 1000 // _LINE_BYTES)


def of(options: argparse.Namespace) -> list[Delivery]:
    """What the command line asks for."""
    return [
        Delivery("large files", options.files, options.mb * 1000),
        Delivery("small files", options.small_files, options.small_kb),
    ]


def write(delivery: Delivery, folder: Path) -> None:
    """landing/ and reference/ below the folder, where they are not there yet."""
    done = folder / "reference" / "meters.csv"
    if done.exists():
        return
    connection = duckdb.connect()
    for number in range(delivery.files):
        place = folder / "landing" / "raw" / "2023" / "01" / "01" / f"{number % 24:02}" / f"head-end-{number:06}.csv"
        place.parent.mkdir(parents=True, exist_ok=True)
        first = number * delivery.lines
        connection.execute(f"""
            COPY (
              SELECT printf('MTR-%07d', {first} + i) AS meter_id, '2023-01-01T{number % 24:02}:00:00Z' AS timestamp,
                printf('%.3f', 0.2 + (hash({first} + i) % 2000) / 1000) AS value, 'kW' AS unit
              FROM range({delivery.lines}) t(i)
            ) TO '{place}' (FORMAT csv, HEADER true)""")
    connection.close()
    done.parent.mkdir(parents=True, exist_ok=True)
    done.write_text(_METERS)
