"""The indicators on the overview: rates with their targets, deadlines and coverage; volumes."""

from __future__ import annotations

from typing import TYPE_CHECKING

from pipelines.report.charts import completion
from pipelines.report.page import Column, Page, Styled, Value
from pipelines.report.wording import NOT_APPLICABLE, coverage, indicator_state, indicator_state_style, remark

if TYPE_CHECKING:
    from collections.abc import Sequence

    from pipelines.styles import Styles
    from schemas.results import IndicatorTotal

    RatesAt = tuple[int, int, list[IndicatorTotal]]

_RATE_COLUMN = 4
_RATE_NOTE = (
    "Độ phủ: số đơn vị có số liệu trên số đơn vị phải báo cáo chỉ tiêu đó. “Ít nhất”: tỷ lệ nếu các đơn vị còn thiếu "
    "chưa làm gì, tính theo mẫu số đã biết từ báo cáo trước của số đơn vị ghi trong ngoặc. “–”: không áp dụng."
)
_TITLES = (
    *("Mã", "Chỉ tiêu", "Đã thực hiện", "Tổng số", "Tỷ lệ"),
    *("Mục tiêu", "Thời hạn", "Trạng thái", "Độ phủ", "Ghi chú"),
)
_CHART_COLUMN, _CHART_WIDTH = 5, 605
_ROW_PIXELS = 20
_REMARK_WIDTH = 11


def section(page: Page, row: int, text: str) -> int:
    """A heading of the overview. Returns the row after it."""
    page.put(row, 0, text, page.styles.page_title)
    page.sheet.set_row_pixels(row, 26)
    return row + 1


def write_indicators(page: Page, row: int, widths: Sequence[float]) -> tuple[RatesAt, int]:
    """The table of rates. Returns where the plain ones stand (first and last row, the totals), and the next row."""
    s, result = page.styles, page.result
    row = section(page, row, f"2. Kết quả theo chỉ tiêu ({result.scope or 'toàn tỉnh'})")
    styles = (
        *(s.text_centre, s.name, s.count, s.count, s.percent),
        *(s.percent, s.date, s.text_centre, s.text_centre, s.name),
    )
    columns = [Column(*column) for column in zip(_TITLES, widths, styles, strict=True)]
    page.header(row, columns)
    rates = [i for i in result.indicators if i.kind == "rate"]
    listed = [*rates, *(i for i in result.indicators if i.kind in ("reporting", "on_time"))]
    end = page.body(row + 1, columns, [_indicator(s, i) for i in listed])
    for at, total in enumerate(listed, row + 1):
        _rate(page, at, total)
    if listed:
        page.rate_bars((row + 1, _RATE_COLUMN), (end - 1, _RATE_COLUMN))
    else:
        end = page.nothing(row + 1, len(columns))
    page.sheet.autofilter(row, 0, end - 1, len(columns) - 1)
    page.note(end, _RATE_NOTE)
    return (row + 1, row + len(rates), rates), end + 1


def _rate(page: Page, row: int, total: IndicatorTotal) -> None:
    """The rate as a quotient of its two cells, where the consolidation holds just that."""
    if total.numerator is None or total.denominator is None:
        return
    if total.rate == (total.numerator / total.denominator if total.denominator else None):
        page.quotient(row, _RATE_COLUMN, (f"C{row + 1}", f"D{row + 1}"), total.rate, page.styles.percent)


def _indicator(s: Styles, total: IndicatorTotal) -> list[Value | Styled]:
    dash = Styled(NOT_APPLICABLE, s.text_centre)
    return [
        total.id,
        total.label,
        dash if total.numerator is None else total.numerator,
        dash if total.denominator is None else total.denominator,
        dash if total.rate is None else total.rate,
        dash if total.target is None else total.target,
        dash if total.deadline is None else total.deadline,
        Styled(indicator_state(total), indicator_state_style(s, total.state)),
        coverage(total),
        remark(total),
    ]


def write_volumes(page: Page, row: int, rates_at: RatesAt) -> int:
    """The volumes, and beside them the chart of the rates. Returns the row after both."""
    s, result = page.styles, page.result
    head = row = section(page, row, "4. Khối lượng công việc; biểu đồ tỷ lệ hoàn thành")
    for col, title in enumerate(("Mã", "Nội dung", "Số lượng", "Độ phủ", "Ghi chú")):
        page.put(row, col, title, s.header)
    page.sheet.set_row_pixels(row, 38)
    volumes = [i for i in result.indicators if i.kind == "volume"]
    for total in volumes:
        row += 1
        page.put(row, 0, total.id, s.text_centre)
        page.put(row, 1, total.label, s.name)
        page.put(row, 2, NOT_APPLICABLE if total.numerator is None else total.numerator, s.count)
        page.put(row, 3, coverage(total), s.text_centre)
        page.put(row, 4, _volume_remark(total), s.text_centre)
        if total.units_not_applicable:
            page.fit(row, [(_volume_remark(total), _REMARK_WIDTH)])
    end = row + 1 if volumes else page.nothing(row + 1, 5)
    first, last, rates = rates_at
    if rates:
        height = 60 + 24 * len(rates)
        completion(page, (head, _CHART_COLUMN), (first, last), [i.rate for i in rates], (_CHART_WIDTH, height))
        end = max(end, head + -(-(height - 18) // _ROW_PIXELS))
    return end


def _volume_remark(total: IndicatorTotal) -> str:
    said = ["Một phần"] if total.partial else []
    if total.units_not_applicable:
        said.append(f"{total.units_not_applicable} đơn vị khai không áp dụng")
    return "; ".join(said)
