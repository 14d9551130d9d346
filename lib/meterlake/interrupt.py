"""Ctrl-C while Spark runs. The JVM is interrupted too and may take this process with it, so the news comes first."""

import signal
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from types import FrameType


class Interrupted(KeyboardInterrupt):
    """Ctrl-C that the user has been told about."""


@contextmanager
def telling(tell: Callable[[], object]) -> Iterator[None]:
    """Within it Ctrl-C calls `tell` at once, then raises Interrupted; a second one is ignored.

    It takes the place of pyspark's handler, whose call to the JVM from inside another call fails with a stack trace.
    """
    if threading.current_thread() is not threading.main_thread():
        yield
        return

    def on_signal(number: int, frame: FrameType | None) -> None:
        signal.signal(signal.SIGINT, signal.SIG_IGN)
        tell()
        raise Interrupted

    before = signal.signal(signal.SIGINT, on_signal)
    try:
        yield
    finally:
        signal.signal(signal.SIGINT, before)
