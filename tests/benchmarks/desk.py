"""The file every benchmark works on: a report of unit 703 filled on all sheets, with forty cells at fault."""

from __future__ import annotations

import hashlib
import itertools
import struct
from dataclasses import dataclass
from datetime import date
from pathlib import Path

from pipelines.demo.clerk import fill
from pipelines.demo.figures import Effort, Report, report
from pipelines.issuing import issue_templates
from pipelines.plans import Plans
from pipelines.store import Home
from schemas.plan import Plan

PLAN, ROUND, UNIT = "kh70_2022", "ket_qua", "703"
NOW = "2022-05-09T22:00:00+07:00"
DAY = date(2022, 5, 9)
MARKS = 40


@dataclass(frozen=True)
class Desk:
    """A home with the unit's template, and the filled report, which lies outside the inbox."""

    home: Home
    plan: Plan
    file: Path

    def variant(self, number: int) -> bytes:
        """The report as other bytes that say the same: a zip may end in a comment."""
        content, comment = self.file.read_bytes(), f"{number}".encode()
        if content[-2:] != b"\0\0":
            raise ValueError(f"{self.file} ends in a comment already")
        return content[:-2] + struct.pack("<H", len(comment)) + comment

    def answers(self, content: bytes) -> list[Path]:
        """The marked copy and the receipt of a variant, as far as they are there."""
        folder, name = self.home.outbox / PLAN / ROUND, f"* {hashlib.sha256(content).hexdigest()[:8]}.xlsx"
        found = (next((folder / kind / UNIT).glob(name), None) for kind in ("tra-lai", "phieu-tiep-nhan"))
        return [path for path in found if path is not None]


def prepare(root: Path) -> Desk:
    """Makes the home and fills the report."""
    home = Home(root).prepare()
    issue_templates(home, PLAN, ROUND, UNIT)
    plan = Plans(home).get(PLAN)
    file = root / "desk" / "bao-cao.xlsx"
    right = report(plan, plan.unit(UNIT), DAY, Effort())
    fill(home.outbox / PLAN / ROUND / "mau" / f"{UNIT}.xlsx", file, with_faults(plan, right))
    return Desk(home, plan, file)


def with_faults(plan: Plan, right: Report) -> Report:
    """The report with words instead of counts in forty cells, spread over the sheets. Raises ValueError: too few."""
    wrong, spoilt = right, 0
    counts = {
        sheet.id: [
            (key, field.id)
            for key, row in right.sheets.get(sheet.id, {}).items()
            for field in sheet.fields
            if field.type == "count" and field.id in row
        ]
        for sheet in plan.sheets
    }
    for cells in itertools.zip_longest(*([(sheet, *cell) for cell in found] for sheet, found in counts.items())):
        for sheet, key, field in (cell for cell in cells if cell is not None):
            if spoilt < MARKS:
                wrong, spoilt = wrong.with_value(sheet, key, field, "khoảng 5"), spoilt + 1
    if spoilt < MARKS:
        raise ValueError(f"only {spoilt} counts to spoil")
    return wrong
