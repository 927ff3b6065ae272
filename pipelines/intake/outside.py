"""What stands outside the tables: kept whole for the marked copy, cell by cell, under a bound."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING

from pipelines.intake.texts import plain, told
from schemas.finding import HIDDEN
from schemas.submission import OutsideCell, cell_name

if TYPE_CHECKING:
    from pipelines.intake.grid import Grid, Place
    from schemas.layout import SheetLayout
    from schemas.plan import Sheet
    from schemas.submission import RawValue

CELLS_LIMIT = 5_000
"""Cells outside the tables of one file that are kept; of the rest only the number is said."""
WORDS_LIMIT = 1_000
"""Characters of each that are kept."""


@dataclass(frozen=True, slots=True)
class OutsideSheet:
    """The cells outside the tables of one sheet. `personal`: they may concern a person, and are not quoted."""

    tab: str
    cells: Mapping[Place, RawValue]
    personal: bool = False


def personal(sheet: Sheet) -> bool:
    """Whether a sheet of the plan asks for facts about a person: then what stands beside them may be one."""
    return any(not f.stored for f in sheet.fields)


def listed(sheets: Iterable[OutsideSheet]) -> tuple[OutsideCell, ...]:
    """The cells in the order of the file, row by row; past the bound one entry says how many more there are."""
    found: list[OutsideCell] = []
    more = 0
    first: tuple[str, str] = ("", "")
    for sheet in sheets:
        for place, value in sorted(sheet.cells.items(), key=lambda cell: cell[0]):
            if len(found) < CELLS_LIMIT:
                words = HIDDEN if sheet.personal else told(value, WORDS_LIMIT)
                found.append(OutsideCell(sheet.tab, cell_name(*place), words))
            else:
                first = first if more else (sheet.tab, cell_name(*place))
                more += 1
    if more:
        found.append(OutsideCell(*first, f"(và {more - 1} ô khác)" if more > 1 else "(1 ô)"))
    return tuple(found)


def filled_cells(grid: Grid, layout: SheetLayout) -> dict[Place, RawValue]:
    """What a clerk wrote into a table that is not read: a second copy of a sheet, a sheet of another round."""
    fields = {f.id.casefold(): f for f in layout.sheet.fields}
    if layout.form:
        expected = {key: f.label for key, f in fields.items()}
    else:
        expected = dict(zip(map(str.casefold, layout.keys), layout.names, strict=True))
    label = grid.label_column(expected)
    own = {grid.key_column, label, *grid.checks}
    hints = {plain(f.hint) for f in layout.sheet.fields} if layout.form else frozenset()
    filled: dict[Place, RawValue] = {}
    for row, values in (*grid.body(), *grid.below()):
        asked = fields.get(plain(values.get(grid.key_column)).casefold())
        if layout.form and asked is not None and asked.prefill:
            continue
        filled.update({(row, c): v for c, v in values.items() if c not in own and plain(v) not in hints})
    return filled
