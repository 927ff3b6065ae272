"""One table on its sheet, before anything is judged: its marker row, its columns, its rows up to `#end`."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING

from pipelines.intake.texts import blank, plain, seen
from schemas.layout import CHECK, END, MARKER

if TYPE_CHECKING:
    from schemas.submission import RawSheet, RawValue

_COLUMN_NUMBER = re.compile(r"\(?[\d\s=+\-–.]*\)?\Z")
"""What stands in the row of column numbers: `(3)`, `5 = 3 + 4`."""


@dataclass(frozen=True)
class Grid:
    """A table as it stands on a sheet. Rows and columns are 1-based.

    `end` is the row of `#end`, or one past the last row that holds anything where that is gone (`closed` False).
    """

    sheet: RawSheet
    row: int
    key_column: int
    end: int
    closed: bool

    @cached_property
    def rows(self) -> dict[int, dict[int, RawValue]]:
        """Cells that hold more than white space, from the marker row down."""
        rows: dict[int, dict[int, RawValue]] = {}
        for (row, col), value in self.sheet.cells.items():
            if row >= self.row and not blank(value):
                rows.setdefault(row, {})[col] = value
        return rows

    @cached_property
    def ids(self) -> dict[int, str]:
        """The id each column carries in the marker row, fields and checks alike."""
        return {c: plain(v) for c, v in sorted(self.rows[self.row].items()) if c != self.key_column}

    @cached_property
    def checks(self) -> frozenset[int]:
        """The template's own hidden check columns."""
        return frozenset(c for c, name in self.ids.items() if name.startswith(CHECK))

    def body(self) -> Iterator[tuple[int, dict[int, RawValue]]]:
        """The rows between the marker row and the end that hold something, in order."""
        return ((row, self.rows[row]) for row in sorted(self.rows) if self.row < row < self.end)

    def below(self) -> Iterator[tuple[int, int, RawValue]]:
        """Every cell in the row of `#end` and under it, save the end marker itself."""
        for row in sorted(r for r in self.rows if r >= self.end):
            for col, value in sorted(self.rows[row].items()):
                if col not in self.checks and not (row == self.end and col == self.key_column):
                    yield row, col, value

    def beside_head(self) -> Iterator[tuple[int, int, RawValue]]:
        """Every cell above the marker row that stands right of the whole table, checks included."""
        last = max((*self.ids, self.key_column))
        for (row, col), value in sorted(self.sheet.cells.items(), key=lambda cell: cell[0]):
            if row < self.row and col > last and not blank(value):
                yield row, col, value

    def header(self, col: int) -> str:
        """What the clerk reads above a column: the lowest text over the marker row that is no column number."""
        for row in range(self.row - 1, 0, -1):
            value = self.sheet.cells.get((row, col))
            if isinstance(value, str) and not blank(value) and not _COLUMN_NUMBER.match(value.strip()):
                return seen(value).strip()
        return ""

    def label_column(self, expected: Mapping[str, str]) -> int:
        """The column that shows each row's name (`expected`, by key), wherever it was moved; else right of the keys."""
        hits: dict[int, int] = {}
        for _, cells in self.body():
            name = expected.get(plain(cells.get(self.key_column)).casefold())
            for col, value in cells.items():
                if name and col not in self.ids and col != self.key_column and plain(value).startswith(name):
                    hits[col] = hits.get(col, 0) + 1
        if hits:
            return max(hits, key=lambda col: (hits[col], -col))
        return self.key_column + 1 if self.key_column + 1 not in self.ids else 0


def grids_in(sheet: RawSheet) -> dict[str, list[Grid]]:
    """The tables on a sheet by sheet id, wherever their markers stand."""
    markers: list[tuple[int, int, str]] = []
    ends: list[tuple[int, int]] = []
    for (row, col), value in sheet.cells.items():
        if isinstance(value, str) and value.lstrip().startswith(MARKER):
            text = plain(value)
            if text == END:
                ends.append((row, col))
            else:
                markers.append((row, col, text[len(MARKER) :]))
    last = max((row for row, _ in sheet.cells), default=0)
    grids: dict[str, list[Grid]] = {}
    for row, col, sheet_id in sorted(markers):
        closing = min((r for r, c in ends if c == col and r > row), default=None)
        grid = Grid(sheet, row, col, last + 1 if closing is None else closing, closing is not None)
        grids.setdefault(sheet_id, []).append(grid)
    return grids
