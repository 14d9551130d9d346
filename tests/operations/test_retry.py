"""What is tried again, how often, after which waits, and what is said meanwhile."""

import errno
import json
import time
from collections.abc import Callable

import pytest

from meterlake import progress
from meterlake.config import load
from meterlake.errors import DataError
from meterlake.operations import retry

Captured = pytest.CaptureFixture[str]


def full() -> OSError:
    return OSError(errno.ENOSPC, "No space left on device")


AT_ONCE = load([], ["retry.wait_seconds=[0,0,0]"])


@pytest.fixture
def waited(monkeypatch: pytest.MonkeyPatch) -> list[float]:
    """The waits that were asked for; nobody waits."""
    seconds: list[float] = []
    monkeypatch.setattr(time, "sleep", seconds.append)
    return seconds


def failing(*errors: BaseException) -> Callable[[], str]:
    """Work that raises these in turn, and then is done."""
    left = list(errors)

    def work() -> str:
        if left:
            raise left.pop(0)
        return "done"

    return work


def test_work_that_is_done_is_done_once(waited: list[float], capsys: Captured) -> None:
    assert retry.passing("build_silver", failing(), load()) == "done"
    assert (waited, capsys.readouterr().out) == ([], "")


def test_it_is_tried_three_more_times_after_1_5_and_15_s(waited: list[float], capsys: Captured) -> None:
    assert retry.passing("build_silver", failing(full(), full(), TimeoutError("timed out")), load()) == "done"
    assert waited == [1, 5, 15]
    assert capsys.readouterr().out.splitlines() == [
        "build_silver: attempt 1 of 4 failed, the next in 1 s · reason OSError: [Errno 28] No space left on device",
        "build_silver: attempt 2 of 4 failed, the next in 5 s · reason OSError: [Errno 28] No space left on device",
        "build_silver: attempt 3 of 4 failed, the next in 15 s · reason TimeoutError: timed out",
    ]


def test_after_the_last_attempt_its_own_error_comes_out(waited: list[float]) -> None:
    last = TimeoutError("the fourth")
    with pytest.raises(TimeoutError) as raised:
        retry.passing("build_silver", failing(full(), full(), full(), last), load())
    assert raised.value is last
    assert retry.attempts_of(last) == ("build_silver", 4)


def test_what_does_not_pass_is_final_at_once(waited: list[float]) -> None:
    error = DataError("meters.csv is empty")
    with pytest.raises(DataError):
        retry.passing("ingest_bronze", failing(error), load())
    assert (waited, retry.attempts_of(error)) == ([], ("ingest_bronze", 1))


def test_a_later_attempt_may_fail_for_good(waited: list[float]) -> None:
    error = DataError("meters.csv is empty")
    with pytest.raises(DataError):
        retry.passing("ingest_bronze", failing(full(), error), load())
    assert (waited, retry.attempts_of(error)) == ([1], ("ingest_bronze", 2))


def test_the_waits_are_a_setting(waited: list[float]) -> None:
    with pytest.raises(OSError, match="No space"):
        retry.passing("build_gold", failing(full()), load([], ["retry.wait_seconds=[]"]))
    with pytest.raises(OSError, match="No space"):
        retry.passing("build_gold", failing(full(), full()), load([], ["retry.wait_seconds=[0.5]"]))
    assert waited == [0.5]


def test_ctrl_c_is_no_failure(waited: list[float]) -> None:
    with pytest.raises(KeyboardInterrupt):
        retry.passing("build_gold", failing(KeyboardInterrupt()), load())
    assert waited == []


def test_as_json_each_attempt_is_a_line(capsys: Captured) -> None:
    with progress.running(progress.Run("build_gold", "r1", as_json=True)):
        retry.passing("build_gold", failing(full()), AT_ONCE)
    [line] = [json.loads(line) for line in capsys.readouterr().out.splitlines()]
    assert (line["event"], line["run_id"]) == ("retry", "r1")
    assert line["reason"].endswith("No space left on device")


def test_an_error_that_nobody_tried_again_knows_of_no_attempts() -> None:
    assert retry.attempts_of(OSError()) is None
