"""Who declares what: “Không phát sinh” and “Không áp dụng”, of rows and of whole sheets, in what counts."""

from __future__ import annotations

from collections.abc import Iterable

from pipelines.known import Known
from schemas.layout import DECLARED
from schemas.plan import Plan
from schemas.results import Declaration, SheetRows
from schemas.submission import cell_name

_ANY = """
SELECT DISTINCT d.sheet
FROM declarations AS d
JOIN submissions AS s ON s.sha256 = d.sha256
WHERE s.plan = $plan AND s.round = $round
"""
_SHEETS = """
SELECT c.unit, c.version, c.source_name, d.declared, d.tab, d.cell
FROM giving($plan, $round, $moment, $sheet) AS c
JOIN declarations AS d ON d.sha256 = c.sha256 AND d.sheet = $sheet
"""
_COLUMNS = "SELECT sha256, sheet, col FROM places WHERE field = $field AND list_contains($shas, sha256)"


def declared_sheets(known: Known) -> tuple[Declaration, ...]:
    """The whole sheets that units have declared, in the plan's order of sheets, then units."""
    plan = known.plan
    held = {row["sheet"] for row in known.read(_ANY)}
    order = _order(plan)
    found = []
    for sheet in (s for s in plan.sheets_of_round(known.round.id) if s.id in held):
        rows = known.read(_SHEETS, sheet=sheet.id)
        for row in sorted((r for r in rows if plan.has_unit(r["unit"])), key=lambda r: order[r["unit"]]):
            of_file = (row["declared"], row["source_name"], row["version"], row["tab"], row["cell"])
            found.append(Declaration(plan.unit(row["unit"]), sheet, None, *of_file))
    return tuple(found)


def declarations(known: Known, tables: Iterable[SheetRows]) -> tuple[Declaration, ...]:
    """All of them, in the plan's order of units, then sheets; a whole sheet before the rows that say otherwise.

    `tables`: the counted rows of the round.
    """
    found = list(declared_sheets(known))
    whole = {(d.unit.code, d.sheet.id): d.declared for d in found}
    rows = [
        (table.sheet, row)
        for table in tables
        for row in table.rows
        if row.declared and row.declared != whole.get((row.unit.code, table.sheet.id))
    ]
    columns = _columns(known, sorted({row.sha256 for _, row in rows}))
    for sheet, row in rows:
        col = columns.get((row.sha256, sheet.id))
        cell = cell_name(row.excel_row, col) if col else ""
        said = (row.declared or "", row.source_name, row.version, row.tab, cell)
        found.append(Declaration(row.unit, sheet, row.organisation, *said))
    order, sheets = _order(known.plan), [sheet.id for sheet in known.plan.sheets]
    return tuple(sorted(found, key=lambda d: (order[d.unit.code], sheets.index(d.sheet.id))))


def _columns(known: Known, shas: list[str]) -> dict[tuple[str, str], int]:
    """(SHA-256, sheet) → the column of its rows' declarations."""
    if not shas:
        return {}
    rows = known.read(_COLUMNS, field=DECLARED, shas=shas)
    return {(row["sha256"], row["sheet"]): row["col"] for row in rows}


def _order(plan: Plan) -> dict[str, int]:
    return {unit.code: n for n, unit in enumerate(plan.units)}
