"""CSV to the columns of bronze.readings in DuckDB: `python -m bench.peers.duckdb_ingest LANDING OUT CORES MEMORY_GB`.

What it is given: all columns as text without sniffing, files in groups of some 64 MB, as many groups at once as there
are cores (a row's number comes from a streaming window, which one thread computes), Parquet with zstd. It keeps what
Meterlake's bronze keeps of a reading: file, version, physical line, the hash of the file's bytes, the landing hour.

What it need not do, and Meterlake does: dead letters (any bad line fails the group), a ledger of known paths and
contents, versions and copies, a count that balances, other encodings, quoting and JSON, one commit for all.
Prints one line of JSON with the seconds of the work itself.
"""

import json
import sys
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import duckdb

_GROUP_BYTES = 64_000_000
_COLUMNS = "{'meter_id': 'VARCHAR', 'timestamp': 'VARCHAR', 'value': 'VARCHAR', 'unit': 'VARCHAR'}"
_QUERY = """
COPY (
  WITH lines AS (
    SELECT *, row_number() OVER () AS place
    FROM read_csv(?, columns = {columns}, header = true, auto_detect = false, delim = ',', quote = '"', escape = '"',
                  filename = true)
  )
  SELECT
    meter_id, timestamp AS read_at, value, unit, NULL::VARCHAR AS received_at, NULL::VARCHAR AS quality_code,
    regexp_extract(filename, 'raw/.*') AS source_file, 1::INTEGER AS source_version,
    place - min(place) OVER (PARTITION BY filename) + 2 AS source_line,
    strptime(regexp_extract(filename, 'raw/(\\d{{4}}/\\d{{2}}/\\d{{2}}/\\d{{2}})/', 1), '%Y/%m/%d/%H') AS landed_hour,
    content_hash, 'bench' AS batch_id, now() AS ingested_at
  FROM lines JOIN files USING (filename)
) TO '{out}' (FORMAT parquet, COMPRESSION zstd)
"""
# Where a group is one file, the number of the row is the number of the line: no window over all rows.
_QUERY_OF_ONE = _QUERY.replace("place - min(place) OVER (PARTITION BY filename) + 2", "place + 1")


def run(landing: Path, out: Path, cores: int, memory_gb: int) -> None:
    """All files below ``landing/raw`` to Parquet files below ``out``."""
    out.mkdir(parents=True, exist_ok=True)
    connection = duckdb.connect()
    connection.execute(f"SET threads = {cores}; SET memory_limit = '{memory_gb}GB'; SET TimeZone = 'UTC'")
    connection.execute(f"SET temp_directory = '{out / 'spill'}'")
    files = sorted((landing / "raw").rglob("*.csv"))
    # A table of its own: DuckDB 2.0.0 never ended where the query that reads the CSV also joined what reads the bytes.
    hashes = "CREATE TABLE files AS SELECT filename, sha256(content) AS content_hash FROM read_blob(?)"
    connection.execute(hashes, [[str(file) for file in files]])
    groups = list(enumerate(_groups(files)))

    def one(numbered: tuple[int, list[str]]) -> None:
        number, names = numbered
        query = _QUERY_OF_ONE if len(names) == 1 else _QUERY
        text = query.format(columns=_COLUMNS, out=out / f"{number:05}.parquet")
        connection.cursor().execute(text, [names])

    with ThreadPoolExecutor(cores) as pool:
        list(pool.map(one, groups))
    connection.close()


def _groups(files: list[Path]) -> list[list[str]]:
    groups: list[list[str]] = []
    size = _GROUP_BYTES
    for file in files:
        if size >= _GROUP_BYTES:
            groups.append([])
            size = 0
        groups[-1].append(str(file))
        size += file.stat().st_size
    return groups


if __name__ == "__main__":
    started = time.monotonic()
    run(Path(sys.argv[1]), Path(sys.argv[2]), int(sys.argv[3]), int(sys.argv[4]))
    print(json.dumps({"inside_s": round(time.monotonic() - started, 3)}))
