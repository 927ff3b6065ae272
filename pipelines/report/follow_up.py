"""Whom to urge: every unit's progress, the overdue units, and the overdue indicators unit by unit."""

from __future__ import annotations

from typing import TYPE_CHECKING

from pipelines.report.page import HEAD_ROWS, Column, Page, Styled, Value
from pipelines.report.wording import NOT_APPLICABLE, unit_state_style
from schemas.consolidation import Consolidation
from schemas.results import UNIT_STATES, UnitIndicator, UnitStatus

if TYPE_CHECKING:
    from collections.abc import Sequence

    from xlsxwriter import Workbook

    from pipelines.styles import Styles


def write_progress(workbook: Workbook, styles: Styles, result: Consolidation) -> None:
    """`Tiến độ nộp`: every unit in the plan's order, its state in colour."""
    page = Page(workbook, styles, result, "Tiến độ nộp", "TIẾN ĐỘ NỘP BÁO CÁO CỦA CÁC ĐƠN VỊ")
    s = styles
    columns = (
        Column("STT", 5.5, s.text_centre),
        Column("Mã đơn vị", 12, s.text),
        Column("Đơn vị", 36, s.name),
        Column("Nhóm", 36, s.name),
        Column("Trạng thái", 14, s.text_centre),
        Column("Hạn nộp", 12.5, s.date),
        Column("Nộp lần đầu", 17.5, s.datetime),
        Column("Được chấp nhận", 17.5, s.datetime),
        Column("Trễ hạn (ngày)", 10, s.count_or_dash),
        Column("Quá hạn (ngày)", 10, s.count_or_dash),
        Column("Phiên bản tính", 10, s.text_centre),
        Column("Số lỗi", 8.5, s.count_or_dash),
        Column("Số cảnh báo", 8.5, s.count_or_dash),
        Column("Ghi chú", 48, s.name),
    )
    page.table(columns, [_progress(styles, n, unit) for n, unit in enumerate(result.units, 1)], frozen=3)


def _progress(styles: Styles, number: int, status: UnitStatus) -> Sequence[Value | Styled]:
    return (
        number,
        status.unit.code,
        status.unit.name,
        status.group,
        Styled(UNIT_STATES[status.state], unit_state_style(styles, status.state)),
        status.due,
        status.first_submitted_at,
        status.accepted_at,
        status.days_late,
        status.days_overdue,
        status.version,
        status.errors,
        status.warnings,
        status.note,
    )


def write_overdue(workbook: Workbook, styles: Styles, result: Consolidation) -> None:
    """`Quá hạn`: overdue units, then overdue indicators of each unit; the most overdue first."""
    page = Page(workbook, styles, result, "Quá hạn", "ĐƠN VỊ VÀ CHỈ TIÊU QUÁ HẠN")
    row = _overdue_units(page, HEAD_ROWS)
    _overdue_indicators(page, row + 1)
    page.sheet.freeze_panes(HEAD_ROWS - 1, 0)
    longer = row + 2 if overdue_indicators(result) else HEAD_ROWS + 1
    page.sheet.repeat_rows(longer)


def overdue_units(result: Consolidation) -> list[UnitStatus]:
    """The overdue units, most overdue first, else in the plan's order."""
    return sorted((u for u in result.units if u.state == "qua_han"), key=lambda u: -u.days_overdue)


def overdue_indicators(result: Consolidation) -> list[UnitIndicator]:
    """The overdue indicators of units: most overdue first, then most still missing, else in the order given."""
    late = (i for i in result.by_unit if i.state == "qua_han")
    return sorted(late, key=lambda i: (-i.days_overdue, -i.missing))


def _overdue_units(page: Page, row: int) -> int:
    s = page.styles
    units = overdue_units(page.result)
    columns = (
        Column("STT", 5.5, s.text_centre),
        Column("Mã đơn vị", 12, s.text),
        Column("Đơn vị", 40, s.name),
        Column("Nhóm", 54, s.name),
        Column("Hạn nộp", 13, s.date),
        Column("Quá hạn (ngày)", 12, s.count),
        Column("Nộp lần đầu", 17.5, s.datetime),
        Column("Số lỗi", 10, s.count_or_dash),
        Column("Số cảnh báo", 10, s.count_or_dash),
        Column("Ghi chú", 44, s.name),
    )
    page.put(row, 0, f"1. Đơn vị quá hạn nộp báo cáo: {len(units)}", s.page_title)
    rows = [
        (
            number,
            u.unit.code,
            u.unit.name,
            u.group,
            u.due,
            Styled(u.days_overdue, s.bad),
            u.first_submitted_at,
            u.errors,
            u.warnings,
            u.note,
        )
        for number, u in enumerate(units, 1)
    ]
    return _filtered_table(page, row + 1, columns, rows, "Không có đơn vị quá hạn")


def _overdue_indicators(page: Page, row: int) -> int:
    s, result = page.styles, page.result
    late = overdue_indicators(result)
    by_id = {i.id: i for i in result.plan.indicators}
    deadlines = {i.id: i.deadline for i in result.indicators}
    columns = (
        Column("STT", 5.5, s.text_centre),
        Column("Mã đơn vị", 12, s.text),
        Column("Đơn vị", 40, s.name),
        Column("Chỉ tiêu", 54, s.name),
        Column("Thời hạn", 13, s.date),
        Column("Quá hạn (ngày)", 12, s.count),
        Column("Đã thực hiện", 17.5, s.count),
        Column("Tổng số", 10, s.count),
        Column("Còn thiếu", 10, s.count),
        Column("Tỷ lệ đạt", 44, s.percent_centre),
    )
    page.put(row, 0, f"2. Chỉ tiêu quá hạn theo đơn vị: {len(late)}", s.page_title)
    rows = [
        (
            number,
            i.unit,
            result.plan.unit(i.unit).name,
            f"{i.indicator} – {by_id[i.indicator].label}" if i.indicator in by_id else i.indicator,
            deadlines.get(i.indicator),
            Styled(i.days_overdue, s.bad),
            i.numerator,
            i.denominator,
            i.missing,
            NOT_APPLICABLE if i.rate is None else i.rate,
        )
        for number, i in enumerate(late, 1)
    ]
    return _filtered_table(page, row + 1, columns, rows, "Không có chỉ tiêu quá hạn")


def _filtered_table(
    page: Page, row: int, columns: Sequence[Column], rows: Sequence[Sequence[Value | Styled]], empty: str
) -> int:
    """One of several tables on a sheet: only Excel's own tables can each carry a filter. Returns the row after it."""
    page.header(row, columns)
    if not rows:
        return page.nothing(row + 1, len(columns), empty)
    headers = [{"header": c.title, "header_format": page.styles.header} for c in columns]
    last = row + len(rows)
    page.sheet.add_table(row, 0, last, len(columns) - 1, {"columns": headers, "style": None})
    return page.body(row + 1, columns, rows)
