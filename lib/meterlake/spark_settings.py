"""The Spark settings Meterlake runs with. Imports no pyspark: the launcher needs them before there is a JVM."""

import os
from pathlib import Path

from meterlake import java_classes, local_files
from meterlake.config import Config
from meterlake.config.layers import base_file

# What the tables' content depends on: a running session that refuses these is not used.
REQUIRED = {
    "spark.sql.session.timeZone": "UTC",
    "spark.sql.ansi.enabled": "true",
}
# What plans and files depend on. A platform may keep some of these for itself; the content is the same.
PREFERRED = {
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
    "spark.sql.parquet.compression.codec": "zstd",
    # A partitioned write keeps its files open side by side and need not sort whole rows by partition first.
    "spark.sql.maxConcurrentOutputFileWriters": "100",
    # Gold reads silver as its newest finished run left it. Delta would refuse a version that was written a week ago and
    # is not the newest any more, though its files are there: upkeep leaves them.
    "spark.databricks.delta.vacuum.enforceTimeTravelWithinDeletedFileRetentionDuration": "false",
    "spark.sql.execution.arrow.pyspark.enabled": "true",
    "spark.sql.execution.arrow.pyspark.fallback.enabled": "false",
}
# The parallel collector took a fifth off a run of 8 million rows. The code cache: Spark compiles classes for each new
# query, and in a full cache the JVM sweeps and compiles again (17 s of a run of 65 in the 48 MB that the first compiler
# alone gets by default, 2026-11-21).
JAVA_OPTIONS = "-Duser.timezone=UTC -XX:+UseParallelGC -XX:ReservedCodeCacheSize=512m"
# The driver's second compiler begins later: while a job starts, it takes the cores from the job. A run with nothing new
# took 15 s instead of 18 (2026-11-21); the loops over a rebuild's rows reach these counts all the same.
DRIVER_OPTIONS = (
    "-XX:Tier4InvocationThreshold=50000 -XX:Tier4MinInvocationThreshold=6000 "
    "-XX:Tier4CompileThreshold=150000 -XX:Tier4BackEdgeThreshold=400000"
)
# A job of seconds spends most of them on compiling: the first compiler alone halved the CPU of explain_meter
# (35 s cold to 21 s, 2026-11-21).
SHORT_JOB_OPTIONS = "-XX:TieredStopAtLevel=1"
SHORT_JOBS = ("explain_meter",)


def master(config: Config) -> str:
    """The configured master, else MASTER of the environment, else all cores of this machine."""
    return config.spark.master or os.environ.get("MASTER") or "local[*]"


def is_local(master_url: str) -> bool:
    """Whether driver and executors are one process."""
    return master_url == "local" or master_url.startswith("local[")


def at_launch(config: Config, log_level: str = "OFF", job: str = "") -> dict[str, str]:
    """Settings that a JVM must start with, for spark-submit or for a session that Python starts itself."""
    settings = {
        "spark.sql.extensions": "io.delta.sql.DeltaSparkSessionExtension",
        "spark.sql.catalog.spark_catalog": "org.apache.spark.sql.delta.catalog.DeltaCatalog",
        "spark.driver.memory": config.spark.driver_memory,
        "spark.executorEnv.TZ": "UTC",
        "spark.executorEnv.LC_ALL": local_files.UTF_8,
        "spark.ui.showConsoleProgress": "false",
        # Kept rows lie in memory as bytes (meterlake.silver.kept), written down by Kryo.
        "spark.serializer": "org.apache.spark.serializer.KryoSerializer",
        # Nothing of ours refers to itself; to look for that after each row took 5 to 8 % of a rebuild (2026-11-22).
        "spark.kryo.referenceTracking": "false",
        # An hour of 10,000 meters, gold included, asks for 1,300 classes that Spark makes for its queries. It remembers
        # 100: more are made and compiled anew each time (a rebuild of 2.9 million, warm: 83 s, now 58, 2026-11-22).
        "spark.sql.codegen.cache.maxEntries": "3000",
        # What Spark keeps of finished queries for its UI, plans included, fills a notebook's or a test's memory.
        "spark.sql.ui.retainedExecutions": "10",
        "spark.ui.retainedJobs": "50",
        "spark.ui.retainedStages": "50",
        "spark.ui.retainedTasks": "1000",
        "spark.ui.enabled": str(not is_local(master(config))).lower(),
        # Each column expression would tell the JVM which Python line made it, in some five calls more.
        "spark.python.sql.dataFrameDebugging.enabled": "false",
    }
    if is_local(master(config)):
        # The default renames a commit through a shell (readlink, four times), one process each; this one through Java.
        # Neither keeps two processes from each other: for that there is the lock (meterlake.lock).
        settings["spark.delta.logStore.file.impl"] = "io.delta.storage.LocalLogStore"
        settings |= local_files.settings()
    if config.spark.packages:
        settings["spark.jars.packages"] = ",".join(config.spark.packages)
    settings |= config.spark.conf
    driver = f"{JAVA_OPTIONS} {DRIVER_OPTIONS} {java_classes.options()}".rstrip()
    if job in SHORT_JOBS:
        driver = f"{driver} {SHORT_JOB_OPTIONS}"
    for side, ours in (("driver", f"{driver} {_log_options(log_level)}"), ("executor", JAVA_OPTIONS)):
        key = f"spark.{side}.extraJavaOptions"
        settings[key] = f"{ours} {config.spark.conf.get(key, '')}".strip()
    return settings | REQUIRED


def at_run_time(config: Config, master_url: str) -> dict[str, str]:
    """Settings that a running session takes too."""
    # Delta's default of 50 for a table's own log takes a minute for ten rows on one machine.
    snapshot = 2 if is_local(master_url) else min(50, config.spark.shuffle_partitions)
    sizes = {
        "spark.sql.shuffle.partitions": str(config.spark.shuffle_partitions),
        "spark.databricks.delta.snapshotPartitions": str(snapshot),
    }
    return PREFERRED | sizes | dict(config.spark.conf)


def _log_options(level: str) -> str:
    options = f"-Dmeterlake.log.level={level.lower()}"
    quiet = Path(str(base_file())).with_name("log4j2.properties")
    return f"{options} -Dlog4j2.configurationFile={quiet.resolve().as_uri()}" if quiet.is_file() else options
