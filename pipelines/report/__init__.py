"""The consolidated workbook: result tables → `tong-hop.xlsx`."""

from __future__ import annotations

from pipelines.report.digest import report_digest
from pipelines.report.workbook import write_report

__all__ = ["report_digest", "write_report"]
