"""What every job's command line shares: options, validation before Spark starts, progress, errors and exit codes."""

import argparse
import logging
import sys
import traceback
from collections.abc import Callable, Sequence

from meterlake import failures, progress
from meterlake.config import Config, load
from meterlake.errors import ConfigError

LOG_LEVELS = ("OFF", "ERROR", "WARN", "INFO", "DEBUG", "TRACE")
WITH_TRACEBACK = ("INFO", "DEBUG", "TRACE")
# Each logs a stack trace of its own for an error that reaches us as an exception anyway.
NOISY_LOGGERS = ("py4j", "SQLQueryContextLogger", "DataFrameQueryContextLogger")
SUCCESS, FAILURE, WRONG_USE, INTERRUPTED = 0, 1, 2, 130


def job_main(
    name: str,
    run: Callable[..., object],
    description: str | None,
    add_arguments: Callable[[argparse.ArgumentParser], None] | None = None,
    needs_spark: bool = True,
) -> Callable[..., int]:
    """The `main` of a job: `main(argv)` returns the exit code and never raises.

    `run` is called as run(spark, config), with `add_arguments` as run(spark, config, args), and where it needs no Spark
    as run(config, args). `main()` without arguments is for scripts and entry points: it takes sys.argv and leaves the
    process where the code is not 0. (Databricks ignores what main returns, and takes any SystemExit for a failure.)
    """

    def main(argv: Sequence[str] | None = None) -> int:
        code = _main(sys.argv[1:] if argv is None else argv)
        if code and argv is None:
            sys.exit(code)
        return code

    def _main(argv: Sequence[str]) -> int:
        try:
            args = _parser(name, description, add_arguments).parse_args(argv)
        except SystemExit as leaving:  # argparse has said why
            return int(leaving.code or SUCCESS)
        this = progress.Run(name, args.run_id or progress.new_run_id(), args.log_format == "json")
        with progress.running(this):
            try:
                config = load(args.config, args.overrides)
                _say_start(name, config)
                _work(name, run, config, args, add_arguments is not None, needs_spark)
                _say_done(this)
            except KeyboardInterrupt:
                return _failed(name, ["interrupted"], INTERRUPTED)
            except Exception as error:
                if args.spark_log in WITH_TRACEBACK:
                    traceback.print_exc()
                return _failed(name, failures.lines(error), _exit_code(error))
        return SUCCESS

    return main


def add_common_arguments(parser: argparse.ArgumentParser) -> None:
    """The options of every job."""
    common = parser.add_argument_group("options of every job")
    common.add_argument(
        "--config", action="append", default=[], metavar="FILE", help="a YAML file over the defaults; repeatable"
    )
    common.add_argument(
        "--set",
        action="append",
        default=[],
        metavar="KEY=VALUE",
        dest="overrides",
        help="a dotted setting; repeatable",
    )
    common.add_argument("--log-format", choices=("text", "json"), default="text", help="lines for people or JSON lines")
    common.add_argument(
        "--spark-log", choices=LOG_LEVELS, type=str.upper, default="OFF", help="how much of Spark's own log to show"
    )
    common.add_argument("--run-id", metavar="ID", help="a name for this run; default: time and a random part")


def _parser(
    name: str, description: str | None, add_arguments: Callable[[argparse.ArgumentParser], None] | None
) -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog=name, description=description, allow_abbrev=False)
    if add_arguments is not None:
        add_arguments(parser)
    add_common_arguments(parser)
    return parser


def _say_start(name: str, config: Config) -> None:
    run = progress.run_id()
    tables = config.storage.catalog or config.storage.warehouse
    if progress.current().as_json:
        progress.say("started", event="start", warehouse=tables, settings=config.fingerprint())
    else:
        progress.say(f"{name} · run {run} · tables in {tables}")


def _say_done(run: progress.Run) -> None:
    if run.as_json:
        progress.say("done", event="done", seconds=round(run.seconds(), 3))
    else:
        progress.say(f"done in {run.seconds():,.1f} s")


def _work(
    name: str, run: Callable[..., object], config: Config, args: argparse.Namespace, with_args: bool, needs_spark: bool
) -> None:
    if not needs_spark:
        run(config, args)
        return
    from pyspark.logger import PySparkLogger
    from pyspark.sql import SparkSession

    from meterlake import session

    if args.spark_log not in WITH_TRACEBACK:
        for logger in NOISY_LOGGERS:
            PySparkLogger.getLogger(logger).setLevel(logging.CRITICAL + 1)
    ours = SparkSession.getActiveSession() is None
    spark = session.start(config, f"meterlake {name}", args.spark_log)
    try:
        run(spark, config, args) if with_args else run(spark, config)
    finally:
        if ours and not session.on_databricks():
            _stop(spark)


def _stop(spark: object) -> None:
    try:
        spark.stop()  # type: ignore[attr-defined]
    except Exception:  # the JVM went first, as after Ctrl-C; what failed is reported elsewhere
        logging.getLogger(__name__).debug("Spark had stopped already")


def _exit_code(error: Exception) -> int:
    return WRONG_USE if isinstance(error, ConfigError) else FAILURE


def _failed(name: str, lines: Sequence[str], code: int) -> int:
    if progress.current().as_json:
        progress.say("failed", event="failed", errors=list(lines), exit_code=code)
    for line in lines:
        print(f"meterlake {name} failed: {line}", file=sys.stderr, flush=True)
    return code
