"""What a clerk left in the head of a table: the whole sheet's declaration, and numbers over the template's own."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from pipelines.intake.texts import plain
from schemas.layout import LEGEND, SHEET_DECLARATION_LABEL
from schemas.submission import UncachedFormula

if TYPE_CHECKING:
    from pipelines.intake.grid import Grid, Row
    from schemas.submission import RawCell, RawValue

_TOTAL_WORDS = frozenset(["tổng cộng", "cộng"])


def _word(value: RawValue) -> str:
    return plain(value).rstrip(":").strip().casefold()


_OWN_WORDS = frozenset(map(_word, (*LEGEND, SHEET_DECLARATION_LABEL)))


def declared(grid: Grid) -> tuple[RawCell | None, Row]:
    """What was chosen for the whole sheet, if anything, and whatever else stands in that row."""
    row, chosen = grid.declaration_row, None
    last = max((col for col in grid.ids if col not in grid.checks), default=grid.key_column)
    more: Row = {}
    for col, value in grid.declaration.items():
        if col in grid.checks or (isinstance(value, str) and _word(value) in _OWN_WORDS):
            continue
        if chosen is None and grid.key_column < col <= last:
            chosen = grid.cell(row, col)
        else:
            more[col] = value
    return chosen, more


def typed_over(grid: Grid, label: int) -> Iterator[tuple[int, Row]]:
    """The cells of the head, within the table's columns, that hold what the template never writes there.

    That is any number that is no formula, save the column numbers; and, in the totals, any text too. `label`: the
    column of the rows' names, which may say what it likes.
    """
    last = max((*grid.ids, grid.key_column))
    for row, cells in grid.head.items():
        if row == grid.number_row:
            continue
        totals = _is_total(grid, row, cells)
        over: Row = {
            col: value
            for col, value in sorted(cells.items())
            if col <= last
            and col not in grid.checks
            and not isinstance(value, UncachedFormula)
            and (row, col) not in grid.sheet.formulas
            and (not isinstance(value, str) or (totals and col != label and _word(value) not in _TOTAL_WORDS))
        }
        if over:
            yield row, over


def _is_total(grid: Grid, row: int, cells: Row) -> bool:
    """Whether a row of the head stands where totals stand: under the column numbers, or else right over the marker."""
    if grid.number_row:
        return row > grid.number_row
    formulas = any(isinstance(v, UncachedFormula) or (row, c) in grid.sheet.formulas for c, v in cells.items())
    return row == grid.row - 1 and formulas
