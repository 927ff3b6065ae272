"""A consolidation → the outbox: workbooks, letters, the report, the status page, and the published dataset.

Each output is written beside and renamed, and only where it says something new. Those of a day are kept under
`lich-su/<as-of>/`.
"""

from __future__ import annotations

import shutil
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import date, datetime
from pathlib import Path

from pipelines.clock import today
from pipelines.dataset import Connection
from pipelines.documents import reminder_files, result_report_digest, write_result_report
from pipelines.export import EDITION, export_duckdb, export_files
from pipelines.outbox import Published, Register, Writer, unless_unchanged
from pipelines.report import narrowed_workbooks, report_digest, write_report
from pipelines.status_page import page_digest, write_page
from pipelines.store import Home
from schemas.consolidation import Consolidation

WORKBOOK = "tong-hop.xlsx"
REPORT = "bao-cao-ket-qua.docx"
PAGE = "tinh-hinh.html"
HISTORY = "lich-su"
LETTERS = "don-doc"
DATASET = "du-lieu.duckdb"
TABLES = "du-lieu"

Told = Callable[[str, int, int], None]
"""Told (what is being done, how many are done, how many there are)."""


@dataclass(frozen=True, slots=True)
class Output:
    """One file of a round: its name below the round's folder, what it says (a digest), and how it is written."""

    name: str
    digest: str
    write: Writer
