"""Starts Spark the way Meterlake needs it, or makes a running session fit."""

import os
import time
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path

from pyspark.errors import PySparkException
from pyspark.sql import SparkSession

from meterlake import java
from meterlake.config import Config
from meterlake.config.layers import base_file
from meterlake.errors import EnvironmentFault

# What the tables' content or the plans depend on. Settable in a running session too.
FIXED = {
    "spark.sql.session.timeZone": "UTC",
    "spark.sql.ansi.enabled": "true",
    # Adaptive execution would re-plan the exchanges by size; the layers are planned as ONE, and a test counts it.
    "spark.sql.adaptive.enabled": "false",
    # Lets the windows over (neighbourhood, meter) reuse a shuffle by neighbourhood.
    "spark.sql.requireAllClusterKeysForCoPartition": "false",
    "spark.sql.parquet.outputTimestampType": "TIMESTAMP_MICROS",
    # Years 0001 to 9999 arrive: no calendar but the proleptic Gregorian one.
    "spark.sql.parquet.datetimeRebaseModeInRead": "CORRECTED",
    "spark.sql.parquet.datetimeRebaseModeInWrite": "CORRECTED",
    "spark.sql.parquet.int96RebaseModeInRead": "CORRECTED",
    "spark.sql.parquet.int96RebaseModeInWrite": "CORRECTED",
}
PREFERRED = {
    "spark.sql.parquet.compression.codec": "zstd",
    "spark.sql.execution.arrow.pyspark.enabled": "true",
    "spark.sql.execution.arrow.pyspark.fallback.enabled": "false",
}
# The parallel collector took a fifth off a run of 8 million rows.
JAVA_OPTIONS = "-Duser.timezone=UTC -XX:+UseParallelGC"
DELTA_JARS = "io.delta:delta-spark_4.2_2.13"


def start(config: Config, app_name: str, log_level: str = "ERROR") -> SparkSession:
    """A session with Delta, UTC, ANSI and our settings. A session that runs already is used and made to fit.

    Raises EnvironmentFault where Java or Delta is missing, or where the running session refuses a setting that the
    tables' content depends on.
    """
    if SparkSession.getActiveSession() is None and not _on_databricks():
        _use_utc_in_this_process()
        if "PYSPARK_GATEWAY_PORT" not in os.environ:  # not started by spark-submit: Python starts the JVM
            os.environ["JAVA_HOME"] = str(java.home())
    builder = SparkSession.builder.appName(app_name)
    for key, value in _builder_settings(config, log_level).items():
        builder = builder.config(key, value)
    spark = builder.getOrCreate()
    _make_fit(spark, config)
    _require_delta(spark)
    if not _on_databricks():
        spark.sparkContext.setLogLevel(log_level.upper())
    return spark


def master(config: Config) -> str:
    """The configured master, else MASTER of the environment, else all cores of this machine."""
    return config.spark.master or os.environ.get("MASTER") or "local[*]"


def launch_settings(config: Config, log_level: str = "ERROR") -> dict[str, str]:
    """Settings that a JVM must start with, for spark-submit or for a session that Python starts itself."""
    options = f"{JAVA_OPTIONS} -Dmeterlake.log.level={log_level.lower()}"
    quiet = Path(str(base_file())).with_name("log4j2.properties")
    if quiet.is_file():
        options = f"{options} -Dlog4j2.configurationFile={quiet.resolve().as_uri()}"
    settings = {
        "spark.sql.extensions": "io.delta.sql.DeltaSparkSessionExtension",
        "spark.sql.catalog.spark_catalog": "org.apache.spark.sql.delta.catalog.DeltaCatalog",
        "spark.driver.memory": config.spark.driver_memory,
        "spark.executorEnv.TZ": "UTC",
        "spark.ui.showConsoleProgress": "false",
        "spark.ui.enabled": str(not master(config).startswith("local")).lower(),
    }
    if config.spark.packages:
        settings["spark.jars.packages"] = ",".join(config.spark.packages)
    settings |= config.spark.conf
    for side, ours in (("driver", options), ("executor", JAVA_OPTIONS)):
        key = f"spark.{side}.extraJavaOptions"
        settings[key] = f"{ours} {config.spark.conf.get(key, '')}".strip()
    return settings


def _builder_settings(config: Config, log_level: str) -> dict[str, str]:
    if SparkSession.getActiveSession() is not None or _on_databricks():
        return {}
    settings = launch_settings(config, log_level) | FIXED | PREFERRED
    if "PYSPARK_GATEWAY_PORT" in os.environ:  # spark-submit has settled master, driver and jars
        settings = {
            key: value for key, value in settings.items() if not key.startswith(("spark.driver.", "spark.jars."))
        }
        return settings | ({"spark.master": config.spark.master} if config.spark.master else {})
    return settings | {"spark.master": master(config)}


def _make_fit(spark: SparkSession, config: Config) -> None:
    for key, value in FIXED.items():
        _set(spark, key, value)
        if str(spark.conf.get(key, None)).lower() != value.lower():
            raise EnvironmentFault(
                f"the running Spark session does not take {key}={value}",
                "the session",
                f"start it with --conf {key}={value}",
            )
    preferred = PREFERRED | {"spark.sql.shuffle.partitions": str(config.spark.shuffle_partitions)}
    if str(spark.conf.get("spark.master", "")).startswith("local"):
        preferred["spark.databricks.delta.snapshotPartitions"] = "2"  # its default of 50 takes a minute for ten rows
    for key, value in (preferred | dict(config.spark.conf)).items():
        _set(spark, key, value)


def _set(spark: SparkSession, key: str, value: str) -> None:
    """Sets it where the session lets us: static settings and those a platform keeps for itself are left."""
    try:
        spark.conf.set(key, value)
    except PySparkException:
        return


def _require_delta(spark: SparkSession) -> None:
    try:
        spark.read.format("delta").load("/meterlake/no/such/table").schema  # noqa: B018 - asked for its error
    except PySparkException as error:
        if error.getCondition() == "DATA_SOURCE_NOT_FOUND" or "ClassNotFound" in str(error):
            raise EnvironmentFault(
                f"this Spark ({spark.version}) has no Delta Lake",
                "the session",
                f"run make setup once, or set spark.packages to [{DELTA_JARS}:{_delta_version()}]",
            ) from None


def _delta_version() -> str:
    try:
        return version("delta-spark")
    except PackageNotFoundError:
        return "4.4.0"


def _on_databricks() -> bool:
    return "DATABRICKS_RUNTIME_VERSION" in os.environ


def _use_utc_in_this_process() -> None:
    """Python turns collected timestamps into the process's local time."""
    os.environ["TZ"] = "UTC"
    time.tzset()
