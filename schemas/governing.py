"""A plan as the office's decisions put it in force on a day. Pure; standard library only."""

from __future__ import annotations

import csv
import hashlib
import io
from collections.abc import Sequence
from dataclasses import replace
from datetime import date

from schemas.decisions import Decisions, UnitChange
from schemas.plan import Plan, Unit

_COLUMNS = ("code", "name", "kind", "parent", "reports", "basis")
_ORDER = ("new", "renamed", "merged", "dissolved")
"""Of changes on one day: a unit must be there before another is merged into it."""


def in_force(plan: Plan, decisions: Decisions, day: date) -> Plan:
    """The plan with the dates it left open, and its units as they are on that day.

    A date that the plan gives itself stands. A renamed unit has its new name; a new one reports and stands with those
    of its kind; one dissolved or merged is exempt, and the organisations of a merged one belong to the receiving unit.
    A change that cannot be (of a unit that is not there, into one that is not or has gone) changes nothing.
    `version` stays where no unit changes, and else is `<version>.<6 hex digits>` of the units' table.
    """
    dues = {due.round: due.due for due in decisions.round_dues}
    deadlines = {one.indicator: one.deadline for one in decisions.deadlines}
    units = _units_on(plan.units, decisions.unit_changes, day)
    base = base_version(plan.version)
    return replace(
        plan,
        rounds=tuple(replace(r, due=r.due or dues.get(r.id)) for r in plan.rounds),
        indicators=tuple(replace(i, deadline=i.deadline or deadlines.get(i.id)) for i in plan.indicators),
        units=units,
        version=plan.version if units == plan.units else f"{base}.{_digest(units)}",
    )


def base_version(version: str) -> str:
    """The version of the plan's own tables that a plan in force rests on; a plan's own version is its own."""
    return version.partition(".")[0]


def unit_table(plan: Plan) -> str:
    """The CSV text of the plan's units, as `units.csv` of a plan folder would say them."""
    return _table(plan.units)


def touches(before: Plan, after: Plan, unit_code: str) -> bool:
    """Whether the template of a unit is another under one plan than under the other, as far as their units differ.

    Its own name and kind, its organisations and their names; a unit that only one of them has is touched.
    """
    if not (before.has_unit(unit_code) and after.has_unit(unit_code)):
        return before.has_unit(unit_code) != after.has_unit(unit_code)
    return _seen(before, unit_code) != _seen(after, unit_code)


def _seen(plan: Plan, code: str) -> tuple[object, ...]:
    unit = plan.unit(code)
    return unit.name, unit.kind, tuple((o.code, o.name) for o in plan.organisations(unit))


def _units_on(units: tuple[Unit, ...], changes: Sequence[UnitChange], day: date) -> tuple[Unit, ...]:
    now = {unit.code: unit for unit in units}
    alone = frozenset(u.code for u in units if u.reports == "yes") - {u.parent for u in units}
    due = sorted((c for c in changes if c.on <= day), key=lambda c: (c.on, _ORDER.index(c.kind)))
    for change in due:
        now = _changed(now, change, alone)
    return tuple(now.values())


def _changed(units: dict[str, Unit], change: UnitChange, alone: frozenset[str]) -> dict[str, Unit]:
    """`alone`: the units of the plan's own tables that fill one row, their own."""
    if change.kind == "new":
        return units if change.unit in units else _with_new(units, change)
    unit = units.get(change.unit)
    if unit is None or unit.reports == "no":
        return units
    basis = change.basis.document
    if change.kind == "renamed":
        return units | {unit.code: replace(unit, name=change.name, basis=basis)}
    gone = {unit.code: replace(unit, reports="exempt", basis=basis)}
    if change.kind == "dissolved":
        return units | gone
    into = units.get(change.into)
    if into is None or into.reports != "yes" or into is unit:
        return units
    moved = {o.code: replace(o, parent=into.code) for o in units.values() if o.parent == unit.code}
    beside = {into.code: replace(into, parent=into.code)} if moved and into.code in alone else {}
    return units | gone | moved | beside


def _with_new(units: dict[str, Unit], change: UnitChange) -> dict[str, Unit]:
    """Behind the last reporting unit of its kind, or behind all reporting units."""
    new = Unit(change.unit, change.name, change.unit_kind, "", "yes", change.basis.document)
    reporting = [u for u in units.values() if u.reports != "no"]
    before = ([u for u in reporting if u.kind == new.kind] or reporting)[-1:]
    found: dict[str, Unit] = {} if before else {new.code: new}
    for unit in units.values():
        found[unit.code] = unit
        if unit in before:
            found[new.code] = new
    return found


def _table(units: Sequence[Unit]) -> str:
    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\n")
    writer.writerow(_COLUMNS)
    writer.writerows([getattr(unit, column) for column in _COLUMNS] for unit in units)
    return text.getvalue()


def _digest(units: Sequence[Unit]) -> str:
    return hashlib.sha256(_table(units).encode()).hexdigest()[:6]
