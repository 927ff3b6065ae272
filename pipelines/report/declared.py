"""Who declares what: so that the office sees every claim of “Không phát sinh” and “Không áp dụng” in one list."""

from __future__ import annotations

from typing import TYPE_CHECKING

from pipelines.report.page import Column, Page
from pipelines.report.sheet_rows import DECLARATIONS_TAB

if TYPE_CHECKING:
    from xlsxwriter import Workbook

    from pipelines.styles import Styles
    from schemas.consolidation import Consolidation

WHOLE = "Cả biểu"


def write_declarations(workbook: Workbook, styles: Styles, result: Consolidation) -> None:
    """The list of all declarations that count: unit, form, organisation (or the whole form), what, and from where."""
    title = "CÁC BIỂU, CÁC DÒNG KHAI “KHÔNG PHÁT SINH” HOẶC “KHÔNG ÁP DỤNG”"
    page = Page(workbook, styles, result, DECLARATIONS_TAB, title)
    s = styles
    columns = (
        Column("STT", 6, s.text_centre),
        Column("Mã đơn vị", 12, s.text),
        Column("Đơn vị", 32, s.name),
        Column("Biểu", 30, s.name),
        Column("Mã tổ chức", 12, s.text),
        Column("Tổ chức", 32, s.name),
        Column("Khai là", 18, s.text_centre),
        Column("Tệp", 34, s.name),
        Column("Ô", 8, s.text_centre),
        Column("Phiên bản", 10, s.text_centre),
    )
    rows = [
        (
            number,
            d.unit.code,
            d.unit.name,
            d.sheet.tab,
            d.organisation.code if d.organisation else None,
            d.organisation.name if d.organisation else WHOLE,
            d.declared,
            d.source_name,
            d.cell,
            d.version,
        )
        for number, d in enumerate(result.declarations, 1)
    ]
    page.table(columns, rows, frozen=3, empty="Không có đơn vị nào khai")
