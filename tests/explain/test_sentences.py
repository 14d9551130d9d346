"""Each rule's sentence, with its numbers, on a reading made for it."""

from dataclasses import replace
from decimal import Decimal

import pytest

from meterlake.config import load
from meterlake.explain.model import Episode, Judged
from meterlake.explain.not_made import checks_not_made
from meterlake.explain.sentences import Sentences, harmless, quoted

HOUR = 3_600_000_000
NOON = 1_710_504_000_000_000  # 2024-03-15T12:00Z
FINE = Judged(
    meter_id="M1", source_file="raw/2024/03/15/12/a.csv", source_version=1, source_line=2,
    raw_value="1.5", raw_unit="kW", raw_read_at="2024-03-15T12:00", raw_received_at=None,
    has_own_received=False, received_us=NOON + HOUR, stamp_us=NOON, read_us=NOON, meter_key=1, interval_minutes=60,
    active_from_us=None, active_to_us=None, kw=Decimal("1.500000"), min_kw=Decimal(0), max_kw=Decimal(20),
    unit_converted=False, unit_inferred=False, reasons=[], is_backdated=False, is_accepted=True, is_superseded=False,
    previous_us=NOON - HOUR, previous_kw=Decimal("0.050000"), is_spike=False, is_drop=False,
)  # fmt: skip
CASES = [
    ("V01", {"raw_value": " "}, "there is no value"),
    ("V01", {"raw_value": "1e13"}, "'1e13' is 1000000000000 or more, as sent or in kW"),
    ("V01", {"raw_value": "NaN"}, "'NaN' is not a decimal number"),
    ("V02", {"raw_read_at": None}, "there is no timestamp"),
    (
        "V02",
        {"raw_read_at": "2024-03-31T02:30"},
        "'2024-03-31T02:30' is a local time that the source's clock skips, or outside the years 1 to 9999",
    ),
    (
        "V02",
        {"raw_read_at": "2024-02-30T02:30"},
        "'2024-02-30T02:30' is not a time (YYYY-MM-DDThh:mm with or without seconds and offset)",
    ),
    ("V03", {"meter_key": None}, "'M1' is not in the registry"),
    (
        "V03",
        {"active_from_us": NOON + HOUR},
        "2024-03-15 12:00 UTC is before the meter's active_from 2024-03-15 13:00 UTC",
    ),
    ("V03", {"active_to_us": NOON}, "2024-03-15 12:00 UTC is not before the meter's active_to 2024-03-15 12:00 UTC"),
    ("V04", {"raw_unit": "kVA"}, "'kVA' is not in the table of units"),
    ("V04", {"raw_unit": "mW"}, "'mW' written so is unknown: milli is not mega"),
    ("V05", {"raw_value": "50"}, "no unit, and '50' lies in 10 to 1000: kW or W, nobody can tell"),
    ("V06", {"received_us": NOON - 2 * HOUR}, "it begins 2 h after it was received (allowed: 1 h)"),
    (
        "V08",
        {"read_us": NOON + HOUR // 4},
        "it is 15 min after a grid point, and the interval's 5 % are 3 min",
    ),
    (
        "V08",
        {"read_us": NOON - 190_000_000},
        "it is 3 min 10 s before a grid point, and the interval's 5 % are 3 min",
    ),
    ("V09", {"kw": Decimal("-0.100000")}, "-0.100000 kW is below min_kw 0"),
    ("V10", {"kw": Decimal("25.300000")}, "25.300000 kW is above max_kw 20"),
    ("V14", {"received_us": NOON + 731 * 24 * HOUR}, "it arrived 731 d after its time (kept: 730 d)"),
]


@pytest.mark.parametrize(("rule", "changes", "text"), CASES)
def test_a_failed_check_in_words(rule: str, changes: dict, text: str) -> None:
    said = Sentences(load()).about(replace(FINE, reasons=[rule], **changes))
    assert [(one.rule, one.text) for one in said] == [(rule, text)]


def test_a_spike_is_measured_from_the_floor() -> None:
    said = Sentences(load()).about(replace(FINE, is_spike=True))
    moved = "from 0.050000 kW at 11:00 UTC to 1.500000 kW; a spike is above 6 × 0.1 = 0.6 kW"
    assert [str(one) for one in said] == [f"V11 SPIKE: {moved}"]


def test_a_reading_that_passes_everything_has_nothing_said() -> None:
    assert Sentences(load()).about(FINE) == []
    assert checks_not_made(FINE, load()) == {}


def test_checks_without_their_input_are_named_with_the_first_thing_missing() -> None:
    unknown = replace(FINE, meter_key=None, interval_minutes=None, kw=None, read_us=None, is_accepted=False)
    assert checks_not_made(unknown, load([], ["validation.check_arrival=false"])) == {
        "arrival is not checked": ("V06", "V07", "V14"),
        "unknown meter": ("V08", "V09", "V10"),
        "not accepted": ("V11", "V12"),
    }
    alone = replace(FINE, previous_us=NOON - 5 * HOUR)
    assert checks_not_made(alone, load()) == {"no accepted reading in the 4 h before": ("V11", "V12")}
    assert checks_not_made(replace(FINE, min_kw=Decimal(-5)), load()) == {"export meter": ("V11", "V12")}


@pytest.mark.parametrize(
    ("fault", "evidence", "text"),
    [
        ("F01", "60.500000", "zero for 60.5 h (from 48 h on)"),
        ("F02", "24.000000", "the same value for 24 h (from 24 h on)"),
        ("F03", "9.000000", "9 readings in a row above max_kw (from 6 on)"),
        ("F04", "0.000012", "deviation ÷ mean of a week 0.000012 (below 0.01)"),
        ("F05", "-0.120000", "r with its neighbours -0.120000 in a week (below 0.3)"),
    ],
)
def test_evidence_beside_its_limit(fault: str, evidence: str, text: str) -> None:
    episode = Episode(fault, NOON, NOON + HOUR, False, Decimal(evidence), "review", "open", None, None)
    assert Sentences(load()).evidence(episode) == text


def test_what_arrived_cannot_command_the_terminal() -> None:
    assert harmless("a\x1b[2Jb\u202e") == "a\\x1b[2Jb\\u202e"
    assert quoted("x" * 1_000_000) == f"'{'x' * 60}… (1,000,000 characters)'"
