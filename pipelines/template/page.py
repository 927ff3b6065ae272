"""One sheet of the plan as a worksheet: head, legend, hidden markers, then the body, then the checks."""

from __future__ import annotations

from typing import TYPE_CHECKING

from pipelines.template.checks import write_checks
from pipelines.template.declarations import write_legend, write_sheet_declaration
from pipelines.template.form import FORM_WIDTHS, write_form
from pipelines.template.grid import grid_widths, write_grid
from pipelines.template.measure import height
from pipelines.template.wording import wording
from schemas.layout import (
    END,
    FIRST_FIELD_COLUMN,
    FIRST_ROW,
    GROUP_ROW,
    KEY_COLUMN,
    MARKER,
    MARKER_ROW,
    NUMBER_ROW,
)
from schemas.submission import column_name

if TYPE_CHECKING:
    from xlsxwriter.worksheet import Worksheet

    from pipelines.template.book import Book, Page

_PROTECTION = {"format_columns": True, "format_rows": True}
"""What protection (without a password) still allows: a clerk may widen columns and rows to see more."""


def write_page(book: Book, page: Page) -> None:
    """Write the worksheet of one sheet; places as in `schemas.layout`."""
    layout = page.layout
    worksheet = book.add_sheet(page.sheet.tab)
    widths = FORM_WIDTHS if layout.form else grid_widths(page)
    worksheet.set_column(KEY_COLUMN - 1, KEY_COLUMN - 1, 10, None, {"hidden": True})
    for col, width in enumerate(widths, start=1):
        worksheet.set_column(col, col, width)
    _write_head(book, page, worksheet, widths)
    worksheet.write_string(MARKER_ROW - 1, 0, f"{MARKER}{page.sheet.id}")
    worksheet.set_row(MARKER_ROW - 1, None, None, {"hidden": True})
    if layout.form:
        write_form(book, page, worksheet)
    else:
        write_grid(book, page, worksheet, widths)
    worksheet.write_string(layout.last_row, 0, END)
    worksheet.set_row(layout.last_row, None, None, {"hidden": True})
    write_checks(book, page, worksheet)
    _finish(book, page, worksheet, len(widths))


def _write_head(book: Book, page: Page, worksheet: Worksheet, widths: tuple[float, ...]) -> None:
    styles, settings, last = book.styles, book.plan.settings, len(widths)
    title = f"Biểu {page.sheet.code}. {page.sheet.title}"
    clause = f"   ·   Căn cứ: mục {page.sheet.clause}" if page.sheet.clause else ""
    lines = (
        (
            f"{settings.issuer} · Kế hoạch số {settings.number} ngày {settings.issued_on:%d/%m/%Y}",
            styles.note,
            1.1,
        ),
        (title, styles.title_left, 0.8),
        (wording(book).line + clause, styles.subtitle_left, 1.0),
    )
    for row, (text, form, scale) in enumerate(lines):
        worksheet.merge_range(row, 1, row, last, text, form)
        worksheet.set_row(row, height([(text, sum(widths) * scale)]))
    if page.layout.declares_sheet:
        write_sheet_declaration(book, page, worksheet, widths)
    else:
        write_legend(book, worksheet, 1)


def _finish(book: Book, page: Page, worksheet: Worksheet, columns: int) -> None:
    layout = page.layout
    last = column_name(columns + 1)
    worksheet.freeze_panes(FIRST_ROW - 1, FIRST_FIELD_COLUMN - 1)
    worksheet.set_landscape()
    worksheet.fit_to_pages(1, 0)
    worksheet.repeat_rows(GROUP_ROW - 1, NUMBER_ROW - 1)
    worksheet.print_area(f"B1:{last}{layout.last_row}")
    worksheet.set_comments_author(book.plan.settings.office)
    worksheet.protect("", _PROTECTION)
    worksheet.set_selection(page.anchor)
