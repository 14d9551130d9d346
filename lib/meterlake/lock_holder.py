"""Who holds a lock, in words that lead to the process: written into the lock's file, read by whoever has to wait."""

import json
import os
import socket
from contextlib import suppress
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Self

from meterlake import progress


@dataclass(frozen=True)
class Holder:
    """A run and where it is at work."""

    job: str
    run_id: str
    host: str
    process: int
    since: str

    @classmethod
    def here(cls, job: str) -> Self:
        """This process, from now on."""
        now = f"{datetime.now(UTC):%Y-%m-%dT%H:%M:%SZ}"
        return cls(job, progress.run_id(), socket.gethostname(), os.getpid(), now)

    @classmethod
    def read(cls, path: Path) -> Self | None:
        """What the file says; None where it says nothing, as in the moment between taking a lock and writing this."""
        try:
            return cls(**json.loads(path.read_text()))
        except (OSError, ValueError, TypeError):
            return None

    def write(self, file: int) -> None:
        """Takes the place of what the open file said. A disk that is full is the run's problem, not the lock's."""
        with suppress(OSError):
            os.ftruncate(file, 0)
            os.pwrite(file, json.dumps(asdict(self)).encode(), 0)

    def __str__(self) -> str:
        return f"{self.job} (run {self.run_id}) on host {self.host}, process {self.process}, since {self.since}"
