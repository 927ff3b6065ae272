"""`Tổng quan`: the page a leader reads first: who reported, what is complete, volumes, three charts."""

from __future__ import annotations

from typing import TYPE_CHECKING

from pipelines.report.charts import completion, group_rates, unit_states
from pipelines.report.page import HEAD_ROWS, Column, Page, Styled, Value
from pipelines.report.wording import (
    NOT_APPLICABLE,
    accepted,
    coverage,
    expected,
    indicator_state,
    indicator_state_style,
    rate_of,
    remark,
    reporting,
    unit_state_style,
)
from schemas.consolidation import Consolidation
from schemas.results import UNIT_STATES, IndicatorTotal, percent

if TYPE_CHECKING:
    from xlsxwriter import Workbook

    from pipelines.styles import Styles

_WIDTHS = (9, 50, 14, 14, 12, 11, 13, 20, 11, 54)
_RATE_NOTE = (
    "Độ phủ: số đơn vị có số liệu trên số đơn vị phải báo cáo chỉ tiêu đó. “Ít nhất”: tỷ lệ nếu các đơn vị còn thiếu "
    "chưa làm gì, tính theo mẫu số đã biết từ báo cáo trước của số đơn vị ghi trong ngoặc. “–”: không áp dụng."
)
_CHART_COLUMN = 5
_CHART_WIDTH = 760
_ROW_PIXELS = 20


def write_overview(workbook: Workbook, styles: Styles, result: Consolidation) -> None:
    """The headline, units by state, indicators, groups and volumes, each with its chart, and room to sign."""
    page = Page(workbook, styles, result, "Tổng quan", "TỔNG HỢP KẾT QUẢ THỰC HIỆN KẾ HOẠCH")
    for col, width in enumerate(_WIDTHS):
        page.sheet.set_column(col, col, width)
    page.sheet.freeze_panes(HEAD_ROWS - 1, 0)
    page.sheet.repeat_rows(0, HEAD_ROWS - 2)
    page.merge((3, 0), (3, len(_WIDTHS) - 1), headline(result), styles.headline)
    page.sheet.set_row_pixels(3, 44)
    row = _states(page, HEAD_ROWS + 1)
    indicators_at, row = _indicators(page, row + 1)
    page.sheet.set_h_pagebreaks([row])
    row = _groups(page, row + 1)
    row = _volumes(page, row + 1, indicators_at)
    _signatures(page, row + 1)


def headline(result: Consolidation) -> str:
    """The state of the round in one sentence."""
    whole = expected(result.units)
    done, _ = reporting(result, "reporting")
    on_time, _ = reporting(result, "on_time")
    if not whole:
        return "Chưa có đơn vị nào phải báo cáo trong kỳ này."
    counts = result.state_counts()
    returned = sum(u.accepted_at is None and u.errors > 0 for u in result.units)
    rate = rate_of(done, whole)
    return (
        f"Đến hết ngày {result.as_of:%d/%m/%Y}, {done}/{whole} đơn vị đã có báo cáo được chấp nhận"
        f" ({percent(rate or 0)}), trong đó {on_time} đơn vị đúng hạn; "
        f"{counts['qua_han']} đơn vị quá hạn; {returned} đơn vị mới chỉ có bản bị trả lại, phải sửa."
    )


def _section(page: Page, row: int, text: str) -> int:
    page.put(row, 0, text, page.styles.page_title)
    page.sheet.set_row_pixels(row, 26)
    return row + 1


def _states(page: Page, row: int) -> int:
    s, result = page.styles, page.result
    row = _section(page, row, "1. Tình hình nộp báo cáo")
    head = row
    _pair(page, row, "Đơn vị", Styled("Số đơn vị", s.header), s.header)
    counts = result.state_counts()
    _pair(
        page,
        row + 1,
        "Phải báo cáo (không kể đơn vị được miễn)",
        Styled(expected(result.units), s.total_count),
        s.total_label,
    )
    _pair(
        page,
        row + 2,
        "Đã được chấp nhận (đúng hạn và trễ hạn)",
        Styled(accepted(result.units), s.total_count),
        s.total_label,
    )
    row += 3
    first = row
    for state, label in UNIT_STATES.items():
        _pair(page, row, label, Styled(counts[state], s.count), unit_state_style(s, state))
        row += 1
    last = row - 1
    _pair(page, row, "Cộng các trạng thái", Styled(sum(counts.values()), s.total_count), s.total_label)
    for kind, label in (("reporting", "Tỷ lệ nộp báo cáo (NB)"), ("on_time", "Tỷ lệ nộp đúng hạn")):
        row += 1
        numerator, denominator = reporting(result, "reporting" if kind == "reporting" else "on_time")
        rate = rate_of(numerator, denominator)
        _pair(page, row, label, Styled(NOT_APPLICABLE if rate is None else rate, s.total_percent), s.total_label)
    if result.units:
        height = (row + 1 - head) * _ROW_PIXELS
        unit_states(page, (head, _CHART_COLUMN), (first, last), list(counts.values()), (_CHART_WIDTH, height))
    named = " + ".join(f"{counts[state]} {label.lower()}" for state, label in UNIT_STATES.items())
    page.note(row + 1, f"Trạng thái cộng lại bằng số đơn vị: {named} = {len(result.units)} đơn vị.")
    return row + 2


def _pair(page: Page, row: int, label: str, figure: Styled, style: object) -> None:
    page.merge((row, 0), (row, 1), label, style)
    page.put(row, 2, figure.value, figure.style)


def _indicators(page: Page, row: int) -> tuple[tuple[int, int, list[IndicatorTotal]], int]:
    """The indicator table. Returns where the plain rates stand (first and last row, the totals), and the next row."""
    s, result = page.styles, page.result
    row = _section(page, row, "2. Kết quả theo chỉ tiêu (toàn tỉnh)")
    titles = (
        "Mã",
        "Chỉ tiêu",
        "Đã thực hiện",
        "Tổng số",
        "Tỷ lệ",
        "Mục tiêu",
        "Thời hạn",
        "Trạng thái",
        "Độ phủ",
        "Ghi chú",
    )
    styles = (
        s.text_centre,
        s.name,
        s.count,
        s.count,
        s.percent,
        s.percent,
        s.date,
        s.text_centre,
        s.text_centre,
        s.name,
    )
    columns = [Column(*column) for column in zip(titles, _WIDTHS, styles, strict=True)]
    page.header(row, columns)
    rates = [i for i in result.indicators if i.kind == "rate"]
    others = [i for i in result.indicators if i.kind in ("reporting", "on_time")]
    end = page.body(row + 1, columns, [_indicator(s, i) for i in (*rates, *others)])
    if not rates and not others:
        end = page.nothing(row + 1, len(columns))
    page.sheet.autofilter(row, 0, end - 1, len(columns) - 1)
    page.note(end, _RATE_NOTE)
    end += 1
    return (row + 1, row + len(rates), rates), end


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


def _groups(page: Page, row: int) -> int:
    s, result = page.styles, page.result
    row = _section(page, row, "3. Nộp báo cáo theo nhóm đơn vị")
    head = row
    for col, title in enumerate(("STT", "Nhóm", "Đã được chấp nhận", "Phải báo cáo", "Tỷ lệ")):
        page.put(row, col, title, s.header)
    page.sheet.set_row_pixels(row, 38)
    groups = list(dict.fromkeys(u.group for u in result.units))
    rates = []
    for number, group in enumerate(groups, 1):
        members = [u for u in result.units if u.group == group]
        done, whole = accepted(members), expected(members)
        rates.append(rate_of(done, whole))
        row += 1
        page.put(row, 0, number, s.text_centre)
        page.put(row, 1, group, s.name)
        page.put(row, 2, done, s.count)
        page.put(row, 3, whole, s.count)
        page.put(row, 4, NOT_APPLICABLE if rates[-1] is None else rates[-1], s.percent)
        page.sheet.set_row_pixels(row, 36)
    if not groups:
        return page.nothing(row + 1, 5)
    height = 38 + 36 * len(groups)
    spare = max(0, 220 - height)
    group_rates(page, (head, _CHART_COLUMN), (head + 1, row), rates, (_CHART_WIDTH, height + spare))
    return row + 1 + -(-spare // _ROW_PIXELS)


def _volumes(page: Page, row: int, indicators_at: tuple[int, int, list[IndicatorTotal]]) -> int:
    s, result = page.styles, page.result
    row = _section(page, row, "4. Khối lượng công việc; biểu đồ tỷ lệ hoàn thành")
    head = row
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
            page.fit(row, [(_volume_remark(total), _WIDTHS[4])])
    end = row + 1 if volumes else page.nothing(row + 1, 5)
    first, last, rates = indicators_at
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


def _signatures(page: Page, row: int) -> None:
    s, settings = page.styles, page.result.plan.settings
    last = len(_WIDTHS) - 1
    page.merge((row, 6), (row, last), f"{settings.place}, ngày … tháng … năm {page.result.as_of.year}", s.note_centre)
    page.merge((row + 1, 0), (row + 1, 3), "NGƯỜI TỔNG HỢP", s.subtitle)
    page.merge((row + 1, 6), (row + 1, last), f"LÃNH ĐẠO {settings.office}".upper(), s.subtitle)
    page.sheet.set_row_pixels(row + 2, 90)
    page.put(row + 3, 0, None, s.page_subject)
