"""The body of a form sheet: one field a line, with its label, its value and a hint."""

from __future__ import annotations

from typing import TYPE_CHECKING

from pipelines.template.inputs import add_colours, add_validation, write_input
from pipelines.template.marks import keep_warnings_amber, write_marks
from pipelines.template.measure import height
from pipelines.template.notes import write_note
from schemas.layout import (
    FIRST_FIELD_COLUMN,
    GROUP_ROW,
    HEADER_ROW,
    KEY_COLUMN,
    MARKER_ROW,
    NUMBER_ROW,
    TOTAL_ROW,
    VALUE,
)

if TYPE_CHECKING:
    from xlsxwriter.worksheet import Worksheet

    from pipelines.template.book import Book, Page
    from schemas.plan import Field

FORM_WIDTHS = (30.0, 50.0, 56.0)
"""Label, value, hint."""


def write_form(book: Book, page: Page, worksheet: Worksheet) -> None:
    """Write the lines of a form. The value column is the only one with a marker."""
    styles = book.styles
    for row in (GROUP_ROW, NUMBER_ROW, TOTAL_ROW):
        worksheet.set_row(row - 1, 6 if row == GROUP_ROW else None, None, {"hidden": row != GROUP_ROW})
    for col, label in enumerate(("Mục", "Nội dung điền", "Cách điền"), start=1):
        worksheet.write_string(HEADER_ROW - 1, col, label, styles.header)
    worksheet.set_row(HEADER_ROW - 1, 22)
    worksheet.write_string(MARKER_ROW - 1, FIRST_FIELD_COLUMN - 1, VALUE)
    keep_warnings_amber(book, page, worksheet)
    for field in page.sheet.fields:
        _write_line(book, page, worksheet, field)
    write_marks(book, page, worksheet)


def _write_line(book: Book, page: Page, worksheet: Worksheet, field: Field) -> None:
    layout, styles = page.layout, book.styles
    row = layout.row(layout.keys[0], field.id)
    cell = layout.address(layout.keys[0], field.id)
    label = f"{field.label} (bắt buộc)" if field.required else field.label
    worksheet.write_string(row - 1, KEY_COLUMN - 1, field.id, styles.key)
    worksheet.write_string(row - 1, 1, label, styles.name)
    worksheet.write_string(row - 1, 3, field.hint, styles.hint)
    write_note(page, worksheet, row, 2, field)
    if field.prefill:
        said = prefilled(book, field)
        worksheet.write_string(cell, said, styles.locked)
    else:
        value = write_input(book, page, worksheet, (row - 1, FIRST_FIELD_COLUMN - 1), (layout.keys[0], field.id))
        said = value if isinstance(value, str) else ""
    worksheet.set_row(row - 1, max(24.0, height(zip((label, said, field.hint), FORM_WIDTHS, strict=True))))
    if field.prefill:
        return
    add_validation(worksheet, field, cell)
    add_colours(book, page, worksheet, field)


def prefilled(book: Book, field: Field) -> str:
    """What a prefilled field says. Raises KeyError for a prefill this template does not know."""
    known = {"unit_code": book.unit.code, "unit_name": book.unit.name, "round_label": book.round.label}
    return known[field.prefill]
