"""What a landing file is to the ledger: a first version, a correction, a copy, or nothing new."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

LANDED, EMPTY, COPY, UNCHANGED = "landed", "empty", "copy", "unchanged"


@dataclass(frozen=True)
class SeenFile:
    """A file as it lies in the landing now."""

    source_file: str
    content_hash: str
    lines: int


@dataclass(frozen=True)
class KnownPath:
    """A path's newest row in the ledger; version 0 while it has brought nothing."""

    content_hash: str
    source_version: int
    size_bytes: int = 0
    modified_at: datetime | None = None

    def is_as_listed(self, file: Mapping[str, Any]) -> bool:
        """Whether the listing shows the size and time that the ledger has, and no change after that time."""
        is_same = (self.size_bytes, self.modified_at) == (file["size_bytes"], file["modified_at"])
        return is_same and file["touched_at"] is None


@dataclass(frozen=True)
class Decision:
    """What becomes of a file: only a landed one adds rows to bronze."""

    source_file: str
    status: str
    source_version: int


def decide(
    files: Iterable[SeenFile], known_paths: Mapping[str, KnownPath], known_hashes: Iterable[str]
) -> list[Decision]:
    """A decision a file, taken in the order of their paths (by UTF-8 bytes).

    A path that has brought rows gets its next version when its content changes, whatever other path holds the same.
    A path that has brought nothing yet is new: it is a copy where its content is known under another name, in the
    ledger or from a smaller path of this run; empty where it holds no line; else version 1.
    """
    hashes = set(known_hashes)
    decisions = []
    for file in sorted(files, key=lambda seen: seen.source_file.encode()):
        decisions.append(_decide(file, known_paths.get(file.source_file), hashes))
        hashes.add(file.content_hash)
    return decisions


def _decide(file: SeenFile, known: KnownPath | None, hashes: set[str]) -> Decision:
    if known is not None and known.content_hash == file.content_hash:
        return Decision(file.source_file, UNCHANGED, known.source_version)
    if known is not None and known.source_version > 0:
        return Decision(file.source_file, LANDED, known.source_version + 1)
    if file.content_hash in hashes:
        return Decision(file.source_file, COPY, 0)
    if file.lines == 0:
        return Decision(file.source_file, EMPTY, 0)
    return Decision(file.source_file, LANDED, 1)
