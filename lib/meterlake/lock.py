"""One run at a time for a warehouse: whoever writes holds its lock, and the next one waits or leaves.

    with lock.held(config, "build_silver"):
        ...

On this machine's disks it is an flock on <warehouse>/.meterlake.lock. The kernel takes it back when its holder dies,
however that happens, so nobody has to judge whether a lock is stale. What the file says is for people. A warehouse in
an object store or a catalog has no lock file: there Delta's own concurrency control keeps the commits apart, and the
scheduler has to keep two ingests apart, whose commits never conflict.
"""

import errno
import fcntl
import os
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from contextvars import ContextVar
from pathlib import Path

from meterlake import progress
from meterlake.config import Config
from meterlake.errors import LockedError, StorageError
from meterlake.lock_holder import Holder

NAME = ".meterlake.lock"
LOOK_EVERY_SECONDS, TELL_EVERY_SECONDS = 1.0, 60.0
_WITHOUT_LOCKS = {errno.ENOLCK, errno.ENOSYS, errno.EOPNOTSUPP, errno.EINVAL}

# By context and not by process: a second thread of a notebook's process is a second run.
_ours: ContextVar[frozenset[str]] = ContextVar("meterlake_locks", default=frozenset())


@contextmanager
def held(config: Config, job: str) -> Iterator[None]:
    """Within it no other run writes to the warehouse. Inside another one of the same run it does nothing.

    Raises LockedError where another run still holds the lock after `runs.wait_for_lock_minutes`, and StorageError where
    the warehouse cannot be written at all.
    """
    folder = config.storage.local_warehouse
    if folder is None or folder in _ours.get():
        yield
        return
    path = Path(folder) / NAME
    made_folder = not path.parent.exists()
    file = _wait_for(path, Holder.here(job), float(config.runs.wait_for_lock_minutes))
    token = _ours.set(_ours.get() | {folder})
    try:
        yield
    finally:
        _ours.reset(token)
        _give_back(path, file, made_folder)


def _wait_for(path: Path, holder: Holder, minutes: float) -> int:
    """The locked file, as soon as there is nobody else's lock on it."""
    give_up = time.monotonic() + 60 * minutes
    tell = time.monotonic()
    while (file := _take(path)) is None:
        other = str(Holder.read(path) or "another run")
        now = time.monotonic()
        if now >= give_up:
            raise LockedError(
                f"another run is writing to this warehouse: {other}",
                str(path),
                "run again when it has ended, or raise runs.wait_for_lock_minutes; if it hangs, end that process",
            )
        if now >= tell:
            progress.say(f"lock: waiting for {other}", event="lock", minutes_left=round((give_up - now) / 60, 1))
            tell = now + TELL_EVERY_SECONDS
        time.sleep(min(LOOK_EVERY_SECONDS, give_up - now))
    if dead := Holder.read(path):
        progress.say(f"lock: taken over from {dead}, which ended without giving it back", event="lock")
    holder.write(file)
    return file


def _take(path: Path) -> int | None:
    """The file, opened and locked; None where another run has it."""
    while True:
        try:
            path.parent.mkdir(parents=True, exist_ok=True)
            file = os.open(path, os.O_RDWR | os.O_CREAT, 0o666)
        except FileNotFoundError:  # the folder went with the run that had made it
            continue
        except OSError as error:
            raise StorageError(
                f"the warehouse cannot be written: {error.strerror}",
                str(path.parent),
                "check storage.warehouse, who owns the folder, and that there is room on the disk",
            ) from error
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            os.close(file)
            return None
        except OSError as error:
            if error.errno not in _WITHOUT_LOCKS:
                os.close(file)
                raise
            progress.say(f"lock: {path.parent} is on a file system without locks, nothing keeps other runs away")
        if _is_still_there(path, file):
            return file
        os.close(file)  # its holder has removed it meanwhile


def _is_still_there(path: Path, file: int) -> bool:
    try:
        return os.path.samestat(path.stat(), os.fstat(file))
    except FileNotFoundError:
        return False


def _give_back(path: Path, file: int, made_folder: bool) -> None:
    """Leaves nothing behind, not even the folder where the run has written nothing into it."""
    with suppress(OSError):
        path.unlink()
    if made_folder:
        with suppress(OSError):
            path.parent.rmdir()
    os.close(file)
