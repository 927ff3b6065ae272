"""One form (biểu) province-wide: every counted row with its source, totals in the frozen head."""

from __future__ import annotations

from itertools import groupby
from typing import TYPE_CHECKING

from pipelines.report.links import FORM_FIRST_ROW, MOST_LINKS, Whereabouts, put_linked, span
from pipelines.report.page import HEAD_ROWS, Column, Page, Styled, Value
from schemas.layout import DECLARATIONS, NOT_APPLICABLE
from schemas.plan import YES, Field, FieldType, Sheet
from schemas.submission import cell_name

if TYPE_CHECKING:
    from xlsxwriter import Workbook
    from xlsxwriter.format import Format

    from pipelines.styles import Styles
    from schemas.consolidation import Consolidation
    from schemas.results import DataRow, SheetRows

DECLARATIONS_TAB = "Không phát sinh, không áp dụng"
TOTALS_ROW = HEAD_ROWS
GROUP_ROW = HEAD_ROWS + 1
LABEL_ROW = HEAD_ROWS + 2
FIRST_ROW = FORM_FIRST_ROW
WIDEST = 36
"""Characters: the widest column, so that a form still prints legibly on one page's width."""
_NOTE = (
    "Cột số: tổng các dòng đang hiện (đổi theo bộ lọc). Cột có/không: số dòng “có” của cả biểu. "
    "Các cột cuối: tệp, trang, dòng, ô (theo thứ tự cột) và phiên bản mà số liệu lấy từ đó; bấm SHA-256 để tới nguồn."
)


def write_sheet_rows(workbook: Workbook, styles: Styles, result: Consolidation, table: SheetRows) -> None:
    """The sheet of one form, under the tab's own name: who, what was reported, from which file and row."""
    sheet = table.sheet
    page = Page(workbook, styles, result, sheet.tab, f"{sheet.code}. {sheet.title}")
    page.note(HEAD_ROWS - 1, _NOTE + _declared_whole(result, sheet))
    fields = tuple(f for f in sheet.fields if f.stored)
    before, after = _who(styles, sheet), _whence(styles)
    declared = (Column("Tình trạng", 17, styles.text_centre),) if sheet.kind == "org" else ()
    columns = (*before, *(_column(styles, f) for f in fields), *declared, *after)
    _head(page, columns, fields, len(before))
    lines = [_line(styles, n, row, sheet, fields) for n, row in enumerate(table.rows, 1)]
    end = page.body(FIRST_ROW, columns, lines) if lines else page.nothing(FIRST_ROW, len(columns))
    _lead_to_sources(page, table, len(columns) - 1)
    _totals(page, table.rows, fields, len(before), len(columns))
    page.keep(TOTALS_ROW, LABEL_ROW, len(before))
    page.sheet.autofilter(LABEL_ROW, 0, end - 1, len(columns) - 1)


def _lead_to_sources(page: Page, table: SheetRows, col: int) -> None:
    whereabouts = Whereabouts(page.result)
    for n, row in enumerate(table.rows[:MOST_LINKS], FIRST_ROW):
        target = whereabouts.source(row.unit.code, row.version)
        put_linked(page, n, col, row.sha256[:12], page.styles.link, target)


def _who(styles: Styles, sheet: Sheet) -> tuple[Column, ...]:
    unit = (
        Column("STT", 5.5, styles.text_centre),
        Column("Mã đơn vị", 11, styles.text),
        Column("Đơn vị", 26, styles.name),
    )
    if sheet.kind != "org":
        return unit
    return (*unit, Column("Mã tổ chức", 11, styles.text), Column("Tổ chức", 30, styles.name))


def _whence(styles: Styles) -> tuple[Column, ...]:
    return (
        Column("Tệp", 28, styles.name),
        Column("Trang", 15, styles.name),
        Column("Dòng", 7, styles.count),
        Column("Ô", 14, styles.text_centre),
        Column("Phiên bản", 8, styles.count),
        Column("SHA-256", 15, styles.link, wraps=False),
    )


def _column(styles: Styles, field: Field) -> Column:
    by_type: dict[FieldType, Format] = {
        "text": styles.name,
        "choice": styles.name,
        "count": styles.count,
        "date": styles.date,
        "yes_no": styles.text_centre,
    }
    return Column(field.label, min(max(field.width, 12), WIDEST), by_type[field.type])


def _head(page: Page, columns: tuple[Column, ...], fields: tuple[Field, ...], first: int) -> None:
    """Two header rows: a group's label over its columns; a column of no group takes both."""
    page.header(LABEL_ROW, columns)
    groups = ["" for _ in range(first)] + [f.group for f in fields]
    groups += [""] * (len(columns) - len(groups))
    sheet, styles = page.sheet, page.styles
    for label, run in groupby(range(len(columns)), key=groups.__getitem__):
        cols = list(run)
        if not label:
            for col in cols:
                page.merge((GROUP_ROW, col), (LABEL_ROW, col), columns[col].title, styles.header)
        else:
            page.merge((GROUP_ROW, cols[0]), (GROUP_ROW, cols[-1]), label, styles.group_header)
    sheet.set_row_pixels(GROUP_ROW, 38 if any(groups) else 20)
    sheet.set_row_pixels(LABEL_ROW, 58)


def _line(styles: Styles, number: int, row: DataRow, sheet: Sheet, fields: tuple[Field, ...]) -> list[Value | Styled]:
    """One row; the cells of a declared one are shaded, so that they are neither blank nor 0."""
    line: list[Value | Styled] = [number, row.unit.code, row.unit.name]
    if sheet.kind == "org":
        body = row.organisation
        line += [body.code, body.name] if body else [None, None]
    values = [row.values.get(f.id) for f in fields]
    line += [Styled(value, styles.neutral) for value in values] if row.declared else values
    if sheet.kind == "org":
        line.append(Styled(row.declared, styles.neutral) if row.declared else None)
    cells = span(row.cells, (f.id for f in fields))
    return [*line, row.source_name, row.tab, row.excel_row, cells, row.version, row.sha256[:12]]


def _declared_whole(result: Consolidation, sheet: Sheet) -> str:
    """How many units have declared the whole form, in words; empty where none has."""
    words = [d.declared for d in result.declarations if d.sheet.id == sheet.id and d.organisation is None]
    counts = [f"{words.count(word)} đơn vị “{word}”" for word in DECLARATIONS if word in words]
    return f" Khai cả biểu: {', '.join(counts)} (xem trang “{DECLARATIONS_TAB}”)." if counts else ""


def _totals(page: Page, rows: tuple[DataRow, ...], fields: tuple[Field, ...], first: int, width: int) -> None:
    styles = page.styles
    left_out = sum(row.declared == NOT_APPLICABLE for row in rows)
    apart = f"; {left_out:,} dòng không áp dụng" if left_out else ""
    label = f"Tổng cộng ({len(rows) - left_out:,} dòng{apart})".replace(",", ".")
    page.merge((TOTALS_ROW, 0), (TOTALS_ROW, first - 1), label, styles.total_label)
    for col in range(first, width):
        page.put(TOTALS_ROW, col, None, styles.total_label)
    if not rows:
        return
    last = FIRST_ROW + len(rows)
    for col, field in enumerate(fields, first):
        span = f"{cell_name(FIRST_ROW + 1, col + 1)}:{cell_name(last, col + 1)}"
        values = [row.values.get(field.id) for row in rows]
        if field.type == "count":
            total = sum(v for v in values if isinstance(v, int) and not isinstance(v, bool))
            page.formula(TOTALS_ROW, col, f"=SUBTOTAL(109,{span})", total, styles.total_count)
        elif field.type == "yes_no":
            yes = sum(v is True or v == YES for v in values)
            page.formula(TOTALS_ROW, col, f'=COUNTIF({span},"{YES}")', yes, styles.total_yes)
