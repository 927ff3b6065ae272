"""The body of an `org` or `list` sheet: grouped headers, column numbers, totals, and one row a key."""

from __future__ import annotations

from itertools import groupby
from typing import TYPE_CHECKING

from pipelines.styles import HEADER_FILL, RULE_LINE
from pipelines.template.declarations import WIDTH, add_declaration_colours, write_row_declarations
from pipelines.template.inputs import add_colours, add_validation, input_kind, write_input
from pipelines.template.marks import keep_warnings_amber, write_marks
from pipelines.template.measure import LINE, PADDING, height, longest_word
from pipelines.template.notes import write_note
from pipelines.template.values import written
from schemas.layout import (
    DECLARED,
    DECLARED_LABEL,
    FIRST_FIELD_COLUMN,
    FIRST_ROW,
    GROUP_ROW,
    HEADER_ROW,
    MARKER_ROW,
    NAME_COLUMN,
    NUMBER_ROW,
    TOTAL_ROW,
)
from schemas.plan import YES, Field

if TYPE_CHECKING:
    from collections.abc import Sequence

    from pipelines.template.book import Book, Page, PlainWorksheet

NAME_WIDTH = {"org": 36.0, "list": 10.0}
NAME_HEADER = {"org": "Tổ chức đảng, cơ quan, đơn vị", "list": "STT"}


def grid_widths(page: Page) -> tuple[float, ...]:
    """The widths (characters) of the names, the fields (as the plan says, never breaking a word), the declarations."""
    fields = (max(float(f.width), 8.0, longest_word(f.label) + 2.0) for f in page.sheet.fields)
    return (NAME_WIDTH[page.sheet.kind], *fields, *((WIDTH,) if page.layout.declares_rows else ()))


def write_grid(book: Book, page: Page, worksheet: PlainWorksheet, widths: tuple[float, ...]) -> None:
    """Write the table from its group headers to its last row."""
    _write_groups(book, page, worksheet, widths)
    _write_headers(book, page, worksheet, widths)
    _write_totals(book, page, worksheet)
    _write_rows(book, page, worksheet, widths)
    if page.layout.declares_rows:
        write_row_declarations(book, page, worksheet)
    keep_warnings_amber(book, page, worksheet)
    for field in page.sheet.fields:
        add_validation(worksheet, field, page.layout.span(field))
        add_colours(book, page, worksheet, field)
        if field.type == "text":
            worksheet.ignore_errors({"number_stored_as_text": page.layout.span(field)})
    add_declaration_colours(book, page, worksheet)
    write_marks(book, page, worksheet)


def _write_groups(book: Book, page: Page, worksheet: PlainWorksheet, widths: tuple[float, ...]) -> None:
    row, styles, fields = GROUP_ROW - 1, book.styles, page.sheet.fields
    if not any(f.group for f in fields):
        worksheet.set_row(row, None, None, {"hidden": True})
        return
    above = styles.make(bg_color=HEADER_FILL, top=1, left=1, right=1, border_color=RULE_LINE)
    worksheet.write_blank(row, NAME_COLUMN - 1, None, above)
    sizes = []
    for group, members in groupby(enumerate(fields), key=lambda pair: pair[1].group):
        places = [FIRST_FIELD_COLUMN - 1 + position for position, _ in members]
        if not group:
            for col in places:
                worksheet.write_blank(row, col, None, above)
        elif len(places) == 1:
            worksheet.write_string(row, places[0], group, styles.group_header)
        else:
            worksheet.merge_range(row, places[0], row, places[-1], group, styles.group_header)
        sizes.append((group, sum(widths[col - 1] for col in places)))
    if page.layout.declares_rows:
        worksheet.write_blank(row, page.layout.column(DECLARED) - 1, None, above)
    worksheet.set_row(row, height(sizes))


def _write_headers(book: Book, page: Page, worksheet: PlainWorksheet, widths: tuple[float, ...]) -> None:
    styles = book.styles
    own = (DECLARED_LABEL,) if page.layout.declares_rows else ()
    labels = (NAME_HEADER[page.sheet.kind], *(f.label for f in page.sheet.fields), *own)
    for col, label in enumerate(labels, start=NAME_COLUMN - 1):
        worksheet.write_string(HEADER_ROW - 1, col, label, styles.header)
        worksheet.write_number(NUMBER_ROW - 1, col, col, styles.column_number)
    room = (width - 1 for width in widths)
    worksheet.set_row(HEADER_ROW - 1, height(zip(labels, room, strict=True)))
    worksheet.set_row(NUMBER_ROW - 1, 13)
    for field in page.sheet.fields:
        col = page.layout.column(field.id)
        worksheet.write_string(MARKER_ROW - 1, col - 1, field.id)
        write_note(page, worksheet, HEADER_ROW, col, field)


def _write_totals(book: Book, page: Page, worksheet: PlainWorksheet) -> None:
    row, styles, fields = TOTAL_ROW - 1, book.styles, page.sheet.fields
    for field in fields:
        col = page.layout.column(field.id) - 1
        formula = _total(page, field)
        if formula:
            worksheet.write_result(row, col, formula, styles.total_count, _total_of(page, field))
        else:
            worksheet.write_blank(row, col, None, styles.total_label)
    first = NAME_COLUMN - 1
    if page.sheet.kind == "list" and not fields[0].numeric:
        worksheet.merge_range(row, first, row, first + 1, "TỔNG CỘNG", styles.total_label)
    else:
        worksheet.write_string(row, first, "TỔNG CỘNG" if page.sheet.kind == "org" else "CỘNG", styles.total_label)
    worksheet.set_row(row, 20, None, {} if any(f.numeric for f in fields) else {"hidden": True})


def _total(page: Page, field: Field) -> str:
    span = page.layout.span(field)
    if field.type == "count":
        return f"=SUM({span})"
    return f'=COUNTIF({span},"{YES}")' if field.type == "yes_no" else ""


def _total_of(page: Page, field: Field) -> float:
    """What the total's formula gives over what the clerk had typed: text, dates and TRUE add nothing."""
    typed = (written(value, field.type) for (_, name), value in page.values.items() if name == field.id)
    if field.type == "yes_no":
        return sum(isinstance(value, str) and value.casefold() == YES for value in typed)
    return sum(value for value in typed if isinstance(value, int | float) and not isinstance(value, bool))


def _write_rows(book: Book, page: Page, worksheet: PlainWorksheet, widths: Sequence[float]) -> None:
    layout, styles = page.layout, book.styles
    columns = [f.id for f in page.sheet.fields] + [DECLARED] * layout.declares_rows
    formats = [styles.input_cell(input_kind(page, column)) for column in columns]
    for row, (key, name) in enumerate(zip(layout.keys, layout.names, strict=True), start=FIRST_ROW - 1):
        worksheet.write_string(row, 0, key, styles.key)
        if page.sheet.kind == "list":
            worksheet.write_number(row, NAME_COLUMN - 1, int(key), styles.locked_number)
        else:
            worksheet.write_string(row, NAME_COLUMN - 1, name, styles.locked_name)
        texts = [(name, NAME_WIDTH["org"] - 2)] if page.sheet.kind == "org" else []
        if book.filled:
            for col, column in enumerate(columns, start=FIRST_FIELD_COLUMN - 1):
                value = write_input(book, page, worksheet, (row, col), (key, column))
                if isinstance(value, str):
                    texts.append((value, widths[col - 1] - 1))
        else:
            for col, form in enumerate(formats, start=FIRST_FIELD_COLUMN - 1):
                worksheet.write_blank(row, col, None, form)
        points = height(texts)
        if page.sheet.kind == "org" or points > LINE + PADDING:
            worksheet.set_row(row, max(18.0, points))
