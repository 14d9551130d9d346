"""One small district end to end by hand, and the shape of every table (sections 2 to 8)."""

from pathlib import Path

import pytest

from .given import HEADER, METERS, at, facts, kw, line, put, series
from .landing import Bronze
from .settings import Settings, Source
from .tables import compute

READING = (
    "meter_id meter_type neighbourhood_id read_at read_date interval_minutes kw energy_kwh origin unit_converted "
    "unit_inferred hole_hours warnings faults quality_score tier source_file source_version source_line"
)
REVIEW = "raw_value raw_read_at raw_unit received_at reasons disposition status reviewer reviewed_at comment"
COLUMNS = {
    "silver.readings": READING,
    "silver.quarantine": f"{READING} {REVIEW}",
    "silver.gaps": "meter_id started_at ended_at intervals hours class is_open",
    "silver.faults": (
        "meter_id fault started_at ended_at is_open evidence action status resolved_by resolved_at comment"
    ),
    "gold.hourly_load": (
        "hour meter_type total_kw mean_kw min_kw max_kw stddev_kw energy_kwh meters_reporting meters_expected coverage"
    ),
    "gold.peak_periods": "local_date rank hour load_kwh season seasonal_kwh adjusted_load_kwh rank_unadjusted",
    "gold.peak_exclusions": "local_date hour reason load_kwh",
    "gold.daily_consumption": (
        "local_date meter_id energy_kwh peak_kw share_observed share_interpolated share_missing mean_score lowest_score"
    ),
    "gold.daily_quality": (
        "local_date expected observed completeness accuracy freshness_p95_minutes rule_counts tier_counts"
    ),
}


def test_district(tmp_path: Path) -> None:
    """Two meters for two days, every table with rows of the rules' columns, and each reading with one disposition."""
    lines = [*series("m", [*[0] * 48, 2]), *series("n", [1, None, 1, "x", 30, -1, 1]), line("q", at(1), 1), "broken"]
    put(tmp_path, "landing/raw/2024/03/06/00/a.csv", "\n".join([HEADER, *lines, line("m", at(3), "0.0")]))
    put(tmp_path, "reference/meters.csv", f"{METERS}\nm,home,60,N,,,,\nn,home,60,N,,,,")
    put(tmp_path, "reference/grid_maintenance.csv", f"from,to\n{at(0).isoformat()},{at(1).isoformat()}")
    bronze = Bronze()
    assert bronze.ingest(tmp_path / "landing") == 58  # 49 + 6 + 1 + 1 + 1 lines
    assert bronze.ingest(tmp_path / "landing") == 0
    found = compute(bronze, tmp_path / "reference", Settings())
    for name, columns in COLUMNS.items():
        assert found[name], name
        assert all(" ".join(row) == columns for row in found[name]), name
    accepted = [row for row in found["silver.readings"] if row["origin"] == "observed"]
    assert len(accepted) == 49 + 3
    assert facts(found["silver.quarantine"], "meter_id", "read_at", "reasons", "disposition") == [
        ("n", at(3), ["V01"], "quarantined"),
        ("n", at(4), ["V10"], "quarantined"),
        ("n", at(5), ["V09"], "rejected"),
        ("q", at(1), ["V03"], "rejected"),
    ]
    # 57 bronze readings = 52 accepted + 2 quarantined + 2 rejected + 1 superseded
    counts = [row["rule_counts"].get("V13", 0) for row in found["gold.daily_quality"]]
    assert (len(bronze.readings), counts) == (57, [1, 0, 0])
    # as_of is 6 March 00:00: n's last interval ended on the 4th at 07:00, 41 h before
    assert facts(found["silver.gaps"], "meter_id", "started_at", "intervals", "class", "is_open") == [
        ("n", at(1), 1, "interpolated", False),
        ("n", at(3), 3, "interpolated", False),
        ("n", at(7), 41, "missing_extended", True),
    ]
    assert facts(found["silver.faults"], "meter_id", "fault", "evidence") == [("m", "F01", kw(48))]


def test_settings_from_a_page() -> None:
    """A part of a page shaped like conf/base.yaml; numbers are exact."""
    page = {
        "time_zone": "Europe/Berlin",
        "validation": {"grid_tolerance_share": 0.1, "max_kw_by_meter_type": {"shop": 7.5}, "check_arrival": False},
        "faults": {"neighbourhood": {"excludes": True}, "low_variance": {"ratio_below": 0.02}},
        "peaks": {"summer": {"months": [1, 2]}},
        "sources": {"x": {"files": "x_*", "columns": {"meter_id": "id"}, "stamps": "end"}},
        "storage": {"landing": "elsewhere"},
    }
    found = Settings.from_config(page)
    assert (found.time_zone, found.check_arrival, found.summer_months) == ("Europe/Berlin", False, (1, 2))
    assert found.grid_tolerance_share * 10 == 1
    assert found.low_variance_ratio_below * 50 == 1
    assert found.max_kw_by_meter_type["shop"] * 2 == 15
    assert found.excludes("F05")
    assert found.sources == (Source("x_*", {"meter_id": "id"}, stamps="end"),)
    assert found.spike_factor == Settings().spike_factor


@pytest.mark.parametrize(("as_of", "gaps"), [(None, 0), ("2024-03-04T05:00:00Z", 1)])
def test_nothing_landed(tmp_path: Path, as_of: str | None, gaps: int) -> None:
    """Without a bronze reading there is no as_of but a configured one: a meter with an active_from may be missed."""
    put(tmp_path, "reference/meters.csv", f"{METERS}\nm,home,60,,,,{at(0).isoformat()},")
    found = compute(Bronze(), tmp_path / "reference", Settings(as_of=as_of))
    assert {name: len(rows) for name, rows in found.items() if rows} == ({"silver.gaps": 1} if gaps else {})
