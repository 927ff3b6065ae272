"""What the report reads off a consolidation: sums over counted rows, and who has given a sheet's figures."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from schemas.consolidation import Consolidation
from schemas.layout import NOT_APPLICABLE
from schemas.plan import YES, Field, Indicator, Sheet
from schemas.results import DataRow, IndicatorTotal, SheetRows, UnitStatus

FIRST_NAMED_LIST = 4
"""The number of the first annex that names the rows of a list; units, indicators and organisations come before."""


def groups(result: Consolidation) -> tuple[str, ...]:
    """The groups of units, in the plan's order."""
    return tuple(dict.fromkeys(u.group for u in result.units))


def rows_of_groups(result: Consolidation, rows: Iterable[DataRow]) -> dict[str, list[DataRow]]:
    """The rows of each group of units, every group named."""
    group_of = {u.unit.code: u.group for u in result.units}
    parted: dict[str, list[DataRow]] = {group: [] for group in groups(result)}
    for row in rows:
        parted.setdefault(group_of.get(row.unit.code, result.plan.group(row.unit)), []).append(row)
    return parted


def counted(table: SheetRows) -> tuple[DataRow, ...]:
    """The rows that enter sums: all but those declared “Không áp dụng”."""
    return tuple(row for row in table.rows if row.declared != NOT_APPLICABLE)


def total(rows: Iterable[DataRow], field: Field) -> int:
    """The sum of a count; of a yes/no field, how many rows say yes."""
    values = [row.values.get(field.id) for row in rows]
    if field.type == "yes_no":
        return sum(value is True or value == YES for value in values)
    return sum(value for value in values if isinstance(value, int) and not isinstance(value, bool))


def chosen(rows: Iterable[DataRow], field: Field) -> Counter[str]:
    """How many rows have chosen each value; `""`: none was chosen."""
    return Counter(str(row.values.get(field.id) or "") for row in rows)


def choices(result: Consolidation, field: Field, rows: Iterable[DataRow]) -> tuple[str, ...]:
    """The values of a choice field: those of the plan, in order, then any other that stands in the rows."""
    return tuple(dict.fromkeys((*result.plan.values(field.choices), *(v for v in chosen(rows, field) if v))))


@dataclass(frozen=True, slots=True)
class Given:
    """Who has given the figures of one sheet: `expected` of, of these `reported` and `missing`."""

    expected: tuple[UnitStatus, ...]
    missing: tuple[UnitStatus, ...]

    @property
    def reported(self) -> int:
        """How many of the units expected have given it."""
        return len(self.expected) - len(self.missing)


def given(result: Consolidation, sheet: Sheet, own: Sequence[Indicator]) -> Given:
    """Who has given a sheet: as its own indicators say, where it has some; else as the plan and the states say."""
    if own:
        figures = {i.unit: i for i in result.by_unit if i.indicator == own[0].id}
        asked = [u for u in result.units if u.unit.code in figures]
        expected = [u for u in asked if not _not_asked(figures[u.unit.code].numerator, figures[u.unit.code].state)]
        missing = [u for u in expected if figures[u.unit.code].state == "chua_bao_cao"]
        return Given(tuple(expected), tuple(missing))
    expected = [u for u in result.units if u.state != "mien" and _expected(result, sheet, u)]
    return Given(tuple(expected), tuple(u for u in expected if not u.sha256))


def _not_asked(numerator: int | None, state: str | None) -> bool:
    return numerator is None and state == "khong_ap_dung"


def _expected(result: Consolidation, sheet: Sheet, status: UnitStatus) -> bool:
    unit = status.unit
    declined = any(
        d.unit.code == unit.code and d.sheet.id == sheet.id and d.organisation is None and d.declared == NOT_APPLICABLE
        for d in result.declarations
    )
    spared = sheet.id in result.decisions.spared(unit.code, result.round.id) and not _filled(result, sheet, status)
    return result.plan.applies(sheet, unit, result.round.id) and not declined and not spared


def _filled(result: Consolidation, sheet: Sheet, status: UnitStatus) -> bool:
    rows = (row for table in result.rows if table.sheet.id == sheet.id for row in table.rows)
    return any(row.unit.code == status.unit.code and any(v is not None for v in row.values.values()) for row in rows)


def own_indicators(result: Consolidation, sheet: Sheet) -> tuple[Indicator, ...]:
    """The indicators that are told with a sheet: those whose numerator begins on it."""
    shown = {i.id for i in result.indicators}
    return tuple(
        i for i in result.plan.indicators if i.id in shown and i.numerator and i.numerator[0].sheet == sheet.id
    )


def provinces(result: Consolidation, own: Iterable[Indicator]) -> tuple[IndicatorTotal, ...]:
    """The totals of indicators over the province."""
    by_id = {i.id: i for i in result.indicators}
    return tuple(by_id[i.id] for i in own)


def alone(own: Iterable[Indicator]) -> frozenset[str]:
    """The fields that an indicator shows by themselves, as its whole numerator or its whole denominator."""
    found = set()
    for indicator in own:
        if len(indicator.numerator) == 1:
            found.add(indicator.numerator[0].field)
        if len(indicator.denominator) == 1 and not indicator.denominator_minus:
            found.add(indicator.denominator[0].field)
    return frozenset(found)


def names_rows(sheet: Sheet) -> bool:
    """Whether each row of a list matters by itself: a text must be given in it."""
    return sheet.kind == "list" and any(f.type == "text" and f.required and f.stored for f in sheet.fields)


def named_lists(result: Consolidation) -> tuple[SheetRows, ...]:
    """The lists whose rows are named in annexes of their own."""
    return tuple(t for t in result.rows if names_rows(t.sheet) and not told_in_words(result, t.sheet))


def told_in_words(result: Consolidation, sheet: Sheet) -> bool:
    """Whether a list is what units say in words, not a result: rows that matter, which no indicator counts."""
    counts = any(f.type == "count" for f in sheet.fields)
    return names_rows(sheet) and not counts and not own_indicators(result, sheet)
