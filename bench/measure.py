"""Wall time, CPU and memory of a piece of work: in this process with its JVM, or in a process of its own."""

import os
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any

import psutil

_EVERY_SECONDS = 0.1


@dataclass(frozen=True)
class Measured:
    """One run. ``inside_s`` is the work alone, where a process's start and end are part of ``wall_s``."""

    wall_s: float
    inside_s: float
    cpu_s: float
    peak_mb: float
    parts: dict[str, float] = field(default_factory=dict)

    def as_dict(self) -> dict[str, Any]:
        return asdict(self) | {"load": round(os.getloadavg()[0], 2)}


class PeakMemory:
    """Samples the resident memory of a process and all its descendants, ten times a second; keeps the largest sum.

    Pages that processes share are counted in each of them.
    """

    def __init__(self, pid: int) -> None:
        self._root = psutil.Process(pid)
        self._done = threading.Event()
        self._thread = threading.Thread(target=self._watch, daemon=True)
        self.peak_bytes = 0

    def __enter__(self) -> "PeakMemory":
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._done.set()
        self._thread.join()

    @property
    def mb(self) -> float:
        return round(self.peak_bytes / 2**20, 1)

    def _watch(self) -> None:
        while True:
            self.peak_bytes = max(self.peak_bytes, sum(_resident(process) for process in _family(self._root)))
            if self._done.wait(_EVERY_SECONDS):
                return


def here(work: Callable[[], Mapping[str, float] | None]) -> Measured:
    """The work in this process, the JVM it talks to included. The work may return the seconds of its parts."""
    before = _cpu_of_family()
    started = time.monotonic()
    with PeakMemory(os.getpid()) as memory:
        parts = work()
    seconds = round(time.monotonic() - started, 3)
    return Measured(seconds, seconds, round(_cpu_of_family() - before, 2), memory.mb, dict(parts or {}))


def process(command: Sequence[str]) -> tuple[Measured, str]:
    """A whole process from start to end, and what it printed. Raises where it fails.

    A last line ``{"inside_s": ..., "parts": ...}`` is the caller's to read; CPU is that of the process and of all it
    waited for.
    """
    started = time.monotonic()
    running = subprocess.Popen(command, stdout=subprocess.PIPE, text=True, cwd=Path(__file__).parents[1])
    with PeakMemory(running.pid) as memory:
        printed = running.stdout.read() if running.stdout else ""
        _, status, usage = os.wait4(running.pid, 0)
    seconds = round(time.monotonic() - started, 3)
    running.returncode = os.waitstatus_to_exitcode(status)
    if running.returncode:
        print(printed, file=sys.stderr)
        raise subprocess.CalledProcessError(running.returncode, command)
    return Measured(seconds, seconds, round(usage.ru_utime + usage.ru_stime, 2), memory.mb), printed


def _family(root: psutil.Process) -> list[psutil.Process]:
    try:
        return [root, *root.children(recursive=True)]
    except psutil.NoSuchProcess:
        return []


def _resident(one: psutil.Process) -> int:
    try:
        return one.memory_info().rss
    except (psutil.NoSuchProcess, psutil.AccessDenied):
        return 0


def _cpu_of_family() -> float:
    """CPU seconds of this process and all below it, those that have ended included."""
    total = 0.0
    for one in _family(psutil.Process()):
        try:
            times = one.cpu_times()
        except (psutil.NoSuchProcess, psutil.AccessDenied):
            continue
        total += times.user + times.system + times.children_user + times.children_system
    return total
