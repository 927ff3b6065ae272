"""Several tables below each other on one sheet, each with a heading and a filter of its own."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from pipelines.report.page import Column, Page, Styled, Value

if TYPE_CHECKING:
    from xlsxwriter.format import Format

Rows = Sequence[Sequence[Value | Styled]]


def filtered_table(page: Page, row: int, columns: Sequence[Column], rows: Rows, empty: str) -> int:
    """One of several tables on a sheet: only Excel's own tables can each carry a filter. Returns the row after it."""
    page.header(row, columns)
    if not rows:
        return page.nothing(row + 1, len(columns), empty)
    headers = [{"header": c.title, "header_format": page.styles.header} for c in columns]
    last = row + len(rows)
    page.sheet.add_table(row, 0, last, len(columns) - 1, {"columns": headers, "style": None})
    return page.body(row + 1, columns, rows)


class Sections:
    """Headed tables below each other from `row` on, all in the same column widths.

    A printed page repeats the header of the last table that has rows: only there no other table can follow.
    """

    def __init__(self, page: Page, row: int, widths: Sequence[float]) -> None:
        self.page, self.row, self._widths = page, row, widths
        self._repeated: int | None = None
        self._number = 0

    def columns(self, *described: tuple[str, Format]) -> tuple[Column, ...]:
        """Columns with these titles and formats, as wide as the sheet's."""
        return tuple(
            Column(title, width, style) for (title, style), width in zip(described, self._widths, strict=False)
        )

    def add(self, title: str, described: Sequence[tuple[str, Format]], rows: Rows, empty: str) -> None:
        """One more table under its numbered heading, then a blank row; `empty` is said where it has no rows."""
        self._number += 1
        self.page.put(self.row, 0, f"{self._number}. {title}", self.page.styles.page_title)
        if rows:
            self._repeated = self.row + 1
        self.row = filtered_table(self.page, self.row + 1, self.columns(*described), rows, empty) + 1

    def say(self, text: str) -> None:
        """A sheet without tables: one framed sentence over its whole width."""
        for col, width in enumerate(self._widths):
            self.page.sheet.set_column(col, col, width)
        self.row = self.page.nothing(self.row, len(self._widths), text)
        self.keep(self.row - 1)

    def keep(self, first: int) -> None:
        """Keeps the rows above `first` in sight, and repeats the last filled table's header on printed pages."""
        self.page.sheet.freeze_panes(first, 0)
        if self._repeated is not None:
            self.page.sheet.repeat_rows(self._repeated)
