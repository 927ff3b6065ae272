"""Makes submissions without any file: the right report of a unit, some cells changed, some things declared."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime
from typing import Any

from pipelines.clock import TIMEZONE
from pipelines.parse import parse
from schemas.layout import DECLARED, SheetLayout, layout
from schemas.parsed import Parsed
from schemas.plan import Plan, Sheet
from schemas.submission import Arrival, Encoding, Identity, RawCell, RawValue, Record, Submission, Table, cell_name
from tests.wide import RIGHT

ARRIVED = datetime(2022, 5, 5, 22, 0, tzinfo=TIMEZONE)
Place = tuple[str, str, str]
"""Sheet, key, field; the field may be `DECLARED`, and then the key `""` means the whole sheet."""


class Office:
    """The offices of a plan's units, with reports for round `dot_1` (`tests.wide.RIGHT` in every row)."""

    def __init__(self, plan: Plan) -> None:
        self.plan = plan

    def in_parts(self) -> Office:
        """The same where units may report in parts."""
        return Office(replace(self.plan, settings=replace(self.plan.settings, parts=("dot_1",))))

    def submission(
        self,
        unit: str,
        changes: Mapping[Place, Any] | None = None,
        *,
        sha: str = "",
        arrived: datetime = ARRIVED,
        down: int = 0,
        without: tuple[str, ...] = (),
        blank: tuple[str, ...] = (),
        encodings: Mapping[Place, Encoding] | None = None,
        epoch_1904: bool = False,
    ) -> Submission:
        """`changes`: what stands in a cell instead. `down`: how many rows lower its tables stand. `without`: sheets
        that are not there; `blank`: sheets that nobody filled."""
        clerk = _Clerk(dict(changes or {}), encodings or {}, down, blank)
        owner = self.plan.unit(unit)
        tables = {}
        for sheet in self.plan.sheets_for(owner, "dot_1"):
            if sheet.id not in without:
                tables[sheet.id] = clerk.table(sheet, layout(self.plan, owner, sheet, "dot_1"))
        assert not clerk.changes
        identity = Identity(self.plan.id, "dot_1", unit, "an earlier version", "")
        arrival = Arrival(sha or unit, arrived, "a.xlsx", "")
        return Submission(arrival, identity, tables, epoch_1904=epoch_1904)

    def parsed(self, *args: Any, **options: Any) -> Parsed:
        return parse(self.plan, self.submission(*args, **options))


class _Clerk:
    def __init__(
        self, changes: dict[Place, Any], encodings: Mapping[Place, Encoding], down: int, blank: tuple[str, ...]
    ) -> None:
        self.changes, self._encodings, self._down, self._blank = changes, encodings, down, blank

    def table(self, sheet: Sheet, place: SheetLayout) -> Table:
        (right,) = RIGHT.sheets[sheet.id].values()
        if sheet.id in self._blank:
            right = {}
        keys = place.keys[:1] if sheet.kind == "list" else place.keys
        records = [self._record(sheet, place, key, right) for key in keys]
        if sheet.kind == "list":
            records = [r for r in records if any(c.value is not None for c in r.cells.values())]
        declared = self._cell((sheet.id, "", DECLARED), 4 + self._down, 3, None)
        return Table(sheet.id, sheet.tab, tuple(records), declared if declared.value is not None else None)

    def _record(self, sheet: Sheet, place: SheetLayout, key: str, right: Mapping[str, RawValue]) -> Record:
        cells = {
            field.id: self._cell(
                (sheet.id, key, field.id),
                place.row(key, field.id) + self._down,
                place.column(field.id),
                right.get(field.id),
            )
            for field in sheet.fields
        }
        row = min(c.row for c in cells.values())
        if not place.declares_rows:
            return Record(key, row, cells)
        declared = self._cell((sheet.id, key, DECLARED), row, place.column(DECLARED), None)
        return Record(key, row, cells, declared if declared.value is not None else None)

    def _cell(self, place: Place, row: int, col: int, right: RawValue | None) -> RawCell:
        return RawCell(row, col, self.changes.pop(place, right), self._encodings.get(place))


def address(plan: Plan, unit: str, sheet: str, key: str, field: str) -> str:
    """Where a cell stands in a unit's template."""
    place = layout(plan, plan.unit(unit), plan.sheet(sheet), "dot_1")
    return cell_name(place.row(key, field), place.column(field))
