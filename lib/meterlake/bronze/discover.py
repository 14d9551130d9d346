"""Which landing files there are, without opening one: a listing by Spark, on any file system that it knows."""

import re
from collections.abc import Mapping
from functools import reduce
from operator import or_

from py4j.protocol import Py4JJavaError
from pyspark.errors import AnalysisException
from pyspark.sql import Column, DataFrame, Row, SparkSession
from pyspark.sql import functions as F

from meterlake.bronze import ledger
from meterlake.bronze.local_landing import touched
from meterlake.errors import DataError

_LANDING_FILE = r"(?s)(raw/\d{4}/\d{2}/\d{2}/\d{2}/[^._/][^/]*\.(csv|csv\.gz|json|jsonl))\z"
_GLOB_CHARACTERS = re.compile(r"([*?\[\]{}\\])")
_SCHEME = r"^[A-Za-z][\w+.-]*:(//[^/]*)?"
# Java reads another letter in place of one that is not UTF-8, and does not find the file again.
_MISNAMED = re.compile("reading file (.*?\N{REPLACEMENT CHARACTER}.*?)\\. File does not exist")
_MOST_SIZES = 20
_COLUMNS = "source_file string, landed_hour timestamp, size_bytes long, modified_at timestamp"


def landing_files(spark: SparkSession, landing: str) -> DataFrame:
    """A row a landing file: source_file (below the landing root), landed_hour, size_bytes, modified_at.

    A landing file lies directly in an hour's folder ``raw/YYYY/MM/DD/HH`` with a real date and hour, ends in .csv,
    .csv.gz, .json or .jsonl and does not begin with . or _ ; nothing else is looked at. No folder is no file.
    """
    try:
        files = _listing(spark, landing, [f"{landing}/raw"])
    except AnalysisException as error:
        if error.getCondition() != "PATH_NOT_FOUND":
            raise
        return spark.createDataFrame([], _COLUMNS)
    return files.select("source_file", landed_hour().alias("landed_hour"), "size_bytes", "modified_at").where(
        "landed_hour IS NOT NULL"
    )


def pending_files(spark: SparkSession, landing: str, known: DataFrame, trust_times: bool) -> list[Row]:
    """landing_files that the ledger does not know, or all of them where times are not to be trusted.

    With touched_at: when the disk says that the file last changed, where that is later than the time it bears and times
    are trusted. Raises DataError where a file's name is not UTF-8.
    """
    listed = landing_files(spark, landing)
    changed = spark.createDataFrame(touched(landing) if trust_times else [], "source_file string, touched_at timestamp")
    pending = listed.join(F.broadcast(changed), "source_file", "left")
    try:
        return (ledger.not_known(pending, known) if trust_times else pending).collect()
    except Py4JJavaError as error:
        raise _explained(error) from None


def _explained(error: Py4JJavaError) -> Exception:
    """What a listing that failed should be told as: DataError where a file's name is not UTF-8, else the error."""
    misnamed = _MISNAMED.search(str(error))
    if misnamed is None:
        return error
    text, advice = "the name of a file in the landing is not UTF-8", "rename it and run again: nothing was ingested"
    return DataError(text, misnamed[1], advice)


def landing_contents(spark: SparkSession, landing: str, sizes: Mapping[str, int]) -> DataFrame:
    """source_file, size_bytes, modified_at and content of files, named with their sizes, and of some beside them.

    Whole folders are listed, so that ten thousand files do not cost ten thousand look-ups; keep the named ones. A file
    that is gone meanwhile, or has another size, has no row.
    """
    folders = sorted({name.rpartition("/")[0] for name in sizes})
    listing = _listing(spark, landing, [f"{landing}/{folder}" for folder in folders], ignoreMissingFiles="true")
    return listing.where(_has_one_of(sorted(set(sizes.values()))))


def _has_one_of(sizes: list[int]) -> Column:
    """What the reader can test before it opens a file: beside a small new one may lie gigabytes of something else."""
    size = F.col("size_bytes")
    among = size.between(sizes[0], sizes[-1])
    return among if len(sizes) > _MOST_SIZES else among & reduce(or_, [size == one for one in sizes])


def landed_hour() -> Column:
    """Start of the hour that source_file names, empty where there is no such date or hour."""
    stamp = F.regexp_extract("source_file", r"^raw/((?!0000)\d{4}/\d{2}/\d{2}/\d{2})/", 1)
    return F.try_to_timestamp(stamp, F.lit("yyyy/MM/dd/HH"))


def _listing(spark: SparkSession, landing: str, folders: list[str], **options: str) -> DataFrame:
    escaped = [_GLOB_CHARACTERS.sub(r"\\\1", folder) for folder in folders]
    files = spark.read.format("binaryFile").options(recursiveFileLookup="true", **options).load(escaped)
    root = re.sub(r"/+", "/", re.sub(_SCHEME, "", landing)).rstrip("/")
    named = files.select(
        "*",
        F.regexp_extract("path", _LANDING_FILE, 1).alias("source_file"),
        F.col("length").alias("size_bytes"),
        F.col("modificationTime").alias("modified_at"),
    )
    is_below_root = F.regexp_replace("path", _SCHEME, "") == F.concat(F.lit(f"{root}/"), "source_file")
    is_landing_file = (F.col("source_file") != "") & is_below_root
    return named.where(is_landing_file).select("source_file", "size_bytes", "modified_at", "content")
