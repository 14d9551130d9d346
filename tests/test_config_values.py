"""Values that no setting takes: a wrong type, out of bounds, or against another setting."""

from decimal import Decimal
from pathlib import Path

import pytest

from meterlake.config import load
from tests.test_config_errors import SOURCE, refused


class TestTypes:
    @pytest.mark.parametrize(
        ("override", "limit"),
        [
            ("peaks.ranks=3.0", "must be a whole number"),
            ("peaks.ranks=true", "must be a whole number"),
            ("peaks.ranks='3'", "must be a whole number"),
            ("validation.max_kw=true", "must be a number"),
            ("validation.max_kw='20'", "must be a number"),
            ("validation.max_kw=.inf", "must be a number"),
            ("validation.max_kw=null", "must be a number"),
            ("validation.max_kw=1e99", "must be a finite number of at most 28 digits"),
            ("validation.check_arrival=yes", "must be true or false"),
            ("validation.check_arrival=1", "must be true or false"),
            ("time_zone=5", "must be text"),
            ("storage.landing=2024", "must be text"),
            ("storage=here", "must be a group of settings"),
            ("peaks.summer.months=6", "must be a list"),
            ("peaks.summer.months=[June]", "must be a whole number"),
            ("units.power_kw=kw", "must be a mapping of names to values"),
            ("sources.x.stamps=middle", "must be 'start' or 'end'"),
            ("as_of=2024-03-15", "must be an ISO 8601 time"),
            ("as_of=1710511200", "must be an ISO 8601 time"),
            ("as_of=2024-02-30T00:00Z", "must be an ISO 8601 time"),
        ],
    )
    def test_a_wrong_type(self, override: str, limit: str) -> None:
        assert f"it {limit} · where: --set {override} · next: " in refused(f"sources.x={SOURCE}", override)


class TestBounds:
    @pytest.mark.parametrize(
        ("override", "limit"),
        [
            ("quality.fault_points=100.5", "must be at most 100"),
            ("quality.hole_points_per_hour=-1", "must be at least 0"),
            ("validation.grid_tolerance_share=0.5", "must be below 0.5"),
            ("validation.oldest_days=0", "must be at least 1"),
            ("validation.default_interval_minutes=7", "must be one of 1, 2, 3, 5, 6, 10, 12, 15, 20, 30, 60"),
            ("faults.neighbourhood.correlation_below=1.1", "must be at most 1"),
            ("faults.low_variance.min_intervals_share=0", "must be above 0"),
            ("goals.accuracy_share=99", "must be at most 1"),
            ("grid_offset_minutes=1081", "must be at most 1080"),
            ("grid_offset_minutes=-1081", "must be at least -1080"),
            ("peaks.summer.months=[13]", "must be at most 12"),
            ("peaks.summer.months=[6, 6]", "must name each month once"),
            ("units.power_kw.w=0", "must be above 0"),
            ("ingest.max_file_mb=2048", "must be at most 2047"),
            ("spark.shuffle_partitions=0", "must be at least 1"),
        ],
    )
    def test_a_number_out_of_bounds(self, override: str, limit: str) -> None:
        assert f"it {limit} · where: --set {override}" in refused(override)

    @pytest.mark.parametrize(
        ("override", "limit"),
        [
            ("time_zone=Mars/Olympus", "must be an IANA time zone"),
            ("time_zone=europe/berlin", "must be an IANA time zone"),
            ("time_zone=localtime", "must be an IANA time zone"),
            ("time_zone=+05:30", "must be an IANA time zone"),
            ("peaks.holiday_region=XX", "must be a region of the holidays package"),
            ("peaks.holiday_region=DE-XX", "must be a region of the holidays package"),
            ("peaks.holiday_region=Germany", "must be a country or a country and its part"),
            ("storage.catalog=my-catalog", "must match"),
            ("storage.catalog=a.b; DROP TABLE x", "must match"),
            ("storage.landing=''", "must name a folder"),
            ("storage.landing=/data/*/in", "must not contain '*'"),
            ("storage.warehouse=s3:bucket", "must be a path or a URI"),
            ("spark.master=everywhere", "must match"),
            ("spark.driver_memory=8", "must be text"),
            ("spark.driver_memory=8 GB", "must match"),
            ("spark.packages=[delta]", "must have Maven coordinates"),
            ("spark.conf.hadoop.x=1", "must have keys that begin with spark."),
            ("spark.conf.spark.driver.memory=1g", "must not repeat a setting of ours"),
            ("spark.conf.spark.sql.session.timeZone=CET", "must not change what the tables' content depends on"),
            ("faults.overload.action=call them", "must match"),
            ("sources.x.time_zone=+18:01", "must be an IANA time zone or an offset"),
            ("sources.x.files=''", "must not be empty"),
            ("sources.x.files=in/x*", "must be a glob on the file's name, without a slash"),
            ("sources.x.columns.unit=' kW'", "must have no blanks around it"),
        ],
    )
    def test_a_text_that_is_refused(self, override: str, limit: str) -> None:
        assert f"it {limit}" in refused(f"sources.x={SOURCE}", override)

    @pytest.mark.parametrize("zone", ["europe/berlin", "Europe/Berln", "Berlin/Europe"])
    def test_a_time_zone_gets_a_hint(self, zone: str) -> None:
        hint = "write a name such as Europe/Berlin or UTC" if zone == "Berlin/Europe" else "did you mean Europe/Berlin?"
        assert refused(f"time_zone={zone}").endswith(f"next: {hint}")


class TestContradictions:
    @pytest.mark.parametrize(
        ("overrides", "message"),
        [
            (
                ["gaps.interpolate_below_hours=24"],
                "gaps.interpolate_below_hours is 24: it must be below materialise_below_hours (24)",
            ),
            (["quality.standard_from=90"], "quality.standard_from is 90: it must be below premium_from (90)"),
            (
                ["units.no_unit_is_kw_below=1001"],
                "units.no_unit_is_kw_below is 1001: it must be at most no_unit_is_w_above (1000)",
            ),
            (["validation.min_kw=20"], "validation.min_kw is 20: it must be below max_kw (20)"),
            (
                ["validation.max_kw_by_meter_type.shop=-1"],
                "validation.max_kw_by_meter_type.shop is -1: it must be above min_kw (0)",
            ),
            (["peaks.heat_above_c=-10"], "peaks.heat_above_c is -10: it must be above cold_below_c (-10)"),
            (
                ["peaks.winter.months=[8]"],
                "peaks.winter.months is [8]: it must not name month 8, which is in summer",
            ),
            (["units.energy_kwh.kw=1"], "units.energy_kwh is 'kw': it must not name 'kw', which power_kw names too"),
            (["units.power_kw.KW=1"], "units.power_kw is a mapping: it must name each unit once"),
            (
                ["faults.neighbourhood.min_hours=169"],
                "faults.neighbourhood.min_hours is 169: it must be at most the hours of days (168)",
            ),
            (
                [f"sources.x={SOURCE}", f"sources.y={SOURCE}"],
                "sources.y.files is 'x*': it must differ from sources.x.files",
            ),
            (
                ["sources.x={files: x*, columns: {meter_id: a, read_at: a, value: c, unit: d}}"],
                "sources.x.columns.read_at is 'a': it must not be the column of meter_id too",
            ),
            (
                ["storage.landing=/data", "storage.warehouse=/data/raw/lake"],
                "storage.warehouse is '/data/raw/lake': it must not lie in the landing's raw/",
            ),
            (
                ["storage.warehouse=/data", "storage.landing=/data/bronze/in"],
                "storage.landing is '/data/bronze/in': it must not lie in the warehouse's bronze/",
            ),
            (
                ["storage.warehouse=s3a://b/lake", "storage.reference=s3a://b/lake/ops"],
                "storage.reference is 's3a://b/lake/ops': it must not lie in the warehouse's ops/",
            ),
        ],
    )
    def test_two_settings_that_contradict_each_other(self, overrides: list[str], message: str) -> None:
        assert refused(*overrides).startswith(message + " · where: --set ")

    def test_a_unit_may_be_as_small_as_is_said(self) -> None:
        assert load([], ["units.power_kw.nkw=0.000000001"]).units.power_kw["nkw"] == Decimal("1e-9")
        assert "factors between 10^-9 and 10^9" in refused("units.power_kw.pkw=0.0000000009")

    def test_one_folder_for_all_three_is_fine(self, tmp_path: Path) -> None:
        config = load([], [f"storage.{name}={tmp_path}" for name in ("landing", "reference", "warehouse")])
        assert config.storage.landing == config.storage.reference == config.storage.warehouse == str(tmp_path)
