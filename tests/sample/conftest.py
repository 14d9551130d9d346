"""The smallest sample, built once: in memory, on disk, and judged by the oracle."""

from pathlib import Path

import pytest

from meterlake.sample import generate
from meterlake.sample.build import Sample, build
from meterlake.sample.truth import Fact, from_csv
from tests.sample.given import PLAN, arguments, demo_config
from tests.sample.judged import write_judged_tables


@pytest.fixture(scope="session")
def sample() -> Sample:
    return build(PLAN)


@pytest.fixture(scope="session")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The sample on disk: landing, reference and truth.csv. Tests that use it leave it as it is."""
    root = tmp_path_factory.mktemp("demo")
    generate.run(demo_config(root), arguments())
    return root


@pytest.fixture(scope="session")
def truth(folder: Path) -> list[Fact]:
    return from_csv(folder / "truth.csv")


@pytest.fixture(scope="session")
def judged(folder: Path) -> Path:
    """The same folder with a warehouse as the oracle would fill it."""
    write_judged_tables(folder)
    return folder
