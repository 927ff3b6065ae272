"""Raw cells → the tables of a plan, found by their markers wherever they stand, and what is wrong with their shape.

Nothing is dropped silently: a cell that holds something is a field's cell, the template's own, or a finding.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from pipelines.intake.concealed import concealed
from pipelines.intake.foreign import asks_of_persons, cells_of, claims, foreign_sheet, is_own, other_table
from pipelines.intake.grid import Grid, grids_in
from pipelines.intake.healing import healed
from pipelines.intake.outside import OutsideSheet, filled_cells, listed, personal
from pipelines.intake.reading import Reading
from schemas.catalogue import say
from schemas.finding import Finding, FindingCode
from schemas.layout import SheetLayout, layout
from schemas.submission import Identity, OutsideCell, RawSheet, RawWorkbook, Table

if TYPE_CHECKING:
    from pipelines.intake.grid import Place
    from schemas.plan import Plan, Sheet, Unit
    from schemas.submission import RawValue

C = FindingCode
COPIES_LIMIT = 10
"""Copies of one table that are looked into; an honest file has one, and sometimes two."""


@dataclass(frozen=True, slots=True)
class Found:
    """What a file holds: the tables by sheet id, the findings on their shape, and every cell outside them."""

    tables: Mapping[str, Table]
    findings: tuple[Finding, ...]
    outside: tuple[OutsideCell, ...]


def find_tables(raw: RawWorkbook, plan: Plan, identity: Identity) -> Found:
    """The tables the unit has to fill in this round, and everything else that stands in the file.

    Of tables of other rounds or units and of sheets of the clerk's own it is said that they are not read.
    """
    search = _Search(raw, plan, plan.unit(identity.unit), identity)
    search.read()
    search.look_at_the_rest()
    mended = healed(raw, plan, identity, search.readings, search.tables)
    outside = listed(search.outside[sheet.name] for sheet in raw.sheets if sheet.name in search.outside)
    return Found(search.tables, (*mended, *search.findings), outside)


@dataclass
class _Search:
    """The tables of one file being looked for."""

    raw: RawWorkbook
    plan: Plan
    unit: Unit
    identity: Identity
    tables: dict[str, Table] = field(default_factory=dict)
    readings: dict[str, Reading] = field(default_factory=dict)
    findings: list[Finding] = field(default_factory=list)
    outside: dict[str, OutsideSheet] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self.asked = self.plan.sheets_for(self.unit, self.identity.round)
        self.grids = {sheet.name: grids_in(sheet) for sheet in self.raw.sheets}

    def layout(self, sheet: Sheet) -> SheetLayout:
        """The layout of a sheet in the unit's present template."""
        return layout(self.plan, self.unit, sheet, self.identity.round)

    def read(self) -> None:
        """Reads each table the unit has to fill; of two, the one that is filled, else that on the sheet of its name."""
        current = self.identity.template_version == self.plan.template_version(self.unit.code)
        for sheet in self.asked:
            found = [grid for grids in self.grids.values() for grid in grids.get(sheet.id, ())]
            found.sort(key=lambda grid, tab=sheet.tab: grid.sheet.name != tab)  # type: ignore[misc]
            if not found:
                continue
            if len(found) > 1:
                first = found[:COPIES_LIMIT]
                found[:COPIES_LIMIT] = sorted(first, key=lambda grid: not filled_cells(grid, self.layout(sheet)))
                self._say_repeated(found, sheet)
            reading = Reading(found[0], self.layout(sheet), self.unit.code, current)
            self.tables[sheet.id] = reading.table()
            self.readings[sheet.id] = reading
            self.findings += (*reading.findings, *concealed(reading, self.tables[sheet.id]))
            self._keep(found[0].sheet.name, reading.outside, reading.personal)
            for again in found[1:COPIES_LIMIT]:
                self._keep(again.sheet.name, filled_cells(again, reading.layout), reading.personal)

    def look_at_the_rest(self) -> None:
        """Says which sheets are missing, and what the sheets hold that are none of them."""
        planned = {sheet.id for sheet in self.plan.sheets}
        strangers: list[tuple[RawSheet, dict[str, list[Grid]]]] = []
        for raw_sheet in self.raw.sheets:
            grids = self.grids[raw_sheet.name]
            known = planned & grids.keys()
            if not known and not is_own(raw_sheet):
                strangers.append((raw_sheet, grids))
            for other in sorted(known - {sheet.id for sheet in self.asked}):
                self._say_other(grids[other], self.plan.sheet(other))
        missing = {s.id: self.layout(s) for s in self.asked if s.id not in self.tables}
        claimed = claims(strangers, missing.values())
        for sheet_id, lost in missing.items():
            detail = claimed[sheet_id].detail if sheet_id in claimed else ""
            self.findings.append(say(C.SHEET_MISSING, unit=self.unit.code, value=lost.sheet.tab, detail=detail))
        by_tab = {claim.sheet.name: (sheet_id, claim.by) for sheet_id, claim in claimed.items()}
        for raw_sheet, _ in strangers:
            sheet_id, by = by_tab.get(raw_sheet.name, ("", ""))
            self._say_stranger(raw_sheet, missing.get(sheet_id), by)

    def _say_repeated(self, found: list[Grid], sheet: Sheet) -> None:
        tabs = "”, “".join(dict.fromkeys(grid.sheet.name for grid in found))
        again = found[1].sheet.name
        self.findings.append(say(C.SHEET_REPEATED, unit=self.unit.code, sheet=again, value=sheet.tab, detail=tabs))

    def _say_other(self, grids: list[Grid], sheet: Sheet) -> None:
        for grid in grids[:COPIES_LIMIT]:
            filled = filled_cells(grid, self.layout(sheet))
            if filled:
                self.findings.append(other_table(grid.sheet.name, self.unit.code, filled))
                self._keep(grid.sheet.name, filled, personal(sheet))

    def _say_stranger(self, sheet: RawSheet, meant: SheetLayout | None, by: str) -> None:
        """A sheet without any table; what may be a missing sheet under its own name has been said already."""
        tabs = [raw_sheet.name for raw_sheet in self.raw.sheets]
        claimed = meant.sheet.tab if meant is not None else None
        warning = foreign_sheet(sheet, self.unit.code, tabs, claimed)
        if warning is None:
            return
        if by not in {"marker", "name"}:
            self.findings.append(warning)
        of_persons = meant is not None and personal(meant.sheet)
        layouts = [self.layout(s) for s in self.asked]
        self._keep(sheet.name, cells_of(sheet, meant), of_persons or asks_of_persons(sheet, layouts))

    def _keep(self, tab: str, cells: Mapping[Place, RawValue], of_persons: bool) -> None:
        if cells:
            kept = self.outside.get(tab, OutsideSheet(tab, {}))
            self.outside[tab] = OutsideSheet(tab, {**kept.cells, **cells}, kept.personal or of_persons)
