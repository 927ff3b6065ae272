"""Raw cells → the tables of a plan, found by their markers wherever they stand, and what is wrong with their shape.

Nothing is dropped silently: a cell that holds something is a field's cell, the template's own, or a finding.
"""

from __future__ import annotations

from collections.abc import Container, Iterable, Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from pipelines.intake.grid import Grid, grids_in
from pipelines.intake.texts import blank, plain, seen
from schemas.catalogue import say
from schemas.finding import HIDDEN, Finding, FindingCode
from schemas.layout import OWN_TABS, VALUE, SheetLayout, layout
from schemas.submission import Identity, RawCell, RawValue, RawWorkbook, Record, Table, cell_name

if TYPE_CHECKING:
    from schemas.plan import Plan, Sheet

C = FindingCode
MARKERS_LOST = " (trang cùng tên còn đó, nhưng dòng hoặc cột ẩn nhận dạng bảng đã bị xoá)"
OUTSIDE_LIMIT = 50
"""Cells outside a table that are named one by one; of the rest only the number is said."""


def find_tables(raw: RawWorkbook, plan: Plan, identity: Identity) -> tuple[dict[str, Table], list[Finding]]:
    """The tables the unit has to fill in this round, by sheet id, and the findings on their shape.

    Tables of other rounds or units are left aside; of sheets of the clerk's own it is said that they are not read.
    """
    unit = plan.unit(identity.unit)
    found: dict[str, list[Grid]] = {}
    tabs = {raw_sheet.name for raw_sheet in raw.sheets}
    for raw_sheet in raw.sheets:
        for sheet_id, grids in grids_in(raw_sheet).items():
            found.setdefault(sheet_id, []).extend(grids)
    tables: dict[str, Table] = {}
    findings: list[Finding] = []
    for sheet in plan.sheets_for(unit, identity.round):
        grids = sorted(found.get(sheet.id, ()), key=lambda g, tab=sheet.tab: g.sheet.name != tab)
        if not grids:
            detail = MARKERS_LOST if sheet.tab in tabs else ""
            findings.append(say(C.SHEET_MISSING, unit=unit.code, value=sheet.tab, detail=detail))
            continue
        if len(grids) > 1:
            findings.append(_repeated(grids, sheet, unit.code))
        current = identity.template_version == plan.version
        reading = _Reading(grids[0], layout(plan, unit, sheet, identity.round), unit.code, current)
        tables[sheet.id] = reading.table()
        findings += reading.findings
    return tables, [*findings, *_foreign(raw, unit.code, OWN_TABS | {sheet.tab for sheet in plan.sheets})]


def _repeated(grids: list[Grid], sheet: Sheet, unit: str) -> Finding:
    tabs = "”, “".join(dict.fromkeys(g.sheet.name for g in grids))
    return say(C.SHEET_REPEATED, unit=unit, sheet=grids[1].sheet.name, value=sheet.tab, detail=tabs)


@dataclass
class _Reading:
    """One table being read."""

    grid: Grid
    layout: SheetLayout
    unit: str
    current: bool
    findings: list[Finding] = field(default_factory=list)
    outside: list[tuple[int, int, RawValue]] = field(default_factory=list)

    def table(self) -> Table:
        """The table; findings are collected beside it."""
        if not self.grid.closed:
            self._say(C.TABLE_NOT_CLOSED)
        records = self._form() if self.layout.form else self._rows()
        self.outside += self.grid.below()
        self.outside += self.grid.beside_head()
        self._say_outside()
        return Table(self.layout.sheet.id, self.grid.sheet.name, tuple(records))

    def _form(self) -> Iterable[Record]:
        """The whole form as one record: field ids in the key column, values in the column `value`."""
        sheet, grid = self.layout.sheet, self.grid
        columns = [c for c, name in grid.ids.items() if name == VALUE]
        if not columns:
            self._say(C.COLUMN_MISSING, label="Nội dung điền")
            return ()
        for again in columns[1:]:
            self._say(C.COLUMN_REPEATED, (grid.row, again), label="Nội dung điền")
        column = columns[0]
        labels = {f.id.casefold(): f.label for f in sheet.fields}
        own = {grid.key_column, column, column + 1, grid.label_column(labels), *grid.checks}
        by_id = {f.id.casefold(): f for f in sheet.fields}
        cells: dict[str, RawCell] = {}
        for row, values in grid.body():
            key = plain(values.get(grid.key_column))
            asked = by_id.get(key.casefold())
            if asked is None:
                self._stray_row(row, key, values, frozenset([column]))
            elif asked.id in cells:
                self._say(C.ROW_REPEATED, (row, column), value=f"“{asked.label}”")
            else:
                cells[asked.id] = RawCell(row, column, values.get(column))
                self._outside(row, values, own)
        for lost in (f for f in sheet.fields if f.id not in cells):
            self._say(C.ROW_MISSING, value=f"“{lost.label}”", field_id=lost.id)
        first = min((c.row for c in cells.values()), default=grid.row + 1)
        return (Record(self.unit, first, cells),)

    def _rows(self) -> list[Record]:
        columns = self._columns()
        label = self.grid.label_column(dict(zip(map(str.casefold, self.layout.keys), self.layout.names, strict=True)))
        own = frozenset([self.grid.key_column, label, *self.grid.ids])
        if self.layout.sheet.kind == "list":
            return self._free_rows(columns, own)
        return self._organisations(columns, own, label)

    def _columns(self) -> dict[str, int]:
        """The column of each field; what is missing, unknown or repeated is said with the header the clerk sees."""
        fields = {f.id: f for f in self.layout.sheet.fields}
        columns: dict[str, int] = {}
        for col, name in self.grid.ids.items():
            if col in self.grid.checks:
                continue
            if name in columns:
                self._say(C.COLUMN_REPEATED, (self.grid.row, col), label=fields[name].label, field_id=name)
            elif name in fields:
                columns[name] = col
            elif any(col in cells for _, cells in self.grid.body()):
                self._say(C.COLUMN_UNKNOWN, (self.grid.row, col), value=self.grid.header(col) or name)
        for lost in (f for f in fields.values() if f.id not in columns):
            self._say(C.COLUMN_MISSING, label=lost.label, field_id=lost.id)
        return columns

    def _free_rows(self, columns: Mapping[str, int], own: frozenset[int]) -> list[Record]:
        """A list's rows, hidden or inserted ones too, keyed by their place in the table."""
        records = []
        for row, values in self.grid.body():
            if any(col in values for col in columns.values()):
                records.append(_record(str(row - self.grid.row), row, values, columns))
            self._outside(row, values, own)
        return records

    def _organisations(self, columns: Mapping[str, int], own: frozenset[int], label: int) -> list[Record]:
        records: dict[str, Record] = {}
        for row, values in self.grid.body():
            written = values.get(self.grid.key_column)
            code = _code(written, self.layout.keys)
            if code is None:
                self._stray_row(row, plain(written), values, frozenset(columns.values()), label)
            elif code in records:
                name = self.layout.names[self.layout.keys.index(code)]
                self._say(C.ROW_REPEATED, (row, label or self.grid.key_column), value=f"{name} ({code})")
            else:
                records[code] = _record(code, row, values, columns)
                self._outside(row, values, own)
                self._name_changed(row, label, code, values)
        for code, name in zip(self.layout.keys, self.layout.names, strict=True):
            if code not in records:
                self._say(C.ROW_MISSING, value=f"{name} ({code})")
        return list(records.values())

    def _name_changed(self, row: int, label: int, code: str, values: Mapping[int, RawValue]) -> None:
        """A row whose name was typed over: nobody can tell whether its figures are the key's or the name's."""
        name = self.layout.names[self.layout.keys.index(code)]
        written = plain(values.get(label))
        if self.current and written and not written.casefold().startswith(name.casefold()):
            self._say(C.PREFILL_CHANGED, (row, label), value=written, detail=name)

    def _stray_row(
        self, row: int, key: str, values: Mapping[int, RawValue], inputs: frozenset[int], label: int = 0
    ) -> None:
        """A row that is nobody's: said once where it carries a key and holds something, else cell by cell."""
        if not key:
            self._outside(row, values, self.grid.checks)
        elif inputs & values.keys():
            self._say(C.ROW_UNKNOWN, (row, label or self.grid.key_column), value=key)

    def _outside(self, row: int, values: Mapping[int, RawValue], own: Iterable[int]) -> None:
        self.outside += [(row, col, values[col]) for col in sorted(values.keys() - set(own))]

    def _say_outside(self) -> None:
        for row, col, value in self.outside[:OUTSIDE_LIMIT]:
            self._say(C.OUTSIDE_TABLE, (row, col), value=self._quoted(value))
        more = self.outside[OUTSIDE_LIMIT:]
        if more:
            row, col, value = more[0]
            self._say(C.OUTSIDE_TABLE, (row, col), value=f"{self._quoted(value)[:30]}” và {len(more) - 1} ô khác “…")

    def _quoted(self, value: RawValue) -> str:
        """What stood outside; not on a sheet that asks for facts about a person, where it may be one."""
        personal = any(not f.stored for f in self.layout.sheet.fields)
        return HIDDEN if personal else seen(value)

    def _say(
        self,
        code: FindingCode,
        place: tuple[int, int] | None = None,
        *,
        label: str = "",
        value: str | None = None,
        detail: str = "",
        field_id: str | None = None,
    ) -> None:
        self.findings.append(
            say(
                code,
                unit=self.unit,
                sheet=self.grid.sheet.name,
                cell=cell_name(*place) if place else None,
                field=field_id,
                label=label,
                value=value,
                detail=detail,
            )
        )


def _foreign(raw: RawWorkbook, unit: str, own: Container[str]) -> list[Finding]:
    """A warning for each sheet that is neither the template's own nor empty: what is written there is not read."""
    findings = []
    for sheet in raw.sheets:
        held = sorted(place for place, value in sheet.cells.items() if not blank(value))
        if held and sheet.name not in own and not grids_in(sheet):
            place = cell_name(*held[0])
            findings.append(
                say(C.OUTSIDE_TABLE, severity="warning", unit=unit, sheet=sheet.name, cell=place, value=HIDDEN)
            )
    return findings


def _record(key: str, row: int, values: Mapping[int, RawValue], columns: Mapping[str, int]) -> Record:
    return Record(key, row, {name: RawCell(row, col, values.get(col)) for name, col in columns.items()})


def _code(written: RawValue | None, codes: tuple[str, ...]) -> str | None:
    """The organisation a key cell means. A code typed anew as a number has lost its leading zeros."""
    text = plain(written).casefold()
    same = [c for c in codes if c.casefold() == text]
    if not same and isinstance(written, int | float):
        same = [c for c in codes if c.lstrip("0").casefold() == text]
    return same[0] if len(same) == 1 else None
