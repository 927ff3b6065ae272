"""Indicators: honest rates per unit, group and province, with coverage and states.

A rate over several units sums numerators and denominators; it is never a mean of rates. A unit that has not reported
stays in what is expected, and the rate is marked partial. A denominator of 0 gives no rate. Rows declared “Không áp
dụng” are left out; a unit that declared a whole sheet so is not expected for the indicators that rest on it, nor is one
that the office has spared a sheet and that has not filled it, nor one whose figures the unit it merged into reports.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date

from pipelines.consolidate.declared import declared_sheets
from pipelines.dataset import quoted, stored_fields, table_name
from pipelines.known import Known
from schemas.decisions import NO_DECISIONS, Decisions
from schemas.layout import NOT_APPLICABLE
from schemas.plan import ROWS, Indicator, Plan, Sheet, Term, Unit
from schemas.results import IndicatorState, IndicatorTotal, UnitIndicator, UnitStatus

Sums = Mapping[tuple[str, str, str], int]
"""(unit, sheet, field) → the sum of the field over the unit's counted rows; field `ROWS`: how many rows."""


@dataclass(frozen=True, slots=True)
class IndicatorTables:
    """An indicator at its three levels; `singles`: per unit code, the totals over that unit alone."""

    province: tuple[IndicatorTotal, ...]
    groups: tuple[IndicatorTotal, ...]
    units: tuple[UnitIndicator, ...]
    singles: Mapping[str, tuple[IndicatorTotal, ...]]


def indicator_tables(
    known: Known, as_of: date, statuses: tuple[UnitStatus, ...], decisions: Decisions = NO_DECISIONS
) -> IndicatorTables:
    """Every indicator of the round: over the province, over each group of units, and for each unit."""
    counted = _Counted(known, as_of, statuses, decisions)
    indicators = known.plan.indicators_of_round(known.round.id)
    groups = list(dict.fromkeys(s.group for s in statuses))
    return IndicatorTables(
        province=tuple(counted.total(i, "", statuses) for i in indicators),
        groups=tuple(
            counted.total(i, group, [s for s in statuses if s.group == group]) for group in groups for i in indicators
        ),
        units=tuple(
            counted.of_unit(i, s)
            for s in statuses
            for i in indicators
            if i.kind in ("rate", "volume") and s.state != "mien"
        ),
        singles={s.unit.code: tuple(counted.total(i, s.unit.name, [s]) for i in indicators) for s in statuses},
    )


class _Counted:
    def __init__(self, known: Known, as_of: date, statuses: tuple[UnitStatus, ...], decisions: Decisions) -> None:
        self._plan, self._round, self._as_of = known.plan, known.round, as_of
        self._sums = _sums(known)
        self._earlier = _earlier_sums(known)
        self._reported = {s.unit.code for s in statuses if s.sha256}
        self._declined = {(d.unit.code, d.sheet.id) for d in declared_sheets(known) if d.declared == NOT_APPLICABLE}
        spared = {s.unit.code: decisions.spared(s.unit.code, known.round.id) for s in statuses}
        self._spared = {
            (unit, sheet)
            for unit, sheets in spared.items()
            for sheet in sheets
            if not (unit in self._reported and self._sums.get((unit, sheet, ROWS)))
        }
        self._taken_over = {s.unit.code for s in statuses if s.accepted_at and not s.sha256}

    def of_unit(self, indicator: Indicator, status: UnitStatus) -> UnitIndicator:
        unit = status.unit
        if not self._asks(indicator, status) or self._declines(indicator, unit):
            return UnitIndicator(unit.code, indicator.id, None, None, None, "khong_ap_dung", 0)
        if unit.code not in self._reported:
            return UnitIndicator(unit.code, indicator.id, None, None, None, "chua_bao_cao", 0)
        numerator = _value(self._sums, unit.code, indicator.numerator)
        if indicator.kind == "volume":
            return UnitIndicator(unit.code, indicator.id, numerator, None, None, None, 0)
        denominator = self._denominator(self._sums, unit.code, indicator)
        state, days = self._state(indicator.target, indicator.deadline, numerator, denominator, complete=True)
        rate = numerator / denominator if denominator else None
        return UnitIndicator(unit.code, indicator.id, numerator, denominator, rate, state, days)

    def total(self, indicator: Indicator, group: str, statuses: Iterable[UnitStatus]) -> IndicatorTotal:
        if indicator.kind in ("reporting", "on_time"):
            return self._reporting(indicator, group, statuses)
        asked = [s.unit for s in statuses if self._asks(indicator, s)]
        units = [u for u in asked if not self._declines(indicator, u)]
        reported = [u for u in units if u.code in self._reported]
        missing = [u for u in units if u.code not in self._reported]
        numerator = sum(_value(self._sums, u.code, indicator.numerator) for u in reported) if reported else None
        rated = indicator.kind == "rate" and numerator is not None
        denominator = sum(self._denominator(self._sums, u.code, indicator) for u in reported) if rated else None
        state, days = self._total_state(indicator, numerator, denominator, bool(reported), not missing)
        if not units and any(self._applies(indicator, s.unit) for s in statuses):  # none of them is to give it
            state = "khong_ap_dung"
        bound, bound_units = self._lower_bound(indicator, numerator, denominator, missing)
        return IndicatorTotal(
            id=indicator.id,
            label=indicator.label,
            kind=indicator.kind,
            group=group,
            numerator=numerator,
            denominator=denominator,
            rate=numerator / denominator if denominator and numerator is not None else None,
            target=_fraction(indicator.target),
            deadline=indicator.deadline,
            state=state,
            days_overdue=days,
            units_reported=len(reported),
            units_expected=len(units),
            lower_bound=bound,
            lower_bound_units=bound_units,
            units_not_applicable=len(asked) - len(units),
        )

    def _reporting(self, indicator: Indicator, group: str, statuses: Iterable[UnitStatus]) -> IndicatorTotal:
        expected = [s for s in statuses if s.state != "mien"]
        accepted = [s for s in expected if s.accepted_at]
        done = accepted if indicator.kind == "reporting" else [s for s in accepted if s.state == "dung_han"]
        due = self._round.due
        state, days = self._state(indicator.target or 100, due, len(done), len(expected), complete=True)
        return IndicatorTotal(
            id=indicator.id,
            label=indicator.label,
            kind=indicator.kind,
            group=group,
            numerator=len(done),
            denominator=len(expected),
            rate=len(done) / len(expected) if expected else None,
            target=_fraction(indicator.target),
            deadline=due,
            state=state,
            days_overdue=days,
            units_reported=len(accepted),
            units_expected=len(expected),
            lower_bound=None,
            lower_bound_units=0,
        )

    def _total_state(
        self,
        indicator: Indicator,
        numerator: int | None,
        denominator: int | None,
        reported: bool,
        complete: bool,
    ) -> tuple[IndicatorState | None, int]:
        if not reported:
            return "chua_bao_cao", 0
        if indicator.kind == "volume":
            return None, 0
        return self._state(indicator.target, indicator.deadline, numerator or 0, denominator or 0, complete=complete)

    def _state(
        self, target: int | None, deadline: date | None, numerator: int, denominator: int, *, complete: bool
    ) -> tuple[IndicatorState, int]:
        """The state and the days past the deadline. Compared in whole numbers; met only where nobody is missing."""
        if denominator == 0 and complete:
            return "khong_ap_dung", 0
        if complete and numerator * 100 >= (target or 0) * denominator:
            return "hoan_thanh", 0
        if deadline is None:
            return "khong_co_han", 0
        days = (self._as_of - deadline).days
        return ("qua_han", days) if days > 0 else ("dang_thuc_hien", 0)

    def _lower_bound(
        self, indicator: Indicator, numerator: int | None, denominator: int | None, missing: list[Unit]
    ) -> tuple[float | None, int]:
        """The rate if the missing units did nothing, where earlier accepted reports give their denominators."""
        known = {u.code: self._denominator(self._earlier, u.code, indicator) for u in missing}
        known = {code: value for code, value in known.items() if value > 0}
        whole = (denominator or 0) + sum(known.values())
        if indicator.kind != "rate" or not known or not whole:
            return None, 0
        return (numerator or 0) / whole, len(known)

    def _asks(self, indicator: Indicator, status: UnitStatus) -> bool:
        """Whether a unit is expected to give the indicator, so far as the plan and the office say."""
        unit = status.unit
        if status.state == "mien" or unit.code in self._taken_over:
            return False
        return self._applies(indicator, unit) and not any((unit.code, s) in self._spared for s in indicator.sheets)

    def _applies(self, indicator: Indicator, unit: Unit) -> bool:
        return all(self._plan.applies(self._plan.sheet(s), unit, self._round.id) for s in indicator.sheets)

    def _declines(self, indicator: Indicator, unit: Unit) -> bool:
        return any((unit.code, sheet) in self._declined for sheet in indicator.sheets)

    @staticmethod
    def _denominator(sums: Sums, unit: str, indicator: Indicator) -> int:
        return _value(sums, unit, indicator.denominator) - _value(sums, unit, indicator.denominator_minus)


def _value(sums: Sums, unit: str, terms: tuple[Term, ...]) -> int:
    return sum(sums.get((unit, term.sheet, term.field), 0) for term in terms)


def _fraction(percent: int | None) -> float | None:
    return None if percent is None else percent / 100


def _sums(known: Known) -> dict[tuple[str, str, str], int]:
    sums: dict[tuple[str, str, str], int] = {}
    for sheet in known.plan.sheets_of_round(known.round.id):
        for row in known.read(_sum_query(known.plan, sheet), sheet=sheet.id, left_out=NOT_APPLICABLE):
            unit = row.pop("unit")
            sums |= {(unit, sheet.id, field): int(value or 0) for field, value in row.items()}
    return sums


def _sum_query(plan: Plan, sheet: Sheet) -> str:
    """Sums per unit: counts as they are, yes/no as how many say yes, the number of rows; without inapplicable ones."""
    fields = [f for f in stored_fields(sheet) if f.numeric]
    summed = [f"sum({quoted(f.id)}::BIGINT)::BIGINT AS {quoted(f.id)}" for f in fields]
    columns = ", ".join(["c.unit AS unit", f"count(*) AS {quoted(ROWS)}", *summed])
    return (
        f"SELECT {columns} FROM giving($plan, $round, $moment, $sheet) AS c "
        f"JOIN {table_name(plan, sheet)} AS s ON s.sha256 = c.sha256 "
        "WHERE s.declared IS DISTINCT FROM $left_out GROUP BY c.unit"
    )


def _earlier_sums(known: Known) -> dict[tuple[str, str, str], int]:
    """Per unit, sums of its newest accepted report of an earlier round."""
    sums: dict[tuple[str, str, str], int] = {}
    for before in known.earlier():
        sums |= _sums(before)
    return sums
