"""`Tiến độ nộp`: how far every unit is with its report."""

from __future__ import annotations

from typing import TYPE_CHECKING

from xlsxwriter.utility import xl_range_abs

from pipelines.report.page import HEAD_ROWS, Column, Page, Styled, Value
from pipelines.report.wording import unit_state_style
from schemas.consolidation import Consolidation
from schemas.results import UNIT_STATES, UnitStatus

if TYPE_CHECKING:
    from collections.abc import Sequence

    from xlsxwriter import Workbook

    from pipelines.styles import Styles


TAB = "Tiến độ nộp"
STATE, GROUP, SENT, ACCEPTED = "Trạng thái", "Nhóm", "Nộp lần đầu", "Được chấp nhận"
"""Titles of columns that other sheets count."""
_COLUMNS: dict[str, tuple[float, str]] = {
    "STT": (5.5, "text_centre"),
    "Mã đơn vị": (12, "text"),
    "Đơn vị": (36, "name"),
    GROUP: (36, "name"),
    STATE: (14, "text_centre"),
    "Hạn nộp": (12.5, "date"),
    SENT: (17.5, "datetime"),
    ACCEPTED: (17.5, "datetime"),
    "Trễ hạn (ngày)": (10, "count_or_dash"),
    "Quá hạn (ngày)": (10, "count_or_dash"),
    "Phiên bản tính": (10, "text_centre"),
    "Số lỗi": (8.5, "count_or_dash"),
    "Số cảnh báo": (8.5, "count_or_dash"),
    "Ghi chú": (48, "name"),
}
"""Title → width in characters, and the style of the cells."""


def write_progress(workbook: Workbook, styles: Styles, result: Consolidation) -> None:
    """`Tiến độ nộp`: every unit in the plan's order, its state in colour."""
    page = Page(workbook, styles, result, TAB, "TIẾN ĐỘ NỘP BÁO CÁO CỦA CÁC ĐƠN VỊ")
    columns = [Column(title, width, getattr(styles, style)) for title, (width, style) in _COLUMNS.items()]
    page.table(columns, [_progress(styles, n, unit) for n, unit in enumerate(result.units, 1)], frozen=3)


def progress_cells(result: Consolidation, title: str) -> str:
    """The cells below a column's title on that sheet, all units together, for formulas. Raises ValueError."""
    col = list(_COLUMNS).index(title)
    first = HEAD_ROWS + 1
    return f"'{TAB}'!{xl_range_abs(first, col, first + max(len(result.units), 1) - 1, col)}"


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
