"""The figures of rows: what rows and reports are compared by, when they mean something, how they are said. Pure."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from math import prod

from schemas.layout import NOT_APPLICABLE
from schemas.plan import Field, Sheet
from schemas.results import DataRow, SheetRows
from schemas.signs import Evidence
from schemas.submission import cell_name

DISTINCTIVE = 100
"""Figures whose different positive values multiply to less may well be the same by chance: 12 and 12; 9 and 3."""
MOST_SAID = 4
"""Figures or names that a sentence says one by one."""

Figures = tuple[int, ...]
"""The numeric values of a row in the order of its fields; blank is 0, yes is 1."""


def numeric_fields(sheet: Sheet) -> tuple[Field, ...]:
    """The stored counts and yes/no fields of a sheet."""
    return tuple(field for field in sheet.fields if field.stored and field.numeric)


def figures_of(row: DataRow, fields: Sequence[Field]) -> Figures:
    """The figures of a row."""
    values = (row.values.get(field.id) for field in fields)
    return tuple(int(value) if isinstance(value, int) else 0 for value in values)


def distinctive(figures: Iterable[int]) -> bool:
    """Whether it would be strange to meet the same figures twice by chance."""
    return prod({figure for figure in figures if figure > 0}) >= DISTINCTIVE


def applicable(table: SheetRows) -> tuple[DataRow, ...]:
    """The rows of a sheet but for those that were declared not applicable."""
    return tuple(row for row in table.rows if row.declared != NOT_APPLICABLE)


def by_unit(tables: Iterable[SheetRows]) -> dict[str, dict[str, list[DataRow]]]:
    """Unit → sheet → its applicable rows on the sheets of organisations and the lists that hold some figure."""
    found: dict[str, dict[str, list[DataRow]]] = {}
    for table in tables:
        fields = numeric_fields(table.sheet)
        if table.sheet.kind == "form" or not fields:
            continue
        own: dict[str, list[DataRow]] = {}
        for row in applicable(table):
            own.setdefault(row.unit.code, []).append(row)
        for unit, rows in own.items():
            if any(any(figures_of(row, fields)) for row in rows):
                found.setdefault(unit, {})[table.sheet.id] = rows
    return found


def number(value: int) -> str:
    """1234 → `1.234`."""
    return f"{value:,}".replace(",", ".")


def said(fields: Sequence[Field], figures: Figures) -> str:
    """`Tổng số đảng viên 250; Đã học 240`: the figures that are not 0."""
    return "; ".join(f"{f.label} {number(n)}" for f, n in zip(fields, figures, strict=True) if n)


def listed(names: Sequence[str], others: str) -> str:
    """`A, B, C, D và 3 tổ chức khác` (`others`: what they are)."""
    rest = len(names) - MOST_SAID
    if rest <= 1:
        return ", ".join(names)
    return f"{', '.join(names[:MOST_SAID])} và {rest} {others} khác"


def evidence_of_rows(unit: str, sheet: Sheet, rows: Sequence[DataRow]) -> Evidence:
    """A unit's rows on a sheet as one place: from the first to the last of its numeric cells, and their sums."""
    fields = numeric_fields(sheet)
    table = [figures_of(row, fields) for row in rows]
    sums = tuple(sum(column) for column in zip(*table, strict=True))
    first, last = rows[0], rows[-1]
    given = [first.cells[f.id] for f in fields if f.id in first.cells]
    cell = span(given[0], last.cells.get(fields[-1].id, given[-1])) if given else ""
    many = f"{len(rows)} dòng, cộng: " if len(rows) > 1 else ""
    return Evidence(unit, first.source_name, first.version, first.tab, cell, many + said(fields, sums))


def span(first: str, last: str) -> str:
    """`C10:D24`; one cell where it is one."""
    return first if first == last else f"{first}:{last}"


def column_span(col: int, first: int, last: int) -> str:
    """`C10:C24`: the cells of a column (1-based) from one row to another."""
    return span(cell_name(first, col), cell_name(last, col))
