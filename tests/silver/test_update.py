"""Settings beyond the defaults, in which an update has to look further than it mostly does."""

from collections.abc import Callable
from datetime import date, datetime, timedelta
from decimal import Decimal

import pytest
from pyspark.sql import SparkSession

from meterlake.bronze import pipeline as bronze
from meterlake.config import Config
from meterlake.silver import pipeline as silver
from meterlake.silver.request import Request
from tests.comparison import content_of, differences, rows_of
from tests.small import hours, write_file, write_registry

SILVER = ["silver.readings", "silver.quarantine", "silver.gaps", "silver.faults", "silver.meter_days"]
METERS = "meter_id,meter_type,interval_minutes,neighbourhood_id\nONE,home,60,\n"


@pytest.fixture
def in_two_runs(spark: SparkSession) -> Callable[[Config, list, list], None]:
    """Two landing hours, each through bronze and silver; and what they give is what a rebuild gives."""

    def run(config: Config, first: list, second: list) -> None:
        write_registry(config, METERS)
        for hour, readings in (("2024/03/20/00", first), ("2024/03/20/01", second)):
            write_file(config, hour, readings)
            bronze.run(spark, config)
            silver.run(spark, config)
        found = content_of(config.storage.warehouse, SILVER)
        silver.run(spark, config, Request(rebuild=True))
        rebuilt = content_of(config.storage.warehouse, SILVER)
        assert [text for name in SILVER for text in differences(name, found[name], rebuilt[name])] == []

    return run


def test_a_run_bridged_over_days_begins_where_no_reading_was_accepted(
    make_config: Callable[..., Config], in_two_runs: Callable[[Config, list, list], None]
) -> None:
    config = make_config("faults.bridge_below_hours=120")
    first, second = (
        [(meter, at, f"5{n}") for n, (meter, at, _) in enumerate(hours("ONE", start, 3))]
        for start in ("2024-03-01T00:00", "2024-03-05T10:00")
    )
    in_two_runs(config, first, second)
    [fault] = rows_of(config.storage.warehouse, "silver.faults")
    assert (fault["fault"], fault["evidence"], fault["is_open"]) == ("F03", Decimal(6), True)
    assert (_plain(fault["started_at"]), _plain(fault["ended_at"])) == (datetime(2024, 3, 1), datetime(2024, 3, 5, 13))
    refused = rows_of(config.storage.warehouse, "silver.quarantine")
    assert [(row["reasons"], row["faults"]) for row in refused] == [(["V10"], ["F03"])] * 6


def test_rows_that_fill_more_than_a_day_follow_the_fault_of_their_own_day(
    make_config: Callable[..., Config], in_two_runs: Callable[[Config, list, list], None]
) -> None:
    """A flat week that ends in a hole of 30 h, its end two days later; a correction at its beginning makes it uneven.

    The filled rows cost a point an hour: 70, and with F04's 30 points 40, which goes to quarantine.
    """
    config = make_config(
        "gaps={interpolate_below_hours: 40, materialise_below_hours: 48}",
        "quality.hole_points_per_hour=1",
        "validation.check_arrival=false",
    )
    start = datetime(2024, 3, 1)
    flat = [_reading(start + timedelta(hours=n), "5.00" if n % 2 else "5.01") for n in range(6 * 24 + 20)]
    after = hours("ONE", "2024-03-09T02:00", 5 * 24)
    in_two_runs(config, [*flat, *after], [_reading(datetime(2024, 3, 1, 12), "9")])
    assert rows_of(config.storage.warehouse, "silver.faults") == []
    seventh = [
        row for row in rows_of(config.storage.warehouse, "silver.readings") if row["read_date"] == date(2024, 3, 7)
    ]
    filled = [row for row in seventh if row["origin"] == "interpolated"]
    assert [(row["quality_score"], row["faults"]) for row in filled] == [(70, [])] * 4
    assert len(seventh) == 24


def _reading(at: datetime, kw: str) -> tuple[str, str, str]:
    return "ONE", f"{at:%Y-%m-%dT%H:%M:%SZ}", kw


def _plain(moment: datetime) -> datetime:
    return moment.replace(tzinfo=None)
