"""Raw files on their way to the archive, and out of it."""

import errno
from datetime import UTC, datetime
from pathlib import Path

import pytest

from meterlake.errors import ConfigError
from meterlake.operations import archive


@pytest.fixture
def source(tmp_path: Path) -> Path:
    file = tmp_path / "landing" / "raw" / "2024" / "03" / "15" / "14" / "a.csv"
    file.parent.mkdir(parents=True)
    file.write_text("one")
    return file


@pytest.fixture
def target(tmp_path: Path) -> Path:
    return tmp_path / "archive" / "raw" / "2024" / "03" / "15" / "14" / "a.csv"


def test_a_file_moves_with_its_path(source: Path, target: Path) -> None:
    archive.move(source, target, archive.hash_of(source))
    assert (source.exists(), target.read_text()) == (False, "one")


def test_a_move_that_was_killed_between_its_two_halves_is_ended(source: Path, target: Path) -> None:
    target.parent.mkdir(parents=True)
    target.write_text("one")
    archive.move(source, target, archive.hash_of(source))
    assert (source.exists(), [file.name for file in target.parent.iterdir()]) == (False, ["a.csv"])


def test_an_earlier_version_of_the_path_is_kept_beside_it(source: Path, target: Path) -> None:
    target.parent.mkdir(parents=True)
    target.write_text("earlier")
    own = archive.hash_of(source)
    archive.move(source, target, own)
    assert target.read_text() == "earlier"
    assert target.with_name(f"a.csv~{own[:12]}").read_text() == "one"


class TestOtherFileSystem:
    @pytest.fixture(autouse=True)
    def _refuses_renames(self, monkeypatch: pytest.MonkeyPatch) -> None:
        def refused(self: Path, target: Path) -> None:
            raise OSError(errno.EXDEV, "Invalid cross-device link")

        monkeypatch.setattr(Path, "rename", refused)

    def test_it_is_copied_and_then_deleted(self, source: Path, target: Path) -> None:
        modified = source.stat().st_mtime
        archive.move(source, target, archive.hash_of(source))
        assert (source.exists(), target.read_text(), target.stat().st_mtime) == (False, "one", modified)
        assert [file.name for file in target.parent.iterdir()] == ["a.csv"]

    def test_killed_while_it_was_copied_it_is_copied_again(self, source: Path, target: Path) -> None:
        target.parent.mkdir(parents=True)
        target.with_name(".a.csv.part").write_text("on")
        archive.move(source, target, archive.hash_of(source))
        assert [file.name for file in target.parent.iterdir()] == ["a.csv"]
        assert target.read_text() == "one"

    def test_a_copy_that_differs_leaves_the_file_where_it_is(self, source: Path, target: Path) -> None:
        with pytest.raises(OSError, match="differs"):
            archive.move(source, target, "another")
        assert source.exists()
        assert not target.exists()


def test_old_archived_files_are_those_of_hours_before(tmp_path: Path) -> None:
    for name in ("raw/2016/12/31/23/old.csv", "raw/2017/01/01/00/new.csv", "raw/9999/99/99/99/odd.csv"):
        (tmp_path / name).parent.mkdir(parents=True)
        (tmp_path / name).write_text("")
    found = archive.files_before(tmp_path, datetime(2017, 1, 1, tzinfo=UTC))
    assert [file.name for file in found] == ["old.csv"]


def test_empty_folders_go_up_to_the_root(source: Path, tmp_path: Path) -> None:
    root = tmp_path / "landing" / "raw"
    (root / "2024" / "04").mkdir()
    source.unlink()
    archive.prune(source.parent, root)
    assert sorted(str(path.relative_to(root)) for path in root.rglob("*")) == ["2024", "2024/04"]


def test_an_archive_that_is_the_landing_by_a_link_loses_nothing(source: Path, target: Path, tmp_path: Path) -> None:
    (tmp_path / "archive").symlink_to(tmp_path / "landing")
    with pytest.raises(ConfigError, match="the archive and the landing are the same folder"):
        archive.move(source, target, archive.hash_of(source))
    assert source.read_text() == "one"
