"""Loading settings: layers, types, and what comes of them. test_config_errors.py and _values.py: what is refused."""

import os
from datetime import UTC, datetime
from decimal import Decimal
from itertools import pairwise
from pathlib import Path

import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st
from pydantic import ValidationError

from meterlake.config import Config, load

CONF = Path(__file__).parents[1] / "conf"
SHIPPED = sorted(path.name for path in CONF.glob("*.yaml"))


def written(folder: Path, text: str, name: str = "mine.yaml") -> Path:
    """A configuration file with `text`."""
    path = folder / name
    path.write_text(text)
    return path


class TestLayers:
    def test_the_defaults_are_those_of_base_yaml(self) -> None:
        config = load()
        assert (config.time_zone, config.gaps.interpolate_below_hours, config.quality.premium_from) == ("UTC", 4, 90)
        assert config.units.power_kw["mw"] == 1000
        assert config.peaks.winter.months == (12, 1, 2)

    def test_files_win_over_defaults_later_files_over_earlier_and_overrides_over_all(self, tmp_path: Path) -> None:
        one = written(tmp_path, "gaps: {interpolate_below_hours: 1}\nvalidation: {max_kw: 11}", "one.yaml")
        two = written(tmp_path, "gaps: {interpolate_below_hours: 2}", "two.yaml")
        assert load([one, two]).gaps.interpolate_below_hours == 2
        assert load([two, one]).gaps.interpolate_below_hours == 1
        assert load([one, two], ["gaps.interpolate_below_hours=3"]).gaps.interpolate_below_hours == 3
        assert load([one, two]).validation.max_kw == 11
        assert load([one, two]).gaps.materialise_below_hours == 24

    def test_mappings_are_merged_and_lists_replaced(self, tmp_path: Path) -> None:
        config = load(
            [
                written(
                    tmp_path,
                    """
units: {power_kw: {hp: 0.7457}, unknown_as_written: [mW]}
peaks: {summer: {months: [1]}, winter: {months: [7]}}
""",
                )
            ]
        )
        assert config.units.power_kw["hp"] == Decimal("0.7457")
        assert config.units.power_kw["kw"] == 1
        assert config.units.unknown_as_written == ("mW",)
        assert config.peaks.summer.months == (1,)
        assert config.peaks.summer.base_temperature_c == 22

    def test_null_takes_an_entry_out_of_a_mapping(self) -> None:
        assert "mw" not in load([], ["units.power_kw.mw=null"]).units.power_kw

    def test_an_override_s_value_is_yaml(self) -> None:
        config = load([], ["peaks.summer.months=[1, 2]", "peaks.winter={months: [7], base_temperature_c: 1}", "as_of="])
        assert (config.peaks.summer.months, config.peaks.winter.months, config.as_of) == ((1, 2), (7,), None)

    def test_a_mapping_of_any_names_takes_dotted_ones(self) -> None:
        config = load(
            [], ["spark.conf.spark.hadoop.fs.s3a.endpoint=http://x", "spark.conf.spark.eventLog.enabled=true"]
        )
        assert config.spark.conf == {"spark.hadoop.fs.s3a.endpoint": "http://x", "spark.eventLog.enabled": "true"}

    def test_the_environment_is_read_where_a_value_asks_for_it(
        self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setenv("METER_ROOT", "/mnt/meters")
        monkeypatch.setenv("METER_LIMIT", "17.5")
        file = written(tmp_path, "storage: {landing: '${METER_ROOT}/in'}\nvalidation:\n  max_kw: ${METER_LIMIT}")
        config = load([file], ["storage.warehouse=${METER_ROOT}/out"])
        assert config.storage.landing == "/mnt/meters/in"
        assert config.storage.warehouse == "/mnt/meters/out"
        assert config.validation.max_kw == Decimal("17.5")

    def test_another_base_yaml_can_be_chosen(self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        text = (CONF / "base.yaml").read_text().replace("max_kw: 20 ", "max_kw: 33 ")
        written(tmp_path, text, "base.yaml")
        monkeypatch.setenv("METERLAKE_CONF", str(tmp_path))
        assert load().validation.max_kw == 33


class TestShippedFiles:
    """Every file of conf/, alone and over another, as the README combines them."""

    @pytest.mark.parametrize("name", SHIPPED)
    def test_alone(self, name: str, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setenv("METERLAKE_CATALOG", "energy")
        config, base = load([CONF / name]), load()
        assert (config.gaps, config.validation.max_kw) == (base.gaps, base.validation.max_kw)

    @pytest.mark.parametrize("where", ["local.yaml", "cluster.yaml", "databricks.yaml"])
    def test_what_over_where(self, where: str, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setenv("METERLAKE_CATALOG", "energy")
        alone = load([CONF / where])
        for name in set(SHIPPED) - {"base.yaml", where}:
            over, below = load([CONF / name, CONF / where]), load([CONF / where, CONF / name])
            assert over.spark.shuffle_partitions == alone.spark.shuffle_partitions
            assert below.gaps == over.gaps == alone.gaps

    def test_databricks_names_tables_by_catalog(self, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setenv("METERLAKE_CATALOG", "energy")
        config = load([CONF / "databricks.yaml"])
        assert (config.storage.catalog, config.storage.landing) == ("energy", "/Volumes/energy/landing/files")

    def test_base_yaml_has_every_section_and_no_other(self) -> None:
        assert set(yaml.safe_load((CONF / "base.yaml").read_text())) == set(Config.model_fields)


class TestTypes:
    def test_what_may_be_fractional_is_exactly_what_was_typed(self) -> None:
        config = load([], ["validation.max_kw=0.10", "rate_of_change.drop_share=1e-1", "units.power_kw.x=0.000000123"])
        assert str(config.validation.max_kw) == "0.1"
        assert str(config.rate_of_change.drop_share) == "0.1"
        assert config.units.power_kw["x"] == Decimal("0.000000123")
        assert str(config.validation.value_limit) == "1000000000000"

    @given(st.decimals(min_value="0.001", max_value=10**9, places=6))
    def test_any_decimal_survives(self, number: Decimal) -> None:
        config = load([], [f"validation.max_kw={number}"])
        assert config.validation.max_kw == number
        assert "E" not in str(config.validation.max_kw)

    def test_norway_is_no_boolean_and_an_offset_no_number(self) -> None:
        columns = "{meter_id: a, read_at: b, value: c, unit: d}"
        config = load(
            [], ["peaks.holiday_region=NO", f"sources.x={{files: x*, time_zone: +10:00, columns: {columns}}}"]
        )
        assert config.peaks.holiday_region == "NO"
        assert config.sources["x"].time_zone == "+10:00"
        assert config.sources["x"].stamps == "start"

    @pytest.mark.parametrize(
        ("text", "hour"),
        [("2024-03-15T14:00:00Z", 14), ("2024-03-15 14:00", 14), ("2024-03-15T14:00+02:00", 12)],
    )
    def test_as_of_is_an_instant_in_utc(self, text: str, hour: int) -> None:
        assert load([], [f"as_of={text}"]).as_of == datetime(2024, 3, 15, hour, tzinfo=UTC)

    def test_folders_are_absolute_and_uris_stay(self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.chdir(tmp_path)
        storage = load([], ["storage.landing=in/../landing", "storage.warehouse=s3a://bucket/lake/"]).storage
        assert storage.landing == str(tmp_path / "landing")
        assert storage.warehouse == "s3a://bucket/lake"
        assert load([], ["storage.reference=~/ref"]).storage.reference == os.path.expanduser("~/ref")

    def test_units_are_kept_in_lower_case(self) -> None:
        assert load([], ["units.energy_kwh.MJ=0.2777777778"]).units.energy_kwh["mj"] == Decimal("0.2777777778")

    def test_settings_are_frozen(self) -> None:
        with pytest.raises(ValidationError, match="frozen"):
            load().gaps.interpolate_below_hours = Decimal(1)  # type: ignore[misc]


class TestMeaning:
    @pytest.mark.parametrize(
        ("zone", "minutes"),
        [
            ("UTC", 0),
            ("Europe/Berlin", 60),
            ("Asia/Kolkata", 330),
            ("America/New_York", -300),
            ("Australia/Sydney", 600),
            ("Asia/Kathmandu", 345),
            ("America/St_Johns", -210),
            ("Europe/Dublin", 0),
        ],
    )
    def test_the_grid_follows_the_zone_s_standard_time(self, zone: str, minutes: int) -> None:
        assert load([], [f"time_zone={zone}"]).grid_offset() == minutes

    def test_a_configured_grid_stands(self) -> None:
        assert load([], ["time_zone=Asia/Kolkata", "grid_offset_minutes=0"]).grid_offset() == 0

    def test_faults_that_exclude_in_their_order(self) -> None:
        assert load().faults.excluding == ("F01", "F02", "F03", "F04")
        overrides = ["faults.zero_value.excludes=false", "faults.neighbourhood.excludes=true"]
        assert load([], overrides).faults.excluding == ("F02", "F03", "F04", "F05")


class TestFingerprint:
    def test_it_follows_what_content_depends_on(self) -> None:
        changes = [
            "gaps.interpolate_below_hours=3",
            "time_zone=Asia/Kolkata",
            "peaks.ranks=4",
        ]
        prints = [load([], changes[:n]).fingerprint() for n in range(len(changes) + 1)]
        assert all(a != b for a, b in pairwise(prints))

    def test_it_does_not_follow_the_rest(self) -> None:
        others = [
            "storage.landing=/elsewhere",
            "spark.shuffle_partitions=200",
            "ingest.files_per_arrow_batch=1",
            "goals.freshness_minutes=9",
            "as_of=2024-03-15T14:00Z",
            "validation.max_kw=20.000",
        ]
        assert load([], others).fingerprint() == load().fingerprint()

    def test_it_does_not_follow_the_order_of_names(self) -> None:
        one, two = "validation.max_kw_by_meter_type.a=1", "validation.max_kw_by_meter_type.b=2"
        assert load([], [one, two]).fingerprint() == load([], [two, one]).fingerprint()
