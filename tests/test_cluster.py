"""A standalone Spark cluster gives local mode's tables. Meterlake and Delta's jars have to travel with the job."""

import json
import subprocess
import sys
from datetime import UTC, datetime, timedelta
from gzip import compress
from pathlib import Path

from pyspark.sql import SparkSession

from meterlake import tables
from meterlake.config import load
from tests.cluster import BRIEF, SPARK_HOME, WORKERS, cluster, environment, foreign_python, tasks_done
from tests.comparison import NO_CONTENT, Row, content_of, differences
from tests.conftest import SMALL_SPARK
from tests.test_against_oracle import run_all

ROOT = Path(__file__).parents[1]
TABLES = [table.full_name for table in tables.ALL if table.layer != "ops"]
RUN_ID = "on-a-cluster"
SETTINGS = ("time_zone=America/New_York", "peaks.holiday_region=US", "peaks.weather_region=NY")
SMALL_CLUSTER = (
    "spark.driver_memory=1g",
    "spark.shuffle_partitions=2",
    f"spark.conf.spark.driver.extraJavaOptions={BRIEF}",
    f"spark.conf.spark.executor.extraJavaOptions={BRIEF}",
    "spark.conf.spark.executor.memory=640m",
    "spark.conf.spark.scheduler.minRegisteredResourcesRatio=1.0",  # no task before both executors are there
    "spark.conf.spark.ui.port=0",
)

FIRST = datetime(2024, 7, 3, tzinfo=UTC)  # the next day is a public holiday
HOURS = 54
LANDED = "raw/2024/07/05"
HOLE, STUCK = range(20, 26), range(10, 40)
REGISTRY = """meter_id,meter_type,interval_minutes,neighbourhood_id,max_kw,min_kw,active_from,active_to
MTR-1,residential,60,NB-1,,,,
MTR-2,residential,60,NB-1,,,,
MTR-3,commercial,60,NB-2,50,,,
"""
WEATHER = "region,hour,temperature_c\n" + "".join(
    f"NY,{FIRST + timedelta(hours=hour):%Y-%m-%dT%H:00:00Z},{20 + hour % 24 * 0.7:.1f}\n" for hour in range(HOURS)
)


def test_a_cluster_gives_the_tables_of_local_mode(spark: SparkSession, tmp_path: Path) -> None:
    write_landing(tmp_path / "landing")
    write_reference(tmp_path / "reference")
    local = load([], [*SMALL_SPARK, *SETTINGS, *storage(tmp_path, "local")])
    run_all(spark, local)
    expected = content_of(local.storage.warehouse, TABLES)
    assert_the_landing_is_worth_it(expected)

    with cluster(tmp_path) as master:
        done = submit(master, tmp_path)
    assert (done.returncode, done.stderr) == (0, "")

    lines = [json.loads(line) for line in done.stdout.splitlines()]
    assert {line["run_id"] for line in lines} == {RUN_ID}
    assert [lines[0]["event"], lines[-1]["event"]] == ["start", "done"]
    assert {line["job"] for line in lines} == {"run_pipeline"}

    found = content_of(tmp_path / "cluster", TABLES)
    assert {name: len(rows) for name, rows in found.items()} == {name: len(rows) for name, rows in expected.items()}
    assert [text for name in TABLES for text in differences_of(name, found[name], expected[name])] == []
    assert [tasks_done(tmp_path / f"worker-{number}") > 0 for number in range(WORKERS)] == [True] * WORKERS


def differences_of(name: str, found: list[Row], expected: list[Row]) -> list[str]:
    """As `differences`; the batch is part of the ledger's key, but each run has a name of its own."""
    if name != tables.bronze.FILES.full_name:
        return differences(name, found, expected)
    ours, theirs = (
        sorted(repr({key: value for key, value in row.items() if key not in NO_CONTENT}) for row in rows)
        for rows in (found, expected)
    )
    return [f"{name}: {mine} and not {other}" for mine, other in zip(ours, theirs, strict=True) if mine != other]


def assert_the_landing_is_worth_it(content: dict[str, list[Row]]) -> None:
    """No comparison of empty tables: the landing makes what it was written for."""
    of_weeks = {"silver.neighbour_days", "silver.flagged_days"}  # three meters in three days make none
    assert {name for name, rows in content.items() if not rows} == of_weeks
    assert {row["source_file"].partition(".")[2] for row in content["bronze.readings"]} == {"csv", "csv.gz", "jsonl"}
    assert {row["origin"] for row in content["silver.readings"]} == {"observed", "interpolated", "missing_short"}
    assert {row["class"] for row in content["silver.gaps"]} == {"interpolated", "missing_short"}
    assert [(row["meter_id"], row["fault"]) for row in content["silver.faults"]] == [("MTR-2", "F02")]
    assert [(row["meter_id"], row["reasons"]) for row in content["silver.quarantine"]] == [("MTR-3", ["V10"])]


def storage(folder: Path, warehouse: str) -> list[str]:
    folders = {"landing": "landing", "reference": "reference", "warehouse": warehouse}
    return [f"storage.{name}={folder / path}" for name, path in folders.items()]


def write_reference(folder: Path) -> None:
    folder.mkdir()
    (folder / "meters.csv").write_text(REGISTRY)
    (folder / "weather.csv").write_text(WEATHER)
    (folder / "vacancies.csv").write_text("meter_id,from,to\nMTR-3,2024-07-05T00:00:00Z,\n")
    (folder / "grid_maintenance.csv").write_text("from,to,region\n2024-07-03T18:00:00Z,2024-07-03T20:00:00Z,NY\n")


def write_landing(landing: Path) -> None:
    """Three meters, hourly: one with a hole, one that is stuck for 30 hours, one beyond its limit and in watts."""
    hole = [reading("MTR-1", hour, curve(hour)) for hour in range(HOURS) if hour not in HOLE]
    stuck = [reading("MTR-2", hour, 1.25 if hour in STUCK else curve(hour + 5)) for hour in range(HOURS)]
    beyond = [reading("MTR-3", hour, 75 if hour == 30 else 10 * curve(hour + 9)) for hour in range(HOURS)]
    watts = [line | {"value": 1000 * float(line["value"]), "unit": "W"} for line in beyond[40:]]
    contents = {
        "05/one.csv": csv(hole[:24]),
        "06/one.csv": csv(hole[24:]) + b"MTR-1,2024-07-04T10:00:00Z\n",  # cut off: a dead letter
        "06/two.csv.gz": compress(csv(stuck)),
        "06/three.jsonl": b"".join(json.dumps(line).encode() + b"\n" for line in beyond[:40]),
        "07/three.csv": csv([*beyond[38:40], *watts]),  # two of them for the second time
    }
    for path, content in contents.items():
        file = landing / LANDED / path
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_bytes(content)


def curve(hour: int) -> float:
    """A day's course in kW; no two neighbours are alike."""
    return 0.4 + hour % 24 * 0.07 + hour % 5 * 0.013


def reading(meter_id: str, hour: int, kw: float) -> Row:
    starts = FIRST + timedelta(hours=hour)
    stamps = {"timestamp": f"{starts:%FT%TZ}", "received_at": f"{starts + timedelta(minutes=61 + hour % 7):%FT%TZ}"}
    return {"meter_id": meter_id, "value": f"{kw:.3f}", "unit": "kW"} | stamps


def csv(readings: list[Row]) -> bytes:
    columns = ("meter_id", "timestamp", "value", "unit", "received_at")
    lines = [columns, *([str(row[column]) for column in columns] for row in readings)]
    return "".join(",".join(line) + "\n" for line in lines).encode()


def submit(master: str, folder: Path) -> subprocess.CompletedProcess[str]:
    """The whole pipeline, as somebody starts it on a cluster."""
    overrides = [*SETTINGS, *SMALL_CLUSTER, *storage(folder, "cluster")]
    options = ["--config", "conf/cluster.yaml", *(part for setting in overrides for part in ("--set", setting))]
    told = {"MASTER": master, "METERLAKE_PYTHON": sys.executable, "PYSPARK_PYTHON": str(foreign_python(folder))}
    return subprocess.run(
        [ROOT / "spark-submit.sh", "jobs/run_pipeline.py", *options, "--log-format", "json", "--run-id", RUN_ID],
        cwd=ROOT,
        env=environment(SPARK_HOME, folder) | told,
        capture_output=True,
        text=True,
        timeout=240,
    )
