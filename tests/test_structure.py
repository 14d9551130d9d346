"""How the house is built, read from the source: who imports whom, what a layer may not do, how long a file is."""

import ast
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
LIBRARY = ROOT / "lib" / "meterlake"
JOBS = sorted((ROOT / "jobs").glob("*.py"))
MODULES = sorted(LIBRARY.rglob("*.py"))
LAYERS = ("bronze", "silver", "gold")
RULE_LAYERS = [path for path in MODULES if path.parts[-2] in ("silver", "gold")]

# What everything stands on: these import nothing of ours but each other's like and errors.
FOUNDATIONS = ("errors", "config", "windows", "tables", "grid")
# The modules that put rules together, each of those before it. The pipeline alone also reads and writes.
PIPELINE, WIRING = "pipeline", ("rulebook", "build", "rounds", "weekly", "update", "pipeline")
# The modules that make Spark work: they keep frames, ask whether there are rows, how many, and of which days.
ACTING = ("build", "rounds", "update", "pipeline", "kept", "counts", "day_sets")
# Expressions that several rules share; they are no rules.
SHARED = {
    "instants",
    "silver.carried",
    "silver.exact",
    "silver.numbers",
    "silver.sources",
    "silver.weeks",
    "gold.calendar",
    "gold.season",
}
# Steps that give rows their final shape ask rules what they decided; a request that makes no sense is an error.
SHAPES = {
    "silver.rows": {"silver.quality", "silver.validate", "tables"},
    "silver.content": {"tables"},
    "silver.counts": {"silver.gaps", "silver.rows"},
    "silver.episodes": {"silver.runs"},
    "silver.request": {"errors", "silver.day_sets"},
}
# Over days, seasons, episodes or a file's lines, and used once. Windows over a meter's readings are shared: one sort
# serves all.
OTHER_WINDOWS = {
    "gold.calendar",
    "gold.daily_quality",
    "gold.peaks",
    "gold.season",
    "silver.episodes",
    "silver.read_at",
}
FOR_RULES = {"config", "windows", "grid"}
FOR_GOLD = FOR_RULES | {"tables"}  # one table, one file: it states its columns
ROWS_TO_THE_DRIVER = {"collect", "toPandas", "toArrow", "foreach"}
ACTIONS = ROWS_TO_THE_DRIVER | {"toLocalIterator", "foreachPartition", "show", "take", "head", "tail", "first"}
ACTIONS |= {"isEmpty", "localCheckpoint", "checkpoint", "persist", "cache"}
PYTHON_ROWS = {"udf", "pandas_udf", "udtf", "mapInArrow", "mapInPandas", "applyInPandas", "applyInArrow"}
NOT_SPARK_EXPRESSIONS = PYTHON_ROWS | {"rdd", "_jvm", "_jdf", "sparkContext"}


def name_of(path: Path) -> str:
    """A module's name below meterlake: silver.gaps, or silver for silver/__init__.py."""
    parts = path.relative_to(LIBRARY).with_suffix("").parts
    return ".".join(part for part in parts if part != "__init__")


def tree_of(path: Path) -> ast.Module:
    return ast.parse(path.read_text(), str(path))


def imported(path: Path) -> set[str]:
    """All that a file imports, as full dotted names: a module, or a module and the name taken from it."""
    names: set[str] = set()
    for node in ast.walk(tree_of(path)):
        if isinstance(node, ast.Import):
            names |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom):
            assert node.level == 0, f"{path}: imports are absolute"
            names |= {f"{node.module}.{alias.name}" for alias in node.names}
    return names


KNOWN = {name_of(path) for path in MODULES}


def ours(path: Path) -> set[str]:
    """The modules of ours that a file imports, below meterlake."""
    below = {name.removeprefix("meterlake.") for name in imported(path) if name.startswith("meterlake.")}
    return {name if name in KNOWN else name.rpartition(".")[0] for name in below}


def top(name: str) -> str:
    return name.split(".")[0]


def calls(path: Path) -> Iterator[tuple[str, ast.Call]]:
    """Each call of a method or function with its name."""
    for node in ast.walk(tree_of(path)):
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute | ast.Name):
            yield (node.func.attr if isinstance(node.func, ast.Attribute) else node.func.id), node


def of(path: Path) -> str:
    return str(path.relative_to(ROOT))


@pytest.mark.parametrize("path", MODULES, ids=of)
class TestImports:
    def test_layers_never_import_each_other(self, path: Path) -> None:
        layer = top(name_of(path))
        if layer in LAYERS:
            assert not {name for name in ours(path) if top(name) in set(LAYERS) - {layer}}

    def test_foundations_import_nothing_of_ours_but_errors(self, path: Path) -> None:
        name = top(name_of(path))
        if name in FOUNDATIONS:
            assert {top(other) for other in ours(path)} <= {name, "errors"}

    def test_only_what_is_a_command_itself_knows_the_runner(self, path: Path) -> None:
        if name_of(path) != "sample.summary":
            assert "runner" not in ours(path)

    def test_windows_are_built_in_one_place(self, path: Path) -> None:
        if name_of(path) not in {"windows"} | OTHER_WINDOWS:
            assert not {name for name in imported(path) if name.endswith((".Window", ".WindowSpec", "sql.window"))}

    def test_delta_is_touched_in_one_place(self, path: Path) -> None:
        if name_of(path) != "storage":
            assert not {name for name in imported(path) if top(name) == "delta"}

    def test_what_is_read_before_spark_starts_imports_no_pyspark(self, path: Path) -> None:
        if top(name_of(path)) in ("config", "errors", "options", "launch", "spark_settings", "progress", "java"):
            assert not {name for name in imported(path) if top(name) in ("pyspark", "delta", "py4j")}


@pytest.mark.parametrize("path", RULE_LAYERS, ids=of)
class TestRules:
    def test_a_rule_imports_settings_windows_and_shared_expressions(self, path: Path) -> None:
        name = name_of(path)
        if path.stem in WIRING or path.stem == "__init__":
            return
        allowed = (FOR_GOLD if top(name) == "gold" else FOR_RULES) | SHARED | SHAPES.get(name, set())
        assert {other for other in ours(path) if other not in allowed and top(other) not in allowed} == set()

    def test_wiring_is_imported_one_way(self, path: Path) -> None:
        if path.stem in WIRING:
            later = WIRING[WIRING.index(path.stem) :]
            assert not {name for name in ours(path) if name.rpartition(".")[2] in later and top(name) in LAYERS}

    def test_only_the_pipeline_reads_and_writes(self, path: Path) -> None:
        if path.stem != PIPELINE:
            assert not {top(name) for name in ours(path)} & {"storage", "operations", "session", "progress"}

    def test_nothing_comes_to_the_driver(self, path: Path) -> None:
        """Wiring may ask for a number to report, for the days to read, or whether it is done; never for rows."""
        if path.stem in ACTING:
            assert {name for name, _ in calls(path)} & ROWS_TO_THE_DRIVER == set()
            return
        actions = {name for name, call in calls(path) if name in ACTIONS and not _of_functions(call)}
        counts = {name for name, call in calls(path) if name == "count" and not call.args and not _grouped(call)}
        assert actions | counts == set()

    def test_rows_are_seen_by_spark_alone(self, path: Path) -> None:
        used = {node.attr for node in ast.walk(tree_of(path)) if isinstance(node, ast.Attribute)}
        used |= {node.id for node in ast.walk(tree_of(path)) if isinstance(node, ast.Name)}
        assert used & NOT_SPARK_EXPRESSIONS == set()

    def test_no_column_or_window_is_built_at_import_time(self, path: Path) -> None:
        """Without a session it fails, and with one it ties the module to it."""
        for node in tree_of(path).body:
            if isinstance(node, ast.Assign | ast.AnnAssign | ast.Expr):
                built = [inner for inner in ast.walk(node) if isinstance(inner, ast.Call) and _of_functions(inner)]
                assert not built, f"line {node.lineno}"

    def test_columns_are_not_added_in_a_loop(self, path: Path) -> None:
        for node in ast.walk(tree_of(path)):
            if isinstance(node, ast.For | ast.While):
                added = [inner for inner in ast.walk(node) if isinstance(inner, ast.Attribute)]
                assert "withColumn" not in {inner.attr for inner in added}, f"line {node.lineno}"


@pytest.mark.parametrize("path", [*MODULES, *JOBS], ids=of)
class TestSize:
    def test_a_file_is_at_most_250_lines_and_a_job_25(self, path: Path) -> None:
        short = {"ingest_bronze", "build_silver", "build_gold", "run_pipeline"}
        lines = len(path.read_text().splitlines())
        assert lines <= (25 if path in JOBS and path.stem in short else 250)

    def test_a_function_is_at_most_70_lines(self, path: Path) -> None:
        for node in ast.walk(tree_of(path)):
            if isinstance(node, ast.FunctionDef):
                assert (node.end_lineno or 0) - node.lineno < 70, node.name

    def test_a_module_says_what_it_is_for(self, path: Path) -> None:
        assert ast.get_docstring(tree_of(path)) or not path.read_text().strip()


def test_no_module_imports_itself_through_others() -> None:
    imports = {name_of(path): ours(path) - {name_of(path)} for path in MODULES}
    while leaves := {name for name, others in imports.items() if not others & imports.keys()}:
        imports = {name: others for name, others in imports.items() if name not in leaves}
    assert imports == {}


@pytest.mark.parametrize("path", JOBS, ids=of)
def test_a_job_has_a_run_and_a_main(path: Path) -> None:
    body = tree_of(path).body
    functions = {node.name for node in body if isinstance(node, ast.FunctionDef)}
    targets = [target for node in body if isinstance(node, ast.Assign) for target in node.targets]
    assert "run" in functions | {name.rpartition(".")[2] for name in imported(path)}
    assert "main" in {target.id for target in targets if isinstance(target, ast.Name)}


def test_half_of_all_files_are_short() -> None:
    lengths = sorted(len(path.read_text().splitlines()) for path in MODULES)
    assert lengths[len(lengths) // 2] <= 80


def _of_functions(call: ast.Call) -> bool:
    """F.something(...)."""
    return isinstance(call.func, ast.Attribute) and isinstance(call.func.value, ast.Name) and call.func.value.id == "F"


def _grouped(call: ast.Call) -> bool:
    """groupBy(...).count() makes a table and is no action."""
    return any(isinstance(node, ast.Attribute) and node.attr == "groupBy" for node in ast.walk(call.func))
