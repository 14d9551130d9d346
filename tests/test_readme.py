"""README.md and docs/ name what exists: files, make targets, settings, tables and their columns.

docs/tables.md is made from lib/meterlake/tables: `.venv/bin/python -m tests.test_readme` writes it anew.
"""

import re
from pathlib import Path
from typing import Any

import pytest
import yaml

from meterlake import tables
from meterlake.rule_names import FAULTS
from meterlake.sample.names import RULES

ROOT = Path(__file__).parents[1]
LIBRARY = ROOT / "lib" / "meterlake"
README = ROOT / "README.md"
TABLES = ROOT / "docs" / "tables.md"
PAGES = [README, *sorted((ROOT / "docs").glob("*.md"))]

FOLDERS = "conf|jobs|lib|tests|docs|bench|data|notebooks|deploy"
PATH = re.compile(rf"(?<![\w/.-])((?:{FOLDERS})/[\w./*-]*[\w*/]|\.ci/\w+)")
RULE_FILE = re.compile(r"`((?:bronze|silver|gold)/\w+\.py)`")
NAMED_FILE = re.compile(r"`(?:\./)?([\w-]+\.(?:sh|lock|toml|py)|Makefile|Dockerfile|LICENSE)`")
LINK = re.compile(r"\]\(([^)#:]+)\)")
MAKE = re.compile(r"(?:`|^)make (\w+)", re.MULTILINE)
KEY = re.compile(r"`([a-z_]+(?:\.[a-z_0-9]+)*)`")
SET = re.compile(r"--set '?([\w.]+)=")
NOT_SETTINGS = {"KEY", "gap.interpolate_below_hours"}  # a placeholder, and the example of an error
BASE = yaml.safe_load((ROOT / "conf" / "base.yaml").read_text())
# Below these a name is free.
OPEN = {("sources",), ("spark", "conf"), ("validation", "max_kw_by_meter_type")}
KINDS = {"array<string>": "array of text", "map<string,bigint>": "map of text to whole number", "string": "text"}


def text_of(page: Path) -> str:
    return page.read_text()


def section(title: str) -> str:
    """What stands below a heading of the README, up to the next of its kind."""
    return re.split(r"^## ", text_of(README).split(f"\n## {title}\n", 1)[1], maxsplit=1, flags=re.MULTILINE)[0]


def is_setting(key: str) -> bool:
    value: Any = BASE
    parts = key.split(".")
    for depth, part in enumerate(parts):
        if tuple(parts[:depth]) in OPEN:
            return True
        if not isinstance(value, dict) or part not in value:
            return False
        value = value[part]
    return True


def rows(text: str, first: str) -> list[list[str]]:
    """The cells of a Markdown table's rows whose first cell matches."""
    lines = [re.split(r"(?<!\\)\|", line)[1:-1] for line in text.splitlines() if line.startswith("|")]
    cells = [[cell.strip() for cell in line] for line in lines]
    return [row for row in cells if re.fullmatch(first, row[0])]


def tables_page() -> str:
    """docs/tables.md from the tables themselves."""
    lines = [
        "# The tables",
        "",
        "Every table with its key, partitions and columns. Made from `lib/meterlake/tables` by",
        "`.venv/bin/python -m tests.test_readme`; a test keeps it true.",
        "",
        "A table lies at `<warehouse>/<layer>/<table>`, or at `catalog.layer.table`. Times are UTC, dates local.",
    ]
    for table in tables.ALL:
        partitions = f" · partitioned by {', '.join(table.partitions)}" if table.partitions else ""
        searched = f" · Delta's statistics of {', '.join(table.searched_by)}" if table.searched_by else ""
        lines += ["", f"## {table.full_name}", "", f"Key: {', '.join(table.key)}{partitions}{searched}", ""]
        lines += ["| column | type | what, unit |", "|---|---|---|"]
        for name, kind, text in table.columns:
            shown = kind.simpleString()
            lines.append(f"| {name} | {KINDS.get(shown, shown)} | {text} |")
    return "\n".join(lines) + "\n"


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
class TestWhatAPageNames:
    def test_files_exist(self, page: Path) -> None:
        named = {path.rstrip("/") for path in PATH.findall(text_of(page))}
        assert [path for path in sorted(named) if not any(ROOT.glob(path))] == []

    def test_files_of_the_library_exist(self, page: Path) -> None:
        assert [path for path in RULE_FILE.findall(text_of(page)) if not (LIBRARY / path).is_file()] == []

    def test_files_without_a_folder_exist(self, page: Path) -> None:
        known = {path.name for path in [*ROOT.iterdir(), *LIBRARY.rglob("*.py")]}
        assert set(NAMED_FILE.findall(text_of(page))) - known == set()

    def test_links_lead_somewhere(self, page: Path) -> None:
        assert [link for link in LINK.findall(text_of(page)) if not (page.parent / link).exists()] == []

    def test_make_targets_exist(self, page: Path) -> None:
        targets = set(re.findall(r"^(\w+):", (ROOT / "Makefile").read_text(), re.MULTILINE))
        assert set(MAKE.findall(text_of(page))) - targets == set()

    def test_settings_exist(self, page: Path) -> None:
        """A name in code that begins like a setting is one; so is what --set is given."""
        dotted = {key for key in KEY.findall(text_of(page)) if "." in key and key.split(".")[0] in BASE}
        files = {key for key in dotted if key.endswith((".py", ".yaml"))}
        keys = (dotted - files) | set(SET.findall(text_of(page)))
        assert sorted(key for key in keys - NOT_SETTINGS if not is_setting(key)) == []

    def test_nothing_outside_the_project_is_named(self, page: Path) -> None:
        assert re.findall(r"/work\b|\bshared/|design\.md|/tmp\b|/home/|\blocalhost\b", text_of(page)) == []


class TestTables:
    def test_the_page_of_columns_is_made_from_the_tables(self) -> None:
        assert text_of(TABLES) == tables_page(), "run: .venv/bin/python -m tests.test_readme"

    def test_the_readme_lists_every_table_with_its_key_and_partitions(self) -> None:
        listed = {row[0].strip("`"): (row[2], row[3]) for row in rows(section("The tables"), r"`\w+\.\w+`")}
        assert listed == {t.full_name: (", ".join(t.key), ", ".join(t.partitions)) for t in tables.ALL}


class TestRules:
    @pytest.mark.parametrize("page", [README, ROOT / "docs" / "rules.md"], ids=lambda page: page.name)
    def test_every_rule_has_its_name(self, page: Path) -> None:
        named = {row[0]: row[1] for row in rows(text_of(page), r"[VFQ]\d\d")}
        every = {rule: name for rule, (name, _) in RULES.items()} | FAULTS
        assert {rule: name for rule, name in every.items() if rule != "Q01" or page == README} == named

    def test_every_disposition_is_the_rules(self) -> None:
        became = {row[0]: row[3].split(",")[0] for row in rows(section("The rules"), r"[VQ]\d\d")}
        assert became == {rule: what.replace("warning", "accepted") for rule, (_, what) in RULES.items()}


def test_the_settings_most_people_change_exist() -> None:
    keys = [key for row in rows(section("Configuration"), r"`.*`") for key in KEY.findall(row[0])]
    assert len(keys) > 10
    assert [key for key in keys if not is_setting(key)] == []


def test_every_job_is_listed() -> None:
    listed = {row[0].strip("`") for row in rows(section("The jobs"), r"`jobs/.*`")}
    assert listed == {f"jobs/{path.name}" for path in (ROOT / "jobs").glob("*.py")}


if __name__ == "__main__":
    TABLES.write_text(tables_page())
