"""`Tiến độ nộp`: how far every unit is with its report."""

from __future__ import annotations

from typing import TYPE_CHECKING

from pipelines.report.page import Column, Page, Styled, Value
from pipelines.report.wording import unit_state_style
from schemas.consolidation import Consolidation
from schemas.results import UNIT_STATES, UnitStatus

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
