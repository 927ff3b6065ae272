"""From the file a unit sent to its marked copy: which cell became which."""

from __future__ import annotations

import re
from collections.abc import Mapping
from functools import cached_property

from schemas.finding import Finding, FindingCode, shown
from schemas.handback import Place
from schemas.layout import DECLARED, FIRST_ROW, SHEET_DECLARATION_LABEL, SheetLayout, layout
from schemas.plan import Field, Plan, Round, Sheet, Unit
from schemas.submission import Record, Submission, Table

C = FindingCode
LIST_ROWS = 1_000
"""A row of a list may bear a number up to this (or up to what the plan gives it); beyond, the list is closed up."""
_ADDRESS = re.compile(r"\b([A-Z]{1,3})(\d{1,7})\b")
_CELL_AND_TAB = re.compile(r"\bô ([A-Z]{1,3}\d{1,7}) trang “([^”]+)”")


class Places:
    """Where everything of one submission stands in its copy, which is laid out by the plan as it is now."""

    def __init__(self, plan: Plan, unit: Unit, round_: Round, submission: Submission) -> None:
        self.plan, self.unit, self.submission = plan, unit, submission
        self.sheets: tuple[Sheet, ...] = plan.sheets_for(unit, round_.id)
        self._keys = {s.id: _list_keys(s, submission.tables.get(s.id)) for s in self.sheets if s.kind == "list"}
        self.layouts: Mapping[str, SheetLayout] = {
            s.id: layout(plan, unit, s, round_.id, self.rows.get(s.id, 0)) for s in self.sheets
        }

    @cached_property
    def rows(self) -> dict[str, int]:
        """The lists that need more rows than the plan gives them, and how many."""
        needed = {s.id: max(map(int, self._keys[s.id].values()), default=0) for s in self.sheets if s.kind == "list"}
        return {s.id: needed[s.id] for s in self.sheets if needed.get(s.id, 0) > s.rows}

    def key(self, sheet: Sheet, record: Record) -> str | None:
        """The key of a record's row in the copy; None where the copy has no such row."""
        key = self._keys[sheet.id].get(record.row) if sheet.kind == "list" else record.key
        return key if key in self.layouts[sheet.id].keys else None

    def place(self, finding: Finding) -> Place | None:
        """The cell of the copy that a finding speaks of; None where it speaks of none that is there."""
        if finding.sheet is None or finding.cell is None:
            return None
        found = self._found.get((finding.sheet, finding.cell))
        return found or self._renamed_row(finding) or self._blank_place(finding)

    def at(self, tab: str, cell: str) -> Place | None:
        """The place in the copy of a cell of the file; None where it has none."""
        return self._found.get((tab, cell))

    def asked(self, place: Place) -> bool:
        """Whether a cell has to be filled."""
        return any(f.id == place[2] and f.required for f in self.layouts[place[0]].sheet.fields)

    def concerned(self, finding: Finding) -> tuple[Place, ...]:
        """The cells of the copy to be coloured for a finding: its own, else those that were lost."""
        own = self.place(finding)
        if own is not None:
            return () if self._prefilled(own) else (own,)
        sheet = self.sheet(finding)
        if sheet is None:
            return ()
        if finding.code is C.COLUMN_MISSING:
            return self._lost_column(sheet, finding.field)
        if finding.code is C.ROW_MISSING:
            return self._lost_row(sheet, finding)
        if finding.code is C.SHEET_MISSING and sheet.kind != "list":
            return self._asked(sheet, self.layouts[sheet.id].keys[0])
        return ()

    def sheet(self, finding: Finding) -> Sheet | None:
        """The sheet of the copy that a finding speaks of, by the tab it had in the file, else by the plan's name."""
        named = self._by_tab.get(finding.sheet or "")
        if named is None and finding.code in (C.SHEET_MISSING, C.SHEET_REPEATED, C.SHEET_RENAMED):
            named = next((s for s in self.sheets if s.tab == finding.value), None)
        return named

    def address(self, place: Place) -> tuple[str, str]:
        """The tab and the cell of a place in the copy. Raises KeyError or ValueError for a place it does not have."""
        sheet_id, key, field_id = place
        there = self.layouts[sheet_id]
        return there.sheet.tab, there.address(key, field_id) if key else there.declaration

    def anchor(self, sheet: Sheet) -> str:
        """The first input cell of a sheet in the copy."""
        there = self.layouts[sheet.id]
        inputs = [f for f in sheet.fields if not f.prefill]
        return there.address(there.keys[0], inputs[0].id) if inputs and there.keys else "B1"

    def row_name(self, place: Place) -> str:
        """Whose row a place is in: the organisation's name, `Dòng 3` of a list, nothing in a form."""
        there = self.layouts[place[0]]
        if not place[1]:
            return "Cả biểu"
        if there.form:
            return ""
        name = there.names[there.keys.index(place[1])]
        return f"Dòng {name}" if there.sheet.kind == "list" else name

    def header(self, place: Place) -> str:
        """The header of a place's column, or the label of its line in a form."""
        if place[2] == DECLARED:
            return "Tình trạng" if place[1] else SHEET_DECLARATION_LABEL.rstrip(":")
        return self.layouts[place[0]].sheet.field(place[2]).label

    def moved(self, finding: Finding, sentence: str) -> str:
        """What a finding says, the cells it speaks of (`ô C10 trang “B2 …”`) named as the copy has them."""

        def elsewhere(match: re.Match[str]) -> str:
            place = self._found.get((match[2], match[1]))
            tab, cell = self.address(place) if place else (match[2], match[1])
            return f"ô {cell} trang “{tab}”"

        def here(match: re.Match[str]) -> str:
            place = self._found.get((finding.sheet or "", match[0]))
            return self.address(place)[1] if place else match[0]

        if finding.code is C.DECLARED_AND_FILLED:
            return _ADDRESS.sub(here, sentence)
        return _CELL_AND_TAB.sub(elsewhere, sentence)

    @cached_property
    def _by_tab(self) -> dict[str, Sheet]:
        found = {sheet.tab: sheet for sheet in self.sheets}
        tables = self.submission.tables
        return found | {tables[sheet.id].tab: sheet for sheet in self.sheets if sheet.id in tables}

    @cached_property
    def _found(self) -> dict[tuple[str, str], Place]:
        """(tab, cell) of the file → place in the copy, for every cell of its tables that the copy has."""
        found: dict[tuple[str, str], Place] = {}
        for sheet in self.sheets:
            table = self.submission.tables.get(sheet.id)
            if table is None:
                continue
            known = {f.id for f in sheet.fields}
            if table.declared is not None and self.layouts[sheet.id].declares_sheet:
                found[table.tab, table.declared.address] = (sheet.id, "", DECLARED)
            for record in table.records:
                key = self.key(sheet, record)
                if key is None:
                    continue
                for field_id, cell in record.cells.items():
                    if field_id in known:
                        found[table.tab, cell.address] = (sheet.id, key, field_id)
                if record.declared is not None and self.layouts[sheet.id].declares_rows:
                    found[table.tab, record.declared.address] = (sheet.id, key, DECLARED)
        return found

    def _blank_place(self, finding: Finding) -> Place | None:
        """The place of a cell in a row of a list that holds nothing any more (a value that was emptied)."""
        sheet, parts = self.sheet(finding), _ADDRESS.fullmatch(finding.cell or "")
        if sheet is None or sheet.kind != "list" or parts is None or finding.field not in {f.id for f in sheet.fields}:
            return None
        table = self.submission.tables.get(sheet.id)
        first = next((r.row - int(r.key) for r in table.records), FIRST_ROW - 1) if table else FIRST_ROW - 1
        key = str(int(parts[2]) - first)
        return (sheet.id, key, finding.field) if key in self.layouts[sheet.id].keys else None

    def _renamed_row(self, finding: Finding) -> Place | None:
        """The first cell to fill of a row whose name was typed over."""
        sheet = self.sheet(finding) if finding.code is C.PREFILL_CHANGED else None
        table = self.submission.tables.get(sheet.id) if sheet else None
        if sheet is None or table is None or not _inputs(sheet):
            return None
        at = re.sub(r"\D", "", finding.cell or "")
        key = next((self.key(sheet, r) for r in table.records if str(r.row) == at), None)
        return (sheet.id, key, _inputs(sheet)[0].id) if key else None

    def _prefilled(self, place: Place) -> bool:
        return place[2] != DECLARED and bool(self.layouts[place[0]].sheet.field(place[2]).prefill)

    def _asked(self, sheet: Sheet, key: str) -> tuple[Place, ...]:
        """The cells of a row that have to be filled, or its first."""
        asked = [f for f in _inputs(sheet) if f.required] or _inputs(sheet)[:1]
        return tuple((sheet.id, key, f.id) for f in asked)

    def _lost_column(self, sheet: Sheet, field_id: str | None) -> tuple[Place, ...]:
        """A lost column's cells: all that have to be filled, else the first; of a form, all of them."""
        there = self.layouts[sheet.id]
        if there.form or field_id is None:
            return self._asked(sheet, there.keys[0]) if there.form else ()
        field = next((f for f in sheet.fields if f.id == field_id), None)
        if field is None or field.prefill:
            return ()
        if not field.required:
            return ((sheet.id, there.keys[0], field_id),)
        table = self.submission.tables.get(sheet.id)
        filled = [self.key(sheet, r) for r in table.records] if table else []
        keys = filled if sheet.kind == "list" else there.keys
        return tuple((sheet.id, key, field_id) for key in keys if key) or ((sheet.id, there.keys[0], field_id),)

    def _lost_row(self, sheet: Sheet, finding: Finding) -> tuple[Place, ...]:
        there = self.layouts[sheet.id]
        if there.form:
            lost = [f for f in sheet.fields if f.id == finding.field and not f.prefill]
            return tuple((sheet.id, there.keys[0], f.id) for f in lost)
        said = {shown(f"{name} ({key})"): key for key, name in zip(there.keys, there.names, strict=True)}
        key = said.get(finding.value or "")
        return self._asked(sheet, key) if key else ()


def _list_keys(sheet: Sheet, table: Table | None) -> dict[int, str]:
    """The row of a list → its number in the copy: its own, unless one is so far down that the list is closed up."""
    records = table.records if table else ()
    farthest = max((int(r.key) for r in records), default=0)
    if farthest > max(sheet.rows, LIST_ROWS):
        return {r.row: str(n) for n, r in enumerate(records, 1)}
    return {r.row: r.key for r in records}


def _inputs(sheet: Sheet) -> list[Field]:
    return [f for f in sheet.fields if not f.prefill]
