"""What a clerk declared of a row or of a whole sheet, and where something was filled in all the same."""

from __future__ import annotations

from pipelines.legacy_text import NAMES, legible
from pipelines.parse.told import Told
from pipelines.readings import is_blank, unreadable
from pipelines.spelling import alike, did_you_mean
from schemas.finding import FindingCode, shown
from schemas.layout import DECLARATIONS, DECLARED, SHEET_DECLARATION_LABEL
from schemas.plan import Sheet
from schemas.submission import RawCell, RawValue, Record, Table

C = FindingCode
ROW_LABEL, SHEET_LABEL = "Tình trạng", SHEET_DECLARATION_LABEL.rstrip(":")
CHOICES = f"{'; '.join(DECLARATIONS)} (có số liệu thì để trống)"
NAMED = 5
"""So many filled cells are named one by one."""


class Declarations:
    """The declarations on one sheet. `of_sheet`: what the whole sheet was declared to be, if anything."""

    def __init__(self, sheet: Sheet, table: Table, told: Told) -> None:
        self._table, self._told = table, told
        self._inputs = [field.id for field in sheet.fields if not field.prefill]
        self.of_sheet = None if table.declared is None else self._read(table.declared, SHEET_LABEL)
        self._rows = {r.row: self._read(r.declared, ROW_LABEL) for r in table.records if r.declared is not None}
        self._contradicted()

    def of_row(self, record: Record) -> str | None:
        """What a row was declared to be: its own declaration, else the sheet's."""
        return self._rows.get(record.row) or self.of_sheet

    def _read(self, cell: RawCell, label: str) -> str | None:
        typed = legible(cell.value, cell.encoding)
        if typed is None or is_blank(typed):
            return None
        refused = unreadable(typed)
        if refused is not None and refused.code is not None:
            self._say(refused.code, cell, label)
            return None
        text = typed if isinstance(typed, str) else shown(typed)
        meant = alike(text, DECLARATIONS)
        if meant is None:
            near = did_you_mean(text, DECLARATIONS)
            self._say(C.NOT_A_CHOICE, cell, label, value=typed, detail=near, choices=CHOICES)
        elif cell.encoding is not None and typed != cell.value:
            self._say(C.LEGACY_FONT, cell, label, detail=meant, choices=NAMES[cell.encoding])
        elif text != meant:
            self._say(C.TEXT_TIDIED, cell, label, detail=meant)
        return meant

    def _contradicted(self) -> None:
        """One finding for each row, and one for the sheet, that was declared and yet holds something."""
        by_sheet: list[RawCell] = []
        for record in self._table.records:
            held = [record.cells[field] for field in self._inputs if field in record.cells]
            filled = [cell for cell in held if not is_blank(legible(cell.value, cell.encoding))]
            own = self._rows.get(record.row)
            if own is not None and record.declared is not None and filled:
                self._contradiction(record.declared, ROW_LABEL, own, filled)
            elif own is None:
                by_sheet += filled
        if self.of_sheet is not None and self._table.declared is not None and by_sheet:
            self._contradiction(self._table.declared, SHEET_LABEL, self.of_sheet, by_sheet)

    def _contradiction(self, cell: RawCell, label: str, declared: str, filled: list[RawCell]) -> None:
        named = ", ".join(c.address for c in filled[:NAMED])
        more = f" và {len(filled) - NAMED} ô khác" if len(filled) > NAMED else ""
        self._say(C.DECLARED_AND_FILLED, cell, label, value=declared, detail=named + more)

    def _say(
        self,
        code: FindingCode,
        cell: RawCell,
        label: str,
        *,
        value: RawValue | None = None,
        detail: str = "",
        choices: str = "",
    ) -> None:
        self._told.say(
            code, self._table, cell, field=DECLARED, label=label, value=value, detail=detail, choices=choices
        )
