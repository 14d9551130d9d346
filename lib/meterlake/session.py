"""Starts Spark the way Meterlake needs it, or makes a running session fit."""

import os
import sys
import time
from importlib.metadata import PackageNotFoundError, version
from typing import Any

from py4j.java_gateway import JavaPackage
from pyspark.errors import PySparkException
from pyspark.sql import SparkSession

from meterlake import java, local_files, progress, spark_settings
from meterlake.config import Config
from meterlake.errors import ConfigError, EnvironmentFault

DELTA_JARS = "io.delta:delta-spark_4.2_2.13"


def start(config: Config, app_name: str, log_level: str = "OFF") -> SparkSession:
    """A session with Delta, UTC, ANSI and our settings. A session that runs already is used and made to fit.

    Raises EnvironmentFault where Java or Delta is missing, or where the running session refuses a setting that the
    tables' content depends on.
    """
    if SparkSession.getActiveSession() is not None or on_databricks():
        spark = SparkSession.builder.getOrCreate()
    else:
        spark = _new_session(config, app_name, log_level)
    _make_fit(spark, config)
    _require_delta(spark)
    return spark


def on_databricks() -> bool:
    """Whether the platform owns the session."""
    return "DATABRICKS_RUNTIME_VERSION" in os.environ


def _new_session(config: Config, app_name: str, log_level: str) -> SparkSession:
    os.environ["TZ"] = "UTC"  # Python turns collected timestamps into the process's local time
    time.tzset()
    settings = spark_settings.at_launch(config, log_level)
    if "PYSPARK_GATEWAY_PORT" in os.environ:  # started by spark-submit, which has settled master, driver and jars
        for key in [key for key in settings if key.startswith(("spark.driver.", "spark.jars"))]:
            del settings[key]
        if config.spark.master:
            settings["spark.master"] = config.spark.master
    else:  # Python starts the JVM
        os.environ.update(local_files.environment())
        os.environ["JAVA_HOME"] = str(java.home())
        os.environ.setdefault("PYSPARK_PYTHON", sys.executable)  # PATH may have another one, without our packages
        settings["spark.master"] = spark_settings.master(config)
        if spark_settings.is_local(settings["spark.master"]):
            os.environ.setdefault("SPARK_LOCAL_IP", "127.0.0.1")  # a name that resolves nowhere is no obstacle
    builder = SparkSession.builder.appName(app_name)
    for key, value in settings.items():
        builder = builder.config(key, value)
    spark = builder.getOrCreate()
    spark.sparkContext.setLogLevel(log_level.upper())
    return spark


def _make_fit(spark: SparkSession, config: Config) -> None:
    _require_time_zones(spark, config)
    for key, value in spark_settings.REQUIRED.items():
        _set(spark, key, value)
        if _get(spark, key).lower() != value.lower():
            raise EnvironmentFault(
                f"the running Spark session does not take {key}={value}",
                "the session",
                f"start it with --conf {key}={value}",
            )
    for key, value in spark_settings.at_run_time(config, _get(spark, "spark.master")).items():
        _set(spark, key, value)
    if (encoding := _encoding_of_names(spark)).upper() != "UTF-8":
        progress.say(
            f"warning: this Java reads file names as {encoding}, and does not see a landing file on a local disk whose "
            f"name has other letters · next: export LC_ALL={local_files.UTF_8} before spark-submit"
        )


def _require_time_zones(spark: SparkSession, config: Config) -> None:
    """Java has a time zone database of its own, which may be older than Python's."""
    for zone in sorted({config.time_zone, *(source.time_zone for source in config.sources.values())}):
        try:
            spark.conf.set("spark.sql.session.timeZone", zone)  # REQUIRED puts it back
        except PySparkException:
            raise ConfigError(
                f"this Java does not know the time zone {zone}",
                "time_zone, sources",
                "use a newer Java or another name",
            ) from None


def _set(spark: SparkSession, key: str, value: str) -> None:
    """Sets it where the session lets us: static settings and those that a platform keeps for itself stay."""
    try:
        spark.conf.set(key, value)
    except PySparkException:
        return


def _get(spark: SparkSession, key: str) -> str:
    try:
        return str(spark.conf.get(key, ""))
    except PySparkException:
        return ""


def _require_delta(spark: SparkSession) -> None:
    if _has_delta_class(spark):
        return
    try:
        spark.read.format("delta").load("/meterlake/no/such/table")  # asked for its error
    except PySparkException as error:
        if error.getCondition() == "DATA_SOURCE_NOT_FOUND" or "ClassNotFound" in str(error):
            raise EnvironmentFault(
                f"this Spark ({spark.version}) has no Delta Lake",
                "the session",
                f"run make setup once, or set spark.packages to [{DELTA_JARS}:{_delta_version()}]",
            ) from None


def _has_delta_class(spark: SparkSession) -> bool:
    """Whether the session's JVM is within reach and has Delta: known at once, where asking Delta takes a second."""
    try:
        java: Any = spark._jvm
        return not isinstance(java.io.delta.tables.DeltaTable, JavaPackage)
    except Exception:
        return False


def _encoding_of_names(spark: SparkSession) -> str:
    """UTF-8 too where the session's JVM is out of reach."""
    try:
        java: Any = spark._jvm
        return str(java.System.getProperty("sun.jnu.encoding"))
    except Exception:
        return "UTF-8"


def _delta_version() -> str:
    try:
        return version("delta-spark")
    except PackageNotFoundError:
        return "4.4.0"
