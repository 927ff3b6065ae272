"""Where every figure comes from: the findings of all submissions, and the submissions themselves."""

from __future__ import annotations

from typing import TYPE_CHECKING

from pipelines.report.links import MOST_LINKS, TABLE_FIRST_ROW, Whereabouts, put_linked
from pipelines.report.page import Column, Page, Styled
from pipelines.report.wording import SEVERITIES, VERDICTS, verdict_style

if TYPE_CHECKING:
    from xlsxwriter import Workbook

    from pipelines.styles import Styles
    from schemas.consolidation import Consolidation


def write_findings(workbook: Workbook, styles: Styles, result: Consolidation) -> None:
    """`Lỗi và cảnh báo`: every finding with its cell, in the order given."""
    page = Page(workbook, styles, result, "Lỗi và cảnh báo", "LỖI VÀ CẢNH BÁO TRONG CÁC BÁO CÁO ĐÃ NỘP")
    s = styles
    columns = (
        Column("STT", 6, s.text_centre),
        Column("Mã đơn vị", 12, s.text),
        Column("Đơn vị", 26, s.name),
        Column("Tệp", 28, s.name),
        Column("Phiên bản", 9, s.text_centre),
        Column("Đang được tính", 9, s.text_centre),
        Column("Mức", 8, s.text_centre),
        Column("Trang", 18, s.name),
        Column("Ô", 8, s.text_centre),
        Column("Cột", 24, s.name),
        Column("Giá trị", 20, s.name),
        Column("Vấn đề và cách sửa", 62, s.name),
        Column("Mã lỗi", 20, s.small, wraps=False),
    )
    rows = [
        (
            number,
            listed.unit.code,
            listed.unit.name,
            listed.source_name,
            listed.version,
            listed.counts,
            Styled(SEVERITIES[listed.finding.severity], s.bad if listed.finding.severity == "error" else s.warn),
            listed.finding.sheet,
            listed.finding.cell,
            listed.field_label or listed.finding.field,
            listed.finding.value,
            listed.finding.message,
            listed.finding.code.value,
        )
        for number, listed in enumerate(result.findings, 1)
    ]
    page.table(columns, rows, frozen=3)
    whereabouts = Whereabouts(result)
    for n, listed in enumerate(result.findings[:MOST_LINKS], TABLE_FIRST_ROW):
        put_linked(page, n, 4, listed.version, s.link, whereabouts.source(listed.unit.code, listed.version))


def write_sources(workbook: Workbook, styles: Styles, result: Consolidation) -> None:
    """`Nguồn số liệu`: every submission known by the day, its verdict, and whether and why it counts."""
    page = Page(workbook, styles, result, "Nguồn số liệu", "NGUỒN SỐ LIỆU: CÁC TỆP ĐÃ NHẬN")
    s = styles
    columns = (
        Column("STT", 6, s.text_centre),
        Column("Mã đơn vị", 12, s.text),
        Column("Đơn vị", 28, s.name),
        Column("Tệp", 34, s.name),
        Column("SHA-256", 48, s.small, wraps=False),
        Column("Phiên bản", 9, s.text_centre),
        Column("Thời điểm nhận", 17.5, s.datetime),
        Column("Kết luận", 20, s.text_centre),
        Column("Đang được tính", 9, s.text_centre),
        Column("Lý do", 42, s.name),
        Column("Phiên bản biểu mẫu", 15, s.text_centre),
        Column("Phiên bản kế hoạch", 15, s.text_centre),
    )
    rows = [
        (
            number,
            source.unit.code,
            source.unit.name,
            source.source_name,
            source.sha256,
            source.version,
            source.received_at,
            Styled(VERDICTS[source.verdict], verdict_style(s, source.verdict)),
            source.counts,
            source.reason,
            source.template_version,
            source.plan_version,
        )
        for number, source in enumerate(result.sources, 1)
    ]
    page.table(columns, rows, frozen=3)
    whereabouts = Whereabouts(result)
    for n, source in enumerate(result.sources[:MOST_LINKS], TABLE_FIRST_ROW):
        put_linked(page, n, 1, source.unit.code, s.link, whereabouts.unit(source.unit.code))
