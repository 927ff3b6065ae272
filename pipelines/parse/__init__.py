"""Raw cells → typed frames indexed by Excel row, with findings for what was repaired or refused."""

from __future__ import annotations

import pandas as pd

from pipelines.parse.cells import Cells
from pipelines.parse.declarations import Declarations
from pipelines.parse.frames import frame_of
from pipelines.parse.told import Told
from pipelines.readings import is_blank
from schemas.parsed import CellKey, Parsed
from schemas.plan import Plan, Sheet
from schemas.submission import RawCell, Submission, Table


def parse(plan: Plan, submission: Submission) -> Parsed:
    """The submission's tables as typed frames. Never raises on a clerk's content: what cannot be read is a finding.

    Of a sheet this file does not report on (see `Parsed.filled`) nothing is said.
    """
    filled = _filled(plan, submission)
    told = Told(submission.identity.unit)
    frames: dict[str, pd.DataFrame] = {}
    declared: dict[str, str] = {}
    refused: set[CellKey] = set()
    for sheet_id, table in submission.tables.items():
        sheet = plan.sheet(sheet_id)
        declarations = Declarations(sheet, table, told)
        cells = Cells(plan, submission, table, told)
        frames[sheet_id] = frame_of(sheet, table, cells, declarations, filled=sheet_id in filled)
        refused |= cells.refused
        if declarations.of_sheet:
            declared[sheet_id] = declarations.of_sheet
    return Parsed(submission, frames, tuple(told.findings), frozenset(refused), declared, filled)


def _filled(plan: Plan, submission: Submission) -> frozenset[str]:
    """The sheets this file reports on."""
    if submission.identity.round not in plan.settings.parts:
        return frozenset(submission.tables)
    tables = submission.tables.items()
    return frozenset(s for s, table in tables if plan.sheet(s).kind == "form" or _holds_something(plan.sheet(s), table))


def _holds_something(sheet: Sheet, table: Table) -> bool:
    def given(cell: RawCell | None) -> bool:
        return cell is not None and not is_blank(cell.value)

    inputs = [field.id for field in sheet.fields if not field.prefill]
    return given(table.declared) or any(
        given(record.declared) or any(given(record.cells.get(field)) for field in inputs) for record in table.records
    )
