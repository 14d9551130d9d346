"""A landing on a local disk: what the disk knows of its files beside size and time, and how Hadoop is to read them."""

import os
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from pyspark.sql import SparkSession

from meterlake.config import local_folder

_SETTLING = 2.0


def touched(landing: str) -> list[tuple[str, datetime]]:
    """source_file and the time of its last change, of files that changed after the time that they bear.

    A program that keeps times (cp -p, rsync) can give another content the size and time of the old one; when it did so,
    the disk knows. Moved files, and those with new rights, are among them. Empty where the landing is no local folder.
    """
    if (folder := local_folder(landing)) is None:
        return []
    root, found = Path(folder), []
    for path in root.glob("raw/*/*/*/*/*"):
        try:
            stat = path.stat()
        except OSError:  # gone meanwhile
            continue
        if stat.st_ctime > stat.st_mtime + _SETTLING:
            name = os.fsencode(path.relative_to(root)).decode(errors="replace")
            found.append((name, datetime.fromtimestamp(stat.st_ctime, UTC)))
    return found


@contextmanager
def without_checksums(spark: SparkSession, landing: str) -> Iterator[None]:
    """While it lasts, files of a local disk are read as they lie.

    Hadoop looks for a checksum beside each file (.name.csv.crc). It stumbles over a colon in the name, and refuses a
    file that another program has written anew after a copy by Hadoop.
    """
    system = _file_system(spark, landing)
    if system is None:
        yield
        return
    system.setVerifyChecksum(False)
    try:
        yield
    finally:
        system.setVerifyChecksum(True)


def _file_system(spark: SparkSession, landing: str) -> Any | None:
    """Hadoop's object, one a JVM; None where the session's JVM is out of reach, as it is in some notebooks."""
    try:
        java: Any = spark._jvm
        settings = spark._jsparkSession.sessionState().newHadoopConf()
        return java.org.apache.hadoop.fs.Path(landing).getFileSystem(settings)
    except Exception:
        return None
