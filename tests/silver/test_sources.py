"""Which source a file is of: by its name, the first whose glob fits."""

from pyspark.sql import SparkSession
from pyspark.sql import functions as F

from meterlake.config import SourceColumns, SourceConfig
from meterlake.silver.sources import per_source
from tests.cases import frame, wrong

COLUMNS = SourceColumns(meter_id="m", read_at="t", value="v", unit="u")
GLOBS = {"early": "vendor_a*", "late": "vendor_*", "one": "x?.csv", "literal": "a+b.csv"}
SOURCES = {name: SourceConfig(files=glob, columns=COLUMNS) for name, glob in GLOBS.items()}
FILES = {
    "vendor_alpha.csv": GLOBS["early"],
    "vendor_b.csv": GLOBS["late"],
    "vendor_": GLOBS["late"],
    "my_vendor_b.csv": "default",
    "Vendor_b.csv": "default",
    "x1.csv": GLOBS["one"],
    "x12.csv": "default",
    "x1xcsv": "default",
    "x1.csv.gz": "default",
    "a+b.csv": GLOBS["literal"],
    "aab.csv": "default",
    "vendor_b/readings.csv": "default",
}


def test_the_first_glob_that_fits_the_name_wins(spark: SparkSession) -> None:
    cases = [
        {"case": name, "source_file": f"raw/2026/03/10/14/{name}", "expected_files": files}
        for name, files in FILES.items()
    ]
    files = per_source(SOURCES, lambda source: F.lit(source.files if source else "default"))
    assert wrong(frame(spark, cases).select("*", files.alias("files")), "files") == []
