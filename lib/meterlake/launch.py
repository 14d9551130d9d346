"""Starts a job through spark-submit: `python -m meterlake.launch JOB [ARGS]`, as spark-submit.sh does.

The configuration is validated and Java found before any JVM starts. On a cluster the library and Delta's jars travel to
the executors; the job's exit code is passed on.
"""

import argparse
import importlib.util
import os
import pwd
import signal
import socket
import subprocess
import sys
import tempfile
import zipfile
from collections.abc import Sequence
from pathlib import Path

from meterlake import failures, java, local_files, spark_settings
from meterlake.config import Config, load
from meterlake.config.layers import base_file
from meterlake.errors import ConfigError, EnvironmentFault, MeterlakeError
from meterlake.options import add_common_arguments

WRONG_USE = 2
LIBRARY = Path(__file__).parent
DELTA_JARS = ("io.delta_*.jar", "io.unitycatalog_*.jar", "org.locationtech.jts_*.jar")


def main(argv: Sequence[str]) -> int:
    """The job's exit code; 2 where the configuration or the command is wrong, 1 where the machine lacks something."""
    if not argv:
        print("usage: spark-submit.sh JOB [ARGS]", file=sys.stderr)
        return WRONG_USE
    try:
        return _launch(_job(argv[0]), list(argv[1:]))
    except MeterlakeError as error:
        _tell(Path(argv[0]).stem, error)
        return WRONG_USE if isinstance(error, ConfigError) else 1


def _tell(job: str, error: MeterlakeError) -> None:
    for line in failures.lines(error):
        print(f"meterlake {job} failed: {line}", file=sys.stderr)


def _launch(job: Path, arguments: list[str]) -> int:
    if {"--help", "-h"} & set(arguments):
        return _run([sys.executable, str(job), *arguments], os.environ | {"PYTHONPATH": _python_path()})
    options = _common_options(arguments)
    config = load(options.config, options.overrides)
    spark_home = _spark_home()
    master = spark_settings.master(config)
    is_local = spark_settings.is_local(master)
    _require_answer(master)
    environment = _environment(spark_home, is_local)
    with tempfile.TemporaryDirectory(prefix="meterlake-") as folder:
        environment[failures.FAILURE_FILE] = f"{folder}/failure"
        settings = spark_settings.at_launch(config, options.spark_log, job.stem)
        command = [
            str(spark_home / "bin" / "spark-submit"),
            *("--master", master, "--name", f"meterlake {job.stem}"),
            *(part for key, value in settings.items() for part in ("--conf", f"{key}={value}")),
            *([] if is_local else shipped(config, spark_home, Path(folder))),
            *(str(job), *arguments),
        ]
        code = _run(command, environment)
        if (told := Path(environment[failures.FAILURE_FILE])).exists():
            sys.stderr.write(told.read_text())
        elif code not in (0, WRONG_USE):  # argparse has told a wrong option itself
            _tell(job.stem, EnvironmentFault(f"spark-submit ended with code {code}", str(job), failures.DETAILS))
        return code


def _job(name: str) -> Path:
    """The job's file, relative to the current folder or else to the project's."""
    folders = dict.fromkeys((Path.cwd(), LIBRARY.parents[1]))
    for folder in folders:
        if (folder / name).is_file():
            return folder / name
    raise ConfigError(f"there is no job {name}", " or ".join(map(str, folders)), "name one, as jobs/build_silver.py")


def _common_options(arguments: Sequence[str]) -> argparse.Namespace:
    """What the launcher needs of the job's options; the job reads and judges them all again."""
    parser = argparse.ArgumentParser(add_help=False, allow_abbrev=False)
    add_common_arguments(parser)
    return parser.parse_known_args(arguments)[0]


def _spark_home() -> Path:
    if named := os.environ.get("SPARK_HOME"):
        home, where = Path(named), "SPARK_HOME"
    elif package := importlib.util.find_spec("pyspark"):
        home, where = Path(str(package.origin)).parent, "the pyspark package"
    else:
        raise EnvironmentFault("there is no Spark", sys.prefix, "run make setup, or set SPARK_HOME")
    if not (home / "bin" / "spark-submit").is_file():
        raise EnvironmentFault(f"there is no bin/spark-submit in {home}", where, "run make setup, or set SPARK_HOME")
    return home


def _require_answer(master: str) -> None:
    """Spark itself tries a standalone master for a minute, and then says no more than that its context is stopped."""
    if not master.startswith("spark://"):
        return
    for address in master.removeprefix("spark://").split(","):
        host, _, port = address.rpartition(":")
        try:
            socket.create_connection((host, int(port)), timeout=5).close()
            return
        except (OSError, ValueError):
            continue
    raise EnvironmentFault(
        f"no Spark master answers at {master}", "spark.master, MASTER", "start it, or correct its address"
    )


def _environment(spark_home: Path, is_local: bool) -> dict[str, str]:
    _require_user_name()
    environment = (
        os.environ
        | local_files.environment()
        | {
            "JAVA_HOME": str(java.home()),
            "SPARK_HOME": str(spark_home),
            "PYTHONPATH": _python_path(),
            "PYSPARK_PYTHON": os.environ.get("PYSPARK_PYTHON", sys.executable),
            "PYSPARK_DRIVER_PYTHON": sys.executable,
            "TZ": "UTC",  # Python turns collected timestamps into the process's local time
        }
    )
    if is_local:
        environment.setdefault("SPARK_LOCAL_IP", "127.0.0.1")  # a name that resolves nowhere is no obstacle
    return environment


def _require_user_name() -> None:
    """A container may run under a number that no user has; Java's login then fails with a stack trace."""
    try:
        pwd.getpwuid(os.getuid())
    except KeyError:
        raise EnvironmentFault(
            f"user id {os.getuid()} has no name here, and Spark needs one",
            "/etc/passwd",
            "build the image with --build-arg UID=..., or run it as a user it knows",
        ) from None


def _python_path() -> str:
    return os.pathsep.join(part for part in (str(LIBRARY.parent), os.environ.get("PYTHONPATH", "")) if part)


def shipped(config: Config, spark_home: Path, folder: Path) -> list[str]:
    """The options that give executors our library and, where no packages are configured, the driver's Delta jars."""
    archive = folder / "meterlake.zip"
    with zipfile.ZipFile(archive, "w", zipfile.ZIP_DEFLATED) as zipped:
        for file in sorted(LIBRARY.rglob("*.py")):
            zipped.write(file, file.relative_to(LIBRARY.parent))
        zipped.writestr("meterlake/conf/base.yaml", base_file().read_bytes())
    options = ["--py-files", str(archive)]
    jars = sorted(str(jar) for pattern in DELTA_JARS for jar in (spark_home / "jars").glob(pattern))
    return options if config.spark.packages or not jars else [*options, "--jars", ",".join(jars)]


def _run(command: Sequence[str], environment: dict[str, str]) -> int:
    process = subprocess.Popen(command, env=environment)
    signal.signal(signal.SIGTERM, lambda *_: process.terminate())
    while True:
        try:
            code = process.wait()
            return 128 - code if code < 0 else code
        except KeyboardInterrupt:  # the terminal has told the job too; its code says how it ended
            continue


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
