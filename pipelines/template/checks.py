"""The hidden check columns: what is missing, what is of the wrong type, which rule is broken, row by row."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

from pipelines.template.book import Book, Page, quoted
from pipelines.template.expressions import broken, missing, used, wrong_type
from schemas.layout import FIRST_FIELD_COLUMN, FIRST_ROW, MARKER_ROW, MISSING_CHECK, TYPE_CHECK, SheetLayout
from schemas.rules import Rule
from schemas.rules.presence import AnyGiven
from schemas.submission import cell_name, column_name

if TYPE_CHECKING:
    from xlsxwriter.worksheet import Worksheet


def write_checks(book: Book, page: Page, worksheet: Worksheet) -> None:
    """Write the check columns of a sheet, with the values they have while the sheet is blank; hide them."""
    layout = page.layout
    columns = [layout.check_column(check) for check in layout.checks]
    for check, col in zip(layout.checks, columns, strict=True):
        worksheet.write_string(MARKER_ROW - 1, col - 1, check)
    write_row = _write_form_line if layout.form else _write_row
    for row in range(FIRST_ROW, layout.last_row + 1):
        write_row(book, page, worksheet, row)
    worksheet.set_column(columns[0] - 2, columns[0] - 2, 2)
    worksheet.set_column(columns[0] - 1, columns[-1] - 1, 8, None, {"hidden": True})


def blank_missing(page: Page) -> int:
    """How many required cells are missing while the sheet is blank (rows of a list are not asked for)."""
    rows = 0 if page.sheet.kind == "list" else 1 if page.layout.form else len(page.layout.keys)
    return rows * sum(f.required for f in page.inputs)


def blank_broken(page: Page, rule: Rule) -> int:
    """How many rows break a rule while the sheet is blank: only `any_given` asks something of a blank row."""
    if page.sheet.kind == "list" or not isinstance(rule, AnyGiven):
        return 0
    return 1 if page.layout.form else len(page.layout.keys)


def check_span(page: Page, check: str) -> str:
    """The cells of a check column as other sheets write them: `'B2 Học tập'!J10:J24`."""
    letter = column_name(page.layout.check_column(check))
    return f"{quoted(page.sheet.tab)}!{letter}{FIRST_ROW}:{letter}{page.layout.last_row}"


def reference(book: Book, layout: SheetLayout, key: str) -> Callable[[str], str]:
    """From a field id (or `sheet.field`) to its cell in the row of `key`."""

    def ref(field_id: str) -> str:
        if "." not in field_id:
            return layout.address(key, field_id)
        sheet_id, other = field_id.split(".")
        there = book.layouts[sheet_id]
        return f"{quoted(there.sheet.tab)}!{there.address(key, other)}"

    return ref


def _write_row(book: Book, page: Page, worksheet: Worksheet, row: int) -> None:
    layout, fields = page.layout, page.sheet.fields
    key = layout.keys[row - FIRST_ROW]
    cells = {f.id: cell_name(row, FIRST_FIELD_COLUMN + i) for i, f in enumerate(fields)}
    required = [missing(cells[f.id]) for f in fields if f.required]
    wrong = [wrong_type(f, cells[f.id]) for f in fields]
    whole_row = f"{cell_name(row, FIRST_FIELD_COLUMN)}:{cell_name(row, layout.last_field_column)}"
    free = page.sheet.kind == "list"

    def write(check: str, expression: str, value: int, *, when_used: bool = free) -> None:
        formula = f"=IF({used([whole_row])},{expression},0)" if when_used else f"={expression}"
        worksheet.write_formula(row - 1, layout.check_column(check) - 1, formula, None, value)

    write(MISSING_CHECK, "+".join(required) or "0", 0 if free else len(required))
    write(TYPE_CHECK, "+".join(wrong), 0, when_used=False)
    ref = reference(book, layout, key)
    for rule in page.rules:
        write(f"!{rule.id}", broken(rule.formula(ref)), int(blank_broken(page, rule) > 0))


def _write_form_line(book: Book, page: Page, worksheet: Worksheet, row: int) -> None:
    layout = page.layout
    field = page.sheet.fields[row - FIRST_ROW]
    if field.prefill:
        return
    cell = cell_name(row, FIRST_FIELD_COLUMN)

    def write(check: str, expression: str, value: int) -> None:
        worksheet.write_formula(row - 1, layout.check_column(check) - 1, f"={expression}", None, value)

    if field.required:
        write(MISSING_CHECK, missing(cell), 1)
    write(TYPE_CHECK, wrong_type(field, cell), 0)
    ref = reference(book, layout, layout.keys[0])
    for rule in page.rules:
        if rule.target == field.id:
            write(f"!{rule.id}", broken(rule.formula(ref)), blank_broken(page, rule))
