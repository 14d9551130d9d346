"""A job's command line: options, exit codes, and one clear line when it fails."""

import argparse
import json
from pathlib import Path
from typing import Any

import pytest
from pyspark.sql import SparkSession

from meterlake import progress
from meterlake.config import Config
from meterlake.errors import DataError
from meterlake.runner import job_main

Captured = pytest.CaptureFixture[str]


def without_spark(work: Any) -> Any:
    """A main whose run(config, args) is `work`."""
    return job_main("try_it", work, "A job for tests.", needs_spark=False)


def failing_with(error: BaseException) -> Any:
    def run(config: Config, args: argparse.Namespace) -> None:
        raise error

    return without_spark(run)


def test_a_job_that_ends_well(capsys: Captured) -> None:
    seen: list[tuple[object, str]] = []
    main = without_spark(lambda config, args: seen.append((config.gaps.interpolate_below_hours, progress.run_id())))
    assert main(["--set", "gaps.interpolate_below_hours=3", "--run-id", "r1", "--set", "storage.warehouse=/w"]) == 0
    assert seen == [(3, "r1")]
    out = capsys.readouterr().out.splitlines()
    assert out[0] == "try_it · run r1 · tables in /w"
    assert out[-1].startswith("done in ")


def test_later_files_and_overrides_win(tmp_path: Path) -> None:
    for name, hours in (("a.yaml", 1), ("b.yaml", 2)):
        (tmp_path / name).write_text(f"gaps: {{interpolate_below_hours: {hours}}}")
    seen: list[int] = []
    main = without_spark(lambda config, args: seen.append(int(config.gaps.interpolate_below_hours)))
    files = ["--config", str(tmp_path / "a.yaml"), "--config", str(tmp_path / "b.yaml")]
    assert main(files) == 0
    assert main([*files, "--set", "gaps.interpolate_below_hours=3"]) == 0
    assert seen == [2, 3]


def test_our_error_is_one_line_on_stderr(capsys: Captured) -> None:
    assert failing_with(DataError("meters.csv is empty", "/ref", "fill it"))([]) == 1
    assert capsys.readouterr().err == "meterlake try_it failed: meters.csv is empty · where: /ref · next: fill it\n"


def test_any_other_error_is_one_line_and_a_traceback_only_on_request(capsys: Captured) -> None:
    main = failing_with(ZeroDivisionError("division by zero"))
    assert main([]) == 1
    [line] = capsys.readouterr().err.splitlines()
    assert line.startswith("meterlake try_it failed: ZeroDivisionError: division by zero · next: run it again with")
    assert main(["--spark-log", "info"]) == 1
    assert "Traceback" in capsys.readouterr().err


def test_wrong_settings_are_told_a_line_each_before_anything_runs(capsys: Captured) -> None:
    ran: list[int] = []
    main = without_spark(lambda config, args: ran.append(1))
    assert main(["--set", "qualty.fault_points=1", "--set", "gaps.interpolate_below_hours=x"]) == 2
    lines = capsys.readouterr().err.splitlines()
    assert len(lines) == 2
    assert all(line.startswith("meterlake try_it failed: ") for line in lines)
    assert not ran


@pytest.mark.parametrize("argv", [["--what"], ["--config"], ["--log-format", "xml"], ["--spark-log", "loud"]])
def test_wrong_options_are_told(argv: list[str], capsys: Captured) -> None:
    assert without_spark(None)(argv) == 2
    assert "usage: try_it" in capsys.readouterr().err


def test_help_shows_what_the_job_is_and_every_option(capsys: Captured) -> None:
    assert without_spark(None)(["--help"]) == 0
    out = capsys.readouterr().out
    assert "A job for tests." in out
    assert all(option in out for option in ("--config", "--set", "--log-format", "--spark-log", "--run-id"))


def test_ctrl_c_is_130(capsys: Captured) -> None:
    assert failing_with(KeyboardInterrupt())([]) == 130
    assert "try_it failed: interrupted" in capsys.readouterr().err


def test_json_lines_from_first_to_last(capsys: Captured) -> None:
    assert failing_with(DataError("bad"))(["--log-format", "json", "--run-id", "r1"]) == 1
    lines = [json.loads(line) for line in capsys.readouterr().out.splitlines()]
    assert [(line["run_id"], line["job"], line["event"]) for line in lines] == [
        ("r1", "try_it", "start"),
        ("r1", "try_it", "failed"),
    ]
    assert lines[1]["errors"] == ["bad"]


def test_as_a_script_it_leaves_the_process_only_when_it_failed(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("sys.argv", ["try_it.py"])
    assert without_spark(lambda config, args: None)() == 0
    with pytest.raises(SystemExit) as leaving:
        failing_with(DataError("bad"))()
    assert leaving.value.code == 1


def test_a_job_uses_the_running_session_and_leaves_it_running(spark: SparkSession, capsys: Captured) -> None:
    counts: list[int] = []

    def run(session: SparkSession, config: Config, args: argparse.Namespace) -> None:
        assert session is spark or session.sparkContext is spark.sparkContext
        counts.append(session.range(args.rows).count())

    main = job_main("count", run, None, lambda parser: parser.add_argument("--rows", type=int) and None)
    assert main(["--rows", "3", "--set", "spark.shuffle_partitions=3"]) == 0
    assert counts == [3]
    assert spark.range(2).count() == 2


def test_spark_s_error_is_reduced_to_its_cause(spark: SparkSession, capsys: Captured) -> None:
    main = job_main("divide", lambda session, config: session.sql("SELECT 1 / 0").collect(), None)
    assert main(["--set", "spark.shuffle_partitions=3"]) == 1
    [line] = capsys.readouterr().err.splitlines()
    assert line.startswith("meterlake divide failed: ArithmeticException: [DIVIDE_BY_ZERO]")
