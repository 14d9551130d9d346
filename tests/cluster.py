"""A standalone Spark cluster of this machine: master and workers as processes of their own, gone when the test ends.

The workers lack what a cluster's machines lack: Meterlake and Delta's jars.
"""

import os
import re
import signal
import subprocess
import sys
import sysconfig
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import Any

import pyspark

from meterlake import java
from meterlake.launch import DELTA_JARS

SPARK_HOME = Path(pyspark.__file__).parent
DEPLOY = "org.apache.spark.deploy"
HOST = "127.0.0.1"
WORKERS = 2
AT_OUR_DEATH = 'read nothing; kill -s TERM -- "-$1"'  # its input ends with us, also where no `finally` runs
BRIEF = "-XX:TieredStopAtLevel=1"  # these JVMs live too short for the second compiler


@contextmanager
def cluster(folder: Path) -> Iterator[str]:
    """The address of a master with its workers, each of one core and 1 GiB; all gone at the end."""
    settings = environment(foreign_spark(folder), folder)
    with ExitStack() as running:
        log = running.enter_context(
            daemon(folder / "master.log", settings, "master.Master", "--host", HOST, "--port", "0")
        )
        master = wait_for(log, lambda text: re.search(r"Starting Spark master at (spark://[\w.]+:\d+)", text))[1]
        wait_for(log, lambda text: "I have been elected leader" in text)
        for number in range(WORKERS):
            size = ("--host", HOST, "--cores", "1", "--memory", "1g", "--work-dir", str(folder / f"worker-{number}"))
            running.enter_context(daemon(folder / f"worker-{number}.log", settings, "worker.Worker", *size, master))
        wait_for(log, lambda text: text.count("Registering worker") == WORKERS)
        yield master


def environment(spark_home: Path, folder: Path) -> dict[str, str]:
    """What all processes of the cluster start with: nothing of this one that tells Python or Spark where to look."""
    inherited = {name: value for name, value in os.environ.items() if not name.startswith(("SPARK_", "PYSPARK_"))}
    inherited.pop("PYTHONPATH", None)
    return inherited | {
        "JAVA_HOME": str(java.home()),
        "SPARK_HOME": str(spark_home),
        "SPARK_LOCAL_IP": HOST,
        "SPARK_LOCAL_DIRS": str(folder / "scratch"),
        "SPARK_MASTER_OPTS": "-Dspark.master.rest.enabled=false",  # its port is a fixed one
        "SPARK_DAEMON_MEMORY": "256m",
        "SPARK_DAEMON_JAVA_OPTS": BRIEF,
    }


def foreign_spark(folder: Path) -> Path:
    """This Spark without Delta's jars."""
    home = folder / "spark"
    (home / "jars").mkdir(parents=True)
    delta = {jar for pattern in DELTA_JARS for jar in (SPARK_HOME / "jars").glob(pattern)}
    assert delta, "there is something to leave out"
    for path in (*SPARK_HOME.iterdir(), *(SPARK_HOME / "jars").glob("*.jar")):
        link = home / path.relative_to(SPARK_HOME)
        if path not in delta and not link.exists():
            link.symlink_to(path)
    return home


def foreign_python(folder: Path) -> Path:
    """This Python with its packages, but without the links in them that lead to this project."""
    packages = os.pathsep.join(dict.fromkeys(sysconfig.get_path(name) for name in ("purelib", "platlib")))
    script = folder / "python"
    script.write_text(f'#!/bin/sh\nPYTHONPATH="$PYTHONPATH:{packages}" exec "{sys.executable}" -S "$@"\n')
    script.chmod(0o755)
    return script


@contextmanager
def daemon(log: Path, settings: dict[str, str], name: str, *options: str) -> Iterator[Path]:
    """One of Spark's own processes in a group of its own, which its children share and die with; gives its log."""
    command = [str(SPARK_HOME / "bin" / "spark-class"), f"{DEPLOY}.{name}", "--webui-port", "0", *options]
    with log.open("w") as output:
        process = subprocess.Popen(
            command, env=settings, cwd=log.parent, stdout=output, stderr=subprocess.STDOUT, start_new_session=True
        )
    heir = [*("sh", "-c", AT_OUR_DEATH, "sh"), str(process.pid)]
    with subprocess.Popen(heir, stdin=subprocess.PIPE, start_new_session=True) as watching:
        try:
            yield log
        finally:
            end(process)
            watching.kill()


def end(process: subprocess.Popen[bytes]) -> None:
    """Asks the whole group to go, and after ten seconds does not ask any more."""
    for sign, patience in ((signal.SIGTERM, 10), (signal.SIGKILL, 10)):
        give_up = time.monotonic() + patience
        try:
            os.killpg(process.pid, sign)
            while time.monotonic() < give_up:
                process.poll()
                os.killpg(process.pid, 0)
                time.sleep(0.05)
        except ProcessLookupError:  # nobody is left
            return


def wait_for(log: Path, find: Callable[[str], Any], seconds: float = 60) -> Any:
    """What `find` makes of the log as soon as that is something."""
    give_up = time.monotonic() + seconds
    while time.monotonic() < give_up:
        if found := find(log.read_text()):
            return found
        time.sleep(0.1)
    raise AssertionError(f"the cluster did not come up: {log.read_text()[-2000:]}")


def tasks_done(work: Path) -> int:
    """How many tasks a worker's executors have finished."""
    return sum(log.read_text().count("Finished task") for log in work.glob("app-*/*/stderr"))
