"""Silver in DuckDB, written as one who knows DuckDB would write it for exactly the readings that are generated here.

What it is given: 2 threads and the memory that Spark's driver gets, a folder to spill to, freedom to reorder rows; the
Parquet files of the bronze tables as they are, read once for the work (and a few columns twice more); dense integer
keys for meters and files, kW as whole millionths, rule ids as bits, one sorted window over a meter's readings, ranking
only where an interval came twice, weekly sums by range frames over daily sums, texts joined back while writing.
Output is Parquet with zstd: silver.readings in folders by read_date and meter_type like Meterlake's, or (``plain``)
in a few large files, which is the quickest that it can do.

What it need not do, and Meterlake does: stamps with offsets or fractions, numbers beyond DECIMAL(18,6) or with an
exponent, blanks around fields, sources of their own shape, time zones other than UTC, settings (all numbers are in
the text), counts per rule and arrival delays for gold, an audit that balances, transactions, a table's history.
"""

import time
from collections.abc import Mapping
from pathlib import Path

import duckdb

SQL = Path(__file__).with_name("duckdb_sql")
LAYOUTS = {
    "like ours": "PARTITION_BY (read_date, meter_type), WRITE_PARTITION_COLUMNS true",
    "plain": "PER_THREAD_OUTPUT true",
}
# Hourly or longer intervals are their own hourly means.
_BY_HOUR = {
    "hourly_kw": "(sign(sum(j.kw)) * ((2 * abs(sum(j.kw)) + count(*)) // (2 * count(*))))::BIGINT",
    "hourly_group": "GROUP BY ALL",
}
_AS_IT_IS = {"hourly_kw": "j.kw", "hourly_group": ""}


def run(
    bronze: Mapping[str, list[str]], out: Path, layout: str = "like ours", threads: int = 2, memory: str = "8GB"
) -> dict[str, float]:
    """Silver of the bronze files (readings, meters, vacancies) below ``out``; the seconds of each part."""
    out.mkdir(parents=True, exist_ok=True)
    connection = duckdb.connect()
    connection.execute(f"SET threads = {threads}; SET memory_limit = '{memory}'; SET preserve_insertion_order = false")
    connection.execute(f"SET temp_directory = '{out / 'spill'}'; SET TimeZone = 'UTC'")
    for name, files in bronze.items():
        connection.execute(f"SET VARIABLE {name} = ?", [files])
    seconds = {}
    for part in sorted(SQL.glob("*.sql")):
        started = time.monotonic()
        text = part.read_text().replace("{out}", str(out)).replace("{layout}", LAYOUTS[layout])
        for name, value in _hourly(connection, part).items():
            text = text.replace("{" + name + "}", value)
        connection.execute(text)
        seconds[part.stem] = round(time.monotonic() - started, 3)
    connection.close()
    return seconds


def _hourly(connection: duckdb.DuckDBPyConnection, part: Path) -> dict[str, str]:
    """How hourly kW comes about; the registry says whether anything is to be averaged."""
    if part.stem != "3_episodes":
        return {}
    shortest = connection.execute("SELECT min(interval_minutes) FROM meters").fetchone()
    return _BY_HOUR if shortest and shortest[0] < 60 else _AS_IT_IS
