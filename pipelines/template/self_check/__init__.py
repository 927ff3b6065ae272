"""`Kiểm tra`: what is missing, what is to be typed again, which rules are broken, live, with a link to the first cell.

Its numbers are those of findings at the province (docs/decisions/0017): "Ô chưa điền" the values missing, "Ô cần gõ
lại" the cells on whose content there is a finding, "Số dòng sai" the findings of a rule, and in the first line of the
second table those on rows and sheets that are declared and filled all the same.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from pipelines.template.book import Book
from pipelines.template.checks import blank_broken, blank_missing
from pipelines.template.measure import height
from pipelines.template.self_check.places import (
    ERROR,
    FAULTS,
    FIRST_COUNT,
    LINK,
    MARKS,
    REMINDERS,
    SECOND_COUNT,
    SHEETS_ROW,
    TAB,
    TO_MEND,
    VERDICT_ROW,
    WARNING,
    WIDTHS,
    Lines,
    span,
)
from pipelines.template.self_check.rules import rule_lines, write_rules
from pipelines.template.self_check.sheets import write_sheets
from pipelines.template.wording import wording
from schemas.layout import OWN_SHEET, SELF_CHECK_TAB, SELF_CHECK_TITLE
from schemas.submission import cell_name, column_name

if TYPE_CHECKING:
    from xlsxwriter.worksheet import Worksheet

PASSED = "ĐẠT: có thể nộp"


def write_self_check(book: Book) -> None:
    """Write the sheet. Cached values are those of the blank workbook."""
    worksheet = book.add_sheet(SELF_CHECK_TAB)
    worksheet.write_string(0, 0, OWN_SHEET, book.styles.unseen)
    worksheet.set_tab_color("#1D6132")
    for col, width in enumerate(WIDTHS):
        worksheet.set_column(col, col, width)
    first = SHEETS_ROW + 1
    after = first + len(book.pages)
    lines = Lines(range(first, after), range(after + 3, after + 3 + rule_lines(book)))
    _write_head(book, worksheet, lines)
    write_sheets(book, worksheet, lines.sheets)
    write_rules(book, worksheet, lines)
    _add_colours(book, worksheet, lines)
    most = max((len(page.sheet.fields) for page in book.pages), default=0)
    worksheet.set_column(TO_MEND, MARKS + most, 6, None, {"hidden": True})
    worksheet.fit_to_pages(1, 0)
    worksheet.print_area(0, TAB, max(lines.sheets.stop, lines.rules.stop) - 2, LINK)
    worksheet.protect("", {"format_columns": True, "format_rows": True})


def _write_head(book: Book, worksheet: Worksheet, lines: Lines) -> None:
    styles = book.styles
    worksheet.merge_range(0, TAB, 0, LINK, SELF_CHECK_TITLE, styles.title)
    unit = wording(book).line.removeprefix("Đơn vị: ").replace("   ·   ", " · ")
    worksheet.merge_range(1, TAB, 1, LINK, unit, styles.subtitle)
    worksheet.set_row(0, 26)
    worksheet.set_row(1, height([(unit, 100)]))
    row = VERDICT_ROW - 1
    worksheet.merge_range(row, TAB, row, LINK, "", styles.banner)
    worksheet.set_row(row, 38)
    missing, wrong, errors, warnings = _sums(lines)
    faults = sum(blank_broken(book, p, r) for p in book.pages for r in p.rules if r.severity == "error")
    remind = sum(blank_broken(book, p, r) for p in book.pages for r in p.rules if r.severity == "warning")
    empty = sum(blank_missing(book, p) for p in book.pages)
    worksheet.write_formula(
        row, TAB, _verdict(missing, wrong, errors, warnings), styles.banner, _blank_verdict(empty, faults, remind)
    )
    worksheet.write_formula(row, FAULTS, f"={missing}+{wrong}+{errors}", None, empty + faults)
    worksheet.write_formula(row, REMINDERS, f"={warnings}", None, remind)


def _verdict(missing: str, wrong: str, errors: str, warnings: str) -> str:
    notes = f'IF({warnings}=0,"","; "&{warnings}&" cảnh báo cần xem lại")'
    left = f'"CÒN "&{missing}&" ô chưa điền, "&{wrong}&" ô cần gõ lại, "&{errors}&" lỗi"'
    return f'=IF({missing}+{wrong}+{errors}=0,"{PASSED}",{left})&{notes}'


def _blank_verdict(empty: int, faults: int, remind: int) -> str:
    said = PASSED if empty + faults == 0 else f"CÒN {empty} ô chưa điền, 0 ô cần gõ lại, {faults} lỗi"
    return said + (f"; {remind} cảnh báo cần xem lại" if remind else "")


def _sums(lines: Lines) -> tuple[str, str, str, str]:
    """Excel expressions: cells missing, to be typed again, rows that break an error rule, a warning rule."""
    missing, wrong = (f"SUM({span(lines.sheets, col)})" for col in (FIRST_COUNT, SECOND_COUNT))
    if not lines.rules:
        return missing, wrong, "0", "0"
    severity, number = (span(lines.rules, col) for col in (FIRST_COUNT, SECOND_COUNT))
    errors, warnings = (f'SUMIF({severity},"{kind}",{number})' for kind in (ERROR, WARNING))
    return missing, wrong, errors, warnings


def _add_colours(book: Book, worksheet: Worksheet, lines: Lines) -> None:
    styles = book.styles
    faults, remind = (f"${column_name(col + 1)}${VERDICT_ROW}" for col in (FAULTS, REMINDERS))

    def colour(rows: range, first: int, last: int, criteria: str, form: object) -> None:
        if rows:
            rule = {"type": "formula", "criteria": criteria, "format": form, "stop_if_true": True}
            worksheet.conditional_format(rows.start - 1, first, rows.stop - 2, last, rule)

    verdict = range(VERDICT_ROW, VERDICT_ROW + 1)
    colour(verdict, TAB, LINK, f"={faults}>0", styles.when_bad)
    colour(verdict, TAB, LINK, f"={remind}>0", styles.when_warn)
    colour(verdict, TAB, LINK, f"={faults}=0", styles.when_good)
    count = cell_name(lines.sheets.start, FIRST_COUNT + 1)
    colour(lines.sheets, FIRST_COUNT, SECOND_COUNT, f"={count}>0", styles.when_bad)
    colour(lines.sheets, FIRST_COUNT, SECOND_COUNT, f"={count}=0", styles.when_good)
    number = f"${cell_name(lines.rules.start, SECOND_COUNT + 1)}"
    severity = f"${cell_name(lines.rules.start, FIRST_COUNT + 1)}"
    colour(lines.rules, SECOND_COUNT, SECOND_COUNT, f"={number}=0", styles.when_good)
    colour(lines.rules, FIRST_COUNT, SECOND_COUNT, f'=AND({number}>0,{severity}="{ERROR}")', styles.when_bad)
    colour(lines.rules, FIRST_COUNT, SECOND_COUNT, f'=AND({number}>0,{severity}="{WARNING}")', styles.when_warn)
