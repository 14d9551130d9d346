"""The options that every job's command line has."""

import argparse

LOG_LEVELS = ("OFF", "ERROR", "WARN", "INFO", "DEBUG", "TRACE")
WITH_TRACEBACK = ("INFO", "DEBUG", "TRACE")


def add_common_arguments(parser: argparse.ArgumentParser) -> None:
    """--config, --set, --log-format, --spark-log and --run-id."""
    common = parser.add_argument_group("options of every job")
    add = common.add_argument
    add("--config", action="append", default=[], metavar="FILE", help="a YAML file over the defaults; repeatable")
    add("--set", action="append", default=[], dest="overrides", metavar="KEY=VALUE", help="a setting; repeatable")
    add("--log-format", choices=("text", "json"), default="text", help="lines for people or JSON lines")
    add("--spark-log", choices=LOG_LEVELS, type=str.upper, default="OFF", help="how much of Spark's own log to show")
    add("--run-id", metavar="ID", help="a name for this run; default: time and a random part")


def add_rebuild(parser: argparse.ArgumentParser) -> None:
    """--rebuild, of the jobs that otherwise do only what is new."""
    parser.add_argument("--rebuild", action="store_true", help="make all tables anew, from everything")
