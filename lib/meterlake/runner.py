"""What every job's command line shares: validation before Spark starts, progress, errors and exit codes."""

import argparse
import logging
import sys
import traceback
from collections.abc import Callable, Sequence
from contextlib import nullcontext
from dataclasses import dataclass
from typing import TYPE_CHECKING

from meterlake import failures, lock, progress
from meterlake.config import Config, load
from meterlake.errors import ConfigError
from meterlake.interrupt import Interrupted, telling
from meterlake.options import WITH_TRACEBACK, add_common_arguments

if TYPE_CHECKING:
    from pyspark.sql import SparkSession

SUCCESS, FAILURE, WRONG_USE, INTERRUPTED = 0, 1, 2, 130
# Each logs a stack trace of its own for an error that reaches us as an exception anyway.
NOISY_LOGGERS = ("py4j", "SQLQueryContextLogger", "DataFrameQueryContextLogger")

AddArguments = Callable[[argparse.ArgumentParser], None]


def job_main(
    name: str,
    run: Callable[..., object],
    description: str | None,
    add_arguments: AddArguments | None = None,
    needs_spark: bool = True,
    writes: bool = False,
) -> Callable[..., int]:
    """The `main` of a job: `main(argv)` returns the exit code and never raises.

    `run` is called as run(spark, config), with `add_arguments` as run(spark, config, args), and where it needs no Spark
    as run(config, args). One that `writes` to the warehouse holds its lock.

    `main()` without arguments is for scripts and entry points: it takes sys.argv and leaves the process where the code
    is not 0. (Databricks ignores what main returns, and takes any SystemExit for a failure.)
    """
    job = _Job(name, run, description, add_arguments, needs_spark, writes)

    def main(argv: Sequence[str] | None = None) -> int:
        code = job.main(sys.argv[1:] if argv is None else argv)
        if code and argv is None:
            sys.exit(code)
        return code

    return main


@dataclass(frozen=True)
class _Job:
    name: str
    run: Callable[..., object]
    description: str | None
    add_arguments: AddArguments | None
    needs_spark: bool
    writes: bool

    def main(self, argv: Sequence[str]) -> int:
        try:
            args = self._parser().parse_args(argv)
        except SystemExit as leaving:  # argparse has said why
            return int(leaving.code or SUCCESS)
        this = progress.Run(self.name, args.run_id or progress.new_run_id(), args.log_format == "json")
        with progress.running(this):
            try:
                config = load(args.config, args.overrides)
                _say_start(this, config)
                with lock.held(config, self.name) if self.writes else nullcontext():
                    self._work(config, args)
                _say_done(this)
            except Interrupted:
                return INTERRUPTED
            except KeyboardInterrupt:
                return self._interrupted()
            except Exception as error:
                if args.spark_log in WITH_TRACEBACK:
                    traceback.print_exc()
                return self._failed(failures.lines(error), WRONG_USE if isinstance(error, ConfigError) else FAILURE)
        return SUCCESS

    def _parser(self) -> argparse.ArgumentParser:
        parser = argparse.ArgumentParser(prog=self.name, description=self.description, allow_abbrev=False)
        if self.add_arguments is not None:
            self.add_arguments(parser)
        add_common_arguments(parser)
        return parser

    def _work(self, config: Config, args: argparse.Namespace) -> None:
        if not self.needs_spark:
            self.run(config, args)
            return
        from pyspark.sql import SparkSession  # late: a wrong option or setting is told without it

        from meterlake import session

        if args.spark_log not in WITH_TRACEBACK:
            _silence_python_loggers()
        more = () if self.add_arguments is None else (args,)
        ours = SparkSession.getActiveSession() is None and not session.on_databricks()
        spark = session.start(config, f"meterlake {self.name}", args.spark_log)
        if not ours:
            self._run(spark, config, *more)
            return
        with telling(self._interrupted):
            try:
                self._run(spark, config, *more)
            finally:
                _stop(spark)

    def _run(self, spark: "SparkSession", config: Config, *more: object) -> None:
        from meterlake.operations import failed

        try:
            self.run(spark, config, *more)
        except ConfigError:
            raise
        except Exception as error:
            if self.writes:
                failed.record(spark, config, self.name, error)
            raise

    def _interrupted(self) -> int:
        return self._failed(["interrupted · next: run it again, it takes up what is not done"], INTERRUPTED)

    def _failed(self, lines: Sequence[str], code: int) -> int:
        if progress.current().as_json:
            progress.say("failed", event="failed", errors=list(lines), exit_code=code)
        failures.tell([f"meterlake {self.name} failed: {line}" for line in lines])
        return code


def _say_start(run: progress.Run, config: Config) -> None:
    tables = config.storage.catalog or config.storage.warehouse
    if run.as_json:
        progress.say("started", event="start", warehouse=tables, settings=config.fingerprint())
    else:
        progress.say(f"{run.job} · run {run.id} · tables in {tables}")


def _say_done(run: progress.Run) -> None:
    if run.as_json:
        progress.say("done", event="done", seconds=round(run.seconds(), 3))
    else:
        progress.say(f"done in {run.seconds():,.1f} s")


def _silence_python_loggers() -> None:
    from pyspark.logger import PySparkLogger

    logging.getLogger().addFilter(lambda record: "py4j" not in record.pathname)
    for logger in NOISY_LOGGERS:
        PySparkLogger.getLogger(logger).setLevel(logging.CRITICAL + 1)


def _stop(spark: object) -> None:
    try:
        spark.stop()  # type: ignore[attr-defined]
    except Exception:  # the JVM went first, as after Ctrl-C; what failed is reported elsewhere
        logging.getLogger(__name__).debug("Spark had stopped already")
