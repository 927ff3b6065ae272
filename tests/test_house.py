"""The picture of the house: who may import whom, and which library belongs to whom."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
PACKAGES = ("schemas", "pipelines")

STAGES = (
    *("intake", "parse", "check", "merge", "consolidate", "template", "report", "returned"),
    *("documents", "status_page"),
)
OWNERS = {
    "docx": {"pipelines.documents"},
    "duckdb": {"pipelines.dataset_file"},
    "filelock": {"pipelines.archive", "pipelines.store"},
    "jinja2": {"pipelines.status_page"},
    "openpyxl": {"pipelines.demo.clerk"},
    "pandas": {
        "pipelines.check",
        "pipelines.merge",
        "pipelines.parse",
        "schemas.contract",
        "schemas.parsed",
        "schemas.plan_file",
        "schemas.plan_links",
        "schemas.rules",
        "schemas.tables",
    },
    "pandera": {
        "pipelines.check",
        "schemas.contract",
        "schemas.plan_file",  # only its errors
        "schemas.rules",
        "schemas.tables",
    },
    "pebble": {"pipelines.intake.isolation"},
    "prefect": {"pipelines.flow"},
    "pyarrow": {"pipelines.dataset", "pipelines.export", "pipelines.merge"},
    "python_calamine": {"pipelines.intake.workbook"},
    "rich": {"pipelines.cli", "pipelines.demo.summary"},
    "typer": {"pipelines.cli"},
    "uvicorn": {"pipelines.own_server"},
    "watchfiles": {"pipelines.watching.waking"},
    "xlsxwriter": {"pipelines.report", "pipelines.returned", "pipelines.styles", "pipelines.template"},
}
"""Library → the modules it belongs to; a package stands for all its modules."""


def named(path: Path) -> str:
    parts = path.relative_to(ROOT).with_suffix("").parts
    return ".".join(parts[:-1] if parts[-1] == "__init__" else parts)


MODULES = {named(path): path for package in PACKAGES for path in sorted((ROOT / package).rglob("*.py"))}


def imports(path: Path, *, at_import: bool = False) -> set[str]:
    """The modules a file imports: all of them, or those that are imported with it (not in functions or for types)."""
    tree = ast.parse(path.read_text(encoding="utf-8"), str(path))
    found: set[str] = set()
    for node in _run_at_import(tree) if at_import else ast.walk(tree):
        if isinstance(node, ast.Import):
            found.update(alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            assert node.level == 0, f"{path}: relative import"
            assert node.module is not None
            inside = {f"{node.module}.{alias.name}" for alias in node.names}
            found |= {name for name in inside if name in MODULES} or {node.module}
    return found


def _run_at_import(node: ast.AST) -> Iterator[ast.AST]:
    for child in ast.iter_child_nodes(node):
        if isinstance(child, ast.FunctionDef | ast.AsyncFunctionDef | ast.Lambda):
            continue
        if isinstance(child, ast.If) and isinstance(child.test, ast.Name) and child.test.id == "TYPE_CHECKING":
            continue
        yield child
        yield from _run_at_import(child)


IMPORTS = {name: imports(path) for name, path in MODULES.items()}


def within(name: str, package: str) -> bool:
    return name == package or name.startswith(package + ".")


def test_there_is_something_to_look_at() -> None:
    assert len(MODULES) > 50
    assert "pipelines.store" in IMPORTS["pipelines.nightly"]
    assert "prefect" in IMPORTS["pipelines.flow"]
    assert "pipelines.flow" in IMPORTS["pipelines.cli.work"], "imports inside functions are seen"


def test_schemas_never_import_pipelines() -> None:
    assert [
        n for n, used in IMPORTS.items() if within(n, "schemas") and any(within(u, "pipelines") for u in used)
    ] == []


def test_no_import_circle() -> None:
    edges = {name: imports(path, at_import=True) & MODULES.keys() - {name} for name, path in MODULES.items()}
    done: set[str] = set()

    def walk(name: str, above: tuple[str, ...]) -> None:
        assert name not in above, " → ".join((*above[above.index(name) :], name))
        if name not in done:
            for used in sorted(edges[name]):
                walk(used, (*above, name))
            done.add(name)

    for name in sorted(edges):
        walk(name, ())


@pytest.mark.parametrize("library", OWNERS)
def test_one_library_one_owner(library: str) -> None:
    users = {name for name, used in IMPORTS.items() if any(within(u, library) for u in used)}
    strangers = {u for u in users if not any(within(u, owner) for owner in OWNERS[library])}
    assert strangers == set()
    idle = {owner for owner in OWNERS[library] if not any(within(u, owner) for u in users)}
    assert idle == set(), "the table names owners that use it no more"


@pytest.mark.parametrize("stage", STAGES)
def test_no_stage_imports_another(stage: str) -> None:
    others = [f"pipelines.{other}" for other in STAGES if other != stage]
    found = {
        (name, used)
        for name, all_used in IMPORTS.items()
        if within(name, f"pipelines.{stage}")
        for used in all_used
        if any(within(used, other) for other in others)
    }
    assert found == set()
    assert any(within(name, f"pipelines.{stage}") for name in MODULES), "there is such a stage"


def test_stages_know_no_order_and_no_front() -> None:
    """Only the flow and the command line know the order of the stages."""
    front = ("pipelines.nightly", "pipelines.flow", "pipelines.cli", "pipelines.demo")
    found = {
        (name, used)
        for name, all_used in IMPORTS.items()
        if any(within(name, f"pipelines.{stage}") for stage in STAGES)
        for used in all_used
        if any(within(used, package) for package in front)
    }
    assert found == set()


def test_the_command_line_is_quick_to_start() -> None:
    """`--help` and a reading child import nothing heavy."""
    heavy = ("pandas", "pandera", "prefect", "duckdb", "pyarrow", "xlsxwriter", "openpyxl")
    for start in ("pipelines.__main__", "pipelines.cli", "pipelines.intake.workbook"):
        seen, ahead = set(), [start]
        while ahead:
            name = ahead.pop()
            if name not in seen:
                seen.add(name)
                ahead += imports(MODULES[name], at_import=True) if name in MODULES else []
        assert {s for s in seen if any(within(s, h) for h in heavy)} == set(), start
