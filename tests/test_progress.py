"""The lines of a run, for people and for machines."""

import json
import re
import threading

import pytest

from meterlake import progress

Captured = pytest.CaptureFixture[str]


def test_run_ids_sort_by_time_and_differ() -> None:
    ids = [progress.new_run_id() for _ in range(50)]
    assert len(set(ids)) == 50
    assert [i[:19] for i in ids] == sorted(i[:19] for i in ids)
    assert re.fullmatch(r"\d{8}T\d{9}Z-[0-9a-f]{6}", ids[0])


def test_a_step_is_a_line_with_counts_and_seconds(capsys: Captured) -> None:
    with progress.step("silver: rules applied") as step:
        step.note(rows=8640000, files=1)
        step.note(table="silver.readings", skipped=None, unchanged=True)
    assert re.fullmatch(
        r"  silver: rules applied \.{3,} 8,640,000 rows · 1 file · table silver\.readings · unchanged · \d+\.\d s\n",
        capsys.readouterr().out,
    )


def test_a_step_that_fails_says_so_and_lets_the_error_through(capsys: Captured) -> None:
    with pytest.raises(ValueError, match="no"), progress.step("gold: peaks"):
        raise ValueError("no")
    assert re.search(r"gold: peaks \.+ failed · \d", capsys.readouterr().out)


def test_json_lines_carry_run_and_job(capsys: Captured) -> None:
    run = progress.Run("build_silver", "run-1", as_json=True)
    with progress.running(run), progress.step("silver: written") as step:
        step.note(rows=3)
        progress.say("half way", table="readings")
    message, done = map(json.loads, capsys.readouterr().out.splitlines())
    assert (message["run_id"], message["job"], message["event"], message["text"]) == (
        "run-1",
        "build_silver",
        "message",
        "half way",
    )
    assert (done["event"], done["name"], done["rows"]) == ("step", "silver: written", 3)
    assert done["seconds"] >= 0
    assert re.fullmatch(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z", done["ts"])


def test_say_in_a_terminal(capsys: Captured) -> None:
    progress.say("nothing new", files=0, share=0.5)
    assert capsys.readouterr().out == "nothing new · 0 files · share 0.5\n"


def test_inside_a_run_its_id_stands_and_afterwards_the_process_s_own_again() -> None:
    outside = progress.run_id()
    with progress.running(progress.Run("job", "inner")):
        assert progress.run_id() == "inner"
    assert progress.run_id() == outside


def test_outside_a_job_all_threads_share_one_run_id() -> None:
    seen: list[str] = []
    thread = threading.Thread(target=lambda: seen.append(progress.run_id()))
    thread.start()
    thread.join()
    assert seen == [progress.run_id()]
