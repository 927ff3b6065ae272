"""The draft of the office's own report on a round: a consolidation → `bao-cao-ket-qua.docx`."""

from __future__ import annotations

from pipelines.documents.result_report.content import content_digest as result_report_digest
from pipelines.documents.result_report.layout import write_result_report

__all__ = ["result_report_digest", "write_result_report"]
