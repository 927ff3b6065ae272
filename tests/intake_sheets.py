"""A unit's blank template as raw cells, for tests that move, spoil and fill them."""

from __future__ import annotations

import tempfile
from collections.abc import Callable, Mapping
from dataclasses import replace
from functools import cache
from pathlib import Path

from pipelines.intake.tables import Found, find_tables
from pipelines.intake.workbook import read_workbook
from pipelines.template import write_template
from schemas.finding import Finding
from schemas.layout import SheetLayout, layout
from schemas.plan_file import load_plan
from schemas.submission import Identity, RawSheet, RawValue, RawWorkbook, Table

PLAN = load_plan(Path(__file__).parents[1] / "schemas" / "plans" / "kh70_2022")
UNIT = PLAN.unit("703")
IDENTITY = Identity(PLAN.id, "ket_qua", "703", PLAN.version, "")
OLD = replace(IDENTITY, template_version="0123456789ab")
WHOLE_SHEET = ((1, 1, 999, 99),)

Cells = dict[tuple[int, int], RawValue]


def place(sheet_id: str) -> SheetLayout:
    """The layout of a sheet in the template."""
    return layout(PLAN, UNIT, PLAN.sheet(sheet_id), "ket_qua")


@cache
def blank_file() -> bytes:
    """The template's bytes."""
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "703.xlsx"
        write_template(PLAN, UNIT, PLAN.round("ket_qua"), path, stamp="0" * 64)
        return path.read_bytes()


@cache
def blank() -> RawWorkbook:
    """The template as it is read."""
    raw = read_workbook(blank_file())
    assert isinstance(raw, RawWorkbook), raw
    return raw


def blank_sheets() -> dict[str, Cells]:
    """The template's cells by tab, to be changed."""
    return {sheet.name: dict(sheet.cells) for sheet in blank().sheets}


def find(sheets: Mapping[str, Cells], identity: Identity = IDENTITY) -> Found:
    """What is found in them; totals in the head are formulas, and no cell has lost its validation."""
    raw = tuple(RawSheet(tab, cells, {}, WHOLE_SHEET, totals(cells)) for tab, cells in sheets.items())
    return find_tables(RawWorkbook(raw, {}), PLAN, identity)


def totals(cells: Cells) -> frozenset[tuple[int, int]]:
    """Numbers in the row above the marker row."""
    marked = min((row for (row, _), v in cells.items() if isinstance(v, str) and v.startswith("#")), default=0)
    return frozenset(at for at, value in cells.items() if at[0] == marked - 1 and not isinstance(value, str))


def read(sheets: Mapping[str, Cells]) -> tuple[Mapping[str, Table], list[Finding]]:
    """The tables, and the findings on their shape."""
    found = find(sheets)
    return found.tables, list(found.findings)


def said(sheets: Mapping[str, Cells]) -> list[tuple[str, str | None, str | None]]:
    """Code, cell and value of each finding."""
    return [(f.code.value, f.cell, f.value) for f in find(sheets).findings]


def moved(cells: Cells, to: Callable[[int, int], tuple[int, int] | None]) -> Cells:
    """The cells in other places (None: gone)."""
    return {there: value for (row, col), value in cells.items() if (there := to(row, col)) is not None}
