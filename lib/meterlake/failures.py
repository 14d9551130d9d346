"""Any exception as one line: Spark's and Java's reduced to the cause behind them."""

import os
import re
import sys
from collections.abc import Sequence
from pathlib import Path

from meterlake.errors import ConfigErrors, MeterlakeError

DETAILS = "run it again with --spark-log INFO for details"
HINTS = (
    ("OutOfMemoryError", "raise spark.driver_memory, or spark.shuffle_partitions"),
    ("No space left on device", "make room on the disk, or set spark.conf.spark.local.dir to a larger one"),
    ("Permission denied", "check who owns the folder"),
    ("stopped SparkContext", "check that the cluster runs and still has this application"),
    ("Connection refused", "check that the service at that address runs"),
)
TASK_FAILURE = re.compile(r"Lost task [^\n]*?\): (?P<cause>[\w.$]+(?:Exception|Error|Throwable)[^\n]*)")
WORKER_FAILURE = re.compile(r"^(?P<cause>(?:\w+\.)*\w*(?:Error|Exception|Fault|Failure)\b: [^\n]+)", re.MULTILINE)
OUR_OWN = re.compile(r"meterlake\.errors\.\w+: (?P<cause>[^\n]+)")
LONGEST = 400
FAILURE_FILE = "METERLAKE_FAILURE_FILE"


def tell(messages: Sequence[str]) -> None:
    """Prints them to standard error; under spark-submit.sh by way of its launcher, since Spark joins both streams."""
    text = "".join(f"{message}\n" for message in messages)
    if file := os.environ.get(FAILURE_FILE):
        Path(file).write_text(text)
    else:
        print(text, end="", file=sys.stderr, flush=True)


def lines(error: BaseException) -> list[str]:
    """The lines to show: one, or one for each wrong setting, and one for each note that was added to the error."""
    return _lines(error) + [" ".join(note.split()) for note in getattr(error, "__notes__", [])]


def cause(error: BaseException) -> str:
    """What failed, without what to do next."""
    if isinstance(error, MeterlakeError):
        return error.what
    return _lines(error)[0].partition(" · next: ")[0]


def kind(error: BaseException) -> str:
    """The class of the error behind it, without packages."""
    name = re.match(r"(\w+(?:Exception|Error|Fault|Failure))\b", cause(error))
    return type(error).__name__ if isinstance(error, MeterlakeError) or name is None else name[1]


def _lines(error: BaseException) -> list[str]:
    if isinstance(error, ConfigErrors):
        return [str(problem) for problem in error.problems]
    if isinstance(error, MeterlakeError):
        return [str(error)]
    text = _text(error)
    if own := OUR_OWN.search(text):  # raised in a Python worker, it arrives as text
        return [own["cause"]]
    cause = _shortened(error, text)
    hint = next((hint for sign, hint in HINTS if sign in text), DETAILS)
    return [f"{cause} · next: {hint}"]


def _text(error: BaseException) -> str:
    java_error = getattr(error, "java_exception", None)  # py4j's
    if java_error is None:
        return str(error)
    try:
        return _root_cause(java_error)
    except Exception:  # the JVM may be gone
        return str(error)


def _root_cause(java_error: object) -> str:
    chain = [java_error]
    while (cause := chain[-1].getCause()) is not None and len(chain) < 20:  # type: ignore[attr-defined]
        chain.append(cause)
    return str(chain[-1].toString())  # type: ignore[attr-defined]


def _shortened(error: BaseException, text: str) -> str:
    for pattern in (WORKER_FAILURE, TASK_FAILURE):
        if found := pattern.findall(text):
            return _fit(found[-1])
    first = next((line.strip() for line in text.splitlines() if line.strip()), "")
    name = type(error).__name__
    if hasattr(error, "java_exception"):
        return _fit(first)
    return _fit(f"{name}: {first}" if first else name)


def _fit(text: str) -> str:
    text = re.sub(r"\b(?:[a-z][\w$]*\.){2,}(?=[A-Z])", "", text)  # java.lang.OutOfMemoryError -> OutOfMemoryError
    return text if len(text) <= LONGEST else f"{text[: LONGEST - 3]}..."
