"""Which failures pass by themselves: every kind that a run meets, as Python and as Java raise it."""

import errno
import socket
from collections.abc import Sequence
from pathlib import Path

import pytest
from delta import exceptions as delta
from pyspark.errors import AnalysisException
from pyspark.sql import SparkSession

from meterlake.errors import AuditError, ChangedMeanwhile, ConfigError, DataError, LockedError, ReferenceDataError
from meterlake.operations.reasons import is_passing


class JavaClass:
    """Answers as java.lang.Class does."""

    def __init__(self, names: Sequence[str]) -> None:
        self.names = names

    def getName(self) -> str:  # noqa: N802 - Java's
        return self.names[0]

    def getSuperclass(self) -> "JavaClass | None":  # noqa: N802
        return JavaClass(self.names[1:]) if len(self.names) > 1 else None


class Throwable:
    """Answers as java.lang.Throwable does: class names from the nearest up."""

    def __init__(self, names: str, message: str = "", cause: "Throwable | None" = None) -> None:
        self.names = names.split()
        self.message = message
        self.cause = cause

    def getClass(self) -> JavaClass:  # noqa: N802
        return JavaClass(self.names)

    def getCause(self) -> "Throwable | None":  # noqa: N802
        return self.cause

    def toString(self) -> str:  # noqa: N802
        return f"{self.names[0]}: {self.message}"


class Py4JJavaError(Exception):
    """Stands for py4j's, which needs a JVM to be made."""

    def __init__(self, java_exception: Throwable) -> None:
        super().__init__("An error occurred while calling o1.save.")
        self.java_exception = java_exception


def java(names: str, message: str = "", cause: Throwable | None = None) -> Exception:
    """As it arrives: below Spark's own exception."""
    return Py4JJavaError(
        Throwable("org.apache.spark.SparkException", "Job aborted", Throwable(names, message, cause)),
    )


def raised_from(error: Exception, cause: Exception) -> Exception:
    error.__cause__ = cause
    return error


IO = "java.io.IOException"
PASSING = {
    "a disk's error": OSError(errno.EIO, "Input/output error"),
    "a full disk": OSError(errno.ENOSPC, "No space left on device"),
    "a quota": OSError(errno.EDQUOT, "Disk quota exceeded"),
    "a network folder that came back": OSError(errno.ESTALE, "Stale file handle"),
    "a file that vanished": FileNotFoundError(errno.ENOENT, "No such file or directory"),
    "a refused connection": ConnectionRefusedError(errno.ECONNREFUSED, "Connection refused"),
    "a reset connection": ConnectionResetError(errno.ECONNRESET, "Connection reset by peer"),
    "a timeout": TimeoutError("timed out"),
    "a name that resolves nowhere": socket.gaierror(socket.EAI_AGAIN, "Temporary failure in name resolution"),
    "a file that changed": ChangedMeanwhile("267 rows were decided on and 266 written"),
    "Java: a full disk": java(IO, "No space left on device"),
    "Java: a full disk as a file system says it": java(
        f"java.nio.file.FileSystemException {IO}", "/w/x: No space left on device"
    ),
    "Java: a file that vanished": java(f"java.io.FileNotFoundException {IO}", "File file:/l/raw/a.csv does not exist"),
    "Java: no answer": java(f"java.net.SocketTimeoutException java.io.InterruptedIOException {IO}", "Read timed out"),
    "Java: no connection": java(f"java.net.ConnectException java.net.SocketException {IO}", "Connection refused"),
    "S3: 503": java("software.amazon.awssdk.services.s3.model.S3Exception", "(Service: S3, Status Code: 503)"),
    "S3: 500 of s3a": java(f"org.apache.hadoop.fs.s3a.AWSStatus500Exception {IO}", "Status Code: 500"),
    "only told by a worker": RuntimeError(
        "Job aborted: Task 0 failed 4 times\nLost task 0.3 in stage 2.0 (TID 9) (10.0.0.7 executor 1): "
        "java.io.IOException: No space left on device\n\tat java.base/x"
    ),
    "behind an error of another kind": raised_from(RuntimeError("could not write"), OSError(errno.EIO, "I/O error")),
}
LASTING = {
    "a setting": ConfigError("gaps is 1"),
    "data": DataError("meters.csv is empty"),
    "a registry": ReferenceDataError("line 2"),
    "counts": AuditError("10 rows came in and 9 out"),
    "another run": LockedError("another run is writing"),
    "data behind which a file is missing": raised_from(ReferenceDataError("no registry"), FileNotFoundError()),
    "no right": PermissionError(errno.EACCES, "Permission denied"),
    "a read-only disk": OSError(errno.EROFS, "Read-only file system"),
    "a file in the folder's place": NotADirectoryError(errno.ENOTDIR, "Not a directory"),
    "our own mistake": ZeroDivisionError(),
    "an error without a number": OSError("something"),
    "Java: no right": java(f"java.io.FileNotFoundException {IO}", "/w/x.parquet (Permission denied)"),
    "Java: no right, said by its class": java(
        f"java.nio.file.AccessDeniedException java.nio.file.FileSystemException {IO}", "/warehouse"
    ),
    "Java: a folder that cannot be made": java(IO, "Mkdirs failed to create file:/w/silver/_temporary"),
    "Java: a read-only disk": java(f"java.nio.file.FileSystemException {IO}", "/w: Read-only file system"),
    "Java: out of memory": java("java.lang.OutOfMemoryError java.lang.Error", "Java heap space"),
    "Java: arithmetic": java("org.apache.spark.SparkArithmeticException", "[DIVIDE_BY_ZERO]"),
    "S3: 403": java(f"org.apache.hadoop.fs.s3a.AWSServiceIOException {IO}", "(Service: S3, Status Code: 403)"),
    "no such bucket": java(f"org.apache.hadoop.fs.s3a.UnknownStoreException {IO}", "bucket x does not exist"),
    "no such scheme": java(f"org.apache.hadoop.fs.UnsupportedFileSystemException {IO}", "No FileSystem for scheme"),
    "broken gzip": java(f"java.util.zip.ZipException {IO}", "Not in GZIP format"),
    "a lasting reason behind a passing one": java(IO, "failed", Throwable("x.AccessControlException", "denied")),
    "a stopped session": java("java.lang.IllegalStateException", "Cannot call methods on a stopped SparkContext."),
    "a dead JVM": type("Py4JNetworkError", (Exception,), {})("Answer from Java side is empty"),
}


@pytest.mark.parametrize("error", PASSING.values(), ids=PASSING.keys())
def test_what_passes(error: Exception) -> None:
    assert is_passing(error)


@pytest.mark.parametrize("error", LASTING.values(), ids=LASTING.keys())
def test_what_does_not(error: Exception) -> None:
    assert not is_passing(error)


def test_what_failed_while_a_dead_jvm_was_cleaned_up_after() -> None:
    def work() -> None:
        try:
            raise LASTING["a dead JVM"]
        finally:
            raise ConnectionRefusedError(errno.ECONNREFUSED, "Connection refused")

    with pytest.raises(ConnectionRefusedError) as raised:
        work()
    assert not is_passing(raised.value)


def test_a_chain_that_bites_its_tail_ends() -> None:
    one, two = RuntimeError("one"), RuntimeError("two")
    one.__cause__, two.__cause__ = two, one
    assert not is_passing(one)


@pytest.mark.parametrize(
    ("kind", "passes"),
    [
        (delta.ConcurrentAppendException, True),
        (delta.ConcurrentDeleteReadException, True),
        (delta.ConcurrentDeleteDeleteException, True),
        (delta.ConcurrentTransactionException, True),
        (delta.ConcurrentWriteException, True),
        (delta.MetadataChangedException, True),
        (delta.ProtocolChangedException, False),
    ],
)
def test_another_writer_s_commit(kind: type[Exception], passes: bool) -> None:
    assert is_passing(kind("a concurrent commit")) is passes
    name = f"io.delta.exceptions.{kind.__name__} io.delta.exceptions.DeltaConcurrentModificationException"
    assert is_passing(java(name, "a concurrent commit")) is passes


class TestAsSparkRaisesThem:
    def test_a_file_that_vanished_between_listing_and_reading(self, spark: SparkSession, tmp_path: Path) -> None:
        (tmp_path / "a.csv").write_text("1\n")
        listed = spark.read.format("binaryFile").load(str(tmp_path)).select("content")
        (tmp_path / "a.csv").unlink()
        with pytest.raises(Exception) as raised:  # noqa: PT011 - whatever Spark raises is judged
            listed.collect()
        assert is_passing(raised.value)

    def test_a_folder_that_vanished(self, spark: SparkSession, tmp_path: Path) -> None:
        with pytest.raises(AnalysisException) as raised:
            spark.read.format("binaryFile").load(str(tmp_path / "raw"))
        assert is_passing(raised.value)

    def test_a_column_that_is_not_there(self, spark: SparkSession) -> None:
        with pytest.raises(AnalysisException) as raised:
            spark.range(1).select("no_such_column")
        assert not is_passing(raised.value)

    def test_a_file_in_the_warehouse_s_place(self, spark: SparkSession, tmp_path: Path) -> None:
        (tmp_path / "warehouse").write_text("a file, no folder")
        with pytest.raises(Exception) as raised:  # noqa: PT011
            spark.range(1).write.format("delta").save(str(tmp_path / "warehouse" / "bronze"))
        assert not is_passing(raised.value)
