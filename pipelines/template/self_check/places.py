"""Where things stand on `Kiểm tra`, and the links that lead from it to the cells to mend."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from pipelines.template.book import Book, Page, quoted
from schemas.submission import column_name

if TYPE_CHECKING:
    from xlsxwriter.worksheet import Worksheet

TAB, WORDS, FIRST_COUNT, SECOND_COUNT, LINK = 1, 2, 3, 4, 5
"""Columns, 0-based."""
TO_MEND, CONTRADICTED, DECLARED_AT, MARKS = 7, 8, 9, 10
"""Hidden columns of a sheet's line: the row to mend first; how many declarations are contradicted, and the first one's
address; from `MARKS` on, which of the fields in the row to mend."""
FAULTS, REMINDERS = 7, 8
"""Hidden columns of the verdict's line: how much is to be mended, how much to be looked at again."""
WIDTHS = (2.0, 18.0, 58.0, 12.0, 12.0, 12.0)
VERDICT_ROW, SHEETS_ROW = 4, 7
"""1-based: the verdict, and the header of the table of sheets."""
ERROR, WARNING = "Lỗi", "Cảnh báo"


@dataclass(frozen=True, slots=True)
class Lines:
    """The rows (1-based) of the two tables."""

    sheets: range
    rules: range


def span(rows: range, col: int) -> str:
    """The cells of a column (0-based) in some rows: `D8:D18`."""
    letter = column_name(col + 1)
    return f"{letter}{rows.start}:{letter}{rows.stop - 1}"


def write_tab(book: Book, worksheet: Worksheet, page: Page, at: int) -> None:
    """Write the tab's name of a sheet, as a link to its first input cell, into a row (0-based)."""
    link = f"internal:{quoted(page.sheet.tab)}!{page.anchor}"
    worksheet.write_url(at, TAB, link, book.styles.link_left, page.sheet.tab)


def link_to(page: Page, done: str, address: str) -> str:
    """A formula: a link to the cell of the sheet whose address an expression gives; empty once `done`."""
    place = f"#{quoted(page.sheet.tab)}!".replace('"', '""')
    return f'=IF({done},"",HYPERLINK("{place}"&{address},{address}))'
