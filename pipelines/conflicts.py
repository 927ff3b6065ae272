"""Two parts of one report that fill the same sheet: where they differ, only the unit can say which is right. Pure.

Docs: docs/decisions/0023.
"""

from __future__ import annotations

from collections.abc import Iterator

from pipelines.corrections import DECLARED_LABEL, worded
from pipelines.matching import Pair, pairs
from pipelines.parts import Part
from schemas.catalogue import say
from schemas.changes import Value
from schemas.finding import Finding, FindingCode, shown
from schemas.layout import DECLARED
from schemas.plan import Sheet
from schemas.reported import Line, Reported, compared_fields


def conflicts(unit: str, sheet: Sheet, earlier: Reported, this: Reported, part: Part) -> list[Finding]:
    """An error for each cell that both fill with different values; what one declares, the other must not fill."""
    found: dict[str, Finding] = {}
    for field, label, line, ours, theirs in _differing(sheet, earlier, this):
        cell = this.cell(field, line.row) if line else None
        if field == DECLARED and (line is None or cell is None):
            cell = this.declared_at or None
        detail = f"“{part.source_name}” (bản số {part.version}) ghi “{shown(worded(theirs))}”"
        finding = say(
            FindingCode.PARTS_CONFLICT,
            unit=unit,
            sheet=this.tab,
            cell=cell,
            field=field,
            label=label,
            value=worded(ours),
            detail=detail,
        )
        found.setdefault(cell or finding.message, finding)
    return list(found.values())


Difference = tuple[str, str, Line | None, Value, Value]
"""Field id, label, this file's row (None: the whole sheet), this file's value, the earlier one's."""


def _differing(sheet: Sheet, earlier: Reported, this: Reported) -> Iterator[Difference]:
    if sheet.kind == "list":
        yield from _whole_sheet(sheet, earlier, this)
    for pair in pairs(sheet, earlier, this):
        yield from _in_row(sheet, pair)


def _whole_sheet(sheet: Sheet, earlier: Reported, this: Reported) -> Iterator[Difference]:
    """A list has no rows where it is declared."""
    if this.declared and earlier.declared and this.declared != earlier.declared:
        yield DECLARED, DECLARED_LABEL, None, this.declared, earlier.declared
    elif this.declared and earlier.lines:
        yield DECLARED, DECLARED_LABEL, None, this.declared, _first(sheet, earlier.lines[0])[2]
    elif earlier.declared and this.lines:
        field, label, value = _first(sheet, this.lines[0])
        yield field, label, this.lines[0], value, earlier.declared


def _in_row(sheet: Sheet, pair: Pair) -> Iterator[Difference]:
    theirs, ours = pair.before, pair.after
    if theirs is None or ours is None:
        return
    if ours.declared and theirs.declared:
        if ours.declared != theirs.declared:
            yield DECLARED, DECLARED_LABEL, ours, ours.declared, theirs.declared
    elif ours.declared:
        value = _first(sheet, theirs)[2]
        if value is not None:
            yield DECLARED, DECLARED_LABEL, ours, ours.declared, value
    elif theirs.declared:
        field, label, value = _first(sheet, ours)
        if value is not None:
            yield field, label, ours, value, theirs.declared
    else:
        for f in compared_fields(sheet):
            own, other = ours.values.get(f.id), theirs.values.get(f.id)
            if own is not None and other is not None and own != other:
                yield f.id, f.label, ours, own, other


def _first(sheet: Sheet, line: Line) -> tuple[str, str, Value]:
    """The first filled cell of a row: field id, label, value (None: the row is blank)."""
    for f in compared_fields(sheet):
        if line.values.get(f.id) is not None:
            return f.id, f.label, line.values[f.id]
    first = compared_fields(sheet)[0]
    return first.id, first.label, None
