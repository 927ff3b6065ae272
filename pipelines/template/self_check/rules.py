"""The second table of `Kiểm tra`: declarations that are contradicted, then rule by rule the rows that break it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from pipelines.template.book import Book, Page
from pipelines.template.checks import blank_broken, check_span
from pipelines.template.expressions import first_row
from pipelines.template.measure import height
from pipelines.template.self_check.places import (
    CONTRADICTED,
    DECLARED_AT,
    ERROR,
    FIRST_COUNT,
    LINK,
    SECOND_COUNT,
    TAB,
    WARNING,
    WIDTHS,
    WORDS,
    Lines,
    link_to,
    span,
    write_tab,
)
from schemas.layout import CHECK, FIRST_ROW, NOT_APPLICABLE, NOTHING
from schemas.submission import cell_name, column_name

if TYPE_CHECKING:
    from xlsxwriter.worksheet import Worksheet

    from schemas.rules import Rule

CONTRADICTION = f"Dòng, biểu đã khai “{NOTHING}” hoặc “{NOT_APPLICABLE}” thì phải để trống các ô số liệu"
ANY_SHEET = "Các biểu"


def rule_lines(book: Book) -> int:
    """How many lines the table has."""
    return _declares(book) + sum(len(page.rules) for page in book.pages)


def write_rules(book: Book, worksheet: Worksheet, lines: Lines) -> None:
    """Write the table with its header above; nothing where it has no line."""
    rows = iter(lines.rules)
    if not lines.rules:
        return
    head = ("Biểu", "Quy tắc", "Mức độ", "Số dòng sai", "Đến ô đầu tiên")
    for col, label in enumerate(head, start=TAB):
        worksheet.write_string(lines.rules.start - 2, col, label, book.styles.header)
    worksheet.set_row(lines.rules.start - 2, 34)
    if _declares(book):
        _write_contradictions(book, worksheet, lines.sheets, next(rows))
    for page in book.pages:
        for rule in page.rules:
            _write_rule(book, worksheet, page, rule, next(rows))


def _declares(book: Book) -> bool:
    return any(page.layout.declares_sheet for page in book.pages)


def _write_contradictions(book: Book, worksheet: Worksheet, sheets: range, row: int) -> None:
    """One line for all sheets; while something is wrong, it names the first sheet and leads to the declaration."""
    styles, at = book.styles, row - 1
    counts = span(sheets, CONTRADICTED)
    done = f"{cell_name(row, SECOND_COUNT + 1)}=0"

    def there(col: int) -> str:
        return f"INDEX({span(sheets, col)},{first_row([counts])}-{sheets.start - 1})"

    tab, address = there(TAB), there(DECLARED_AT)
    place = f"""\"#'"&SUBSTITUTE({tab},"'","''")&"'!"&{address}"""
    worksheet.write_formula(at, TAB, f'=IF({done},"{ANY_SHEET}",{tab})', styles.text, ANY_SHEET)
    _write_words(book, worksheet, row, CONTRADICTION, ANY_SHEET, ERROR)
    worksheet.write_formula(at, SECOND_COUNT, f"=SUM({counts})", styles.count, 0)
    worksheet.write_formula(at, LINK, f'=IF({done},"",HYPERLINK({place},{address}))', styles.link, "")


def _write_rule(book: Book, worksheet: Worksheet, page: Page, rule: Rule, row: int) -> None:
    at, layout = row - 1, page.layout
    broken = check_span(page, CHECK + rule.id)
    count = blank_broken(book, page, rule)
    write_tab(book, worksheet, page, at)
    _write_words(book, worksheet, row, rule.words(), page.sheet.tab, ERROR if rule.severity == "error" else WARNING)
    worksheet.write_formula(at, SECOND_COUNT, f"=SUM({broken})", book.styles.count, count)
    target = layout.address(layout.keys[0], rule.target)
    letter = column_name(layout.column(rule.target))
    address = f'"{target}"' if layout.form else f'"{letter}"&({FIRST_ROW - 1}+MATCH(1,{broken},0))'
    done = f"{cell_name(row, SECOND_COUNT + 1)}=0"
    worksheet.write_formula(at, LINK, link_to(page, done, address), book.styles.link, target if count else "")


def _write_words(book: Book, worksheet: Worksheet, row: int, words: str, tab: str, severity: str) -> None:
    worksheet.write_string(row - 1, WORDS, words, book.styles.text)
    worksheet.write_string(row - 1, FIRST_COUNT, severity, book.styles.text_centre)
    worksheet.set_row(row - 1, height([(words, WIDTHS[WORDS]), (tab, WIDTHS[TAB] - 1)]))
