"""What silver takes beside the CSV that it came from: `python -m bench.storage --warehouse W`.

The CSV is counted from bronze.readings, a line a reading as the default source has it: four fields, three commas, and
a line feed. Of each table of silver the files of its newest version are counted.
"""

import argparse
from pathlib import Path
from typing import Any

import duckdb

from bench import equal, results
from meterlake import tables

# What an analyst or a data scientist reads; the others are silver's memory of what it has judged.
PUBLISHED = ("readings", "quarantine", "gaps", "faults")
_LINE = " + ".join(f"strlen({name})" for name in ("meter_id", "read_at", "value", "unit")) + " + 4"


def landed(warehouse: Path) -> tuple[int, int]:
    """Readings of bronze, and the bytes of their lines."""
    files = equal.bronze_files(warehouse)["readings"]
    sums = duckdb.sql(f"SELECT count(*), sum({_LINE}) FROM read_parquet($files)", params={"files": files})
    [(rows, size)] = sums.fetchall()
    return int(rows), int(size)


def taken(table: Path) -> tuple[int, int]:
    """Files of a table and their bytes."""
    sizes = [Path(name).stat().st_size for name in equal.delta_files(table)]
    return len(sizes), sum(sizes)


def main() -> None:
    parser = argparse.ArgumentParser(prog="bench.storage", description=__doc__)
    parser.add_argument("--warehouse", type=Path, required=True)
    parser.add_argument("--name", default="storage", help="of the result file")
    options = parser.parse_args()
    rows, csv = landed(options.warehouse)
    lines: list[dict[str, Any]] = []
    for table in tables.ALL:
        if table.layer == "silver":
            files, size = taken(options.warehouse / "silver" / table.name)
            lines.append({"name": table.full_name, "files": files, "bytes": size, "of_csv": round(size / csv, 4)})
    published = sum(line["bytes"] for line in lines if line["name"].removeprefix("silver.") in PUBLISHED)
    total = sum(line["bytes"] for line in lines)
    for name, size in (("the four published", published), ("all of silver", total)):
        lines.append({"name": name, "bytes": size, "of_csv": round(size / csv, 4)})
    results.save("storage", options.name, {"readings": rows, "csv_bytes": csv}, {}, lines)
    for line in lines:
        print(f"{line['name']:30} {line['bytes']:>15,} bytes  {line['of_csv']:.1%} of the CSV")


if __name__ == "__main__":
    main()
