"""The consolidated workbook as a whole: its sheets in order."""

from __future__ import annotations

from datetime import datetime, time
from typing import TYPE_CHECKING, Any

import xlsxwriter.exceptions

from pipelines.report.declared import write_declarations
from pipelines.report.follow_up import write_progress
from pipelines.report.overdue import write_overdue
from pipelines.report.overview import write_overview
from pipelines.report.page import Book, titled
from pipelines.report.rates import write_rates
from pipelines.report.sheet_rows import write_sheet_rows
from pipelines.report.trail import write_findings, write_sources
from pipelines.styles import Styles

if TYPE_CHECKING:
    from pathlib import Path

    from schemas.consolidation import Consolidation


def write_report(result: Consolidation, path: Path) -> None:
    """Writes the consolidated workbook to `path`. The same result gives the same bytes.

    Overview, progress, overdue, completion, one sheet per form of the plan, declarations, findings, sources. Publishing
    (a name beside, then a rename) is `pipelines.outbox`'s. Raises OSError where the file cannot be written.
    """
    workbook = Book(path)
    workbook.set_properties(_properties(result))
    styles = Styles(workbook)
    write_overview(workbook, styles, result)
    write_progress(workbook, styles, result)
    write_overdue(workbook, styles, result)
    write_rates(workbook, styles, result)
    for table in result.rows:
        write_sheet_rows(workbook, styles, result, table)
    write_declarations(workbook, styles, result)
    write_findings(workbook, styles, result)
    write_sources(workbook, styles, result)
    workbook.finish()
    try:
        workbook.close()
    except xlsxwriter.exceptions.FileCreateError as fault:
        raise OSError(f"không ghi được tệp {path}: {fault}") from fault


def _properties(result: Consolidation) -> dict[str, Any]:
    settings = result.plan.settings
    return {
        "title": titled(f"Tổng hợp kết quả thực hiện Kế hoạch số {settings.number}", result),
        "subject": result.round.label,
        "author": settings.office,
        "company": settings.issuer,
        "category": "Báo cáo tổng hợp",
        "keywords": f"{settings.number}; {result.round.label}; {settings.id}",
        "comments": f"Số liệu đến hết ngày {result.as_of:%d/%m/%Y}; phiên bản kế hoạch {result.plan.version}",
        "status": "Bản in để ký",
        "created": datetime.combine(result.as_of, time()),
    }
