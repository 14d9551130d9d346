"""Bronze: what arrived, as it arrived, with its lineage; the ledger of files; the reference tables."""

from pyspark.sql.types import DecimalType

from meterlake.tables.table import DATE, INT, KW, LONG, SOURCE, TEXT, TIME, Column, Table

_BATCH: tuple[Column, ...] = (
    ("content_hash", TEXT, "SHA-256 of the stored bytes, lower-case hex"),
    ("batch_id", TEXT, "the batch that brought it"),
    ("ingested_at", TIME, "when the batch was ingested, UTC"),
)

READINGS = Table(
    "bronze",
    "readings",
    (
        ("meter_id", TEXT, "as it arrived"),
        ("read_at", TEXT, "as it arrived"),
        ("value", TEXT, "as it arrived"),
        ("unit", TEXT, "as it arrived"),
        ("received_at", TEXT, "as it arrived; empty where the source has none"),
        ("quality_code", TEXT, "as it arrived; empty where the source has none"),
        *SOURCE,
        ("landed_hour", TIME, "start of the landing hour, UTC"),
        *_BATCH,
        ("read_date", DATE, "UTC date of read_at as far as it can be read without its source; empty: it cannot"),
    ),
    key=("source_file", "source_version", "source_line"),
    partitions=("read_date",),
    searched_by=("meter_id", "source_file", "landed_hour", "batch_id"),
)
DEAD_LETTERS = Table(
    "bronze",
    "dead_letters",
    (
        *SOURCE,
        ("raw_line", TEXT, "what could not be cut"),
        ("reason", TEXT, "WRONG_FIELD_COUNT, UNDECODABLE, MALFORMED_CSV, MALFORMED_JSON, BROKEN_GZIP, …"),
        ("detail", TEXT, "what was found and what was expected"),
        *_BATCH,
    ),
    key=("source_file", "source_version", "source_line"),
)
FILES = Table(
    "bronze",
    "files",
    (
        ("source_file", TEXT, "path below the landing root, begins with raw/"),
        ("source_version", INT, "the version this content is; 0 while the path has brought nothing"),
        ("status", TEXT, "landed, empty, copy (content known under another name), unchanged (touched, same content)"),
        ("landed_hour", TIME, "start of the landing hour, UTC"),
        ("size_bytes", LONG, "bytes"),
        ("modified_at", TIME, "the file system's, UTC"),
        ("lines", LONG, "lines landed"),
        ("readings", LONG, "of these in bronze.readings"),
        ("dead_letters", LONG, "of these in bronze.dead_letters"),
        *_BATCH,
    ),
    key=("source_file", "batch_id"),
)
METERS = Table(
    "bronze",
    "meters",
    (
        ("meter_id", TEXT, ""),
        ("meter_type", TEXT, ""),
        ("interval_minutes", INT, "minutes"),
        ("neighbourhood_id", TEXT, "empty: none"),
        ("max_kw", KW, "kW; empty: by meter type, else the default"),
        ("min_kw", KW, "kW; below 0 allows export; empty: the default"),
        ("active_from", TIME, "UTC; empty: always"),
        ("active_to", TIME, "UTC, exclusive; empty: open"),
        ("meter_key", INT, "dense, by meter_id: a short key for windows, valid within one load"),
        ("neighbourhood_key", INT, "dense; a meter without a neighbourhood has its own"),
    ),
    key=("meter_id",),
)
VACANCIES = Table(
    "bronze",
    "vacancies",
    (("meter_id", TEXT, ""), ("from", TIME, "UTC"), ("to", TIME, "UTC, exclusive; empty: open")),
    key=("meter_id", "from", "to"),
)
WEATHER = Table(
    "bronze",
    "weather",
    (("region", TEXT, ""), ("hour", TIME, "UTC hour"), ("temperature_c", DecimalType(12, 6), "°C")),
    key=("region", "hour"),
)
GRID_MAINTENANCE = Table(
    "bronze",
    "grid_maintenance",
    (("from", TIME, "UTC"), ("to", TIME, "UTC, exclusive; empty: open"), ("region", TEXT, "empty: everywhere")),
    key=("from", "to", "region"),
)
