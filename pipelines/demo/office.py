"""What the office decides in the demo, and types into its control workbook. All of it is invented, telephones too."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING

from pipelines.demo.figures import ROUND, Report
from schemas.control import CONTROL_UNIT, rows_as_typed
from schemas.decisions import Basis, Contact, Decisions, Exemption, Extension, IndicatorDeadline, NewDate

if TYPE_CHECKING:
    from schemas.plan import Plan

DECISIONS = Decisions(
    deadlines=(
        IndicatorDeadline("CT3", date(2022, 6, 30), Basis("47-CV/BTGTU", "chi bộ bổ sung kế hoạch theo sinh hoạt quý")),
    ),
    new_dates=(NewDate(ROUND, date(2022, 5, 27), Basis("44-CV/BTGTU", "kịp tổng hợp báo cáo trong tháng 5")),),
    extensions=(
        Extension(
            "BCS-TAND", ROUND, date(2022, 5, 31), Basis("45-CV/BTGTU", "cơ quan đang chuyển trụ sở, đề nghị lùi hạn")
        ),
    ),
    exemptions=(
        Exemption("DD-CCB", ROUND, "kiem_tra", Basis("46-CV/BTGTU", "không có chi bộ thuộc diện tự kiểm tra đợt này")),
    ),
    contacts=(
        Contact("703", "Văn phòng Thành uỷ Tây Ninh", "0276 000 0703", ""),
        Contact("710", "Văn phòng Huyện uỷ Gò Dầu", "0276 000 0710", "vanphong.710@tinh.example"),
        Contact("DD-CCB", "Văn phòng Hội Cựu chiến binh tỉnh", "0276 000 0819", ""),
        Contact("BCS-TAND", "Văn phòng Toà án nhân dân tỉnh", "0276 000 0822", "vanphong.bcs-tand@tinh.example"),
        Contact("CQ-BTG", "Phòng Tổng hợp", "0276 000 0070", ""),
    ),
)


def typed_decisions(plan: Plan) -> Report:
    """The decisions as somebody types them into the plan's control workbook, row by row."""
    rows = rows_as_typed(plan, DECISIONS)
    return Report(
        CONTROL_UNIT,
        {
            sheet: {
                str(n): {field: value for field, value in row.items() if value is not None}
                for n, row in enumerate(of_sheet, 1)
            }
            for sheet, of_sheet in rows.items()
            if of_sheet
        },
    )
