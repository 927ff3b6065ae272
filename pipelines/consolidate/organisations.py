"""Unit × organisation × indicator: the rates that rest on rows of organisations, from the counted rows."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping

from schemas.layout import NOT_APPLICABLE
from schemas.plan import ROWS, Indicator, Plan, Round, Term, Unit
from schemas.results import OrganisationIndicator, SheetRows

_Sums = Mapping[tuple[str, str], int]
"""(sheet, field) → the sum over the rows of one organisation; field `ROWS`: how many rows."""


def by_organisation(plan: Plan, round_: Round, tables: Iterable[SheetRows]) -> tuple[OrganisationIndicator, ...]:
    """Every rate of the round over `org` sheets, in the plan's order of units, organisations, indicators.

    An organisation has a rate only where every sheet of the indicator holds a row of it that counts: rows declared not
    applicable are none, and what one sheet of two says is no rate. A blank count is 0, as in the unit's own rate.
    """
    counted: defaultdict[tuple[str, str], defaultdict[tuple[str, str], int]] = defaultdict(lambda: defaultdict(int))
    organisations: dict[tuple[str, str], tuple[Unit, Unit]] = {}
    for table in tables:
        numeric = [field.id for field in table.sheet.fields if field.stored and field.numeric]
        for row in table.rows:
            if row.organisation is None or row.declared == NOT_APPLICABLE:
                continue
            place = (row.unit.code, row.organisation.code)
            organisations.setdefault(place, (row.unit, row.organisation))
            sums = counted[place]
            sums[table.sheet.id, ROWS] += 1
            for field in numeric:
                value = row.values.get(field)
                sums[table.sheet.id, field] += value if isinstance(value, int) else 0
    wanted = tuple(_over_organisations(plan, round_))
    order = {unit.code: n for n, unit in enumerate(plan.units)}
    last = len(order)  # dissolved since: behind the others, as they stood
    places = sorted(organisations, key=lambda place: (order[place[0]], order.get(place[1], last)))
    return tuple(
        _rate(*organisations[place], indicator, counted[place])
        for place in places
        for indicator in wanted
        if all((sheet, ROWS) in counted[place] for sheet in indicator.sheets)
    )


def _over_organisations(plan: Plan, round_: Round) -> Iterator[Indicator]:
    for indicator in plan.indicators_of_round(round_.id):
        if indicator.kind == "rate" and all(plan.sheet(sheet).kind == "org" for sheet in indicator.sheets):
            yield indicator


def _rate(unit: Unit, organisation: Unit, indicator: Indicator, sums: _Sums) -> OrganisationIndicator:
    numerator = _value(sums, indicator.numerator)
    denominator = _value(sums, indicator.denominator) - _value(sums, indicator.denominator_minus)
    rate = numerator / denominator if denominator else None
    return OrganisationIndicator(unit.code, organisation, indicator.id, numerator, denominator, rate)


def _value(sums: _Sums, terms: tuple[Term, ...]) -> int:
    return sum(sums.get((term.sheet, term.field), 0) for term in terms)
