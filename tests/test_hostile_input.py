"""Input that nobody wants: each gives a clear error, a dead letter or a refused reading, and the rest lands."""

import gzip
import os
from collections import Counter
from collections.abc import Callable
from pathlib import Path

import polars as pl
import pytest
from pyspark.sql import SparkSession

from meterlake import tables
from meterlake.bronze import pipeline as bronze
from meterlake.bronze.reference_rows import meters
from meterlake.config import Config
from meterlake.errors import DataError, MeterlakeError, ReferenceDataError, StorageError
from meterlake.failures import lines as lines_of
from meterlake.gold import pipeline as gold
from meterlake.silver import pipeline as silver
from meterlake.silver.request import Request
from meterlake.storage import Warehouse
from tests.comparison import content_of, differences, rows_of

HOUR = "raw/2024/03/15/14"
HEADER = b"meter_id,timestamp,value,unit\n"
GOOD = HEADER + b"MTR-1,2024-03-15T14:00:00Z,1.5,kW\n"
METERS = "meter_id,meter_type,interval_minutes,neighbourhood_id,max_kw,min_kw,active_from,active_to\n"

ODD_IDS = ["O'Brien", 'say ""hi""', "x'; DROP TABLE readings; --", "../../etc/passwd", "⚡🏠", "a,b", "%s{}$"]
FILES: dict[str, bytes] = {
    "good.csv": GOOD,
    "header_only.csv": HEADER,
    "empty.csv": b"",
    "empty.csv.gz": b"",
    "truncated.csv.gz": gzip.compress(GOOD * 50)[:-20],
    "latin1.csv": HEADER + "MTR-1,2024-03-15T14:00:00Z,1.5,kW£\n".encode("latin-1"),
    "bom_crlf.csv": b"\xef\xbb\xbf" + GOOD.replace(b"\n", b"\r\n").replace(b"1.5", b"1.6"),
    "nul.csv": HEADER + b"MTR-1,2024-03-15T14:00:00Z,1\x005,kW\n",
    "quoted_newline.csv": HEADER + b'"MTR\n-1",2024-03-15T14:00:00Z,1.5,kW\n',
    "megabyte.csv": HEADER + b"MTR-1,2024-03-15T14:00:00Z," + b"9" * 1_000_000 + b",kW\n",
    "other_order.csv": b"unit,value,timestamp,meter_id\nkW,1.7,2024-03-15T14:00:00Z,MTR-2\n",
    "column_twice.csv": b"meter_id,timestamp,value,value,unit\nMTR-1,2024-03-15T14:00:00Z,1,1,kW\n",
    "column_missing.csv": b"meter_id,timestamp,value\nMTR-1,2024-03-15T14:00:00Z,1\n",
    "odd_ids.csv": HEADER + "".join(f'"{name}",2024-03-15T14:00:00Z,1.0,kW\n' for name in ODD_IDS).encode(),
    "years.csv": HEADER + b"MTR-1,0001-01-01T00:00:00Z,1,kW\nMTR-1,9999-12-31T23:59:59Z,1,kW\n",
    "digits.csv": HEADER + b"MTR-1,2024-03-15T13:00:00Z,0." + b"1" * 40 + b",kW\n",
    "array.json": b'[{"meter_id": "MTR-1"}, 7, {"meter_id": {"deep": 1}}]',
    "broken.json": b'[{"meter_id": ',
    "lines.jsonl": b'{"meter_id": "MTR-1", "timestamp": "2024-03-15T12:00:00Z", "value": NaN}\n{}\n',
}


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    (tmp_path / "reference").mkdir()
    (tmp_path / "reference" / "meters.csv").write_text(METERS + "MTR-1,home,60,N1,,,,\nMTR-2,home,60,N1,,,,\n")
    return tmp_path


def land(folder: Path, name: str, content: bytes) -> None:
    path = folder / "landing" / HOUR / name
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(content)


def test_hostile_files_beside_a_good_one(spark: SparkSession, folder: Path, config: Config) -> None:
    for name, content in FILES.items():
        land(folder, name, content)
    for layer in (bronze, silver, gold):
        layer.run(spark, config)
    warehouse = config.storage.warehouse
    letters = Counter(
        (row["source_file"].rpartition("/")[2], row["reason"]) for row in rows_of(warehouse, "bronze.dead_letters")
    )
    assert letters == {
        ("truncated.csv.gz", "BROKEN_GZIP"): 1,
        ("latin1.csv", "UNDECODABLE"): 1,
        ("quoted_newline.csv", "MALFORMED_CSV"): 1,
        ("column_twice.csv", "HEADER_WITHOUT_COLUMNS"): 1,
        ("column_missing.csv", "HEADER_WITHOUT_COLUMNS"): 1,
        ("array.json", "MALFORMED_JSON"): 2,
        ("broken.json", "MALFORMED_JSON"): 1,
        ("lines.jsonl", "MALFORMED_JSON"): 1,
    }
    reasons = {
        (row["source_file"].rpartition("/")[2], row["source_line"]): row["reasons"]
        for row in rows_of(warehouse, "silver.quarantine")
    }
    assert reasons == {
        ("nul.csv", 2): ["V01"],
        ("quoted_newline.csv", 3): ["V03"],  # -1" is a field with a quote in it, of a meter nobody knows
        ("megabyte.csv", 2): ["V01"],
        **{("odd_ids.csv", number): ["V03"] for number in range(2, 2 + len(ODD_IDS))},
        ("years.csv", 2): ["V14"],
        ("years.csv", 3): ["V06", "V08"],  # its nearest grid point would lie in the year 10000
        ("array.json", 1): ["V01", "V02"],
        ("lines.jsonl", 2): ["V01", "V02", "V03"],
    }
    readings = {(row["meter_id"], row["read_at"].hour): str(row["kw"]) for row in rows_of(warehouse, "silver.readings")}
    assert readings == {("MTR-1", 13): "0.111111", ("MTR-1", 14): "1.500000", ("MTR-2", 14): "1.700000"}


@pytest.mark.parametrize(
    ("zone", "stamp", "reasons"),
    [("America/New_York", "0001-01-01T00:00:00Z", ["V14"]), ("Europe/Berlin", "9999-12-31T23:00:00Z", ["V06"])],
)
def test_days_that_no_calendar_has_come_late(
    spark: SparkSession, folder: Path, make_config: Callable[..., Config], zone: str, stamp: str, reasons: list[str]
) -> None:
    """Programs that know no time write the first or last one that there is."""
    config = make_config(f"time_zone={zone}")
    no_time = HEADER + f"MTR-1,{stamp},1,kW\nMTR-9,{stamp},1,kW\n".encode()
    for name, content in (("good.csv", GOOD), ("no_time.csv", no_time)):
        land(folder, name, content)
        for layer in (bronze, silver, gold):
            layer.run(spark, config)
    found = content_of(config.storage.warehouse)
    refused = {(row["source_file"].rpartition("/")[2], row["meter_id"]): row for row in found["silver.quarantine"]}
    assert refused["no_time.csv", "MTR-1"]["reasons"] == reasons
    assert refused["no_time.csv", "MTR-9"]["reasons"] == sorted(["V03", *reasons])
    silver.run(spark, config, Request(rebuild=True))
    gold.run(spark, config, rebuild=True)
    rebuilt = content_of(config.storage.warehouse)
    assert [text for name in found for text in differences(name, found[name], rebuilt[name])] == []


def test_an_empty_landing_is_no_error(spark: SparkSession, folder: Path, config: Config) -> None:
    for layer in (bronze, silver, gold):
        layer.run(spark, config)
    assert rows_of(config.storage.warehouse, "silver.readings") == []
    assert rows_of(config.storage.warehouse, "gold.hourly_load") == []


@pytest.mark.parametrize(
    ("rows", "said"),
    [
        ("MTR-1,home,60,N1,,,,\nMTR-1,home,30,N1,,,,\n", "meter_id MTR-1: 2 rows"),
        ("MTR-1,home,0,N1,,,,\n", "line 2: interval_minutes is '0', not one of 1, 2, 3"),
        ("MTR-1,home,60,N1,,,,\nMTR-2,home,7,N1,,,,\n", "line 3: interval_minutes is '7'"),
        ("MTR-1,home,60,N1,much,,,\n", "line 2: max_kw is 'much', not a number"),
        ("MTR-1,home,60,N1,,,yesterday,\n", "line 2: active_from is 'yesterday', not a time"),
        ("MTR-1,home,60,N1,,,2024-05-01,2024-04-01\n", "line 2: active_to is before active_from"),
        ("MTR-1,home,60\n", "line 2: has 3 fields, the header 8"),
        (",home,60,N1,,,,\n", "line 2: meter_id is empty"),
        ("MTR-1,home,60,N1,,,,\n \n,, ,,,,,\n", "line 4: meter_id is empty"),
    ],
    ids=["meter twice", "interval 0", "interval 7", "limit", "time", "period", "short row", "no id", "only commas"],
)
def test_a_registry_that_cannot_be_used_is_told_by_its_rows(config: Config, rows: str, said: str) -> None:
    with pytest.raises(ReferenceDataError, match=said.replace("(", r"\(")):
        meters((METERS + rows).encode(), "meters.csv", config)


def test_such_a_registry_stops_the_load(spark: SparkSession, folder: Path, config: Config) -> None:
    (folder / "reference" / "meters.csv").write_text(METERS + "MTR-1,home,7,N1,,,,\n")
    land(folder, "good.csv", GOOD)
    with pytest.raises(ReferenceDataError, match="line 2: interval_minutes is '7'"):
        bronze.run(spark, config)
    assert not Path(config.storage.warehouse).exists()


def test_a_missing_registry_is_named(spark: SparkSession, folder: Path, config: Config) -> None:
    (folder / "reference" / "meters.csv").unlink()
    with pytest.raises(ReferenceDataError, match=r"the registry of meters is missing · where: .*meters\.csv"):
        bronze.run(spark, config)


def test_a_warehouse_that_cannot_be_written_is_one_clear_line(spark: SparkSession, folder: Path, make_config) -> None:
    (folder / "occupied").write_text("a file, no folder")
    with pytest.raises(Exception) as raised:  # noqa: PT011 - whatever Spark raises, its words are what matters
        bronze.run(spark, make_config(f"storage.warehouse={folder / 'occupied' / 'warehouse'}"))
    said = lines_of(raised.value)
    assert len(said) == 1, said
    assert "occupied" in said[0]


def test_a_table_that_is_not_ours_is_left_alone(spark: SparkSession, folder: Path, config: Config) -> None:
    land(folder, "good.csv", GOOD)
    place = f"{config.storage.warehouse}/silver/gaps"
    pl.DataFrame({"meter_id": ["theirs"], "colour": ["blue"]}).write_delta(place)
    bronze.run(spark, config)
    with pytest.raises(
        StorageError, match=r"silver\.gaps is not a table of this version.*column started_at is missing"
    ):
        silver.run(spark, config)
    assert pl.read_delta(place).to_dicts() == [{"meter_id": "theirs", "colour": "blue"}]
    assert rows_of(config.storage.warehouse, "silver.readings") == []


def test_a_file_too_large_is_left_and_named_and_the_others_land(spark: SparkSession, folder: Path, make_config) -> None:
    config = make_config("ingest.max_file_mb=1")
    land(folder, "good.csv", GOOD)
    land(folder, "large.csv", GOOD + b"\n" * (1 << 20))
    with pytest.raises(MeterlakeError, match=r"1 files are larger than 1 MB .*large\.csv"):
        bronze.run(spark, config)
    assert len(rows_of(config.storage.warehouse, "bronze.readings")) == 1


def test_what_else_lies_in_an_hour_s_folder_is_not_opened(spark: SparkSession, folder: Path, config: Config) -> None:
    """A backup of more bytes than Java reads at once; an unpacked copy whose own path ends like a landing file's."""
    land(folder, "good.csv", GOOD)
    hour = folder / "landing" / HOUR
    for backup in (hour / "backup.tar", hour / "old" / "backup.tar"):
        backup.parent.mkdir(exist_ok=True)
        with backup.open("wb") as file:
            file.truncate(3 << 30)
    copy = hour / str(hour).lstrip("/") / "good.csv"
    copy.parent.mkdir(parents=True)
    copy.write_bytes(GOOD.replace(b"1.5", b"1.6"))
    bronze.run(spark, config)
    [reading] = rows_of(config.storage.warehouse, "bronze.readings")
    assert (reading["source_file"], reading["value"]) == (f"{HOUR}/good.csv", "1.5")


@pytest.mark.parametrize("zone", ["UTC", "Asia/Kolkata"])
def test_a_clock_that_shows_the_first_year_stops_no_layer(
    spark: SparkSession, folder: Path, make_config: Callable[..., Config], zone: str
) -> None:
    """In Kolkata the hour of 0001-01-01T00:00 UTC begins at 23:30 of the day before, which no calendar has."""
    config = make_config(f"time_zone={zone}", "validation.check_arrival=false")
    (folder / "reference" / "meters.csv").write_text(METERS + "MTR-1,home,30,N1,,,,\n")
    land(folder, "first.csv", HEADER + b"MTR-1,0001-01-01T00:00:00Z,1,kW\n")
    for layer in (bronze, silver, gold):
        layer.run(spark, config)
    loads = Warehouse(spark, config).read(tables.gold.HOURLY_LOAD)  # Python has no year 0
    assert [tuple(row) for row in loads.select("meters_reporting", "meters_expected", "coverage").collect()] == [
        (1, 1, 1.0)
    ]


def test_names_in_other_letters_land_and_one_that_is_not_utf_8_is_told(
    spark: SparkSession, folder: Path, config: Config
) -> None:
    land(folder, "Zähler 電力 100%.csv", GOOD)
    land(folder, "latin.csv", GOOD.replace(b"1.5", b"1.6"))
    latin, misnamed = (folder / "landing" / HOUR / name for name in ("latin.csv", os.fsdecode(b"z\xe4hler.csv")))
    latin.rename(misnamed)
    with pytest.raises(DataError, match=r"is not UTF-8 · where: .*/z\ufffdhler\.csv · next: rename it"):
        bronze.run(spark, config)
    misnamed.rename(latin)
    bronze.run(spark, config)
    found = rows_of(config.storage.warehouse, "bronze.readings")
    assert sorted(row["source_file"] for row in found) == [f"{HOUR}/Zähler 電力 100%.csv", f"{HOUR}/latin.csv"]
