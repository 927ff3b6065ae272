"""A sheet as one version gave it against the same sheet as given before: what changed, and what is a warning. Pure."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from pipelines.matching import Pair, pairs
from schemas.catalogue import say
from schemas.changes import CellChange, Value
from schemas.finding import Finding, FindingCode, shown
from schemas.layout import DECLARED
from schemas.plan import Plan, Sheet
from schemas.reported import Line, Reported, compared_fields

MOST_SAID = 50
"""Warnings that are said one by one; of the rest only the number is said."""
DECLARED_LABEL = "Tình trạng"


def changed_cells(plan: Plan, sheet: Sheet, before: Reported, after: Reported) -> list[CellChange]:
    """Every value that differs, declarations too, in the order of the newer file's rows. Totals are left open."""
    comparison = _Comparison(plan, sheet, before, after)
    placed = sorted(comparison.changes(), key=lambda found: found[0])
    return [change for _, change in placed]


def correction_warnings(plan: Plan, unit: str, cells: Sequence[CellChange]) -> list[Finding]:
    """A warning for each count that went down and each cell that was filled and now is blank; past 50 in one."""
    warned = [(code, change) for change in cells if (code := _warning(plan, change)) is not None]
    said = [_said(unit, code, change) for code, change in warned[:MOST_SAID]]
    if len(warned) > MOST_SAID:
        code, change = warned[MOST_SAID]
        said.append(_said(unit, code, change, others=len(warned) - MOST_SAID - 1))
    return said


def worded(value: Value) -> Value:
    """A value as its clerk would name it: yes and no in words."""
    return ("có" if value else "không") if isinstance(value, bool) else value


@dataclass(frozen=True, slots=True)
class _Comparison:
    plan: Plan
    sheet: Sheet
    before: Reported
    after: Reported

    def changes(self) -> Iterator[tuple[tuple[int, int], CellChange]]:
        """Each change with its (row, column) to sort by."""
        whole = (self.before.declared, self.after.declared)
        if whole[0] != whole[1]:
            cell = self.after.declared_at or self.before.declared_at
            yield (0, 0), self._change(cell, "", DECLARED, DECLARED_LABEL, whole)
        for pair in pairs(self.sheet, self.before, self.after):
            row = pair.row or (pair.before.row if pair.before else 0)
            for position, field in enumerate(compared_fields(self.sheet)):
                values = (_value(pair.before, field.id), _value(pair.after, field.id))
                if values[0] != values[1]:
                    yield (row, position), self._in_row(pair, field.id, field.label, values)
            said = (_declared(pair.before), _declared(pair.after))
            if said[0] != said[1] and said != whole:  # what the whole sheet says is not said again row by row
                yield (row, len(self.sheet.fields)), self._in_row(pair, DECLARED, DECLARED_LABEL, said)

    def _in_row(self, pair: Pair, field: str, label: str, values: tuple[Value, Value]) -> CellChange:
        line = pair.after or pair.before
        assert line is not None
        cell = self.after.cell(field, pair.row) if pair.row else None
        cell = cell or (self.before.cell(field, pair.before.row) if pair.before else None)
        return self._change(cell or "", self._name(line), field, label, values)

    def _name(self, line: Line) -> str:
        if self.sheet.kind == "list":
            return f"dòng {line.key}"
        if self.sheet.kind == "form":
            return ""
        try:
            return self.plan.unit(line.key).name
        except KeyError:  # dissolved since
            return line.key

    def _change(self, cell: str, name: str, field: str, label: str, values: tuple[Value, Value]) -> CellChange:
        tab = self.after.tab or self.before.tab
        return CellChange(self.sheet.id, tab, cell, name, field, label, values[0], values[1])


def _value(line: Line | None, field: str) -> Value:
    return None if line is None else line.values.get(field)


def _declared(line: Line | None) -> str | None:
    return None if line is None else line.declared


def _warning(plan: Plan, change: CellChange) -> FindingCode | None:
    if change.field == DECLARED or change.before is None:
        return None
    if change.after is None:
        return FindingCode.VALUE_EMPTIED
    count = plan.sheet(change.sheet).field(change.field).type == "count"
    numbers = isinstance(change.before, int) and isinstance(change.after, int)
    return FindingCode.COUNT_LOWERED if count and numbers and change.after < change.before else None  # type: ignore[operator]


def _said(unit: str, code: FindingCode, change: CellChange, others: int = 0) -> Finding:
    emptied = code is FindingCode.VALUE_EMPTIED
    before = shown(worded(change.before))
    if others and emptied:
        before = f"{before}” và {others} ô khác giảm hoặc bị bỏ trống “…"
    value = None if emptied else shown(change.after)
    if others and not emptied:
        value = f"{value} (và {others} ô khác giảm hoặc bị bỏ trống)"
    return say(
        code,
        unit=unit,
        sheet=change.tab,
        cell=change.cell or None,
        field=change.field,
        label=change.label,
        value=value,
        detail=before,
    )
