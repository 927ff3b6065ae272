"""A consolidation narrowed to a group of units, or to one unit: the province's own tables, not computed again."""

from __future__ import annotations

import unicodedata
from collections.abc import Collection
from dataclasses import replace

from schemas.consolidation import Consolidation
from schemas.decisions import Decisions
from schemas.layout import NOT_APPLICABLE
from schemas.plan import Unit
from schemas.progress import FieldChange, Progress
from schemas.results import IndicatorTotal, SheetRows


def group_labels(result: Consolidation) -> tuple[str, ...]:
    """The labels of the groups of units, in the plan's order."""
    return tuple(dict.fromkeys(u.group for u in result.units))


def with_subordinates(result: Consolidation) -> tuple[Unit, ...]:
    """The units that have organisations of their own, whose leaders get a workbook; none that has ceased to be."""
    standing = (u.unit for u in result.units if u.departure is None)
    return tuple(unit for unit in standing if result.plan.organisations(unit) != (unit,))


def narrowed(result: Consolidation, units: Collection[str], scope: str) -> Consolidation:
    """What a consolidation says of one group (all its units, `scope` its label) or of one unit (`scope` its name).

    The indicators are the totals the consolidation holds for that group, or for that unit alone. A sign that rests on
    the report of a unit outside is left to the province's workbook. Raises KeyError where `units` are neither.
    """
    codes = frozenset(units)
    rows = tuple(SheetRows(t.sheet, tuple(r for r in t.rows if r.unit.code in codes)) for t in result.rows)
    return replace(
        result,
        units=tuple(u for u in result.units if u.unit.code in codes),
        indicators=_totals(result, codes, scope),
        by_group=_of_group(result, codes, scope),
        by_unit=tuple(i for i in result.by_unit if i.unit in codes),
        rows=rows,
        findings=tuple(f for f in result.findings if f.unit.code in codes),
        sources=tuple(s for s in result.sources if s.unit.code in codes),
        declarations=tuple(d for d in result.declarations if d.unit.code in codes),
        by_single={code: totals for code, totals in result.by_single.items() if code in codes},
        by_organisation=tuple(o for o in result.by_organisation if o.unit in codes),
        signs=tuple(s for s in result.signs if {s.unit.code, *(e.unit for e in s.evidence)} <= codes),
        decisions=_decisions(result.decisions, codes),
        progress=_progress(result.progress, codes, rows),
        scope=scope,
    )


def slug(label: str) -> str:
    """A label as a file name in plain letters: `Huyện uỷ, thị uỷ` → `huyen-uy-thi-uy`."""
    plain = unicodedata.normalize("NFD", label.casefold().replace("đ", "d"))
    letters = (c if c.isascii() and c.isalnum() else " " for c in plain if not unicodedata.combining(c))
    return "-".join("".join(letters).split()) or "nhom"


def _totals(result: Consolidation, codes: frozenset[str], scope: str) -> tuple[IndicatorTotal, ...]:
    of_group = tuple(replace(t, group="") for t in result.by_group if t.group == scope)
    members = frozenset(u.unit.code for u in result.units if u.group == scope)
    if of_group and members == codes:
        return of_group
    if len(codes) != 1:
        raise KeyError(scope)
    return tuple(replace(t, group="") for code in codes for t in result.by_single[code])


def _of_group(result: Consolidation, codes: frozenset[str], scope: str) -> tuple[IndicatorTotal, ...]:
    """The lines of groups: the group's own; of one unit, its own totals stand for its group."""
    (group,) = {u.group for u in result.units if u.unit.code in codes}
    return tuple(replace(t, group=group) for t in _totals(result, codes, scope))


def _decisions(decisions: Decisions, codes: frozenset[str]) -> Decisions:
    """Dates hold for everyone; the rest is the units' own."""
    return replace(
        decisions,
        extensions=tuple(e for e in decisions.extensions if e.unit in codes),
        exemptions=tuple(e for e in decisions.exemptions if e.unit in codes),
        unit_changes=tuple(c for c in decisions.unit_changes if c.unit in codes or c.into in codes),
        contacts=tuple(c for c in decisions.contacts if c.unit in codes),
    )


def _progress(progress: Progress | None, codes: frozenset[str], rows: tuple[SheetRows, ...]) -> Progress | None:
    """What happened to these units; the province's totals and the office's decisions are told in its own workbook."""
    if progress is None:
        return None
    tables = {table.sheet.id: table for table in rows}
    fields = (_of_units(field, codes, tables[field.sheet.id]) for field in progress.fields if field.sheet.id in tables)
    return Progress(
        progress.since,
        events=tuple(e for e in progress.events if e.unit.code in codes),
        states=tuple(s for s in progress.states if s.unit.code in codes),
        fields=tuple(field for field in fields if field.before != field.after),
    )


def _of_units(change: FieldChange, codes: frozenset[str], table: SheetRows) -> FieldChange:
    """The same field summed over these units: now as their rows say, before by what each of them has moved."""
    moved = tuple(told for told in change.units if told[0].code in codes)
    after = sum(_counted(row.values.get(change.field.id)) for row in table.rows if row.declared != NOT_APPLICABLE)
    return replace(change, before=after - sum(now - then for _, then, now in moved), after=after, units=moved)


def _counted(value: object) -> int:
    """What a value adds to a sum: a count itself, a yes 1."""
    return int(value) if isinstance(value, int) else 0
