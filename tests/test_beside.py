"""Work in a thread of its own: in order, its errors told to who waits for it, none begun after a failure."""

import threading

import pytest

from meterlake.beside import beside


def test_pieces_of_work_run_one_after_the_other_in_another_thread() -> None:
    begun: list[tuple[str, str]] = []

    def note(name: str) -> str:
        begun.append((name, threading.current_thread().name))
        return name.upper()

    with beside() as start:
        pieces = [start(note, name) for name in ("one", "two", "three")]
        assert [piece.result() for piece in pieces] == ["ONE", "TWO", "THREE"]
    assert begun == [("one", "beside_0"), ("two", "beside_0"), ("three", "beside_0")]


def test_an_error_is_told_to_who_waits() -> None:
    with beside() as start:
        failed = start(int, "no number")
        with pytest.raises(ValueError, match="no number"):
            failed.result()


def test_what_has_not_begun_when_the_block_fails_is_not_done() -> None:
    may_go_on, done = threading.Event(), []

    def fail_while_the_first_is_under_way() -> None:
        with beside() as start:
            start(may_go_on.wait, 60)
            start(done.append, "second")
            threading.Timer(0.2, may_go_on.set).start()
            raise RuntimeError("a commit failed")

    with pytest.raises(RuntimeError, match="a commit failed"):
        fail_while_the_first_is_under_way()
    assert may_go_on.is_set()
    assert done == []
