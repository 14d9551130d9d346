"""What a machine has to have: a Java that is new enough, Delta's jars, and certificates that Java reads."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

from meterlake import java, java_classes, java_network, local_files, spark_jars
from meterlake.errors import EnvironmentFault


class TestJava:
    def fake(self, folder: Path, version: str) -> Path:
        """A JAVA_HOME whose Java says it is `version`."""
        program = folder / "bin" / "java"
        program.parent.mkdir(parents=True)
        program.write_text(f'#!/bin/sh\n[ "$1" = -version ] && echo \'openjdk version "{version}"\' >&2 || echo "$@"\n')
        program.chmod(0o755)
        return folder

    @pytest.mark.parametrize("version", ["17.0.15", "21", "21.0.8-ea"])
    def test_one_that_is_new_enough(self, version: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setenv("JAVA_HOME", str(self.fake(tmp_path / "jdk", version)))
        assert java.find() == tmp_path / "jdk" / "bin" / "java"

    @pytest.mark.parametrize(
        ("version", "said"), [("1.8.0_392", "this is 8"), ("11.0.2", "this is 11"), ("x", "unknown")]
    )
    def test_one_that_is_too_old(
        self, version: str, said: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setenv("JAVA_HOME", str(self.fake(tmp_path / "jdk", version)))
        with pytest.raises(EnvironmentFault, match=f"Spark needs Java 17 or newer, .*{said}.* · where: JAVA_HOME"):
            java.find()

    def test_one_that_does_not_run(self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setenv("JAVA_HOME", str(tmp_path))
        with pytest.raises(EnvironmentFault, match="Java does not run"):
            java.find()

    def test_an_old_one_on_path_gives_way_to_the_package_s(
        self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        packaged = self.fake(tmp_path / "packaged", "21.0.8") / "bin" / "java"
        monkeypatch.delenv("JAVA_HOME", raising=False)
        monkeypatch.setenv("PATH", str(self.fake(tmp_path / "old", "11") / "bin"), prepend=os.pathsep)
        monkeypatch.setattr(java, "_packaged", lambda: str(packaged))
        assert java.find() == packaged

    def test_the_wrapper_drops_the_flag_for_a_missing_module_and_nothing_else(
        self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setenv("JAVA_HOME", str(self.fake(tmp_path / "my jdk", "17")))
        monkeypatch.setattr(sys, "prefix", str(tmp_path / "venv"))
        wrapper = java.home() / "bin" / "java"
        argv = ["-Da=b c", "--add-modules=jdk.incubator.vector", "--add-modules=java.sql", "Main", ""]
        said = subprocess.run([wrapper, *argv], capture_output=True, text=True, check=True).stdout
        assert said == "-Da=b c --add-modules=java.sql Main \n"
        monkeypatch.setenv("JAVA_HOME", str(java.home()))
        assert java.home() == wrapper.parent.parent, "a wrapper is not wrapped again"


class TestSetUp:
    def test_the_jars_are_there_and_not_fetched_again(self) -> None:
        assert spark_jars.install().endswith("is there already")

    def test_a_trust_store_that_java_reads(self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setenv("https_proxy", "http://proxy.example:3128")
        options = java_network.options(tmp_path)
        assert {"-Dhttps.proxyHost=proxy.example", "-Dhttps.proxyPort=3128"} <= set(options)
        store = (tmp_path / "truststore.jks").read_bytes()
        assert store[:8] == bytes.fromhex("feedfeed00000002")
        assert b"X.509" in store


class TestJavaClasses:
    def test_a_job_starts_from_the_archive_where_there_is_one(
        self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr(sys, "prefix", str(tmp_path))
        assert java_classes.options() == ""
        (tmp_path / java_classes.ARCHIVE).touch()
        assert f"-XX:SharedArchiveFile={tmp_path / java_classes.ARCHIVE}" in java_classes.options()

    def test_a_folder_with_a_blank_has_none_since_java_options_know_no_quotes(
        self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        folder = tmp_path / "my folder"
        folder.mkdir()
        (folder / java_classes.ARCHIVE).touch()
        monkeypatch.setattr(sys, "prefix", str(folder))
        assert java_classes.options() == ""
        assert java_classes.make() is None

    def test_an_ingest_that_fails_is_told_and_leaves_no_archive(
        self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr(sys, "prefix", str(tmp_path))
        monkeypatch.setattr(java_classes, "_JOB", tmp_path / "no_such_job.py")
        with pytest.raises(EnvironmentFault, match=r"a tiny ingest does not run: .*there is no job"):
            java_classes.make()
        assert list(tmp_path.iterdir()) == []


class TestLocalFiles:
    def test_files_are_written_without_a_shell_where_the_package_is_there(
        self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        assert local_files.settings()["spark.hadoop.fs.file.impl"] == local_files.FILE_SYSTEM
        monkeypatch.setenv("SPARK_HOME", str(tmp_path))
        assert local_files.settings() == {}, "another Spark, without the package"

    @pytest.mark.parametrize(
        ("language", "added"), [("C", {"LC_ALL": "C.UTF-8"}), ("POSIX", {"LC_ALL": "C.UTF-8"}), ("C.UTF-8", {})]
    )
    def test_java_is_started_where_it_can_read_all_file_names(self, language: str, added: dict[str, str]) -> None:
        told = "from meterlake import local_files; print(local_files.environment())"
        here = os.environ | {"LC_ALL": language}
        done = subprocess.run([sys.executable, "-c", told], env=here, capture_output=True, text=True, check=True)
        assert done.stdout.strip() == str(added)
