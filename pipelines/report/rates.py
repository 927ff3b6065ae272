"""`Tỷ lệ hoàn thành`: units × indicators by group, with group and province figures, their coverage, and volumes."""

from __future__ import annotations

from collections.abc import Mapping, Sequence, Set
from typing import TYPE_CHECKING

from pipelines import styles as palette
from pipelines.report.fractions import Quotients, quotients
from pipelines.report.links import Whereabouts, put_linked
from pipelines.report.page import HEAD_ROWS, Column, Page, Styled, Value
from pipelines.report.sheet_rows import DECLARATIONS_TAB
from pipelines.report.wording import NOT_APPLICABLE, coverage
from pipelines.styles import row_pixels
from schemas.consolidation import Consolidation
from schemas.layout import NOT_APPLICABLE as WHOLE_NOT_APPLICABLE
from schemas.results import IndicatorTotal, UnitIndicator, UnitStatus

if TYPE_CHECKING:
    from xlsxwriter import Workbook
    from xlsxwriter.format import Format

    from pipelines.styles import Styles

PENDING = "chưa báo cáo"
DECLINED = "– (khai)"
"""A figure that a unit itself has declared not applicable."""
PROVINCE = "Toàn tỉnh"
COVERAGE = "Số đơn vị có số liệu"
NAME_WIDTH = 40
FIRST_FIGURE = 3
"""The column (0-based) of the first indicator."""
LABEL_ROW = HEAD_ROWS + 1
_NOTE = (
    "Tỷ lệ của nhóm và của toàn tỉnh là tổng số đã thực hiện chia tổng số phải thực hiện, "
    "không phải trung bình các tỷ lệ."
)

Totals = Mapping[tuple[str, str], IndicatorTotal]


def write_rates(workbook: Workbook, styles: Styles, result: Consolidation) -> None:
    """Province first, then each group with its units; rates coloured from 0 to 100 %, volumes after them."""
    page = Page(workbook, styles, result, "Tỷ lệ hoàn thành", "TỶ LỆ HOÀN THÀNH THEO ĐƠN VỊ VÀ CHỈ TIÊU")
    page.note(HEAD_ROWS - 1, _NOTE)
    shown = [i for kind in ("rate", "volume") for i in result.indicators if i.kind == kind]
    rates = sum(i.kind == "rate" for i in shown)
    _head(page, shown, rates)
    end = _body(page, shown, LABEL_ROW + 1)
    if rates:
        page.sheet.conditional_format(LABEL_ROW + 1, FIRST_FIGURE, end - 1, FIRST_FIGURE + rates - 1, SCALE)
    page.keep(HEAD_ROWS, LABEL_ROW, FIRST_FIGURE)
    page.sheet.outline_settings(visible=True, symbols_below=False)
    page.sheet.autofilter(LABEL_ROW, 0, end - 1, FIRST_FIGURE + len(shown) - 1)
    _legend(page, end + 1)


SCALE = {
    "type": "3_color_scale",
    "min_type": "num",
    "mid_type": "num",
    "max_type": "num",
    "min_value": 0,
    "mid_value": 0.5,
    "max_value": 1,
    "min_color": palette.SCALE_LOW,
    "mid_color": palette.SCALE_MIDDLE,
    "max_color": palette.SCALE_HIGH,
}


def _head(page: Page, shown: Sequence[IndicatorTotal], rates: int) -> None:
    s = page.styles
    columns = [
        Column("STT", 5.5, s.text_centre),
        Column("Mã đơn vị", 12, s.text),
        Column("Đơn vị", NAME_WIDTH, s.name),
    ]
    columns += [Column(f"{i.id}\n{i.label}", 10.5, s.percent_centre) for i in shown]
    page.header(LABEL_ROW, columns)
    for col in range(FIRST_FIGURE):
        page.merge((HEAD_ROWS, col), (LABEL_ROW, col), columns[col].title, s.header)
    for label, first, count in (
        ("Tỷ lệ hoàn thành", FIRST_FIGURE, rates),
        ("Khối lượng", FIRST_FIGURE + rates, len(shown) - rates),
    ):
        if count:
            page.merge((HEAD_ROWS, first), (HEAD_ROWS, first + count - 1), label, s.group_header)


def _body(page: Page, shown: Sequence[IndicatorTotal], row: int) -> int:
    result = page.result
    if not result.units:
        return page.nothing(row, FIRST_FIGURE + len(shown))
    province: Totals = {("", i.id): i for i in result.indicators}
    groups: Totals = {(i.group, i.id): i for i in result.by_group}
    figures = {(i.unit, i.indicator): i for i in result.by_unit}
    declined = _declined(result)
    whereabouts = Whereabouts(result)
    sums = quotients(result)
    whole = result.scope or PROVINCE
    row = _total_rows(page, row, whole, [province.get(("", i.id)) for i in shown], _formulas(sums, "", shown))
    number = 0
    for group in dict.fromkeys(u.group for u in result.units):
        of_group = [groups.get((group, i.id)) for i in shown]
        row = _total_rows(page, row, group, of_group, _formulas(sums, group, shown))
        for status in (u for u in result.units if u.group == group):
            number += 1
            of_unit = [(i, figures.get((status.unit.code, i.id))) for i in shown]
            _unit_row(page, row, number, status, of_unit, declined)
            _lead_to_rows(page, row, status, of_unit, whereabouts)
            row += 1
    return row


def _formulas(sums: Quotients, group: str, shown: Sequence[IndicatorTotal]) -> list[str | None]:
    return [sums.formula(group, i.id) for i in shown]


def _total_rows(
    page: Page, row: int, label: str, totals: Sequence[IndicatorTotal | None], formulas: Sequence[str | None]
) -> int:
    """The figures of the province or a group as formulas, and below them how many units they rest on."""
    s = page.styles
    page.merge((row, 0), (row, FIRST_FIGURE - 1), label, s.total_label)
    page.merge((row + 1, 0), (row + 1, FIRST_FIGURE - 1), COVERAGE, s.cover_label)
    for col, (total, formula) in enumerate(zip(totals, formulas, strict=True), FIRST_FIGURE):
        value, style = _total_cell(s, total)
        if formula is not None and isinstance(value, int | float):
            page.formula(row, col, formula, value, style)
        else:
            page.put(row, col, value, style)
        page.put(row + 1, col, coverage(total) if total else NOT_APPLICABLE, s.cover)
    return row + 2


def _total_cell(s: Styles, total: IndicatorTotal | None) -> tuple[Value, Format]:
    if total is None:
        return NOT_APPLICABLE, s.total_centre
    if total.kind == "volume" and total.numerator is not None:
        return total.numerator, s.total_count
    if total.kind != "volume" and total.rate is not None:
        return total.rate, s.total_percent_centre
    nobody_yet = total.units_expected > 0 and total.units_reported == 0
    return (PENDING, s.pending) if nobody_yet else (NOT_APPLICABLE, s.total_centre)


def _unit_row(
    page: Page,
    row: int,
    number: int,
    status: UnitStatus,
    figures: Sequence[tuple[IndicatorTotal, UnitIndicator | None]],
    declined: Set[tuple[str, str]],
) -> None:
    s = page.styles
    pixels = row_pixels([(status.unit.name, NAME_WIDTH)])
    page.sheet.set_row_pixels(row, pixels, None, {"level": 1})
    page.put(row, 0, number, s.text_centre)
    page.put(row, 1, status.unit.code, s.text)
    page.put(row, 2, status.unit.name, s.name)
    for col, (total, figure) in enumerate(figures, FIRST_FIGURE):
        cell = _unit_cell(s, status, total, figure)
        if (status.unit.code, total.id) in declined:
            cell = Styled(DECLINED, s.soft)
        page.put(row, col, cell.value, cell.style)


def _lead_to_rows(
    page: Page,
    row: int,
    status: UnitStatus,
    figures: Sequence[tuple[IndicatorTotal, UnitIndicator | None]],
    whereabouts: Whereabouts,
) -> None:
    """Each figure leads to the rows it rests on; a number stays a number."""
    by_id = {i.id: i for i in page.result.plan.indicators}
    for col, (total, figure) in enumerate(figures, FIRST_FIGURE):
        target = whereabouts.rows(status.unit.code, by_id[total.id]) if total.id in by_id else None
        value = None if figure is None else figure.numerator if total.kind == "volume" else figure.rate
        if target is not None and value is not None:
            style = page.styles.count if total.kind == "volume" else page.styles.percent_centre
            put_linked(page, row, col, value, style, target)


def _declined(result: Consolidation) -> frozenset[tuple[str, str]]:
    """(unit, indicator) where the unit has declared a whole form not applicable on which the indicator rests."""
    sheets = {i.id: i.sheets for i in result.plan.indicators}
    return frozenset(
        (d.unit.code, figure.indicator)
        for d in result.declarations
        if d.organisation is None and d.declared == WHOLE_NOT_APPLICABLE
        for figure in result.by_unit
        if figure.unit == d.unit.code and d.sheet.id in sheets.get(figure.indicator, ())
    )


def _unit_cell(s: Styles, status: UnitStatus, total: IndicatorTotal, figure: UnitIndicator | None) -> Styled:
    if figure is None or status.state == "mien" or figure.state == "khong_ap_dung":
        return Styled(NOT_APPLICABLE, s.soft)
    if figure.state == "chua_bao_cao":
        return Styled(PENDING, s.pending)
    if total.kind == "volume":
        if figure.numerator is not None:
            return Styled(figure.numerator, s.count)
        waiting = status.accepted_at is None
        return Styled(PENDING, s.pending) if waiting else Styled(NOT_APPLICABLE, s.soft)
    if figure.rate is None:
        return Styled(NOT_APPLICABLE, s.soft)
    return Styled(figure.rate, s.percent_centre)


def _legend(page: Page, row: int) -> None:
    s = page.styles
    page.put(row, 0, "Chú giải", s.page_office)
    entries: tuple[tuple[str, Format, str], ...] = (
        ("0 %", s.scale_low, "chưa thực hiện; màu chuyển dần theo tỷ lệ"),
        ("50 %", s.scale_middle, "thực hiện được một nửa"),
        ("100 %", s.scale_high, "thực hiện đủ"),
        (PENDING, s.pending, "đơn vị chưa có báo cáo được chấp nhận"),
        (
            NOT_APPLICABLE,
            s.soft,
            "không áp dụng: đơn vị không có chỉ tiêu này, được miễn, hoặc tổng số bằng 0",
        ),
        (DECLINED, s.soft, "đơn vị tự khai “Không áp dụng” cả biểu; xem trang “" + DECLARATIONS_TAB + "”"),
        ("27/29", s.cover, "số đơn vị đã có số liệu trên số đơn vị phải báo cáo chỉ tiêu đó"),
    )
    for offset, (sample, style, meaning) in enumerate(entries, 1):
        page.put(row + offset, 1, sample, style)
        page.put(row + offset, 2, meaning, s.page_subject)
