"""A peer in a process of its own: `python -m bench.peer_process PEER WAREHOUSE OUT LAYOUT CORES MEMORY_GB`.

Prints one line of JSON: the seconds of the work itself, without Python's start and imports, and of its parts.
"""

import json
import os
import sys
import time
from pathlib import Path


def main(peer: str, warehouse: str, out: str, layout: str, cores: str, memory_gb: str) -> None:
    os.environ["POLARS_MAX_THREADS"] = cores  # read when polars is imported
    from bench import equal
    from bench.peers import duckdb_silver, polars_silver

    started = time.monotonic()
    bronze = equal.bronze_files(Path(warehouse))
    if peer == "duckdb":
        parts = duckdb_silver.run(bronze, Path(out), layout, int(cores), f"{memory_gb}GB")
    else:
        parts = polars_silver.run(bronze, Path(out), layout)
    print(json.dumps({"inside_s": round(time.monotonic() - started, 3), "parts": parts}))


if __name__ == "__main__":
    main(*sys.argv[1:])
