"""One table of the plan, read from the grid it stands in, and what is wrong with its shape.

Nothing is dropped silently: a cell that holds something is a field's cell, the template's own, or said.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from functools import cached_property
from typing import TYPE_CHECKING

from pipelines.intake.head import declared, typed_over
from pipelines.intake.near import nearest
from pipelines.intake.outside import filled_cells, personal
from pipelines.intake.texts import plain, seen
from schemas.catalogue import say
from schemas.finding import HIDDEN, Finding, FindingCode
from schemas.layout import DECLARED, DECLARED_LABEL, VALUE, SheetLayout
from schemas.submission import RawCell, Record, Table, cell_name

if TYPE_CHECKING:
    from pipelines.intake.grid import Grid, Place, Row
    from schemas.plan import Field
    from schemas.submission import RawValue

C = FindingCode
OUTSIDE_LIMIT = 50
"""Findings on what stands outside one table; of the rest only the number of cells is said."""
NOT_YET_THERE = "; biểu mẫu phiên bản cũ đã dùng có thể chưa có cột này"


@dataclass
class Reading:
    """One table being read. `current`: its template is the plan's present version.

    After `table()`: `findings`; `outside`: every cell that is no part of the table; `columns`: where each field (and
    `DECLARED`) was found, or in a form `VALUE`; `label`: the column of the rows' names.
    """

    grid: Grid
    layout: SheetLayout
    unit: str
    current: bool
    findings: list[Finding] = field(default_factory=list)
    outside: dict[Place, RawValue] = field(default_factory=dict)
    columns: dict[str, int] = field(default_factory=dict)
    label: int = 0
    _strays: list[tuple[int, Row]] = field(default_factory=list)

    @cached_property
    def fields(self) -> dict[str, Field]:
        """The sheet's fields by id."""
        return {f.id: f for f in self.layout.sheet.fields}

    @cached_property
    def personal(self) -> bool:
        """Whether what stands beside the table may concern a person."""
        return personal(self.layout.sheet)

    def table(self) -> Table:
        """The table; what else was found is collected beside it."""
        if not self.grid.closed:
            self._say(C.TABLE_NOT_CLOSED)
        records, lost = self._form() if self.layout.form else self._rows()
        whole, more = declared(self.grid)
        if self.layout.form and whole is not None:
            more, whole = {whole.col: self.grid.declaration[whole.col], **more}, None
        head = (*self.grid.beside_head(), (self.grid.declaration_row, more), *typed_over(self.grid, self.label))
        for row, cells in (*self.grid.below(), *head):
            self._stray(row, cells)
        self._say_strays()
        return Table(self.layout.sheet.id, self.grid.sheet.name, tuple(records), whole, lost)

    def _form(self) -> tuple[Iterable[Record], tuple[str, ...]]:
        """The whole form as one record: field ids in the key column, values in the column `value`."""
        grid, fields = self.grid, self.layout.sheet.fields
        self.label = grid.label_column({f.id.casefold(): f.label for f in fields})
        columns = [c for c, name in grid.ids.items() if name == VALUE]
        if not columns:
            self._say(C.COLUMN_MISSING, label="Nội dung điền")
            self.outside.update(filled_cells(grid, self.layout))
            return (), tuple(self.fields)
        for again in columns[1:]:
            self._say(C.COLUMN_REPEATED, (grid.row, again), label="Nội dung điền")
            self._keep_column(again)
        column = self.columns[VALUE] = columns[0]
        own = {grid.key_column, column, column + 1, self.label, *columns, *grid.checks}
        cells = self._lines(column, own)
        lost = tuple(name for name in self.fields if name not in cells)
        for name in lost:
            self._say(C.ROW_MISSING, value=f"“{self.fields[name].label}”", field_id=name)
        first = min((c.row for c in cells.values()), default=grid.row + 1)
        return (Record(self.unit, first, cells),), lost

    def _lines(self, column: int, own: set[int]) -> dict[str, RawCell]:
        """The lines of a form by field id."""
        by_id = {name.casefold(): f for name, f in self.fields.items()}
        cells: dict[str, RawCell] = {}
        for row, values in self.grid.body():
            key = plain(values.get(self.grid.key_column))
            asked = by_id.get(key.casefold())
            if asked is None:
                self._stray_row(row, key, values, own, {column})
            elif asked.id in cells:
                self._say(C.ROW_REPEATED, (row, column), value=f"“{asked.label}”")
                self._keep(row, {c: v for c, v in values.items() if c not in own or c == column})
            else:
                cells[asked.id] = self.grid.cell(row, column)
                self._beside(row, values, own)
        return cells

    def _rows(self) -> tuple[list[Record], tuple[str, ...]]:
        names = zip(map(str.casefold, self.layout.keys), self.layout.names, strict=True)
        self.label = self.grid.label_column(dict(names))
        lost = self._find_columns()
        own = {self.grid.key_column, self.label, *self.grid.ids}
        records = self._free_rows(own) if self.layout.sheet.kind == "list" else self._organisations(own)
        return records, lost

    def _find_columns(self) -> tuple[str, ...]:
        """Finds the column of each field; what is missing, unknown or repeated is said with the header they see."""
        known = {name: f.label for name, f in self.fields.items()}
        if self.layout.declares_rows:
            known[DECLARED] = DECLARED_LABEL
        unknown: list[int] = []
        for col, name in self.grid.ids.items():
            if name in self.columns:
                self._say(C.COLUMN_REPEATED, (self.grid.row, col), label=known[name], field_id=name)
                self._keep_column(col)
            elif name in known:
                self.columns[name] = col
            elif col not in self.grid.checks:
                unknown.append(col)
        lost = tuple(name for name in self.fields if name not in self.columns)
        for col in unknown:
            self._unknown_column(col, lost)
        for name in lost:
            detail = "" if self.current else NOT_YET_THERE
            self._say(C.COLUMN_MISSING, label=self.fields[name].label, detail=detail, field_id=name)
        return lost

    def _unknown_column(self, col: int, lost: tuple[str, ...]) -> None:
        """A column that is nobody's: said where it holds something, or may be one that is missing."""
        header, name = self.grid.header(col), self.grid.ids[col]
        missing = {f: (f, self.fields[f].label) for f in lost}
        near = nearest(name, missing) or nearest(header, missing)
        if near or any(col in cells for _, cells in self.grid.body()):
            detail = f". Có phải cột “{self.fields[near].label}”?" if near else ""
            self._say(C.COLUMN_UNKNOWN, (self.grid.row, col), value=header or name, detail=detail)
            self._keep_column(col)

    def _free_rows(self, own: set[int]) -> list[Record]:
        """A list's rows, hidden or inserted ones too, keyed by their place in the table."""
        records = []
        for row, values in self.grid.body():
            if any(col in values for col in self.columns.values()):
                records.append(self._record(str(row - self.grid.row), row))
            self._beside(row, values, own)
        return records

    def _organisations(self, own: set[int]) -> list[Record]:
        records: dict[str, Record] = {}
        inputs = set(self.columns.values())
        for row, values in self.grid.body():
            written = values.get(self.grid.key_column)
            code = _code(written, self.layout.keys)
            if code is None:
                self._stray_row(row, plain(written), values, own, inputs)
            elif code in records:
                name = self.layout.names[self.layout.keys.index(code)]
                self._say(C.ROW_REPEATED, (row, self.label or self.grid.key_column), value=f"{name} ({code})")
                self._keep_row(row, values)
            else:
                records[code] = self._record(code, row)
                self._beside(row, values, own)
                self._name_changed(row, code, values)
        for code, name in zip(self.layout.keys, self.layout.names, strict=True):
            if code not in records:
                self._say(C.ROW_MISSING, value=f"{name} ({code})")
        return list(records.values())

    def _record(self, key: str, row: int) -> Record:
        cells = {name: self.grid.cell(row, col) for name, col in self.columns.items()}
        choice = cells.pop(DECLARED, None)
        return Record(key, row, cells, None if choice is None or choice.value is None else choice)

    def _name_changed(self, row: int, code: str, values: Mapping[int, RawValue]) -> None:
        """A row whose name was typed over: nobody can tell whether its figures are the key's or the name's."""
        name = self.layout.names[self.layout.keys.index(code)]
        written = plain(values.get(self.label))
        if self.current and written and not written.casefold().startswith(name.casefold()):
            self._say(C.PREFILL_CHANGED, (row, self.label), value=written, detail=name)

    def _stray_row(self, row: int, key: str, values: Row, own: set[int], inputs: set[int]) -> None:
        """A row that is nobody's, said once: as a stranger's where it carries a key and fills something."""
        if not key:
            self._stray(row, {col: v for col, v in sorted(values.items()) if col not in self.grid.checks})
        elif inputs & values.keys():
            self._say(C.ROW_UNKNOWN, (row, self.label or self.grid.key_column), value=key)
            self._keep_row(row, values)
        else:
            self._beside(row, values, own)

    def _beside(self, row: int, values: Row, own: set[int]) -> None:
        for col in sorted(values.keys() - own):
            self._stray(row, {col: values[col]})

    def _stray(self, row: int, cells: Row) -> None:
        """Cells of one row outside the table: one finding."""
        if cells:
            self._strays.append((row, cells))
            self._keep(row, cells)

    def _keep(self, row: int, cells: Row) -> None:
        self.outside.update({(row, col): value for col, value in cells.items() if col not in self.grid.checks})

    def _keep_row(self, row: int, cells: Row) -> None:
        """A keyed row that is not read."""
        self._keep(row, {col: value for col, value in cells.items() if col != self.grid.key_column})

    def _keep_column(self, col: int) -> None:
        for row, values in self.grid.body():
            if col in values:
                self.outside[row, col] = values[col]

    def _say_strays(self) -> None:
        for row, cells in self._strays[:OUTSIDE_LIMIT]:
            self._say(C.OUTSIDE_TABLE, (row, next(iter(cells))), value=self._quoted(row, cells))
        more = self._strays[OUTSIDE_LIMIT:]
        if more:
            row, cells = more[0]
            others = sum(len(cells) for _, cells in more) - 1
            words = f"{self._quoted(row, cells)[:30]}” và {others} ô khác “…"
            self._say(C.OUTSIDE_TABLE, (row, next(iter(cells))), value=words)

    def _quoted(self, row: int, cells: Row) -> str:
        """What stood outside; not on a sheet that asks for facts about a person, where it may be one."""
        words = [HIDDEN] if self.personal else [seen(value) for value in cells.values()]
        return words[0] if len(cells) == 1 else f"dòng {row}: {'; '.join(words)}"

    def _say(
        self,
        code: FindingCode,
        place: Place | None = None,
        *,
        label: str = "",
        value: str | None = None,
        detail: str = "",
        field_id: str | None = None,
    ) -> None:
        tab, cell = self.grid.sheet.name, cell_name(*place) if place else None
        found = say(code, unit=self.unit, sheet=tab, cell=cell, field=field_id, label=label, value=value, detail=detail)
        self.findings.append(found)


def _code(written: RawValue | None, codes: tuple[str, ...]) -> str | None:
    """The organisation a key cell means. A code typed anew as a number has lost its leading zeros."""
    text = plain(written).casefold()
    same = [c for c in codes if c.casefold() == text]
    if not same and isinstance(written, int | float):
        same = [c for c in codes if c.lstrip("0").casefold() == text]
    return same[0] if len(same) == 1 else None
