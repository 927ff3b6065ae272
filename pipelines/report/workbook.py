"""The consolidated workbook as a whole: its sheets in order."""

from __future__ import annotations

from datetime import datetime, time
from typing import TYPE_CHECKING, Any

import xlsxwriter.exceptions

from pipelines.report.changes import write_changes
from pipelines.report.chart_figures import write_chart_figures
from pipelines.report.decisions import write_decisions
from pipelines.report.declared import write_declarations
from pipelines.report.follow_up import write_progress
from pipelines.report.fractions import write_fractions
from pipelines.report.organisations import of_one_unit, write_organisations
from pipelines.report.overdue import write_overdue
from pipelines.report.overview import overview_page, write_overview
from pipelines.report.page import Book, titled
from pipelines.report.rates import write_rates
from pipelines.report.sheet_rows import write_sheet_rows
from pipelines.report.signs import write_signs
from pipelines.report.trail import write_findings, write_sources
from pipelines.styles import Styles, not_written, property_text

if TYPE_CHECKING:
    from pathlib import Path

    from schemas.consolidation import Consolidation


def write_report(result: Consolidation, path: Path) -> None:
    """Writes the consolidated workbook to `path`. The same result gives the same bytes.

    Overview, progress, overdue, completion, organisations (of one unit: right behind the overview), changes, signs,
    decisions, one sheet per form of the plan, declarations, findings, sources, the charts' figures. The overview links
    to the others, so it is written last. Publishing is `pipelines.outbox`'s. Raises OSError where the file cannot be
    written.
    """
    workbook = Book(path)
    workbook.set_properties(_properties(result))
    styles = Styles(workbook)
    overview = overview_page(workbook, styles, result)
    if of_one_unit(result):
        write_organisations(workbook, styles, result)
    write_progress(workbook, styles, result)
    write_overdue(workbook, styles, result)
    write_rates(workbook, styles, result)
    if not of_one_unit(result):
        write_organisations(workbook, styles, result)
    write_changes(workbook, styles, result)
    write_signs(workbook, styles, result)
    write_decisions(workbook, styles, result)
    write_fractions(workbook, styles, result)
    for table in result.rows:
        write_sheet_rows(workbook, styles, result, table)
    write_declarations(workbook, styles, result)
    write_findings(workbook, styles, result)
    write_sources(workbook, styles, result)
    figures = write_chart_figures(workbook, styles, result)
    write_overview(overview, figures)
    workbook.finish()
    try:
        workbook.close()
    except xlsxwriter.exceptions.FileCreateError as fault:
        raise not_written(path, fault) from fault


def _properties(result: Consolidation) -> dict[str, Any]:
    settings = result.plan.settings
    return {
        "title": property_text(titled(f"Tổng hợp kết quả thực hiện Kế hoạch số {settings.number}", result.scope)),
        "subject": result.round.label,
        "author": settings.office,
        "company": settings.issuer,
        "category": "Báo cáo tổng hợp",
        "keywords": f"{settings.number}; {result.round.label}; {settings.id}",
        "comments": f"Số liệu đến hết ngày {result.as_of:%d/%m/%Y}; phiên bản kế hoạch {result.plan.version}",
        "status": "Chưa ký",
        "created": datetime.combine(result.as_of, time()),
    }
