"""--rebuild, --from and --to, --meter: what a person asks of build_silver."""

import argparse
from datetime import date

import pytest

from meterlake.errors import ConfigError
from meterlake.silver.request import Request, add_arguments


def request(*args: str) -> Request:
    parser = argparse.ArgumentParser()
    add_arguments(parser)
    return Request.of(parser.parse_args(args))


@pytest.mark.parametrize(
    ("args", "expected"),
    [
        ("", Request()),
        ("--rebuild", Request(rebuild=True)),
        ("--meter M1", Request(meter_id="M1")),
        ("--from 2026-03-01 --to 2026-03-02", Request(first_day=date(2026, 3, 1), last_day=date(2026, 3, 2))),
        ("--from 2026-03-01 --to 2026-03-01", Request(first_day=date(2026, 3, 1), last_day=date(2026, 3, 1))),
    ],
)
def test_what_is_asked(args: str, expected: Request) -> None:
    assert request(*args.split()) == expected
    assert expected.asks_for_more == bool(args)


@pytest.mark.parametrize(
    ("args", "message"),
    [
        ("--from 2026-03-01", "belong together"),
        ("--to 2026-03-01", "belong together"),
        ("--from 2026-03-02 --to 2026-03-01", "after --to"),
    ],
)
def test_what_makes_no_sense(args: str, message: str) -> None:
    with pytest.raises(ConfigError, match=message):
        request(*args.split())


@pytest.mark.parametrize("text", ["2026-02-30", "yesterday", "2026-03-01T00:00"])
def test_a_day_is_a_date(text: str) -> None:
    with pytest.raises(SystemExit):
        request("--from", text, "--to", "2026-03-01")


def test_the_days_asked_for() -> None:
    asked = request("--from", "2026-03-30", "--to", "2026-04-01")
    assert asked.days() == {date(2026, 3, 30), date(2026, 3, 31), date(2026, 4, 1)}


def test_no_days_asked_for() -> None:
    assert Request(rebuild=True).days() == set()


def test_days_at_the_calendar_s_ends() -> None:
    first = Request(first_day=date.min, last_day=date.min)
    last = Request(first_day=date.max, last_day=date.max)
    assert (first.days(), last.days()) == ({date.min}, {date.max})
