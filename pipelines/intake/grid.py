"""One table on its sheet, before anything is judged: its marker row, its columns, its rows up to `#end`."""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING

from pipelines.intake.texts import blank, plain, seen
from schemas.layout import CHECK, END, MARKER, SHEET_DECLARATION
from schemas.submission import RawCell

if TYPE_CHECKING:
    from schemas.submission import RawSheet, RawValue

_COLUMN_NUMBER = re.compile(r"\(?[\d\s=+\-–.]*\)?\Z")
"""What stands in the row of column numbers: `(3)`, `5 = 3 + 4`."""

Row = dict[int, "RawValue"]
"""The cells of a row by column."""
Place = tuple[int, int]
"""Row and column, both 1-based."""


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
    def _all_rows(self) -> dict[int, Row]:
        """Every cell that holds more than white space."""
        rows: dict[int, Row] = {}
        for (row, col), value in self.sheet.cells.items():
            if not blank(value):
                rows.setdefault(row, {})[col] = value
        return rows

    @cached_property
    def declaration_row(self) -> int:
        """The row in which the whole sheet may be declared, wherever it was moved; 0: there is none."""
        keys = ((row, cells.get(self.key_column)) for row, cells in self._all_rows.items())
        return next((row for row, key in keys if isinstance(key, str) and plain(key) == SHEET_DECLARATION), 0)

    @cached_property
    def declaration(self) -> Row:
        """What stands in that row, save its key and the template's checks."""
        cells = self._all_rows.get(self.declaration_row, {})
        own = {self.key_column, *self.checks}
        return {col: value for col, value in sorted(cells.items()) if col not in own}

    @cached_property
    def rows(self) -> dict[int, Row]:
        """The rows from the marker row down."""
        return {r: cells for r, cells in self._all_rows.items() if r >= self.row and r != self.declaration_row}

    @cached_property
    def head(self) -> dict[int, Row]:
        """The rows above the marker row."""
        rows = sorted(self._all_rows.items())
        return {r: cells for r, cells in rows if r < self.row and r != self.declaration_row}

    @cached_property
    def ids(self) -> dict[int, str]:
        """The id each column carries in the marker row, fields and checks alike."""
        return {c: plain(v) for c, v in sorted(self.rows[self.row].items()) if c != self.key_column}

    @cached_property
    def checks(self) -> frozenset[int]:
        """The template's own hidden check columns."""
        return frozenset(c for c, name in self.ids.items() if name.startswith(CHECK))

    @cached_property
    def number_row(self) -> int:
        """The row of column numbers (1, 2, 3 …) in the head; 0: there is none."""
        best, most = 0, 1
        for row, cells in self.head.items():
            numbers = [v for v in cells.values() if isinstance(v, int | float) and not isinstance(v, bool)]
            if len(numbers) > most and 1 in numbers and len(set(numbers)) == len(numbers):
                best, most = row, len(numbers)
        return best

    def cell(self, row: int, col: int) -> RawCell:
        """A cell of the table."""
        place = (row, col)
        return RawCell(row, col, self._all_rows.get(row, {}).get(col), self.sheet.encodings.get(place))

    def body(self) -> Iterator[tuple[int, Row]]:
        """The rows between the marker row and the end that hold something, in order."""
        return ((row, self.rows[row]) for row in sorted(self.rows) if self.row < row < self.end)

    def below(self) -> Iterator[tuple[int, Row]]:
        """The row of `#end` and those under it, as far as they hold more than the end marker and checks."""
        for row in sorted(r for r in self.rows if r >= self.end):
            own = {*self.checks, self.key_column} if row == self.end else self.checks
            cells = {col: value for col, value in sorted(self.rows[row].items()) if col not in own}
            if cells:
                yield row, cells

    def beside_head(self) -> Iterator[tuple[int, Row]]:
        """The cells above the marker row that stand right of the whole table, checks included."""
        last = max((*self.ids, self.key_column))
        for row, values in self.head.items():
            cells = {col: value for col, value in sorted(values.items()) if col > last}
            if cells:
                yield row, cells

    def header(self, col: int) -> str:
        """What the clerk reads above a column: the lowest text over the column numbers that is no number itself."""
        for row in sorted(self.head, reverse=True):
            value = self.head[row].get(col)
            below = bool(self.number_row) and row > self.number_row
            if isinstance(value, str) and not below and not _COLUMN_NUMBER.match(value.strip()):
                return seen(value).strip()
        return ""

    def label_column(self, expected: Mapping[str, str]) -> int:
        """The column that shows each row's name (`expected`, by key), wherever it was moved; else right of the keys."""
        hits: dict[int, int] = {}
        own = {self.key_column, *self.ids}
        for _, cells in self.body():
            name = expected.get(plain(cells.get(self.key_column)).casefold())
            for col in cells.keys() - own if name else ():
                if plain(cells[col]).startswith(name or ""):
                    hits[col] = hits.get(col, 0) + 1
        if hits:
            return max(hits, key=lambda col: (hits[col], -col))
        return self.key_column + 1 if self.key_column + 1 not in self.ids else 0


def grids_in(sheet: RawSheet) -> dict[str, list[Grid]]:
    """The tables on a sheet by sheet id, wherever their markers stand."""
    markers: list[tuple[int, int, str]] = []
    ends: dict[int, list[int]] = {}
    for (row, col), value in sheet.cells.items():
        if isinstance(value, str) and value.lstrip().startswith(MARKER):
            text = plain(value)
            if text == END:
                ends.setdefault(col, []).append(row)
            else:
                markers.append((row, col, text[len(MARKER) :]))
    last = max((row for row, _ in sheet.cells), default=0)
    closing = {col: sorted(rows) for col, rows in ends.items()}
    grids: dict[str, list[Grid]] = {}
    for row, col, sheet_id in sorted(markers):
        rows = closing.get(col, [])
        at = bisect_right(rows, row)
        closed = at < len(rows)
        grids.setdefault(sheet_id, []).append(Grid(sheet, row, col, rows[at] if closed else last + 1, closed))
    return grids
