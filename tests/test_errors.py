"""Errors are one clear line: what, where, next."""

import pickle

import pytest

from meterlake import failures
from meterlake.errors import (
    AuditError,
    ConfigError,
    ConfigErrors,
    DataError,
    EnvironmentFault,
    MeterlakeError,
    ReferenceDataError,
    StorageError,
)

KINDS = [ConfigError, DataError, StorageError, AuditError, EnvironmentFault, ReferenceDataError]


def test_an_error_says_what_where_and_next() -> None:
    error = MeterlakeError("meters.csv is missing", "/data/reference", "put it there")
    assert str(error) == "meters.csv is missing · where: /data/reference · next: put it there"


def test_parts_that_are_empty_are_left_out() -> None:
    assert str(MeterlakeError("it broke")) == "it broke"
    assert str(MeterlakeError("it broke", next_step="mend it")) == "it broke · next: mend it"


def test_it_stays_one_line_whatever_its_parts_hold() -> None:
    assert str(MeterlakeError("a\nb", "c\r\n  d")) == "a b · where: c d"


@pytest.mark.parametrize("kind", KINDS)
def test_every_kind_is_ours_and_survives_the_way_back_from_a_worker(kind: type[MeterlakeError]) -> None:
    error = kind("what", "where", "next")
    assert isinstance(error, MeterlakeError)
    again = pickle.loads(pickle.dumps(error))
    assert (type(again), str(again), again.where) == (kind, str(error), "where")


def test_several_wrong_settings_have_a_line_each() -> None:
    errors = ConfigErrors([ConfigError("a is 1"), ConfigError("b is 2")])
    assert str(errors) == "a is 1\nb is 2"
    assert failures.lines(errors) == ["a is 1", "b is 2"]
    assert str(pickle.loads(pickle.dumps(errors))) == str(errors)


def test_a_strange_exception_is_its_class_and_first_line() -> None:
    assert failures.lines(ValueError("\nno number\nmore")) == [f"ValueError: no number · next: {failures.DETAILS}"]
    assert failures.lines(KeyError()) == [f"KeyError · next: {failures.DETAILS}"]


class SparkStyle(Exception):
    """Stands for what pyspark raises: a long text with the cause somewhere in it."""


def test_a_failed_task_is_reduced_to_its_cause() -> None:
    text = (
        "Job aborted due to stage failure: Task 0 in stage 2.0 failed 4 times, most recent failure:\n"
        "Lost task 0.3 in stage 2.0 (TID 9) (10.0.0.7 executor 1): java.io.IOException: No space left on device\n"
        "\tat java.base/java.io.FileOutputStream.writeBytes(Native Method)\n"
    )
    [line] = failures.lines(SparkStyle(text))
    assert line.startswith("IOException: No space left on device · next: make room on the disk")


def test_a_python_worker_is_reduced_to_its_last_line() -> None:
    text = 'Traceback (most recent call last):\n  File "x.py", line 1, in f\nValueError: bad byte\n'
    assert failures.lines(SparkStyle(text)) == [f"ValueError: bad byte · next: {failures.DETAILS}"]


def test_our_own_error_from_a_python_worker_keeps_its_words() -> None:
    text = f"Traceback (most recent call last):\nmeterlake.errors.DataError: {DataError('bad', 'here', 'do that')}\n"
    assert failures.lines(SparkStyle(text)) == ["bad · where: here · next: do that"]


def test_an_endless_message_is_cut() -> None:
    [line] = failures.lines(ValueError("x" * 10_000))
    assert len(line) < 500
