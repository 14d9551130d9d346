"""Puts the jars that Spark lacks beside its own, once: `python -m meterlake.spark_jars`. Later runs need no network."""

import os
import shutil
import subprocess
import sys
import tempfile
from importlib.metadata import version
from pathlib import Path

import pyspark

from meterlake import java, java_network, local_files
from meterlake.errors import EnvironmentFault, MeterlakeError

# What Delta needs at run time, and the local file system; the rest of what Maven resolves comes with Spark.
NEEDED = ("io.delta_*.jar", "io.unitycatalog_*.jar", "org.locationtech.jts_*.jar", "com.globalmentor_*.jar")


def install() -> str:
    """Resolves the jars that belong to the installed pyspark and delta-spark. Returns what it did."""
    spark_home = Path(pyspark.__file__).parent
    spark_minor = ".".join(version("pyspark").split(".")[:2])
    package = f"delta-spark_{spark_minor}_2.13"
    delta = version("delta-spark")
    if (spark_home / "jars" / f"io.delta_{package}-{delta}.jar").is_file() and local_files.settings():
        return f"Delta {delta} is there already"
    with tempfile.TemporaryDirectory(prefix="meterlake-") as folder:
        _resolve(f"io.delta:{package}:{delta},{local_files.PACKAGE}", spark_home, Path(folder))
        jars = [jar for pattern in NEEDED for jar in (Path(folder) / "ivy" / "jars").glob(pattern)]
        # The jar that is looked for above comes last: a copy cut short is done again.
        for jar in sorted(jars, key=lambda jar: jar.name.startswith(f"io.delta_{package}")):
            shutil.copy(jar, spark_home / "jars" / jar.name)
    return f"Delta {delta}: {len(jars)} jars in {spark_home / 'jars'}"


def _resolve(coordinates: str, spark_home: Path, folder: Path) -> None:
    """Plainly first; where that fails, through the proxy and with the certificates that Python uses."""
    for java_options in ([], java_network.options(folder)):
        if _resolved(coordinates, spark_home, folder, java_options):
            return
    raise EnvironmentFault(
        f"cannot get {coordinates}",
        "Maven Central",
        "check that https://repo1.maven.org can be reached (HTTPS_PROXY is heard), then run make setup again",
    )


def _resolved(coordinates: str, spark_home: Path, folder: Path, java_options: list[str]) -> bool:
    nothing = folder / "nothing.py"
    nothing.write_text("")
    command = [str(spark_home / "bin" / "spark-submit"), "--master", "local[1]", "--packages", coordinates]
    command += ["--conf", f"spark.jars.ivy={folder / 'ivy'}", str(nothing)]
    environment = os.environ | {"JAVA_HOME": str(java.home()), "SPARK_HOME": str(spark_home)}
    environment |= {"PYSPARK_PYTHON": sys.executable, "PYSPARK_DRIVER_PYTHON": sys.executable}
    given = os.environ.get("JAVA_TOOL_OPTIONS", "").split()
    environment["JAVA_TOOL_OPTIONS"] = " ".join([*java_options, *given])
    return subprocess.run(command, env=environment, capture_output=True).returncode == 0


if __name__ == "__main__":
    try:
        print(f"meterlake: {install()}")
    except MeterlakeError as error:
        sys.exit(f"meterlake: {error}")
