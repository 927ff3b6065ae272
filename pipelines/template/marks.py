"""The marks of a marked copy: comments, and conditional formats that give a cell its usual look back once it is mended.

A marked cell carries its colour itself (`pipelines.template.inputs`). Over it lie, in this order: a warning's own
colour while the cell says what was found, the live colours of every input cell, and the tint of an input cell.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from pipelines.template.declarations import contradicted
from pipelines.template.expressions import blank, wrong_declaration, wrong_type
from pipelines.template.inputs import check_cell, input_kind
from pipelines.template.notes import write_comment
from pipelines.template.values import Moment, Written, written
from schemas.layout import CHECK, DECLARED, MISSING_CHECK
from schemas.submission import cell_name

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from xlsxwriter.worksheet import Worksheet

    from pipelines.template.book import Book, Page, RowField
    from schemas.handback import Mark

_WHOLE = 100
"""Characters of a text that a formula compares; Excel takes 255 in one, and counts some letters twice."""
_UNFIT = re.compile("[\x00-\x1f\ufffe\uffff]|_x[0-9A-Fa-f]{4}_")
"""What does not stand in a formula as it stands in a cell."""
_FAR = re.compile("[\U00010000-\U0010ffff]")
"""Letters (emoji) that Excel counts as two, LibreOffice as one."""


def keep_warnings_amber(book: Book, page: Page, worksheet: Worksheet) -> None:
    """Before the live colours: a cell that was taken with a warning stays amber while it says the same.

    The live colours would show it red, for it is to be typed again; where an error rule is broken, they still do.
    """
    for place, mark in page.marks.items():
        if _kept_amber(mark):
            row, col = cell_of(page, place)
            unbroken = (f"{ref}<>1" for ref in _checks(page, _rules_on(page, place, "error"), row))
            said = ",".join([f"NOT({_differs_in(page, place)})", *unbroken])
            _colour(worksheet, row, col, f"AND({said})", book.styles.when_warn)


def write_marks(book: Book, page: Page, worksheet: Worksheet) -> None:
    """After the live colours: the comment of every mark, and what shows that its cell is mended."""
    for place, mark in page.marks.items():
        row, col = cell_of(page, place)
        write_comment(worksheet, row, col, mark.paragraphs)
        _colour(worksheet, row, col, _mended(page, place, mark, row), book.styles.when_mended)


def cell_of(page: Page, place: RowField) -> tuple[int, int]:
    """The row and the column (1-based) of a place of the sheet."""
    key, name = place
    layout = page.layout
    if key:
        return layout.row(key, name), layout.column(name)
    return layout.declaration_place


def differs(ref: str, value: Written) -> str:
    """TRUE where a cell does not hold this any more. A number that was text is no longer the same."""
    if value is None:
        return f"NOT({blank(ref)})"
    if isinstance(value, str):
        return f"IF(ISTEXT({ref}),NOT({_same_text(ref, value)}),TRUE)"
    if isinstance(value, bool):
        return f"IF(ISLOGICAL({ref}),{ref}<>{str(value).upper()},TRUE)"
    number = value.serial if isinstance(value, Moment) else value
    told = f"{number:.15g}"
    same = f"{ref}<>{told}" if float(told) == number else f"ABS({ref}-{told})>{abs(number) * 1e-12:.1e}"
    return f"IF(ISNUMBER({ref}),{same},TRUE)"


def _same_text(ref: str, text: str) -> str:
    """A text that is long, or has letters a formula cannot hold, is told by its beginning and its length."""
    far = _FAR.search(text) is not None
    unfit = _UNFIT.search(text) or (len(text) > _WHOLE and _FAR.search(text))
    plain = text[:_WHOLE] if not unfit else text[: min(unfit.start(), _WHOLE)]
    literal = plain.replace('"', '""')
    if plain == text:
        return f'EXACT({ref},"{literal}")'
    start = f'EXACT(LEFT({ref},{len(plain)}),"{literal}")'
    return start if far else f"AND(LEN({ref})={len(text)},{start})"


def _kept_amber(mark: Mark) -> bool:
    return mark.severity == "warning" and not mark.rules


def _mended(page: Page, place: RowField, mark: Mark, row: int) -> str:
    changed = _differs_in(page, place)
    if place[1] == DECLARED:
        ref = cell_name(*cell_of(page, place))
        sound = f"AND({wrong_declaration(ref)}=0,NOT({contradicted(page, place[0])}))"
        return f"AND({changed},{sound})" if _kept_amber(mark) else f"OR({changed},{sound})"
    if _kept_amber(mark):
        return f"AND({','.join([changed, *_fit(page, place, row)])})"
    checks = list(_checks(page, mark.rules, row))
    if not checks:
        return changed
    none_left = ",".join(f"{ref}=0" for ref in checks)
    none_broken = ",".join(f"{ref}<>1" for ref in checks)
    return f"OR(AND({none_left}),AND({changed},{none_broken}))"


def _fit(page: Page, place: RowField, row: int) -> Iterator[str]:
    """That no live colour applies. LibreOffice sees the rules of one range together: those kept amber, then these."""
    field, ref = page.sheet.field(place[1]), cell_name(*cell_of(page, place))
    yield f"{wrong_type(field, ref)}=0"
    yield from (f"{check}<>1" for check in _checks(page, _rules_on(page, place), row))
    if field.required:
        missing = cell_name(row, page.layout.check_column(MISSING_CHECK))
        yield f"OR({missing}=0,NOT({blank(ref)}))"


def _rules_on(page: Page, place: RowField, severity: str = "") -> list[str]:
    return [r.id for r in page.rules_on(place[1]) if severity in ("", r.severity)]


def _differs_in(page: Page, place: RowField) -> str:
    ref = cell_name(*cell_of(page, place))
    return differs(f"${ref}", written(page.values.get(place), input_kind(page, place[1])))


def _checks(page: Page, rules: Iterable[str], row: int) -> Iterator[str]:
    """The check cells of these rules for a row, as far as this template has them."""
    return (check_cell(page, rule, row) for rule in rules if CHECK + rule in page.layout.checks)


def _colour(worksheet: Worksheet, row: int, col: int, formula: str, form: object) -> None:
    rule = {"type": "formula", "criteria": f"={formula}", "format": form, "stop_if_true": True}
    worksheet.conditional_format(row - 1, col - 1, row - 1, col - 1, rule)
