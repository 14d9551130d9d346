"""Old raw files: moved from the landing to the archive, and deleted there in the end. Plain files, no Spark."""

import errno
import hashlib
import os
import shutil
from collections.abc import Iterator
from contextlib import suppress
from datetime import UTC, datetime
from pathlib import Path

from meterlake.errors import ConfigError

_HASH_SHOWN = 12


def hash_of(file: Path) -> str:
    """SHA-256 of the file's bytes, as the ledger has it."""
    with file.open("rb") as opened:
        return hashlib.file_digest(opened, "sha256").hexdigest()


def move(source: Path, target: Path, content_hash: str) -> None:
    """Moves a file and makes the target's folders; keeps its content, name, and modification time.

    Killed anywhere, it leaves the whole file in one of the two places or in both; done again it ends what was begun.
    Where the target's name is taken by an earlier version of the path, a part of the hash is added to it. Raises
    ConfigError where both are one file, reached by a link.
    """
    if target.exists() and source.samefile(target):
        raise ConfigError(
            "the archive and the landing are the same folder", str(source.parent), "choose another storage.archive"
        )
    if target.exists() and hash_of(target) != content_hash:
        target = target.with_name(f"{target.name}~{content_hash[:_HASH_SHOWN]}")
    if target.exists():
        source.unlink()
        return
    target.parent.mkdir(parents=True, exist_ok=True)
    try:
        source.rename(target)
    except OSError as error:
        if error.errno != errno.EXDEV:
            raise
        _copy(source, target, content_hash)
        source.unlink()


def files_before(archive: Path, hour: datetime) -> Iterator[Path]:
    """The archived files of landing hours before that hour."""
    for folder in sorted(archive.glob("raw/[0-9]*/[0-9]*/[0-9]*/[0-9]*")):
        landed = landing_hour(folder)
        if landed is not None and landed < hour:
            yield from (file for file in sorted(folder.iterdir()) if file.is_file() and not file.is_symlink())


def landing_hour(folder: Path) -> datetime | None:
    """The hour that a folder raw/YYYY/MM/DD/HH names; None where it names none."""
    try:
        return datetime(*(int(part) for part in folder.parts[-4:]), tzinfo=UTC)  # type: ignore[arg-type,misc]
    except ValueError:
        return None


def prune(folder: Path, root: Path) -> None:
    """Removes a folder that has become empty, and those above it that have, up to the root."""
    with suppress(OSError):  # it is not empty
        while folder != root and root in folder.parents:
            folder.rmdir()
            folder = folder.parent


def _copy(source: Path, target: Path, content_hash: str) -> None:
    """To another file system: under another name first, so that no half file ever has the target's name."""
    part = target.with_name(f".{target.name}.part")
    shutil.copy2(source, part)
    with part.open("rb") as copied:
        os.fsync(copied.fileno())
    if hash_of(part) != content_hash:
        part.unlink()
        raise OSError(errno.EIO, "the copy differs from the file", str(source))
    part.replace(target)
