"""`Kiểm tra`: what is still missing and which rules are broken, live, each with a link to its first cell."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from pipelines.template.book import Book, Page, quoted
from pipelines.template.checks import blank_broken, blank_missing, check_span
from pipelines.template.expressions import blank, first_row, wrong_type
from pipelines.template.measure import height
from schemas.layout import FIRST_FIELD_COLUMN, FIRST_ROW, MISSING_CHECK, SELF_CHECK_TAB, TYPE_CHECK
from schemas.submission import cell_name, column_name

if TYPE_CHECKING:
    from xlsxwriter.worksheet import Worksheet

    from schemas.plan import Field
    from schemas.rules import Rule

TAB, WORDS, FIRST_COUNT, SECOND_COUNT, LINK, HELPER = 1, 2, 3, 4, 5, 7
"""Columns, 0-based. From `HELPER` on they are hidden: the row to mend first, then one mark a field there."""
WIDTHS = (2.0, 18.0, 58.0, 12.0, 12.0, 12.0)
VERDICT_ROW, SHEETS_ROW = 4, 7
"""1-based: the verdict, and the header of the table of sheets."""
ERROR, WARNING = "Lỗi", "Cảnh báo"
PASSED = "ĐẠT: có thể nộp"


@dataclass(frozen=True, slots=True)
class _Lines:
    """The rows (1-based) of the two tables."""

    sheets: range
    rules: range


def write_self_check(book: Book) -> None:
    """Write the sheet. Cached values are those of the blank workbook."""
    worksheet = book.add_sheet(SELF_CHECK_TAB)
    worksheet.set_tab_color("#1D6132")
    for col, width in enumerate(WIDTHS):
        worksheet.set_column(col, col, width)
    first = SHEETS_ROW + 1
    count = sum(len(page.rules) for page in book.pages)
    after = first + len(book.pages)
    lines = _Lines(range(first, after), range(after + 3, after + 3 + count))
    _write_head(book, worksheet, lines)
    _write_sheets(book, worksheet, lines.sheets)
    _write_rules(book, worksheet, lines.rules)
    _add_colours(book, worksheet, lines)
    most = max((len(page.sheet.fields) for page in book.pages), default=1)
    worksheet.set_column(HELPER, HELPER + most, 6, None, {"hidden": True})
    worksheet.fit_to_pages(1, 0)
    worksheet.print_area(0, TAB, max(lines.sheets.stop, lines.rules.stop) - 2, LINK)
    worksheet.protect("", {"format_columns": True, "format_rows": True})


def _write_head(book: Book, worksheet: Worksheet, lines: _Lines) -> None:
    styles = book.styles
    worksheet.merge_range(0, TAB, 0, LINK, "TỰ KIỂM TRA TRƯỚC KHI NỘP", styles.title)
    unit = f"{book.unit.name} ({book.unit.code}) · {book.round.label} · Hạn nộp: {book.deadline}"
    worksheet.merge_range(1, TAB, 1, LINK, unit, styles.subtitle)
    worksheet.set_row(0, 26)
    worksheet.set_row(1, height([(unit, 100)]))
    row = VERDICT_ROW - 1
    worksheet.merge_range(row, TAB, row, LINK, "", styles.banner)
    worksheet.set_row(row, 38)
    missing, wrong, errors, warnings = _sums(lines)
    faults = sum(blank_broken(p, r) for p in book.pages for r in p.rules if r.severity == "error")
    remind = sum(blank_broken(p, r) for p in book.pages for r in p.rules if r.severity == "warning")
    notes = f'IF({warnings}=0,"","; "&{warnings}&" cảnh báo cần xem lại")'
    formula = (
        f'=IF({missing}+{wrong}+{errors}=0,"{PASSED}",'
        f'"CÒN "&{missing}&" ô chưa điền, "&({wrong}+{errors})&" lỗi")&{notes}'
    )
    empty = sum(blank_missing(p) for p in book.pages)
    said = PASSED if empty + faults == 0 else f"CÒN {empty} ô chưa điền, {faults} lỗi"
    said += f"; {remind} cảnh báo cần xem lại" if remind else ""
    worksheet.write_formula(row, TAB, formula, styles.banner, said)
    for offset, (expression, value) in enumerate(((f"{missing}+{wrong}+{errors}", empty + faults), (warnings, remind))):
        worksheet.write_formula(row, HELPER + offset, f"={expression}", None, value)


def _sums(lines: _Lines) -> tuple[str, str, str, str]:
    """Excel expressions: cells missing, of a wrong type, rows that break an error rule, a warning rule."""
    first, last = lines.sheets.start, lines.sheets.stop - 1
    sums = [f"SUM({column_name(col + 1)}{first}:{column_name(col + 1)}{last})" for col in (FIRST_COUNT, SECOND_COUNT)]
    if not lines.rules:
        return sums[0], sums[1], "0", "0"
    severity, number = (
        f"{column_name(col + 1)}{lines.rules.start}:{column_name(col + 1)}{lines.rules.stop - 1}"
        for col in (FIRST_COUNT, SECOND_COUNT)
    )
    by_severity = [f'SUMIF({severity},"{kind}",{number})' for kind in (ERROR, WARNING)]
    return sums[0], sums[1], by_severity[0], by_severity[1]


def _write_sheets(book: Book, worksheet: Worksheet, rows: range) -> None:
    head = ("Biểu", "Nội dung", "Ô chưa điền", "Ô sai kiểu", "Đến ô đầu tiên")
    for col, label in enumerate(head, start=TAB):
        worksheet.write_string(SHEETS_ROW - 1, col, label, book.styles.header)
    worksheet.set_row(SHEETS_ROW - 1, 34)
    for row, page in zip(rows, book.pages, strict=True):
        _write_sheet_line(book, worksheet, page, row)


def _write_sheet_line(book: Book, worksheet: Worksheet, page: Page, row: int) -> None:
    styles, at = book.styles, row - 1
    missing, wrong = check_span(page, MISSING_CHECK), check_span(page, TYPE_CHECK)
    empty = blank_missing(page)
    _write_tab(book, worksheet, page, at)
    worksheet.write_string(at, WORDS, page.sheet.title, styles.text)
    worksheet.write_formula(at, FIRST_COUNT, f"=SUM({missing})", styles.count, empty)
    worksheet.write_formula(at, SECOND_COUNT, f"=SUM({wrong})", styles.count, 0)
    worksheet.set_row(at, height([(page.sheet.title, WIDTHS[WORDS]), (page.sheet.tab, WIDTHS[TAB] - 1)]))
    counts = f"{cell_name(row, FIRST_COUNT + 1)}+{cell_name(row, SECOND_COUNT + 1)}"
    target = _write_first_cell(worksheet, page, row, f"IF({counts}=0,0,{first_row([missing, wrong])})")
    here = cell_name(row, HELPER + 1)
    marks = f"{cell_name(row, HELPER + 2)}:{cell_name(row, HELPER + 1 + len(page.sheet.fields))}"
    column = str(FIRST_FIELD_COLUMN) if page.layout.form else f"{FIRST_FIELD_COLUMN - 1}+IFERROR(MATCH(1,{marks},0),1)"
    formula = _link(page, f"{here}=0", f"ADDRESS({here},{column},4)")
    worksheet.write_formula(at, LINK, formula, styles.link, target)


def _write_first_cell(worksheet: Worksheet, page: Page, row: int, formula: str) -> str:
    """Write the hidden helpers of a line; its first cell to mend while the workbook is blank, or `""`."""
    layout, here = page.layout, cell_name(row, HELPER + 1)
    required = [f for f in page.inputs if f.required] if blank_missing(page) else []
    first = layout.address(layout.keys[0], required[0].id) if required else ""
    start = layout.row(layout.keys[0], required[0].id) if required else 0
    worksheet.write_formula(row - 1, HELPER, f"={formula}", None, start)
    if not layout.form:
        for offset, field in enumerate(page.sheet.fields, start=1):
            mark = f"=IF({here}=0,0,{_to_mend(page, field, here)})"
            worksheet.write_formula(row - 1, HELPER + offset, mark, None, int(field in required))
    return first


def _to_mend(page: Page, field: Field, row: str) -> str:
    """1 where the field's cell in that row is missing or of the wrong type."""
    letter = column_name(page.layout.column(field.id))
    span = f"{quoted(page.sheet.tab)}!${letter}${FIRST_ROW}:${letter}${page.layout.last_row}"
    ref = f"INDEX({span},{row}-{FIRST_ROW - 1})"
    return f"IF({blank(ref)},{int(field.required)},{wrong_type(field, ref)})"


def _write_rules(book: Book, worksheet: Worksheet, rows: range) -> None:
    if not rows:
        return
    head = ("Biểu", "Quy tắc", "Mức độ", "Số dòng sai", "Đến ô đầu tiên")
    for col, label in enumerate(head, start=TAB):
        worksheet.write_string(rows.start - 2, col, label, book.styles.header)
    worksheet.set_row(rows.start - 2, 34)
    rules = [(page, rule) for page in book.pages for rule in page.rules]
    for row, (page, rule) in zip(rows, rules, strict=True):
        _write_rule_line(book, worksheet, page, rule, row)


def _write_rule_line(book: Book, worksheet: Worksheet, page: Page, rule: Rule, row: int) -> None:
    styles, at, layout = book.styles, row - 1, page.layout
    span = check_span(page, f"!{rule.id}")
    count = blank_broken(page, rule)
    words = rule.words()
    _write_tab(book, worksheet, page, at)
    worksheet.write_string(at, WORDS, words, styles.text)
    worksheet.write_string(at, FIRST_COUNT, ERROR if rule.severity == "error" else WARNING, styles.text_centre)
    worksheet.write_formula(at, SECOND_COUNT, f"=SUM({span})", styles.count, count)
    worksheet.set_row(at, height([(words, WIDTHS[WORDS]), (page.sheet.tab, WIDTHS[TAB] - 1)]))
    target = layout.address(layout.keys[0], rule.target)
    letter = column_name(layout.column(rule.target))
    address = f'"{target}"' if layout.form else f'"{letter}"&({FIRST_ROW - 1}+MATCH(1,{span},0))'
    done = f"{cell_name(row, SECOND_COUNT + 1)}=0"
    worksheet.write_formula(at, LINK, _link(page, done, address), styles.link, target if count else "")


def _write_tab(book: Book, worksheet: Worksheet, page: Page, at: int) -> None:
    link = f"internal:{quoted(page.sheet.tab)}!{page.anchor}"
    worksheet.write_url(at, TAB, link, book.styles.link_left, page.sheet.tab)


def _link(page: Page, done: str, address: str) -> str:
    """A formula: a link to the cell of the sheet whose address an expression gives; empty once `done`."""
    place = f"#{quoted(page.sheet.tab)}!".replace('"', '""')
    return f'=IF({done},"",HYPERLINK("{place}"&{address},{address}))'


def _add_colours(book: Book, worksheet: Worksheet, lines: _Lines) -> None:
    styles = book.styles
    faults, remind = (f"${column_name(HELPER + 1 + i)}${VERDICT_ROW}" for i in range(2))

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
