"""Raw cells → typed frames indexed by Excel row, with findings for what was repaired or refused."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pandas as pd

from pipelines.readings import (
    Reading,
    is_blank,
    read_choice,
    read_count,
    read_date,
    read_text,
    read_yes_no,
    tidy,
    unreadable,
)
from schemas.catalogue import say
from schemas.finding import HIDDEN, Finding, FindingCode, shown
from schemas.parsed import DTYPES, KEY, CellKey, Parsed
from schemas.plan import Field, FieldType, Plan, Sheet
from schemas.submission import RawCell, RawValue, Submission, Table, UncachedFormula

_READERS: dict[FieldType, Callable[[RawValue], Reading]] = {
    "count": read_count,
    "date": read_date,
    "yes_no": read_yes_no,
    "text": read_text,
}


def parse(plan: Plan, submission: Submission) -> Parsed:
    """The submission's tables as typed frames. Never raises on a clerk's content: what cannot be read is a finding."""
    sheets = _Sheets(plan, submission)
    frames = {sheet: sheets.frame(plan.sheet(sheet), table) for sheet, table in submission.tables.items()}
    return Parsed(submission, frames, tuple(sheets.findings), frozenset(sheets.refused))


class _Sheets:
    def __init__(self, plan: Plan, submission: Submission) -> None:
        self._plan, self._submission = plan, submission
        self.findings: list[Finding] = []
        self.refused: set[CellKey] = set()

    def frame(self, sheet: Sheet, table: Table) -> pd.DataFrame:
        columns: dict[str, list[Any]] = {KEY: [record.key for record in table.records]}
        for field in sheet.fields:
            columns[field.id] = [self._value(table, field, r.row, r.cells.get(field.id)) for r in table.records]
        index = pd.Index([record.row for record in table.records], dtype="int64", name="row")
        typed = {f.id: pd.Series(columns[f.id], index=index, dtype=DTYPES[f.type]) for f in sheet.fields}
        return pd.DataFrame({KEY: pd.Series(columns[KEY], index=index, dtype="object"), **typed}, index=index)

    def _value(self, table: Table, field: Field, row: int, cell: RawCell | None) -> Any:
        if field.prefill:
            return self._prefilled(table, field, cell)
        if cell is None or cell.value is None or is_blank(cell.value):
            return None
        reading = unreadable(cell.value) or self._read(field, cell.value)
        negative = isinstance(reading.value, int) and reading.value < 0  # the contract refuses it; nothing to add
        tidied = not field.stored and reading.value is not None  # nobody reads it, so nothing is to be said
        if reading.code is not None and not negative and not tidied:
            self._tell(reading.code, table, field, cell, reading.detail)
        if reading.value is None:
            self.refused.add((table.sheet, row, field.id))
        return reading.value

    def _read(self, field: Field, value: RawValue) -> Reading:
        if field.type == "choice":
            return read_choice(value, self._plan.values(field.choices))
        return _READERS[field.type](value)

    def _prefilled(self, table: Table, field: Field, cell: RawCell | None) -> str:
        """What the template wrote there; a change is a finding while the template is the plan's present version."""
        identity = self._submission.identity
        unit = self._plan.unit(identity.unit)
        wanted = {
            "unit_code": unit.code,
            "unit_name": unit.name,
            "round_label": self._plan.round(identity.round).label,
        }[field.prefill]
        value = "" if cell is None or cell.value is None else cell.value
        found = value if isinstance(value, str) else shown(value)
        current = identity.template_version == self._plan.version
        if cell is not None and current and tidy(found).casefold() != tidy(wanted).casefold():
            self._tell(FindingCode.PREFILL_CHANGED, table, field, cell, wanted)
        return wanted

    def _tell(self, code: FindingCode, table: Table, field: Field, cell: RawCell, detail: str) -> None:
        value: Any = cell.value
        if isinstance(value, UncachedFormula):
            value = value.formula
        elif hasattr(value, "text"):
            value = value.text
        self.findings.append(
            say(
                code,
                unit=self._submission.identity.unit,
                sheet=table.tab,
                cell=cell.address,
                field=field.id,
                label=field.label,
                value=("" if value is None else value) if field.stored else HIDDEN,
                detail=detail if field.stored else HIDDEN,
            )
        )
