"""Puts a sample on disk: what is missing is written, what is there stays untouched, and foreign folders are refused."""

import hashlib
import json
import os
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from meterlake.errors import MeterlakeError
from meterlake.sample.build import Sample
from meterlake.sample.district import Plan

MARKER = "_meterlake_sample.json"  # in the landing folder, outside raw/: no landing file
TRUTH = "truth.csv"


@dataclass(frozen=True)
class Folders:
    """Where a sample lies: landing files, reference tables, and the truth beside the landing folder."""

    landing: Path
    reference: Path

    @property
    def truth(self) -> Path:
        return self.landing.parent / TRUTH

    @property
    def marker(self) -> Path:
        return self.landing / MARKER

    def contents(self, sample: Sample) -> Iterator[tuple[Path, bytes]]:
        """Every file of a sample with its place."""
        for path, data in sample.landing.items():
            yield self.landing / path, data
        for name, data in sample.reference.items():
            yield self.reference / name, data
        yield self.truth, sample.truth


@dataclass(frozen=True)
class Written:
    """How many files were missing and are there now, were there already, and were there with other bytes."""

    new: int
    unchanged: int
    different: int


def write(folders: Folders, plan: Plan, sample: Sample) -> Written:
    """Writes the files of a sample that are missing. A second time it finds nothing to do.

    Raises MeterlakeError where the folders hold something else, or another sample.
    """
    marker = _marker(plan, sample)
    _refuse_foreign(folders, marker)
    counts = {"new": 0, "unchanged": 0, "different": 0}
    try:
        if not folders.marker.exists():
            _write(folders.marker, marker)  # first: a sample that was cut short is known as ours, and completed
        for file, data in folders.contents(sample):
            if not file.exists():
                _write(file, data)
                counts["new"] += 1
            else:
                counts["unchanged" if file.read_bytes() == data else "different"] += 1
    except OSError as error:
        place = str(error.filename or folders.landing)
        raise MeterlakeError(
            f"cannot write the sample: {error.strerror}", place, "choose folders that can be written"
        ) from None
    return Written(**counts)


def _marker(plan: Plan, sample: Sample) -> bytes:
    digest = hashlib.sha256()
    for group in (sample.landing, sample.reference, {TRUTH: sample.truth}):
        for path, data in group.items():
            digest.update(f"{path}\0{len(data)}\0".encode() + data)
    asked = {"meters": plan.meters, "days": plan.days, "seed": plan.seed}
    return (json.dumps({"made_by": "meterlake generate_sample", **asked, "sha256": digest.hexdigest()}) + "\n").encode()


def _refuse_foreign(folders: Folders, marker: bytes) -> None:
    if folders.marker.is_file():
        if folders.marker.read_bytes() != marker:
            raise MeterlakeError(
                "the landing folder holds another sample: " + _asked(folders.marker),
                str(folders.landing),
                f"remove that folder, {folders.reference} and {folders.truth}, or choose others with --set storage...",
            )
        return
    for folder in (folders.landing, folders.reference):
        if folder.exists() and (not folder.is_dir() or any(folder.iterdir())):
            raise MeterlakeError(
                "the folder holds files that are no sample of ours; a sample never mixes with other data",
                str(folder),
                "choose empty folders with --set storage.landing=... --set storage.reference=...",
            )


def _asked(marker: Path) -> str:
    try:
        told = json.loads(marker.read_bytes())
        return f"{told['meters']} meters, {told['days']} days, seed {told['seed']}, or of another version of Meterlake"
    except (ValueError, KeyError, TypeError):
        return f"its {MARKER} cannot be read"


def _write(file: Path, data: bytes) -> None:
    """All of a file or nothing: its name appears when its bytes are there."""
    file.parent.mkdir(parents=True, exist_ok=True)
    unfinished = file.parent / f".{file.name}.{os.getpid()}"
    unfinished.write_bytes(data)
    unfinished.replace(file)
