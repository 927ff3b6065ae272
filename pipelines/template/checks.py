"""The hidden check columns: whether a row is asked, what is missing, what is to be typed again, which rule is broken.

`ROW_CHECK` says of each row of an `org` or `list` sheet what becomes of it; every other check looks at it first:

- `UNASKED`: declared and left blank, or a row of a list that is not used, or of a part that another office fills;
- `ASKED`: it is checked;
- `OWN_CONTRADICTED`, `SHEET_CONTRADICTED`: declared in its own cell, or with its whole sheet, and filled all the same.

What is said of the whole sheet stands in the same columns, in the row of its declaration. Each column of a table is one
array formula over all of its rows: 200 rows of a list are written, read and stored as one. (Rows inside a table can
therefore be neither inserted nor deleted, protection or not; rows above it can.) Only answers yes or no are read row by
row.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import TYPE_CHECKING

from pipelines.template.book import Book, Page, quoted
from pipelines.template.expressions import (
    blank,
    broken,
    declared,
    used,
    used_any,
    wrong_declaration,
    wrong_type,
)
from schemas.layout import (
    CHECK,
    DECLARATION_ROW,
    DECLARED,
    FIRST_ROW,
    MARKER_ROW,
    MEANT,
    MISSING_CHECK,
    ROW_CHECK,
    TYPE_CHECK,
    SheetLayout,
)
from schemas.plan import Field
from schemas.rules import Cells, Rule
from schemas.rules.cells import BLANK, answer_meant, day_meant, number_meant
from schemas.rules.presence import AnyGiven
from schemas.submission import cell_name, column_name

if TYPE_CHECKING:
    from pipelines.template.book import PlainWorksheet

    Line = tuple[str, str, int | str]
    """A check: its id, its expression, and its value while the sheet is blank."""

ANSWERS = ("yes_no", "choice")
UNASKED, ASKED, OWN_CONTRADICTED, SHEET_CONTRADICTED = 0, 1, 2, 3


def write_checks(book: Book, page: Page, worksheet: PlainWorksheet) -> None:
    """Write the check columns of a sheet, with the values they have while the sheet is blank; hide them."""
    layout = page.layout
    columns = {check: layout.check_column(check) for check in layout.checks}
    for check, col in columns.items():
        worksheet.write_string(MARKER_ROW - 1, col - 1, check)
    if layout.form:
        for field in page.inputs:
            row = layout.row(layout.keys[0], field.id)
            for check, expression, value in _form_line(book, page, field):
                worksheet.write_formula(row - 1, columns[check] - 1, f"={expression}", None, value)
    else:
        for check, expression, value in _sheet_line(book, page):
            worksheet.write_formula(DECLARATION_ROW - 1, columns[check] - 1, f"={expression}", None, value)
        for check, expression, value in _column_lines(book, page):
            worksheet.write_down(FIRST_ROW - 1, layout.last_row - 1, columns[check] - 1, expression, value)
        for field in (f for f in page.inputs if f.type in ANSWERS and MEANT + f.id in columns):
            for row in range(FIRST_ROW, layout.last_row + 1):
                answer = answer_meant(cell_name(row, layout.column(field.id)))
                worksheet.write_formula(row - 1, columns[MEANT + field.id] - 1, f"={answer}", None, BLANK)
    first, last = min(columns.values()), max(columns.values())
    worksheet.set_column(first - 2, first - 2, 2)
    worksheet.set_column(first - 1, last - 1, 8, None, {"hidden": True})


def blank_missing(book: Book, page: Page) -> int:
    """How many required cells are missing while the sheet is blank."""
    return len(asked_keys(book, page)) * sum(f.required for f in page.inputs)


def blank_broken(book: Book, page: Page, rule: Rule) -> int:
    """How many rows break a rule while the sheet is blank: only `any_given` asks something of a blank row."""
    return len(asked_keys(book, page)) if isinstance(rule, AnyGiven) else 0


def asked_keys(book: Book, page: Page) -> tuple[str, ...]:
    """The rows that are asked for while the sheet is blank: none of a list, and none of a part."""
    if page.layout.form:
        return page.layout.keys[:1]
    return () if page.sheet.kind == "list" or book.in_parts else page.layout.keys


def check_span(page: Page, check: str) -> str:
    """The cells of a check column as other sheets write them: `'B2 Học tập'!J10:J24`."""
    letter = column_name(page.layout.check_column(check))
    return f"{quoted(page.sheet.tab)}!{letter}{FIRST_ROW}:{letter}{page.layout.last_row}"


def sheet_check(page: Page, check: str) -> str:
    """The cell of a check that speaks of the whole sheet, as other sheets write it."""
    return f"{quoted(page.sheet.tab)}!{cell_name(DECLARATION_ROW, page.layout.check_column(check))}"


def cells_of(book: Book, layout: SheetLayout) -> Cells:
    """From a field id (or `sheet.field`) to its cells: in a table all rows of its column, in a form the one."""

    def place(name: str, *, meant: bool) -> str:
        sheet_id, _, field = name.rpartition(".")
        there = book.layouts[sheet_id] if sheet_id else layout
        col = there.check_column(MEANT + field) if meant else there.column(field)
        tab = f"{quoted(there.sheet.tab)}!" if sheet_id else ""
        return tab + (cell_name(there.row(there.keys[0], field), col) if there.form else _rows(there, col))

    return Cells(lambda name: place(name, meant=False), lambda name: place(name, meant=True))


def _sheet_line(book: Book, page: Page) -> Iterator[Line]:
    """What becomes of rows not declared themselves; and whether the sheet's declaration is to be typed again."""
    layout = page.layout
    part = book.in_parts and page.sheet.kind == "org"
    rows = [_rows(layout, layout.column(name)) for name in (*(f.id for f in page.inputs), DECLARED)] if part else []
    rest = f"IF({used_any(*rows, layout.declaration)},{ASKED},{UNASKED})" if part else str(ASKED)
    yield ROW_CHECK, f"IF({declared(layout.declaration)},{SHEET_CONTRADICTED},{rest})", UNASKED if part else ASKED
    yield TYPE_CHECK, wrong_declaration(layout.declaration), 0


def _column_lines(book: Book, page: Page) -> Iterator[Line]:
    layout = page.layout
    asked = bool(asked_keys(book, page))
    cells = cells_of(book, layout)
    state = _rows(layout, layout.check_column(ROW_CHECK))
    yield ROW_CHECK, _state(page, cells), ASKED if asked else UNASKED

    def when_asked(expression: str) -> str:
        return f"IF({state}={ASKED},{expression},0)"

    required = [f for f in page.inputs if f.required]
    missing = "+".join(f"({blank(cells.typed(f.id))})" for f in required) or "0"
    yield MISSING_CHECK, when_asked(missing), len(required) if asked else 0
    wrong = when_asked("+".join(wrong_type(f, cells.typed(f.id)) for f in page.inputs))
    own = f"+{wrong_declaration(cells.typed(DECLARED))}" if layout.declares_rows else ""
    yield TYPE_CHECK, wrong + own, 0
    for check, meant, value in _meant(page, cells, page.sheet.fields):
        if layout.declares_rows:  # a rule of another sheet may look at it
            yield check, f'IF({state}={ASKED},{meant},"{BLANK}")', value if asked else BLANK
        else:
            yield check, meant, value
    for rule in page.rules:
        broken_now = asked and isinstance(rule, AnyGiven)
        yield CHECK + rule.id, when_asked(broken(rule.formula(cells))), int(broken_now)


def _state(page: Page, cells: Cells) -> str:
    """What becomes of each row: its own declaration goes before the sheet's."""
    layout = page.layout
    filled = used(*(cells.typed(f.id) for f in page.inputs))
    rest = cell_name(DECLARATION_ROW, layout.check_column(ROW_CHECK))
    if not layout.declares_rows:
        return f"({filled})*{rest}"
    with_sheet = f"IF({rest}={SHEET_CONTRADICTED},({filled})*{SHEET_CONTRADICTED},{rest})"
    return f"IF({declared(cells.typed(DECLARED))},({filled})*{OWN_CONTRADICTED},{with_sheet})"


def _form_line(book: Book, page: Page, field: Field) -> Iterator[Line]:
    cells = cells_of(book, page.layout)
    if field.required:
        yield MISSING_CHECK, f"1*({blank(cells.typed(field.id))})", 1
    yield TYPE_CHECK, wrong_type(field, cells.typed(field.id)), 0
    yield from _meant(page, cells, (field,))
    for rule in page.rules:
        if rule.target == field.id:
            yield CHECK + rule.id, broken(rule.formula(cells)), blank_broken(book, page, rule)


def _meant(page: Page, cells: Cells, fields: Iterable[Field]) -> Iterator[Line]:
    for field in (f for f in fields if MEANT + f.id in page.layout.checks):
        cell = cells.typed(field.id)
        if field.type == "date":
            yield MEANT + field.id, day_meant(cell), BLANK
        elif page.layout.form and field.type in ANSWERS:
            yield MEANT + field.id, answer_meant(cell), BLANK
        elif field.type == "count":
            blank_as = BLANK if field.required else 0
            yield MEANT + field.id, number_meant(cell, blank_is_zero=not field.required), blank_as


def _rows(layout: SheetLayout, col: int) -> str:
    letter = column_name(col)
    return f"{letter}{FIRST_ROW}:{letter}{layout.last_row}"
