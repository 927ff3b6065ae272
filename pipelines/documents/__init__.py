"""Consolidation → documents people go on writing in: reminders, their annex, phone messages, the result report."""

from __future__ import annotations

from pipelines.documents.folder import ReminderFile, reminder_files, reminder_names
from pipelines.documents.result_report import result_report_digest, write_result_report

__all__ = ["ReminderFile", "reminder_files", "reminder_names", "result_report_digest", "write_result_report"]
