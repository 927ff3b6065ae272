"""A clerk at work: opens the unit's real template, types into its input cells, saves it.

Tables are found by their markers, as any other program that fills a template would find them.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import openpyxl
from openpyxl.cell import Cell
from openpyxl.worksheet.worksheet import Worksheet

from schemas.layout import CHECK, END, FIRST_FIELD_COLUMN, KEY_COLUMN, MARKER, SHEET_DECLARATION, VALUE

if TYPE_CHECKING:
    from pipelines.demo.figures import Report, Value


class FillError(ValueError):
    """The template has no such table, row or column, or its cell is locked. Says which."""


@dataclass(frozen=True, slots=True)
class _Table:
    """Where a table stands: columns by field id, rows by key, the row of the whole sheet's declaration (1-based)."""

    sheet: Worksheet
    columns: dict[str, int]
    rows: dict[str, int]
    declaration: int | None

    def cell(self, key: str, field: str) -> Cell:
        """The input cell of a field; in a form the row is the field's, without a key the whole sheet's declaration.

        Raises FillError.
        """
        row_key, column_id = (field, VALUE) if VALUE in self.columns else (key, field)
        if not key and self.declaration:
            return self._unlocked(self.declaration, FIRST_FIELD_COLUMN)
        if row_key not in self.rows or column_id not in self.columns:
            raise FillError(f"{self.sheet.title}: {key}.{field}")
        return self._unlocked(self.rows[row_key], self.columns[column_id])

    def _unlocked(self, row: int, column: int) -> Cell:
        found = self.sheet.cell(row, column)
        if not isinstance(found, Cell) or found.protection.locked:
            raise FillError(f"{self.sheet.title}!{found.coordinate}: locked")
        return found


def fill(template: Path, target: Path, report: Report) -> None:
    """Write a copy of `template` to `target` with the report's values typed in. Raises FillError."""
    workbook = openpyxl.load_workbook(template)
    tables = {sheet_id: table for sheet in workbook.worksheets for sheet_id, table in _tables(sheet)}
    for sheet_id, rows in report.sheets.items():
        if sheet_id not in tables:
            raise FillError(f"{template.name}: {MARKER}{sheet_id}")
        for key, values in rows.items():
            for field, value in values.items():
                _type(tables[sheet_id].cell(key, field), value)
    target.parent.mkdir(parents=True, exist_ok=True)
    workbook.save(target)


def _type(cell: Cell, value: Value) -> None:
    cell.value = value
    if isinstance(value, str):
        cell.data_type = "s"


def _tables(sheet: Worksheet) -> Iterator[tuple[str, _Table]]:
    """The tables of a worksheet by sheet id. Raises FillError where one is not closed."""
    keys = [(row, _text(sheet.cell(row, KEY_COLUMN).value)) for row in range(1, sheet.max_row + 1)]
    declaration = next((row for row, text in keys if text == SHEET_DECLARATION), None)
    for start, key in keys:
        if not key.startswith(MARKER) or key == END:
            continue
        end = next((row for row, text in keys if row > start and text == END), None)
        if end is None:
            raise FillError(f"{sheet.title}: {key} without {END}")
        rows = {text: row for row, text in keys if start < row < end and text}
        yield key.removeprefix(MARKER), _Table(sheet, _columns(sheet, start), rows, declaration)


def _columns(sheet: Worksheet, row: int) -> dict[str, int]:
    ids = {column: _text(sheet.cell(row, column).value) for column in range(KEY_COLUMN + 1, sheet.max_column + 1)}
    return {text: column for column, text in ids.items() if text and not text.startswith(CHECK)}


def _text(value: object) -> str:
    return "" if value is None else str(value).strip()
