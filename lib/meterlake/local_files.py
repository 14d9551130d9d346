"""Files on a local disk, as the JVM sees them: named in any language, and written without the help of a shell.

Hadoop sets the rights of each file that it makes through a process of its own (chmod), and of its checksum's file too:
11 ms a file against 2.5. A rebuild of 2.9 million readings wrote its tables in 20 s instead of 26, and an hourly
delivery started 300 processes (2026-11-22). The package below does the same through Java.
"""

import importlib.util
import locale
import os
from pathlib import Path

PACKAGE = "com.globalmentor:hadoop-bare-naked-local-fs:0.1.0"
FILE_SYSTEM = "com.globalmentor.apache.hadoop.fs.BareLocalFileSystem"
# Delta's checksums of versions are renamed through a shell too (readlink, eight times), but not by this one.
RENAMING = "org.apache.spark.sql.execution.streaming.checkpointing.FileSystemBasedCheckpointFileManager"
UTF_8 = "C.UTF-8"


def settings() -> dict[str, str]:
    """Spark's settings for a session on one machine; none where make setup has not put the package beside Spark."""
    package, name, version = PACKAGE.split(":")
    if not (_spark_home() / "jars" / f"{package}_{name}-{version}.jar").is_file():
        return {}
    return {"spark.hadoop.fs.file.impl": FILE_SYSTEM, "spark.sql.streaming.checkpointFileManagerClass": RENAMING}


def environment() -> dict[str, str]:
    """What a JVM's environment lacks: in the plain C locale, Java does not see files with letters beyond ASCII."""
    return {} if locale.getencoding().upper() in ("UTF-8", "UTF8") else {"LC_ALL": UTF_8}


def _spark_home() -> Path:
    if named := os.environ.get("SPARK_HOME"):
        return Path(named)
    package = importlib.util.find_spec("pyspark")
    return Path(str(package.origin)).parent if package else Path()
