"""Ops: what ran, on which versions, whether the counts balance, what failed, and what somebody has to see to."""

from meterlake.tables.table import COUNTS, DAYS, INT, LONG, TEXT, TIME, Table

RUNS = Table(
    "ops",
    "runs",
    (
        ("run_id", TEXT, ""),
        ("job", TEXT, "ingest_bronze, build_silver, build_gold"),
        ("started_at", TIME, "UTC"),
        ("finished_at", TIME, "UTC; empty: a run that began to write"),
        ("as_of", TIME, "the point up to which open holes are counted, UTC"),
        ("inputs", COUNTS, "versions of the tables that were read; as_of, in µs since 1970, where it was configured"),
        ("outputs", COUNTS, "versions of the tables that were written: they belong together"),
        ("fingerprint", TEXT, "SHA-256 of the settings that decide content"),
        ("days", DAYS, "local days that the run writes; empty: any"),
    ),
    key=("run_id", "job", "finished_at"),
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
ERRORS = Table(
    "ops",
    "errors",
    (
        ("ticket", TEXT, "ML- and the run's id"),
        ("run_id", TEXT, ""),
        ("job", TEXT, "the job that was started"),
        ("step", TEXT, "the layer of it that failed: ingest_bronze, build_silver, build_gold"),
        ("failed_at", TIME, "the end of the last attempt, UTC"),
        ("kind", TEXT, "the class of the error behind it"),
        ("message", TEXT, "what failed"),
        ("input", TEXT, "the table or file that was worked on; empty where the error names none"),
        ("attempts", INT, "how often the step was tried"),
        ("status", TEXT, "open until somebody decides otherwise"),
    ),
    key=("run_id", "failed_at"),
)
ALERTS = Table(
    "ops",
    "alerts",
    (
        ("alert_id", TEXT, "SHA-256 of kind, subject and episode, lower-case hex"),
        ("kind", TEXT, "transformation_failed"),
        ("severity", TEXT, "critical, high, warning"),
        ("subject", TEXT, "what it is about, such as build_silver"),
        ("episode", TEXT, "what tells this occurrence from the next one of the same subject"),
        ("meter_id", TEXT, "empty where it is not about one meter"),
        ("detail", TEXT, "in words"),
        ("raised_at", TIME, "UTC"),
        ("due_at", TIME, "until when somebody should have seen to it, UTC"),
        ("run_id", TEXT, "the run that raised it"),
        ("status", TEXT, "open until somebody decides otherwise"),
    ),
    key=("alert_id",),
)
