"""Ops: what ran, on which versions, and whether the counts balance."""

from meterlake.tables.table import COUNTS, LONG, TEXT, TIME, Table

RUNS = Table(
    "ops",
    "runs",
    (
        ("run_id", TEXT, ""),
        ("job", TEXT, "ingest_bronze, build_silver, build_gold"),
        ("started_at", TIME, "UTC"),
        ("finished_at", TIME, "UTC"),
        ("as_of", TIME, "the point up to which open holes are counted, UTC"),
        ("inputs", COUNTS, "versions of the tables that were read"),
        ("outputs", COUNTS, "versions of the tables that were written: they belong together"),
        ("fingerprint", TEXT, "SHA-256 of the settings that decide content"),
    ),
    key=("run_id", "job"),
)
AUDIT = Table(
    "ops",
    "audit",
    (
        ("run_id", TEXT, ""),
        ("job", TEXT, ""),
        ("table", TEXT, "the table whose rows are counted"),
        ("rows_in", LONG, "rows that came in"),
        ("disposition", TEXT, "what became of them"),
        ("rows", LONG, "rows with this disposition; per table they sum to rows_in"),
        ("audited_at", TIME, "UTC"),
    ),
    key=("run_id", "job", "table", "disposition"),
)
