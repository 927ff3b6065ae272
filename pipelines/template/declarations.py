"""Where a clerk says “Không phát sinh” or “Không áp dụng”: in a column for rows, above the table for the sheet."""

from __future__ import annotations

from typing import TYPE_CHECKING

from pipelines.template.checks import OWN_CONTRADICTED, SHEET_CONTRADICTED, UNASKED
from pipelines.template.expressions import blank, declared, wrong_declaration
from pipelines.template.inputs import MESSAGE_LIMIT, write_input
from pipelines.template.measure import clipped
from pipelines.template.notes import write_comment
from schemas.layout import (
    DECLARATION_ROW,
    DECLARATIONS,
    DECLARED,
    DECLARED_LABEL,
    FIRST_FIELD_COLUMN,
    FIRST_ROW,
    HEADER_ROW,
    KEY_COLUMN,
    LEGEND,
    MARKER_ROW,
    NAME_COLUMN,
    NOT_APPLICABLE,
    NOTHING,
    ROW_CHECK,
    SHEET_DECLARATION,
    SHEET_DECLARATION_LABEL,
    TOTAL_ROW,
)
from schemas.submission import cell_name, column_name

if TYPE_CHECKING:
    from collections.abc import Sequence

    from xlsxwriter.worksheet import Worksheet

    from pipelines.template.book import Book, Page

WIDTH = 17.0
"""Characters of the column for declarations, and what the whole sheet's cell needs to be read in one line."""
_SAME = (
    f"“{NOTHING}”: có liên quan nhưng kỳ này không có gì để ghi; tính là 0.",
    f"“{NOT_APPLICABLE}”: nội dung này không thuộc phạm vi; không đưa vào tỷ lệ.",
)
_ROW_NOTE = (
    "Chỉ chọn khi dòng này không có số liệu.",
    *_SAME,
    "Đã chọn thì để trống các ô khác của dòng.",
)
_SHEET_NOTE = (
    "Chỉ chọn khi cả biểu không có số liệu.",
    *_SAME,
    "Đã chọn thì để trống mọi dòng.",
)


def write_row_declarations(book: Book, page: Page, worksheet: Worksheet) -> None:
    """The column in which each row may be declared: its header, its comment, what it accepts."""
    layout = page.layout
    col = layout.column(DECLARED)
    worksheet.write_string(MARKER_ROW - 1, col - 1, DECLARED)
    write_comment(worksheet, HEADER_ROW, col, _ROW_NOTE)
    worksheet.write_blank(TOTAL_ROW - 1, col - 1, None, book.styles.total_label)
    letter = column_name(col)
    span = f"{letter}{FIRST_ROW}:{letter}{layout.last_row}"
    _add_validation(worksheet, span, DECLARED_LABEL, _ROW_NOTE)


def write_sheet_declaration(book: Book, page: Page, worksheet: Worksheet, widths: Sequence[float]) -> None:
    """The row over the table: the cell in which the whole sheet is declared, and the legend where there is room."""
    styles, row = book.styles, DECLARATION_ROW - 1
    worksheet.write_string(row, KEY_COLUMN - 1, SHEET_DECLARATION, styles.key)
    worksheet.write_string(row, NAME_COLUMN - 1, SHEET_DECLARATION_LABEL, styles.declaration_label)
    write_comment(worksheet, DECLARATION_ROW, NAME_COLUMN, _SHEET_NOTE)
    first = FIRST_FIELD_COLUMN - 1
    after = first + 1
    if widths[1] < WIDTH and len(widths) > 2:
        worksheet.merge_range(row, first, row, after, "", styles.input_cell("yes_no"))
        after += 1
    write_input(book, page, worksheet, (row, first), ("", DECLARED))
    _add_validation(worksheet, page.layout.declaration, "Cả biểu", _SHEET_NOTE)
    worksheet.set_row(row, 20 if widths[1] >= WIDTH or len(widths) > 2 else 34)
    room = len(widths) + 1 - after - len(LEGEND)
    if room >= 0:
        write_legend(book, worksheet, after + min(room, 1))


def write_legend(book: Book, worksheet: Worksheet, first: int) -> None:
    """What the colours of cells mean, from a column on (0-based)."""
    forms = (book.styles.input_sample, book.styles.bad, book.styles.warn)
    for col, (text, form) in enumerate(zip(LEGEND, forms, strict=True), start=first):
        worksheet.write_string(DECLARATION_ROW - 1, col, text, form)


def add_declaration_colours(book: Book, page: Page, worksheet: Worksheet) -> None:
    """Red where a declaration contradicts what is filled or is none; grey where a row is declared and asked nothing."""
    layout, styles = page.layout, book.styles
    wrong = f"OR({wrong_declaration(layout.declaration)}=1,{contradicted(page, '')})"
    _colour(worksheet, layout.declaration, wrong, styles.when_bad)
    said = declared(f"${column_name(FIRST_FIELD_COLUMN)}${DECLARATION_ROW}")
    if layout.declares_rows:
        own = f"${column_name(layout.column(DECLARED))}{FIRST_ROW}"
        wrong = f"OR({wrong_declaration(own)}=1,{contradicted(page, layout.keys[0])})"
        rows = f"{own.replace('$', '')}:{cell_name(layout.last_row, layout.last_column)}"
        _colour(worksheet, rows, wrong, styles.when_bad)
        said = f"OR({declared(own)},{said})"
    state = f"${column_name(layout.check_column(ROW_CHECK))}{FIRST_ROW}"
    here = cell_name(FIRST_ROW, FIRST_FIELD_COLUMN)
    span = f"{here}:{cell_name(layout.last_row, layout.last_field_column)}"
    _colour(worksheet, span, f"AND({state}>={OWN_CONTRADICTED},NOT({blank(here)}))", styles.when_bad)
    _colour(worksheet, span, f"AND({state}={UNASKED},{said})", styles.when_unasked)


def contradicted(page: Page, key: str) -> str:
    """TRUE where a row is declared and filled all the same; with the key `""`, where the sheet is and any row is."""
    layout = page.layout
    letter = column_name(layout.check_column(ROW_CHECK))
    if key:
        return f"${letter}{layout.row(key, DECLARED)}={OWN_CONTRADICTED}"
    return f"COUNTIF(${letter}${FIRST_ROW}:${letter}${layout.last_row},{SHEET_CONTRADICTED})>0"


def _add_validation(worksheet: Worksheet, span: str, title: str, note: Sequence[str]) -> None:
    options = {
        "validate": "list",
        "source": list(DECLARATIONS),
        "input_title": title,
        "input_message": clipped("\n".join(note), MESSAGE_LIMIT),
        "error_title": "Giá trị không hợp lệ",
        "error_message": f"Ô này chỉ nhận “{NOTHING}” hoặc “{NOT_APPLICABLE}”: chọn trong danh sách thả xuống.",
        "error_type": "stop",
        "ignore_blank": True,
    }
    worksheet.data_validation(span, options)


def _colour(worksheet: Worksheet, span: str, formula: str, form: object) -> None:
    rule = {"type": "formula", "criteria": f"={formula}", "format": form, "stop_if_true": True}
    worksheet.conditional_format(span, rule)
