"""A step that fails for a passing reason is tried again, after waits that grow; any other failure is final at once."""

import time
from collections.abc import Callable
from typing import NamedTuple, TypeVar

from tenacity import RetryCallState, Retrying, retry_if_exception, stop_after_attempt, wait_chain, wait_fixed

from meterlake import failures, progress
from meterlake.config import Config
from meterlake.operations.reasons import is_passing

T = TypeVar("T")
_MARK = "meterlake_attempts"


class Attempts(NamedTuple):
    """The step that an error ended, and how often it was tried."""

    step: str
    made: int


def passing(what: str, work: Callable[[], T], config: Config) -> T:
    """What `work` gives. It must be safe to do again from its start, whatever of it was done when it failed.

    Raises the last attempt's error; `attempts_of` tells how many there were. A step within a step is tried by itself:
    what it gives up, the outer one does not try again.
    """
    waits = [float(seconds) for seconds in config.retry.wait_seconds]

    def tell(state: RetryCallState) -> None:
        error = state.outcome.exception() if state.outcome else None
        which = f"attempt {state.attempt_number} of {len(waits) + 1}"
        progress.say(
            f"{what}: {which} failed, the next in {state.upcoming_sleep:g} s",
            event="retry",
            reason=failures.cause(error) if error else None,
        )

    trying = Retrying(
        retry=retry_if_exception(lambda error: attempts_of(error) is None and is_passing(error)),
        stop=stop_after_attempt(len(waits) + 1),
        wait=wait_chain(*(wait_fixed(seconds) for seconds in waits or [0.0])),
        sleep=time.sleep,
        before_sleep=tell,
        reraise=True,
    )
    try:
        return trying(work)
    except Exception as error:
        if attempts_of(error) is None:
            setattr(error, _MARK, Attempts(what, int(trying.statistics["attempt_number"])))
        raise


def attempts_of(error: BaseException) -> Attempts | None:
    """The attempts that the error was the end of; None where no step was tried."""
    return getattr(error, _MARK, None)
