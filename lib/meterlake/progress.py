"""What a run tells people: one line a step, as text for a terminal or as JSON lines for a machine, on standard output.

    with progress.step("silver: rules applied") as step:
        ...
        step.note(rows=8640000, files=3)

prints `  silver: rules applied .................... 8,640,000 rows · 3 files · 12.3 s` when the step ends. Outside a
job (in a notebook) it works the same, under a run id of its own.
"""

import json
import secrets
import time
from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass, field
from datetime import UTC, datetime
from functools import cache
from typing import Any

NAME_WIDTH = 44


def new_run_id() -> str:
    """A name for a run that sorts by the time it was made: 20240315T140512123Z-9f3a2b."""
    now = datetime.now(UTC)
    return f"{now:%Y%m%dT%H%M%S}{now.microsecond // 1000:03d}Z-{secrets.token_hex(3)}"


@dataclass(frozen=True)
class Run:
    """The run that lines are printed for."""

    job: str
    id: str = field(default_factory=new_run_id)
    as_json: bool = False
    started: float = field(default_factory=time.monotonic)

    def seconds(self) -> float:
        """Since the run began."""
        return time.monotonic() - self.started


@dataclass
class Step:
    """A step in progress; `note` adds what is told about it when it ends."""

    name: str
    notes: dict[str, Any] = field(default_factory=dict)

    def note(self, **notes: Any) -> None:
        """Counts and words, such as rows=8640000 or table="silver.readings"."""
        self.notes |= notes


_current: ContextVar[Run | None] = ContextVar("meterlake_run", default=None)


@cache
def _outside_a_job() -> Run:
    return Run("notebook")


def current() -> Run:
    """The job's run, or outside a job the process's own."""
    return _current.get() or _outside_a_job()


def run_id() -> str:
    """The current run's id."""
    return current().id


@contextmanager
def running(run: Run) -> Iterator[Run]:
    """Makes `run` the current one."""
    token = _current.set(run)
    try:
        yield run
    finally:
        _current.reset(token)


@contextmanager
def step(name: str) -> Iterator[Step]:
    """A named piece of work: prints its name, notes and duration when it ends, also when it fails."""
    this = Step(name)
    started = time.monotonic()
    try:
        yield this
    except BaseException:
        this.notes["failed"] = True
        raise
    finally:
        _print_step(this, time.monotonic() - started)


def say(text: str, event: str = "message", **fields: Any) -> None:
    """A single line."""
    if current().as_json:
        _print_json(event, {"text": text} | fields)
    else:
        _print(" · ".join([text, *_words(fields)]))


def _print_step(this: Step, seconds: float) -> None:
    if current().as_json:
        _print_json("step", {"name": this.name} | this.notes | {"seconds": round(seconds, 3)})
    else:
        dots = "." * max(3, NAME_WIDTH - len(this.name))
        _print(f"  {this.name} {dots} " + " · ".join([*_words(this.notes), f"{seconds:,.1f} s"]))


def _print_json(event: str, fields: dict[str, Any]) -> None:
    now = datetime.now(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")
    head = {"run_id": current().id, "ts": now, "job": current().job, "event": event}
    _print(json.dumps(head | fields, default=str, ensure_ascii=False))


def _print(line: str) -> None:
    print(line, flush=True)  # a pipe would hold the lines back until the end


def _words(fields: dict[str, Any]) -> list[str]:
    return [_word(name.replace("_", " "), value) for name, value in fields.items() if value is not None]


def _word(name: str, value: Any) -> str:
    if value is True:
        return name
    if value is False:
        return f"not {name}"
    if isinstance(value, int):
        return f"{value:,} {name.removesuffix('s') if value == 1 else name}"
    return f"{name} {value:,.1f}" if isinstance(value, float) else f"{name} {value}"
