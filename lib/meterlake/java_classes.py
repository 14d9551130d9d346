"""Spark's Java classes as the JVM wants them in memory, made once, so that a job starts sooner.

`python -m meterlake.java_classes` ingests a tiny file and has the JVM write down which classes it loaded
(application class data sharing: https://docs.oracle.com/en/java/javase/17/vm/class-data-sharing.html). A JVM that
the archive does not fit, for a newer Java or other jars, starts as if there were none.
"""

import subprocess
import sys
import tempfile
from pathlib import Path

from meterlake.errors import EnvironmentFault, MeterlakeError

ARCHIVE = "meterlake-classes.jsa"
_SILENT = "-Xlog:cds=off -Xlog:cds+dynamic=off -Xlog:class+path=off"
_JOB = Path(__file__).parents[2] / "jobs" / "ingest_bronze.py"
_LANDED = Path("landing/raw/2024/03/02/00/one.csv")


def options() -> str:
    """Java options that start a JVM from the archive; none where nobody has made it."""
    archive = _archive()
    return f"-XX:SharedArchiveFile={archive} {_SILENT}" if archive.is_file() and " " not in str(archive) else ""


def make() -> Path | None:
    """Makes the archive beside the Python environment; None where this Java or folder allows none.

    Raises EnvironmentFault where the tiny ingest fails.
    """
    archive = _archive()
    if " " in str(archive):  # Java options know no quotes
        return None
    archive.unlink(missing_ok=True)
    with tempfile.TemporaryDirectory(prefix="meterlake-") as folder:
        _write_landing(Path(folder))
        places = [f"storage.{name}={folder}/{name}" for name in ("landing", "reference", "warehouse")]
        write_down = f"spark.conf.spark.driver.extraJavaOptions=-XX:ArchiveClassesAtExit={archive} {_SILENT}"
        settings = [part for one in (*places, "spark.master=local[2]", write_down) for part in ("--set", one)]
        command = [sys.executable, "-m", "meterlake.launch", str(_JOB)]
        done = subprocess.run([*command, *settings], capture_output=True, text=True)
    if done.returncode != 0:
        archive.unlink(missing_ok=True)
        raise EnvironmentFault(
            f"a tiny ingest does not run: {(done.stderr or done.stdout).strip()[-2000:]}",
            sys.prefix,
            "put right what it says, then run make setup again",
        )
    return archive if archive.is_file() else None


def _archive() -> Path:
    return Path(sys.prefix, ARCHIVE)


def _write_landing(folder: Path) -> None:
    file = folder / _LANDED
    file.parent.mkdir(parents=True)
    lines = [f"MTR-1,2024-03-01T{hour:02}:00:00Z,{1 + hour / 10},kW" for hour in range(24)]
    file.write_text("\n".join(["meter_id,timestamp,value,unit", *lines, ""]))
    (folder / "reference").mkdir()
    (folder / "reference" / "meters.csv").write_text(
        "meter_id,meter_type,interval_minutes,neighbourhood_id\nMTR-1,home,60,north\n"
    )


if __name__ == "__main__":
    try:
        made = make()
        size = f"{made.stat().st_size >> 20} MB of" if made else "no"
        print(f"meterlake: {size} Java classes written down")
    except MeterlakeError as error:
        sys.exit(f"meterlake: {error}")
