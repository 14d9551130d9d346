"""Every kind of wrong setting, with the line that names field, value, limit, place and next step."""

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from meterlake.config import load
from meterlake.errors import ConfigError, ConfigErrors, MeterlakeError

SOURCE = "{files: x*, columns: {meter_id: a, read_at: b, value: c, unit: d}}"


def refused(*overrides: str) -> str:
    """The message for wrong overrides."""
    with pytest.raises(ConfigError) as refusal:
        load([], overrides)
    return str(refusal.value)


def refused_file(folder: Path, text: str | bytes) -> str:
    """The message for a wrong file, with the file's name as mine.yaml."""
    file = folder / "mine.yaml"
    file.write_bytes(text.encode() if isinstance(text, str) else text)
    with pytest.raises(ConfigError) as refusal:
        load([file])
    return str(refusal.value).replace(str(file), "mine.yaml")


class TestWhere:
    def test_a_file_is_named_with_its_line(self, tmp_path: Path) -> None:
        assert refused_file(tmp_path, "gaps:\n  # a comment\n  interpolate_below_hours: -1\n") == (
            "gaps.interpolate_below_hours is -1: it must be at least 0 · where: mine.yaml line 3 · "
            "next: correct gaps.interpolate_below_hours there"
        )

    def test_an_override_is_named(self) -> None:
        assert "· where: --set quality.fault_points=130 ·" in refused("quality.fault_points=130")

    def test_the_layer_that_brought_the_value_is_named(self, tmp_path: Path) -> None:
        good, bad = tmp_path / "good.yaml", tmp_path / "bad.yaml"
        good.write_text("gaps: {materialise_below_hours: 30}")
        bad.write_text("gaps: {interpolate_below_hours: 31}")
        with pytest.raises(ConfigError, match=r"31: it must be below .* \(30\) · where: .*bad\.yaml line 1"):
            load([bad, good])

    def test_all_problems_are_told_a_line_each(self) -> None:
        with pytest.raises(ConfigErrors) as refusal:
            load([], ["peaks.ranks=0", "quality.fault_points=x", "storage.catlog=a", "time_zone=Nowhere"])
        assert len(refusal.value.problems) == len(str(refusal.value).splitlines()) == 4


class TestKeys:
    @pytest.mark.parametrize(
        ("override", "hint"),
        [
            ("gaps.interpolate_hours=3", "did you mean gaps.interpolate_below_hours?"),
            ("storage.warehous=x", "did you mean storage.warehouse?"),
            ("timezone=UTC", "did you mean time_zone?"),
            ("faults.zero_value.x=3", "known here: min_hours, excludes, action"),
            ("peaks.summer.month=[1]", "did you mean peaks.summer.months?"),
        ],
    )
    def test_an_unknown_key_gets_a_hint(self, override: str, hint: str) -> None:
        message = refused(override)
        assert message.startswith(f"{override.split('=')[0]} is not a setting · where: --set")
        assert message.endswith(f"next: {hint}")

    def test_an_unknown_key_of_a_source(self) -> None:
        message = refused(f"sources.x={SOURCE}", "sources.x.file=y", "sources.x.columns.time=z")
        assert "sources.x.file is not a setting" in message
        assert "did you mean sources.x.files?" in message
        assert "sources.x.columns.time is not a setting" in message

    def test_a_key_twice(self, tmp_path: Path) -> None:
        assert refused_file(tmp_path, "gaps:\n  interpolate_below_hours: 1\n  interpolate_below_hours: 2\n") == (
            "gaps.interpolate_below_hours is there twice · where: mine.yaml line 3 · next: keep one of the two"
        )

    def test_a_missing_key(self) -> None:
        assert refused("sources.x={files: x*}").startswith("sources.x.columns is missing · where: --set sources.x=")


class TestFiles:
    def test_a_file_that_is_not_there(self) -> None:
        with pytest.raises(ConfigError, match=r"No such file or directory · where: /no/such\.yaml · next: relative"):
            load(["/no/such.yaml"])

    def test_a_folder(self, tmp_path: Path) -> None:
        with pytest.raises(ConfigError, match="cannot read the configuration file: Is a directory"):
            load([tmp_path])

    @pytest.mark.parametrize(
        ("text", "line"),
        [("gaps: {a: 1\nx: [", 2), ("a:\n\t- b", 2), ("a: 'open", 1), ("a: b: c", 1), ("%YAML 9.9\n", 1)],
    )
    def test_yaml_that_is_none_is_named_with_its_line(self, text: str, line: int, tmp_path: Path) -> None:
        message = refused_file(tmp_path, text)
        assert message.startswith("this is not YAML: ")
        assert f"mine.yaml line {line}" in message

    @pytest.mark.parametrize("text", ["- a\n- b", "just text", "42"])
    def test_a_file_that_is_no_mapping(self, text: str, tmp_path: Path) -> None:
        assert refused_file(tmp_path, text).startswith("the file is not a mapping of settings · where: mine.yaml")

    def test_bytes_that_are_no_utf8(self, tmp_path: Path) -> None:
        assert refused_file(tmp_path, b"time_zone: \xff").startswith("the file is not UTF-8")

    def test_two_documents_in_one_file(self, tmp_path: Path) -> None:
        assert refused_file(tmp_path, "peaks: {ranks: 1}\n---\npeaks: {ranks: 2}").startswith("this is not YAML")

    def test_tags_make_no_objects(self, tmp_path: Path) -> None:
        assert "time_zone" in refused_file(tmp_path, "time_zone: !!python/object/apply:os.getcwd []")

    def test_brackets_without_end(self, tmp_path: Path) -> None:
        assert refused_file(tmp_path, "peaks: " + "[" * 5000).startswith(
            ("the settings are nested", "this is not YAML")
        )

    def test_an_anchor_inside_itself(self, tmp_path: Path) -> None:
        assert refused_file(tmp_path, "peaks: &peaks\n  summer: *peaks\n").startswith(
            "the settings are nested too deep"
        )

    def test_an_empty_file_changes_nothing(self, tmp_path: Path) -> None:
        (tmp_path / "empty.yaml").write_text("# nothing yet\n")
        assert load([tmp_path / "empty.yaml"]) == load()

    def test_an_environment_variable_that_is_not_set(self, tmp_path: Path) -> None:
        message = refused_file(tmp_path, "storage:\n  landing: ${METERLAKE_NO_SUCH}/in\n")
        assert message.startswith("the environment variable METERLAKE_NO_SUCH is not set · where: mine.yaml line 2")


class TestOverrides:
    @pytest.mark.parametrize("override", ["gaps", "=3", "gaps..x=3", "gaps.=3"])
    def test_one_that_is_no_key_and_value(self, override: str) -> None:
        assert refused(override).startswith("an override is not key=value")

    def test_one_whose_value_is_no_yaml(self) -> None:
        assert refused("gaps={a").startswith("this is not YAML: ")


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

    def test_one_folder_for_all_three_is_fine(self, tmp_path: Path) -> None:
        load([], [f"storage.{name}={tmp_path}" for name in ("landing", "reference", "warehouse")])


ANY_TEXT = st.text(st.characters(codec="utf-8"), max_size=40)


class TestAnything:
    @given(key=ANY_TEXT, value=ANY_TEXT)
    def test_whatever_is_set_it_loads_or_says_what_is_wrong(self, key: str, value: str) -> None:
        try:
            load([], [f"{key}={value}", f"quality.{key}={value}", f"time_zone={value}", f"storage.landing={value}"])
        except MeterlakeError as error:
            assert str(error)  # noqa: PT017 - both ends are fine

    @given(text=ANY_TEXT)
    def test_whatever_a_file_holds_it_loads_or_says_what_is_wrong(
        self, text: str, tmp_path_factory: pytest.TempPathFactory
    ) -> None:
        file = tmp_path_factory.mktemp("any") / "mine.yaml"
        file.write_text(text, newline="")
        try:
            load([file])
        except MeterlakeError as error:
            assert "mine.yaml" in str(error)  # noqa: PT017 - both ends are fine
