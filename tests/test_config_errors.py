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
