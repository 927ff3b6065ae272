"""`Hướng dẫn`: whose report it is, by when, how to fill it in, where to drop it. One A4 page."""

from __future__ import annotations

from typing import TYPE_CHECKING

from pipelines.template.book import Book, Page, quoted
from pipelines.template.measure import height
from pipelines.template.wording import wording
from schemas.layout import GUIDE_TAB, OWN_SHEET, SELF_CHECK_TAB

if TYPE_CHECKING:
    from xlsxwriter.worksheet import Worksheet

FIRST, LAST = 1, 5
"""Columns, 0-based."""
WIDTHS = (2.0, 5.0, 18.0, 50.0, 21.0, 9.0)
WHOLE = sum(WIDTHS[FIRST:])

_KIND = {"form": "mỗi dòng một mục", "org": "mỗi tổ chức một dòng", "list": "các dòng tự do"}


def write_guide(book: Book, *, first: bool = True) -> None:
    """Write the guide; where it is the first sheet, it is the one that shows when the workbook is opened."""
    worksheet = book.add_sheet(GUIDE_TAB)
    worksheet.write_string(0, 0, OWN_SHEET, book.styles.unseen)
    worksheet.set_tab_color("#8C1D18")
    for col, width in enumerate(WIDTHS):
        worksheet.set_column(col, col, width)
    row = _write_head(book, worksheet)
    row = _write_steps(book, worksheet, row)
    row = _write_legend(book, worksheet, row)
    row = _write_sheet_list(book, worksheet, row)
    worksheet.print_area(0, FIRST, row - 1, LAST)
    worksheet.fit_to_pages(1, 1)
    worksheet.center_horizontally()
    worksheet.protect("", {"format_columns": True, "format_rows": True})
    if first:
        worksheet.activate()


def _write_head(book: Book, worksheet: Worksheet) -> int:
    """Whose, what, when. Returns the next free row (0-based)."""
    styles, settings, words = book.styles, book.plan.settings, wording(book)
    worksheet.merge_range(0, FIRST, 0, 2, settings.issuer.upper(), styles.document_head_soft)
    worksheet.merge_range(1, FIRST, 1, 2, settings.office.upper(), styles.document_head)
    worksheet.merge_range(0, 3, 0, LAST, f"Kế hoạch số {settings.number}", styles.document_head)
    dated = f"{settings.place}, ngày {settings.issued_on:%d/%m/%Y}"
    worksheet.merge_range(1, 3, 1, LAST, dated, styles.document_head_soft)
    worksheet.set_row(0, 20)
    worksheet.set_row(1, height([(settings.office, 16)], line=16))
    lines = (
        (words.kind, styles.title, 26.0),
        (settings.title, styles.subtitle, height([(settings.title, WHOLE * 0.9)], line=16)),
        (words.whose, styles.title, 24.0),
        (words.what, styles.subtitle, 20.0),
        (words.banner, styles.deadline, 40.0),
    )
    for row, (text, form, points) in enumerate(lines, start=3):
        worksheet.merge_range(row, FIRST, row, LAST, text, form)
        worksheet.set_row(row, points)
    return 3 + len(lines) + 1


def _write_steps(book: Book, worksheet: Worksheet, row: int) -> int:
    styles = book.styles
    worksheet.merge_range(row, FIRST, row, LAST, "Cách điền", styles.section)
    for number, text in enumerate(wording(book).steps, start=1):
        row += 1
        worksheet.write_number(row, FIRST, number, styles.step_number)
        worksheet.merge_range(row, FIRST + 1, row, LAST, text, styles.step)
        worksheet.set_row(row, height([(text, WHOLE - WIDTHS[FIRST])]))
    return row + 2


def _write_legend(book: Book, worksheet: Worksheet, row: int) -> int:
    styles = book.styles
    worksheet.merge_range(row, FIRST, row, LAST, "Màu của ô", styles.section)
    legend = (
        (
            styles.input_sample,
            "cần điền",
            "Ô để điền; ô bắt buộc còn trống đổi sang đỏ khi dòng đã có số liệu.",
        ),
        (
            styles.bad,
            "lỗi",
            "Giá trị sẽ bị trả lại: sai kiểu, còn thiếu, hoặc trái một quy tắc của kế hoạch.",
        ),
        (
            styles.warn,
            "xem lại",
            "Nên kiểm tra lại; nếu đúng thì giữ nguyên, báo cáo vẫn được nhận.",
        ),
    )
    for form, label, meaning in legend:
        row += 1
        worksheet.merge_range(row, FIRST, row, FIRST + 1, label, form)
        worksheet.merge_range(row, FIRST + 2, row, LAST, meaning, styles.legend_meaning)
        worksheet.set_row(row, height([(meaning, sum(WIDTHS[3:]) - 2)]))
    return row + 2


def _write_sheet_list(book: Book, worksheet: Worksheet, row: int) -> int:
    styles = book.styles
    worksheet.merge_range(row, FIRST, row, LAST, wording(book).sheets, styles.section)
    row += 1
    for col, label in ((FIRST, "STT"), (2, "Biểu"), (3, "Nội dung"), (4, "Cách ghi"), (5, "Số dòng")):
        worksheet.write_string(row, col, label, styles.header)
    for number, page in enumerate(book.pages, start=1):
        row += 1
        sheet = page.sheet
        worksheet.write_number(row, FIRST, number, styles.text_centre)
        worksheet.write_url(row, 2, f"internal:{quoted(sheet.tab)}!{page.anchor}", styles.link_left, sheet.tab)
        worksheet.write_string(row, 3, sheet.title, styles.text)
        worksheet.write_string(row, 4, _KIND[sheet.kind], styles.text_centre)
        worksheet.write_number(row, 5, _rows(page), styles.text_centre)
        worksheet.set_row(row, height([(sheet.title, WIDTHS[3]), (_KIND[sheet.kind], WIDTHS[4] - 1)]))
    row += 1
    worksheet.write_blank(row, FIRST, None, styles.text_centre)
    worksheet.write_url(row, 2, f"internal:{quoted(SELF_CHECK_TAB)}!B1", styles.link_left, SELF_CHECK_TAB)
    worksheet.merge_range(row, 3, row, LAST, "Tự kiểm tra trước khi nộp: còn thiếu gì, sai ở đâu", styles.text)
    return row + 1


def _rows(page: Page) -> int:
    return len(page.inputs) if page.layout.form else len(page.layout.keys)
