"""A consolidation narrowed to a group of units, or to one unit: the province's own tables, not computed again."""

from __future__ import annotations

import unicodedata
from collections.abc import Collection
from dataclasses import replace

from schemas.consolidation import Consolidation
from schemas.decisions import Decisions
from schemas.plan import Unit
from schemas.progress import Progress
from schemas.results import IndicatorTotal, SheetRows


def groups(result: Consolidation) -> tuple[str, ...]:
    """The labels of the groups of units, in the plan's order."""
    return tuple(dict.fromkeys(u.group for u in result.units))


def with_subordinates(result: Consolidation) -> tuple[Unit, ...]:
    """The units that have organisations of their own, whose leaders get a workbook."""
    return tuple(u.unit for u in result.units if result.plan.organisations(u.unit) != (u.unit,))


def narrowed(result: Consolidation, units: Collection[str], scope: str) -> Consolidation:
    """What a consolidation says of one group (all its units, `scope` its label) or of one unit (`scope` its name).

    The indicators are the totals the consolidation holds for that group, or for that unit alone. Raises KeyError where
    `units` are neither.
    """
    codes = frozenset(units)
    return replace(
        result,
        units=tuple(u for u in result.units if u.unit.code in codes),
        indicators=_totals(result, codes, scope),
        by_group=tuple(t for t in result.by_group if t.group == scope),
        by_unit=tuple(i for i in result.by_unit if i.unit in codes),
        rows=tuple(SheetRows(t.sheet, tuple(r for r in t.rows if r.unit.code in codes)) for t in result.rows),
        findings=tuple(f for f in result.findings if f.unit.code in codes),
        sources=tuple(s for s in result.sources if s.unit.code in codes),
        declarations=tuple(d for d in result.declarations if d.unit.code in codes),
        by_single={code: totals for code, totals in result.by_single.items() if code in codes},
        by_organisation=tuple(o for o in result.by_organisation if o.unit in codes),
        signs=tuple(s for s in result.signs if s.unit.code in codes),
        decisions=_decisions(result.decisions, codes),
        progress=_progress(result.progress, codes),
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
    (code,) = codes
    return tuple(replace(t, group="") for t in result.by_single[code])


def _decisions(decisions: Decisions, codes: frozenset[str]) -> Decisions:
    """Dates hold for everyone; the rest is the units' own."""
    return replace(
        decisions,
        extensions=tuple(e for e in decisions.extensions if e.unit in codes),
        exemptions=tuple(e for e in decisions.exemptions if e.unit in codes),
        unit_changes=tuple(c for c in decisions.unit_changes if c.unit in codes or c.into in codes),
        contacts=tuple(c for c in decisions.contacts if c.unit in codes),
    )


def _progress(progress: Progress | None, codes: frozenset[str]) -> Progress | None:
    """What happened to these units; the province's totals and the office's decisions are told in its own workbook."""
    if progress is None:
        return None
    return Progress(
        progress.since,
        events=tuple(e for e in progress.events if e.unit.code in codes),
        states=tuple(s for s in progress.states if s.unit.code in codes),
        fields=tuple(
            replace(field, before=sum(b for _, b, _ in units), after=sum(a for _, _, a in units), units=units)
            for field in progress.fields
            if (units := tuple(u for u in field.units if u[0].code in codes))
        ),
    )
