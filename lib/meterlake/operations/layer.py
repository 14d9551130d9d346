"""What every layer's run has around it: the warehouse's lock, and another attempt where a passing reason ended one."""

from collections.abc import Callable
from functools import partial, wraps
from typing import Concatenate, ParamSpec, TypeVar

from pyspark.sql import SparkSession

from meterlake import lock
from meterlake.config import Config
from meterlake.operations import retry

P = ParamSpec("P")
T = TypeVar("T")
Run = Callable[Concatenate[SparkSession, Config, P], T]


def layer(job: str) -> Callable[[Run[P, T]], Run[P, T]]:
    """Decorates run(spark, config, ...), which must be safe to do again after it died anywhere.

    It works the same for a job and for a notebook; within a job the lock is held already.
    """

    def decorate(run: Run[P, T]) -> Run[P, T]:
        @wraps(run)
        def guarded(spark: SparkSession, config: Config, *args: P.args, **kwargs: P.kwargs) -> T:
            with lock.held(config, job):
                return retry.passing(job, partial(run, spark, config, *args, **kwargs), config)

        return guarded

    return decorate
