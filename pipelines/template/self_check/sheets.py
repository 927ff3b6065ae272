"""The first table of `Kiểm tra`: sheet by sheet the cells missing and to be typed again."""

from __future__ import annotations

from typing import TYPE_CHECKING

from pipelines.template.book import Book, Page, quoted
from pipelines.template.checks import (
    ASKED,
    OWN_CONTRADICTED,
    SHEET_CONTRADICTED,
    asked_keys,
    blank_missing,
    check_span,
    sheet_check,
)
from pipelines.template.expressions import blank, first_row, wrong_declaration, wrong_type
from pipelines.template.measure import height
from pipelines.template.self_check.places import (
    CONTRADICTED,
    DECLARED_AT,
    FIRST_COUNT,
    LINK,
    MARKS,
    SECOND_COUNT,
    SHEETS_ROW,
    TAB,
    TO_MEND,
    WIDTHS,
    WORDS,
    link_to,
    write_tab,
)
from schemas.layout import (
    DECLARATION_ROW,
    DECLARED,
    FIRST_FIELD_COLUMN,
    FIRST_ROW,
    MISSING_CHECK,
    ROW_CHECK,
    TYPE_CHECK,
)
from schemas.submission import cell_name, column_name

if TYPE_CHECKING:
    from xlsxwriter.worksheet import Worksheet

    from schemas.plan import Field


def write_sheets(book: Book, worksheet: Worksheet, rows: range) -> None:
    """Write the table of sheets, one in each of the rows (1-based), with its header above."""
    head = ("Biểu", "Nội dung", "Ô chưa điền", "Ô cần gõ lại", "Đến ô đầu tiên")
    for col, label in enumerate(head, start=TAB):
        worksheet.write_string(SHEETS_ROW - 1, col, label, book.styles.header)
    worksheet.set_row(SHEETS_ROW - 1, 34)
    for row, page in zip(rows, book.pages, strict=True):
        _write_line(book, worksheet, page, row)
        if page.layout.declares_sheet:
            _write_contradictions(worksheet, page, row)


def _write_line(book: Book, worksheet: Worksheet, page: Page, row: int) -> None:
    styles, at = book.styles, row - 1
    missing, wrong = check_span(page, MISSING_CHECK), check_span(page, TYPE_CHECK)
    of_sheet = f"+{sheet_check(page, TYPE_CHECK)}" if page.layout.declares_sheet else ""
    write_tab(book, worksheet, page, at)
    worksheet.write_string(at, WORDS, page.sheet.title, styles.text)
    worksheet.write_formula(at, FIRST_COUNT, f"=SUM({missing})", styles.count, blank_missing(book, page))
    worksheet.write_formula(at, SECOND_COUNT, f"=SUM({wrong}){of_sheet}", styles.count, 0)
    worksheet.set_row(at, height([(page.sheet.title, WIDTHS[WORDS]), (page.sheet.tab, WIDTHS[TAB] - 1)]))
    first = first_row([missing, wrong])
    if page.layout.declares_sheet:
        first = f"IF({sheet_check(page, TYPE_CHECK)}>0,{DECLARATION_ROW},{first})"
    counts = f"{cell_name(row, FIRST_COUNT + 1)}+{cell_name(row, SECOND_COUNT + 1)}"
    target = _write_first_cell(book, worksheet, page, row, f"IF({counts}=0,0,{first})")
    here, last = cell_name(row, TO_MEND + 1), MARKS + page.layout.last_column - FIRST_FIELD_COLUMN
    marks = f"{cell_name(row, MARKS + 1)}:{cell_name(row, last + 1)}"
    column = str(FIRST_FIELD_COLUMN) if page.layout.form else f"{FIRST_FIELD_COLUMN - 1}+IFERROR(MATCH(1,{marks},0),1)"
    formula = link_to(page, f"{here}=0", f"ADDRESS({here},{column},4)")
    worksheet.write_formula(at, LINK, formula, styles.link, target)


def _write_first_cell(book: Book, worksheet: Worksheet, page: Page, row: int, formula: str) -> str:
    """Write the hidden cells of a line; its first cell to mend while the workbook is blank, or `""`."""
    layout, here = page.layout, cell_name(row, TO_MEND + 1)
    required = [f for f in page.inputs if f.required] if asked_keys(book, page) else []
    first = layout.address(layout.keys[0], required[0].id) if required else ""
    start = layout.row(layout.keys[0], required[0].id) if required else 0
    worksheet.write_formula(row - 1, TO_MEND, f"={formula}", None, start)
    if layout.form:
        return first
    for offset, field in enumerate(page.sheet.fields):
        mark = f"=IF({here}<{FIRST_ROW},0,{_field_to_mend(page, field, here)})"
        worksheet.write_formula(row - 1, MARKS + offset, mark, None, int(field in required))
    if layout.declares_rows:
        own = _there(page, layout.column(DECLARED), here)
        mark = f"=IF({here}<{FIRST_ROW},0,{wrong_declaration(own)})"
        worksheet.write_formula(row - 1, MARKS + len(page.sheet.fields), mark, None, 0)
    return first


def _field_to_mend(page: Page, field: Field, row: str) -> str:
    """1 where the field's cell in that row is missing or to be typed again."""
    ref = _there(page, page.layout.column(field.id), row)
    asked = f"{_there(page, page.layout.check_column(ROW_CHECK), row)}={ASKED}"
    return f"IF({asked},IF({blank(ref)},{int(field.required)},{wrong_type(field, ref)}),0)"


def _there(page: Page, col: int, row: str) -> str:
    """The cell of a column in the row that a cell of this sheet names."""
    letter = column_name(col)
    cells = f"{quoted(page.sheet.tab)}!${letter}${FIRST_ROW}:${letter}${page.layout.last_row}"
    return f"INDEX({cells},{row}-{FIRST_ROW - 1})"


def _write_contradictions(worksheet: Worksheet, page: Page, row: int) -> None:
    """How many declarations of the sheet are contradicted: each row's own, and the sheet's once."""
    layout, states = page.layout, check_span(page, ROW_CHECK)
    whole = f"COUNTIF({states},{SHEET_CONTRADICTED})>0"
    count, at = whole, f'"{layout.declaration}"'
    if layout.declares_rows:
        count = f"COUNTIF({states},{OWN_CONTRADICTED})+({whole})"
        letter = column_name(layout.column(DECLARED))
        at = f'IF({whole},{at},"{letter}"&({FIRST_ROW - 1}+MATCH({OWN_CONTRADICTED},{states},0)))'
    worksheet.write_formula(row - 1, CONTRADICTED, f"=1*({count})", None, 0)
    none = f"{cell_name(row, CONTRADICTED + 1)}=0"
    worksheet.write_formula(row - 1, DECLARED_AT, f'=IF({none},"-",{at})', None, "-")
