"""The table of what a correction changed: its first lines on the receipt's page, all of them on a sheet behind it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from pipelines.returned.words import cut, inert, number_words
from pipelines.styles import row_pixels
from schemas.finding import shown
from schemas.plan import NO, YES

if TYPE_CHECKING:
    from xlsxwriter import Workbook
    from xlsxwriter.worksheet import Worksheet

    from pipelines.returned.answer import Answer
    from pipelines.styles import Styles
    from schemas.changes import CellChange, Changes, Value

TAB = "Thay đổi"
HEADS = ("Ô", "Trang", "Tổ chức – mục", "Trước", "Sau", "Tổng của đơn vị", "Tổng của tỉnh")
WIDTHS = (9.0, 16.0, 26.0, 10.0, 10.0, 15.5, 15.5)
"""Of the receipt too, for they share their columns."""
ONE_LINE = 24
"""Pixels."""
_TEXT_LIMIT = 60


def change_height(change: CellChange) -> int:
    """The pixels a line of the table takes."""
    return row_pixels(_cells(change)) or ONE_LINE


def write_heads(sheet: Worksheet, styles: Styles, row: int) -> None:
    """The header line, at a row (0-based)."""
    for col, title in enumerate(HEADS):
        sheet.write_string(row, col, title, styles.header)


def write_change(sheet: Worksheet, styles: Styles, row: int, change: CellChange) -> None:
    """One line of the table, at a row (0-based)."""
    for col, (text, _) in enumerate(_cells(change)):
        centred = col == 0 or col > 2
        sheet.write_string(row, col, text, styles.text_centre if centred else styles.text)


def write_all_changes(workbook: Workbook, styles: Styles, answer: Answer, changes: Changes) -> None:
    """The sheet with every change, A4 upright, one page wide, headers repeated on each page, to sort and to filter."""
    sheet = workbook.add_worksheet(TAB)
    sheet.set_paper(9)
    sheet.fit_to_pages(1, 0)
    sheet.set_margins(left=0.6, right=0.5, top=0.5, bottom=0.6)
    sheet.set_footer('&C&"Times New Roman,Regular"&9Trang &P/&N')
    sheet.hide_gridlines(2)
    for col, width in enumerate(WIDTHS):
        sheet.set_column(col, col, width)
    last = len(WIDTHS) - 1
    title = f"{answer.unit.name} ({answer.unit.code}): bản số {changes.version} so với bản số {changes.since}"
    sheet.merge_range(0, 0, 0, last, "", styles.title_left)
    sheet.write_string(0, 0, inert(title), styles.title_left)
    sheet.set_row_pixels(0, 34)
    write_heads(sheet, styles, 1)
    for row, change in enumerate(changes.cells, start=2):
        write_change(sheet, styles, row, change)
        sheet.set_row_pixels(row, change_height(change))
    sheet.autofilter(1, 0, 1 + len(changes.cells), last)
    sheet.freeze_panes(2, 0)
    sheet.repeat_rows(1)


def _cells(change: CellChange) -> list[tuple[str, float]]:
    """What a line says, each text with the width it has."""
    name = " – ".join(part for part in (change.organisation, change.label) if part)
    texts = (
        change.cell,
        cut(inert(change.tab), 40),
        cut(inert(name), 80),
        _said(change.before),
        _said(change.after),
        _totals(change.unit_before, change.unit_after),
        _totals(change.province_before, change.province_after),
    )
    return list(zip(texts, WIDTHS, strict=True))


def _said(value: Value) -> str:
    if value is None:
        return "(trống)"
    if isinstance(value, bool):
        return YES if value else NO
    if isinstance(value, int):
        return number_words(value)
    return cut(inert(shown(value)), _TEXT_LIMIT)


def _totals(before: int | None, after: int | None) -> str:
    if before is None and after is None:
        return "–"
    told = ["–" if total is None else number_words(total) for total in (before, after)]
    return told[0] if told[0] == told[1] else " → ".join(told)
