"""A disk that runs full under a run: told, tried again, and once there is room all lands once."""

import errno
import shutil
import subprocess
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from pyspark.sql import SparkSession

from meterlake.config import Config
from meterlake.storage import Warehouse
from tests.operations.test_injected_faults import MAIN, count, keys_that_stand_twice, options
from tests.small import hours, write_file, write_registry

DISK = "size=8m"


class SmallDisk:
    """A file system of a few megabytes in a folder; where this user may not mount one, appends say that it is full.

    No ticket can be written then; one of a disk that has room for it is in test_injected_faults.py.
    """

    def __init__(self, folder: Path, patch: pytest.MonkeyPatch) -> None:
        folder.mkdir()
        self.patch, self.ballast = patch, folder / "ballast"
        mounted = subprocess.run(
            ["mount", "-t", "tmpfs", "-o", DISK, "tmpfs", folder], capture_output=True, check=False
        )
        self.is_mounted = mounted.returncode == 0

    def fill(self) -> None:
        if not self.is_mounted:
            self.patch.setattr(Warehouse, "append", _full)
            return
        self.ballast.write_bytes(bytes(shutil.disk_usage(self.ballast.parent).free))

    def free(self) -> None:
        self.ballast.unlink(missing_ok=True)
        self.patch.undo()

    def remove(self) -> None:
        if self.is_mounted:
            subprocess.run(["umount", "--lazy", self.ballast.parent], check=True)


def _full(*_: object) -> None:
    raise OSError(errno.ENOSPC, "No space left on device")


@pytest.fixture
def config(make_config: Callable[..., Config]) -> Config:
    config = make_config()
    write_registry(config)
    write_file(config, "2024/03/15/00", hours("MTR-1", "2024-03-14T00:00", 24))
    return config


@pytest.fixture
def disk(config: Config, monkeypatch: pytest.MonkeyPatch) -> Iterator[SmallDisk]:
    with monkeypatch.context() as patch:
        disk = SmallDisk(Path(config.storage.warehouse), patch)
        yield disk
        disk.remove()


@pytest.mark.parametrize("landed_before", [0, 24], ids=["before the first commit", "after a batch"])
def test_a_full_disk_ends_the_run_and_the_next_one_takes_it_up(
    spark: SparkSession, config: Config, disk: SmallDisk, capsys: pytest.CaptureFixture[str], landed_before: int
) -> None:
    if landed_before:
        assert MAIN(options(config)) == 0
        write_file(config, "2024/03/16/00", hours("MTR-2", "2024-03-14T00:00", 24), "b.csv")
    disk.fill()
    assert MAIN(options(config)) == 1
    said = capsys.readouterr()
    assert said.out.count("ingest_bronze: attempt") == 3
    assert "No space left on device" in said.err
    assert count(config, "bronze.files") == [landed_before // 24]
    disk.free()
    assert MAIN(options(config)) == 0
    assert count(config, "bronze.readings", "bronze.files") == [landed_before + 24, 1 + landed_before // 24]
    assert keys_that_stand_twice(config) == {}
