"""What is different at the end of a day from the end of an earlier one: two consolidations compared, and the events
between them.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping

from pipelines.consolidate.deciding import decision_changes
from pipelines.consolidate.events import events
from pipelines.dataset import Connection
from schemas.consolidation import Consolidation
from schemas.layout import NOT_APPLICABLE
from schemas.plan import Plan, Sheet, Unit
from schemas.progress import FieldChange, Progress, StateChange, TotalChange
from schemas.results import IndicatorTotal, SheetRows

_Sums = Mapping[str, Mapping[str, int]]
"""Field → unit → the sum over the unit's rows."""


def progress(connection: Connection, before: Consolidation, after: Consolidation) -> Progress:
    """Everything that is different in `after` from `before`, of the same round; nothing unless `before` is earlier."""
    since = before.as_of
    if since >= after.as_of:
        return Progress(since)
    return Progress(
        since=since,
        events=events(connection, after, since),
        states=tuple(_states(before, after)),
        totals=tuple(_totals(before, after)),
        fields=tuple(_fields(before, after)),
        decisions=decision_changes(before, after),
    )


def _states(before: Consolidation, after: Consolidation) -> Iterator[StateChange]:
    """Units in another state, in the plan's order; also where only days have passed."""
    earlier = {status.unit.code: status.state for status in before.units}
    for status in after.units:
        was = earlier.get(status.unit.code)
        if was != status.state:
            yield StateChange(status.unit, was, status.state)


def _totals(before: Consolidation, after: Consolidation) -> Iterator[TotalChange]:
    earlier = {total.id: total for total in before.indicators}
    for total in after.indicators:
        was = earlier.get(total.id)
        if was is None or _figures(was) != _figures(total):
            yield TotalChange(was, total)


def _figures(total: IndicatorTotal) -> tuple[int | None, ...]:
    """What it says but for the deadlines: sums and coverage; the reporting rate itself always rests on all."""
    if total.kind in ("reporting", "on_time"):
        return (total.numerator, total.denominator)
    coverage = (total.units_reported, total.units_expected, total.units_not_applicable)
    return (total.numerator, total.denominator, *coverage)


def _fields(before: Consolidation, after: Consolidation) -> Iterator[FieldChange]:
    """Fields of which some unit has another sum, in the plan's order of sheets and fields."""
    earlier = {table.sheet.id: table for table in before.rows}
    for table in after.rows:
        was = earlier.get(table.sheet.id)
        sums = (_sums(table.sheet, was), _sums(table.sheet, table))
        for field in table.sheet.fields:
            then, now = (of.get(field.id, {}) for of in sums)
            moved = tuple(_moved(before.plan, after.plan, then, now))
            if moved:
                yield FieldChange(table.sheet, field, sum(then.values()), sum(now.values()), moved)


def _sums(sheet: Sheet, table: SheetRows | None) -> _Sums:
    """Of the numeric fields, without rows declared not applicable."""
    numeric = [field.id for field in sheet.fields if field.stored and field.numeric]
    sums: defaultdict[str, defaultdict[str, int]] = defaultdict(lambda: defaultdict(int))
    for row in table.rows if table else ():
        if row.declared != NOT_APPLICABLE:
            for field in numeric:
                value = row.values.get(field)
                if isinstance(value, int):
                    sums[field][row.unit.code] += value
    return sums


def _moved(
    before: Plan, after: Plan, then: Mapping[str, int], now: Mapping[str, int]
) -> Iterable[tuple[Unit, int, int]]:
    """The units whose sum is another, in the plan's order; those that only the earlier plan knows come last."""
    units = {unit.code: unit for unit in (*after.units, *before.units) if unit.code in then or unit.code in now}
    units |= {unit.code: unit for unit in after.units if unit.code in units}
    for code, unit in units.items():
        if then.get(code, 0) != now.get(code, 0):
            yield unit, then.get(code, 0), now.get(code, 0)
