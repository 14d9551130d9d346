"""Periods as typed, instants and lengths as shown."""

from datetime import date

import pytest

from meterlake.errors import ConfigError
from meterlake.explain.period import Period
from meterlake.explain.times import Clock, iso, length

BERLIN = "Europe/Berlin"
HOUR = 3_600_000_000


@pytest.mark.parametrize(
    ("typed", "instant"),
    [
        ("2024-03-15", "2024-03-14T23:00:00Z"),
        ("2024-07-15", "2024-07-14T22:00:00Z"),
        ("2024-03-15T14:00", "2024-03-15T13:00:00Z"),
        ("2024-03-15 14:00:30", "2024-03-15T13:00:30Z"),
        ("2024-03-15T14:00Z", "2024-03-15T14:00:00Z"),
        ("2024-03-15T14:00+05:30", "2024-03-15T08:30:00Z"),
        ("2024-10-27T02:30", "2024-10-27T00:30:00Z"),  # of two, the earlier
    ],
)
def test_a_date_is_local_midnight_and_a_time_is_local(typed: str, instant: str) -> None:
    assert iso(Period.of(typed, None, BERLIN).from_us) == instant


def test_a_midnight_that_the_clock_skips_is_the_instant_it_skips_to() -> None:
    assert iso(Period.of("2018-11-04", None, "America/Sao_Paulo").from_us) == "2018-11-04T03:00:00Z"


def test_a_period_knows_the_local_days_it_touches() -> None:
    period = Period.of("2024-03-14T23:30Z", "2024-03-16", BERLIN)
    assert (period.first_date, period.last_date) == (date(2024, 3, 15), date(2024, 3, 16))
    assert Period.of(None, None, BERLIN) == Period()


@pytest.mark.parametrize("typed", ["yesterday", "2024-02-30", "2024-03-15T24:00", "1710504000", ""])
def test_anything_else_is_refused(typed: str) -> None:
    with pytest.raises(ConfigError, match="neither a date nor a time"):
        Period.of(typed, None, BERLIN)


def test_the_two_hours_of_an_october_night_differ_by_their_zone() -> None:
    first = Period.of("2024-10-27T02:30", None, BERLIN).from_us or 0
    assert [Clock(BERLIN).time(us) for us in (first, first + HOUR)] == ["02:30 CEST", "02:30 CET"]


def test_instants_are_shown_with_what_they_have() -> None:
    clock = Clock(BERLIN)
    assert clock.moment(0) == "1970-01-01 01:00 CET"
    assert clock.moment(1_500_000) == "1970-01-01 01:00:01.5 CET"
    assert clock.near(HOUR, 0) == "02:00 CET"
    assert clock.near(23 * HOUR, 0) == "1970-01-02 00:00 CET"
    assert clock.day(0) == "Thu 1970-01-01"


def test_instants_at_the_ends_of_the_calendar_are_shown_in_utc() -> None:
    assert Clock("Asia/Tokyo").moment(253_402_300_799_000_000) == "9999-12-31 23:59:59 UTC"


@pytest.mark.parametrize(
    ("microseconds", "words"),
    [
        (0, "0 s"),
        (3 * HOUR + 600_000_000, "3 h 10 min"),
        (-HOUR, "1 h"),
        (49 * HOUR, "2 d 1 h"),
        (500_000, "0.5 s"),
    ],
)
def test_lengths_in_words(microseconds: int, words: str) -> None:
    assert length(microseconds) == words
