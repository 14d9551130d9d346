"""The notebook runs from top to bottom on a small warehouse and draws its figures; its helpers choose well."""

import base64
from datetime import UTC, date, datetime
from pathlib import Path

import nbformat
import polars as pl
import pytest
from nbclient import NotebookClient
from nbformat import NotebookNode
from pyspark.sql import SparkSession

from meterlake.bronze import pipeline as bronze
from meterlake.errors import StorageError
from meterlake.explore import day_to_show, eventful_meter, open_warehouse
from meterlake.gold import pipeline as gold
from meterlake.silver import pipeline as silver
from tests.explain.given import lay_out

ROOT = Path(__file__).parents[2]
NOTEBOOK = ROOT / "notebooks" / "explore.ipynb"
MAINTENANCE = "from,to,region\n2024-03-15T03:30:00Z,2024-03-15T04:30:00Z,\n"
PNG = b"\x89PNG\r\n"


@pytest.fixture(scope="module")
def notebook() -> NotebookNode:
    return nbformat.read(NOTEBOOK, as_version=4)


@pytest.fixture(scope="module")
def settings(spark: SparkSession, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A configuration file whose warehouse is full: a meter with holes, one with a fault, hours left out."""
    root = tmp_path_factory.mktemp("explore")
    config = lay_out(root)
    (root / "reference" / "grid_maintenance.csv").write_text(MAINTENANCE)
    for layer in (bronze, silver, gold):
        layer.run(spark, config)
    file = root / "explore.yaml"
    file.write_text(f"storage: {{landing: {root}/landing, reference: {root}/reference, warehouse: {root}/warehouse}}\n")
    return file


@pytest.fixture
def here(settings: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("METERLAKE_CONFIG", str(settings))
    monkeypatch.setenv("PYTHONPATH", str(ROOT / "lib"))
    monkeypatch.setenv("MPLBACKEND", "module://matplotlib_inline.backend_inline")
    monkeypatch.chdir(ROOT / "notebooks")


@pytest.mark.usefixtures("here")
def test_every_cell_runs_and_the_figures_are_drawn(notebook: NotebookNode) -> None:
    ran = NotebookClient(notebook, timeout=300, resources={"metadata": {"path": str(NOTEBOOK.parent)}}).execute()
    outputs = [output for cell in ran.cells for output in cell.get("outputs", [])]
    assert [output for output in outputs if output.output_type == "error"] == []
    figures = [
        base64.b64decode(output.data["image/png"]) for output in outputs if "image/png" in output.get("data", {})
    ]
    assert len(figures) == 3
    assert all(figure.startswith(PNG) and len(figure) > 10_000 for figure in figures)
    warnings = [output.text for output in outputs if output.get("name") == "stderr" and "Warning" in output.text]
    assert warnings == []


def test_it_is_committed_without_outputs() -> None:
    cells = nbformat.read(NOTEBOOK, as_version=4).cells
    assert all(not cell.get("outputs") and cell.get("execution_count") is None for cell in cells)


@pytest.mark.usefixtures("here")
def test_tables_are_read_in_local_time_and_a_missing_one_is_told() -> None:
    warehouse = open_warehouse()
    assert warehouse.scan("silver.gaps").collect_schema()["started_at"] == pl.Datetime("us", "UTC")
    with pytest.raises(StorageError, match=r"there is no table gold\.nothing .*make demo"):
        warehouse.scan("gold.nothing")


def spans(kind: str, *rows: tuple[str, str]) -> pl.DataFrame:
    return pl.DataFrame(rows, schema={"meter_id": pl.String, kind: pl.String}, orient="row")


def test_the_meter_shown_has_a_filled_hole_and_a_fault_where_one_has() -> None:
    gaps = spans("class", ("A", "interpolated"), ("A", "missing_short"), ("B", "interpolated"), ("C", "missing_short"))
    faults = spans("fault", ("B", "F02"), ("C", "F01"), ("C", "F04"))
    assert eventful_meter(gaps, faults) == "B"
    assert eventful_meter(gaps, faults.filter(meter_id="C")) == "C"
    assert eventful_meter(gaps, faults.clear()) == "A"
    with pytest.raises(StorageError, match="no meter has a hole or a fault"):
        eventful_meter(gaps.clear(), faults.clear())


def hours(*days: int) -> pl.DataFrame:
    dates = [date(2024, 3, day) for day in days]
    return pl.DataFrame({"local_date": dates, "hour": [datetime(2024, 3, 1, tzinfo=UTC)] * len(dates)})


def test_the_day_shown_has_three_peaks_and_hours_left_out_where_one_has() -> None:
    peaks, exclusions = hours(1, 2, 2, 2, 3, 3, 3, 4, 4, 4), hours(1, 3, 3, 4)
    assert day_to_show(peaks, exclusions) == date(2024, 3, 3)
    assert day_to_show(peaks, exclusions.clear()) == date(2024, 3, 2)
    with pytest.raises(StorageError, match="no day has a peak"):
        day_to_show(peaks.clear(), exclusions)
