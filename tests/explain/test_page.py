"""The page of a story: printed from what one run has found, changed here and there by hand."""

from dataclasses import replace
from decimal import Decimal

import pytest

from meterlake.config import Config
from meterlake.explain.period import Period
from meterlake.explain.story import Story, tell
from meterlake.explain.text import as_text


def page_of(story: Story, config: Config, width: int = 100) -> str:
    period = Period.of("2024-03-15", "2024-03-16", "UTC")
    return "\n".join(as_text(story, "M1", period, config, width))


def test_the_page_shows_registry_score_fill_hole_and_summary(story: Story, built: Config) -> None:
    page = page_of(story, built)
    for line in (
        "  type      residential · 60 min intervals · neighbourhood north",
        "  limits    min_kw 0 (default) · max_kw 20 (default)",
        "  active    2024-03-15 00:00 UTC to open",
        "  vacant    2024-04-01 00:00 UTC to 2024-04-08 00:00 UTC",
        "01:00 UTC      1.250000 kW  accepted · 95 premium = 100 − 5 unit",
        "            came as '1250' 'W' at '2024-03-15T01:00', landed by 02:00 UTC",
        "02:00 UTC      1.375000 kW  interpolated · 90 premium = 100 − 10 hole of 1 h",
        "09:00 UTC            no kW  missing_short",
        "  2024-03-15 09:00 UTC · 6 intervals, 6 h, until 15:00 UTC · missing_short",
        "Summary: 14 readings came = 8 accepted + 3 quarantined + 1 rejected + 2 superseded",
        "         rows without a reading: 2 interpolated, 6 missing_short · holes: 3 · faults: 0",
    ):
        assert line in page


@pytest.mark.parametrize(("asked_for", "widest"), [(20, 80), (100, 100), (400, 120)])
def test_lines_fit_a_terminal(story: Story, built: Config, asked_for: int, widest: int) -> None:
    assert max(map(len, page_of(story, built, asked_for).splitlines())) <= widest


def test_other_settings_than_silver_was_built_with_are_told(story: Story, built: Config) -> None:
    assert "OTHER settings" not in page_of(story, built)
    limits = built.validation.model_copy(update={"max_kw": Decimal(30)})
    page = page_of(story, built.model_copy(update={"validation": limits}))
    assert "with OTHER settings than these: run build_silver" in " ".join(page.split())


def test_a_reading_that_silver_does_not_have_yet_is_told(story: Story, built: Config) -> None:
    older = replace(story.found, stored=[row for row in story.found.stored if row.origin != "observed"])
    page = " ".join(page_of(tell(older, built), built).split())
    assert "NOTE the rules make it accepted; run build_silver" in page
    assert "14 readings came = 0 accepted + 0 quarantined + 0 rejected + 2 superseded + 12 not in silver yet" in page


def test_what_silver_decided_otherwise_or_a_person_is_told(story: Story, built: Config) -> None:
    approved = {"status": "approved", "reviewer": "ada", "comment": "a party", "disposition": "accepted"}
    stored = [replace(row, **approved) if row.reasons == ["V10"] else row for row in story.found.stored]
    assert "NOTE approved by ada: a party" in page_of(tell(replace(story.found, stored=stored), built), built)
    stored = [replace(row, disposition="accepted") for row in story.found.stored]
    page = page_of(tell(replace(story.found, stored=stored), built), built)
    assert "NOTE silver holds it as accepted, these rules make it quarantined" in " ".join(page.split())


def test_faults_that_the_score_does_not_name_are_named(story: Story, built: Config) -> None:
    stored = [replace(row, faults=["F05"]) if row.reasons == ["V10"] else row for row in story.found.stored]
    page = page_of(tell(replace(story.found, stored=stored), built), built)
    assert "            faults on it: F05 NEIGHBOURHOOD\n" in page


def test_a_filled_row_that_scored_too_low_says_so(story: Story, built: Config) -> None:
    low = {
        "quality_score": 60,
        "tier": "quarantine",
        "faults": ["F02"],
        "reasons": ["Q01"],
        "disposition": "quarantined",
    }
    stored = [replace(row, **low) if row.origin == "interpolated" else row for row in story.found.stored]
    page = page_of(tell(replace(story.found, stored=stored), built), built)
    assert "interpolated → Q01 · 60 quarantine = 100 − 10 hole of 1 h − 30 fault F02\n" in page
    assert "rows without a reading: 2 interpolated (set aside), 6 missing_short" in page
