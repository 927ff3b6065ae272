"""The consolidated workbook: result tables → `tong-hop.xlsx`, for the province, a group or a unit."""

from __future__ import annotations

from pipelines.report.digest import report_digest
from pipelines.report.narrowed import group_labels, narrowed, slug, with_subordinates
from pipelines.report.workbook import write_report

__all__ = ["group_labels", "narrowed", "report_digest", "slug", "with_subordinates", "write_report"]
