"""One run at a time for a warehouse: who waits, who leaves, and what becomes of a dead run's lock."""

import json
import os
import signal
import subprocess
import sys
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from meterlake import lock, progress
from meterlake.config import Config
from meterlake.errors import LockedError, StorageError
from meterlake.runner import job_main

MakeConfig = Callable[..., Config]
Captured = pytest.CaptureFixture[str]
HOLDING = """
import sys
from meterlake import lock, progress
from meterlake.config import load
with progress.running(progress.Run("build_gold", "r1")), lock.held(load([], sys.argv[1:]), "build_gold"):
    print("held", flush=True)
    sys.stdin.read()
"""
AT_ONCE = "runs.wait_for_lock_minutes=0"


@contextmanager
def another_run(config: Config) -> Iterator[subprocess.Popen[str]]:
    """A process that holds the lock until its input ends."""
    command = [sys.executable, "-c", HOLDING, f"storage.warehouse={config.storage.warehouse}"]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout is not None
        assert process.stdout.readline() == "held\n"
        try:
            yield process
        finally:
            process.kill()


def lock_file(config: Config) -> Path:
    return Path(config.storage.warehouse) / lock.NAME


def test_a_holder_is_written_down_and_nothing_is_left_behind(config: Config) -> None:
    with lock.held(config, "build_silver"):
        record = json.loads(lock_file(config).read_text())
        assert (record["job"], record["process"], record["run_id"]) == (
            "build_silver",
            os.getpid(),
            progress.run_id(),
        )
    assert not Path(config.storage.warehouse).exists()


def test_what_a_run_has_written_stays(config: Config) -> None:
    with lock.held(config, "build_silver"):
        (Path(config.storage.warehouse) / "silver").mkdir()
    assert [path.name for path in Path(config.storage.warehouse).iterdir()] == ["silver"]


def test_it_is_given_back_where_the_work_fails(config: Config) -> None:
    for _ in range(2):
        with pytest.raises(ZeroDivisionError), lock.held(config, "build_silver"):
            raise ZeroDivisionError


def test_within_a_run_it_is_taken_once(make_config: MakeConfig) -> None:
    config = make_config(AT_ONCE)
    with lock.held(config, "run_pipeline"):
        with lock.held(config, "build_silver"):
            pass
        assert json.loads(lock_file(config).read_text())["job"] == "run_pipeline"


def test_a_second_run_leaves_and_names_the_first(make_config: MakeConfig) -> None:
    config = make_config(AT_ONCE)
    with another_run(config) as other:
        with pytest.raises(LockedError) as refusal, lock.held(config, "build_silver"):
            pass
        said = str(refusal.value)
    assert f"build_gold (run r1) on host {os.uname().nodename}, process {other.pid}, since 20" in said
    assert f"where: {lock_file(config)} · next: run again when it has ended" in said


def test_a_thread_of_the_same_process_is_another_run(make_config: MakeConfig) -> None:
    config = make_config(AT_ONCE)
    refused: list[str] = []

    def other() -> None:
        try:
            with lock.held(config, "build_gold"):
                pass
        except LockedError as error:
            refused.append(error.what)

    with lock.held(config, "build_silver"):
        thread = threading.Thread(target=other)
        thread.start()
        thread.join()
    assert len(refused) == 1


def test_a_second_run_waits_and_says_for_whom(
    config: Config, monkeypatch: pytest.MonkeyPatch, capsys: Captured
) -> None:
    monkeypatch.setattr(lock, "LOOK_EVERY_SECONDS", 0.05)
    with another_run(config) as other:
        assert other.stdin is not None
        threading.Timer(0.5, other.stdin.close).start()
        with lock.held(config, "build_silver"):
            assert json.loads(lock_file(config).read_text())["job"] == "build_silver"
    assert capsys.readouterr().out.count(f"lock: waiting for build_gold (run r1) on host {os.uname().nodename}") == 1


def test_it_says_so_again_and_gives_up_in_time(
    make_config: MakeConfig, monkeypatch: pytest.MonkeyPatch, capsys: Captured
) -> None:
    monkeypatch.setattr(lock, "LOOK_EVERY_SECONDS", 0.05)
    monkeypatch.setattr(lock, "TELL_EVERY_SECONDS", 0.2)
    config = make_config("runs.wait_for_lock_minutes=0.01")
    with another_run(config), pytest.raises(LockedError), lock.held(config, "build_silver"):
        pass
    assert capsys.readouterr().out.count("lock: waiting for build_gold") > 1


def test_a_killed_run_s_lock_is_taken_over_with_a_line(make_config: MakeConfig, capsys: Captured) -> None:
    config = make_config(AT_ONCE)
    with another_run(config) as other:
        other.send_signal(signal.SIGKILL)
        other.wait()
        assert lock_file(config).exists()
        with lock.held(config, "build_silver"):
            pass
    assert f"lock: taken over from build_gold (run r1) on host {os.uname().nodename}" in capsys.readouterr().out
    assert not lock_file(config).exists()


@pytest.mark.parametrize("text", ["", "{", "[]", '{"job": "x"}'], ids=["empty", "cut off", "a list", "half"])
def test_a_record_that_nobody_can_read_is_no_obstacle(make_config: MakeConfig, text: str) -> None:
    config = make_config(AT_ONCE)
    lock_file(config).parent.mkdir()
    lock_file(config).write_text(text)
    with lock.held(config, "build_silver"):
        assert json.loads(lock_file(config).read_text())["job"] == "build_silver"


@pytest.mark.parametrize("setting", ["storage.warehouse=s3a://bucket/lake", "storage.catalog=main"])
def test_object_stores_and_catalogs_have_no_lock_file(make_config: MakeConfig, tmp_path: Path, setting: str) -> None:
    with lock.held(make_config(setting), "build_silver"):
        assert list(tmp_path.iterdir()) == []


def test_a_file_uri_is_a_folder_of_this_machine(make_config: MakeConfig, tmp_path: Path) -> None:
    with lock.held(make_config(f"storage.warehouse=file://{tmp_path}/lake"), "build_silver"):
        assert (tmp_path / "lake" / lock.NAME).exists()


def test_a_warehouse_that_is_no_folder_is_one_clear_line(config: Config) -> None:
    Path(config.storage.warehouse).write_text("a file")
    said = r"the warehouse cannot be written: .* · where: .*warehouse · next: check"
    with pytest.raises(StorageError, match=said), lock.held(config, "build_silver"):
        pass


class TestJobs:
    """What main makes of it, without Spark."""

    def main(self, config: Config, *overrides: str, writes: bool = True) -> int:
        job = job_main("try_it", lambda config, args: None, "", needs_spark=False, writes=writes)
        settings = (f"storage.warehouse={config.storage.warehouse}", AT_ONCE, *overrides)
        return job([part for setting in settings for part in ("--set", setting)])

    def test_one_that_writes_leaves_with_1_while_another_runs(self, config: Config, capsys: Captured) -> None:
        with another_run(config):
            assert self.main(config) == 1
        assert "meterlake try_it failed: another run is writing to this warehouse: build_gold (run r1)" in (
            capsys.readouterr().err
        )
        assert self.main(config) == 0

    def test_one_that_only_reads_does_not_care(self, config: Config) -> None:
        with another_run(config):
            assert self.main(config, writes=False) == 0

    def test_wrong_settings_are_told_before_a_lock_is_taken(self, config: Config) -> None:
        assert self.main(config, "gaps.interpolate_below_hours=99") == 2
        assert not Path(config.storage.warehouse).exists()
