"""Laws that hold whatever arrives: of states, of rates, of timeliness, and of looking back. In real datasets."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from hypothesis import given, settings
from hypothesis import strategies as st

from pipelines.clock import end_of_day
from pipelines.consolidate import consolidate
from pipelines.consolidate.indicators import IndicatorTables, indicator_tables
from pipelines.consolidate.states import unit_statuses
from pipelines.dataset import ensure_sheets
from pipelines.known import known_by
from schemas.plan import Unit
from schemas.results import UNIT_STATES, IndicatorTotal, UnitState, UnitStatus
from tests.typed import ROUND, Books, Sent, books, cover, mini_plan, sent, study

PLAN = mini_plan()
DUE = PLAN.round(ROUND).due or date.min
FIRST, LAST = DUE - timedelta(days=9), DUE + timedelta(days=10)
few = settings(max_examples=5, deadline=None, derandomize=True)


@dataclass(frozen=True)
class Sending:
    """A report that arrives on a day, right or wrong, and may be withdrawn on that day or later."""

    unit: str
    day: date
    right: bool
    studied: int
    withdrawn: date | None
    n: int

    @property
    def file(self) -> Sent:
        figures = {"da_hoc": self.studied} if self.right else {"da_hoc": self.studied, "nam": 7}
        reported = study(self.unit, **figures)
        name = f"bản {self.n}.xlsx"
        return sent(self.unit, self.day.isoformat(), cover(self.unit), reported, name=name, minute=self.n)

    def stands(self, day: date) -> bool:
        """Whether it may count at the end of a day."""
        return self.right and self.day <= day and not (self.withdrawn and self.withdrawn <= day)


days = st.dates(FIRST, LAST)


@st.composite
def sendings(
    draw: st.DrawFn, units: Sequence[str] = ("HU", "DU", "CQ", "MIEN"), start: date = FIRST, most: int = 7
) -> list[Sending]:
    made = []
    for n in range(draw(st.integers(1, most))):
        day = draw(st.dates(start, LAST))
        withdrawn = draw(st.none() | st.dates(day, LAST))
        made.append(
            Sending(draw(st.sampled_from(units)), day, draw(st.booleans()), draw(st.integers(0, 8)), withdrawn, n)
        )
    return made


def book(ledger: Books, made: Sequence[Sending], after: date = date.min, until: date = date.max) -> None:
    """What arrives and what is withdrawn in those days (`after` is not one of them)."""
    for one in made:
        if one.withdrawn and after < one.withdrawn <= until:
            ledger.withdraw(one.file, one.withdrawn.isoformat())
    ledger.night(*(one.file for one in made if after < one.day <= until))


def statuses(ledger: Books, day: date) -> tuple[UnitStatus, ...]:
    ensure_sheets(ledger.connection, PLAN)
    return unit_statuses(known_by(ledger.connection, PLAN, PLAN.round(ROUND), end_of_day(day)), day)


def expected_state(unit: Unit, made: Sequence[Sending], day: date) -> UnitState:
    """The six states, said once more and more simply."""
    standing = [one.day for one in made if one.unit == unit.code and one.stands(day)]
    if standing:
        return "dung_han" if min(standing) <= DUE else "tre_han"
    if unit.reports == "exempt":
        return "mien"
    if day > DUE:
        return "qua_han"
    return "loi" if any(one.unit == unit.code and one.day <= day for one in made) else "chua_den_han"


@few
@given(made=sendings(), day=days)
def test_states_partition_the_expected_units_and_totals_are_sums_of_them(made: list[Sending], day: date) -> None:
    with books(PLAN) as ledger:
        book(ledger, made)
        result = consolidate(ledger.connection, PLAN, PLAN.round(ROUND), day)
    assert [s.unit for s in result.units] == list(PLAN.reporting_units), "each once"
    assert {s.unit.code: s.state for s in result.units} == {
        unit.code: expected_state(unit, made, day) for unit in PLAN.reporting_units
    }
    counts = result.state_counts()
    assert list(counts) == list(UNIT_STATES)
    assert sum(counts.values()) == len(PLAN.reporting_units)
    for total in result.indicators:
        groups = [t for t in result.by_group if t.id == total.id]
        alone = [t for of_unit in result.by_single.values() for t in of_unit if t.id == total.id]
        for parts in (groups, alone):
            assert total.units_expected == sum(t.units_expected for t in parts)
            assert (total.numerator or 0) == sum(t.numerator or 0 for t in parts)
            assert (total.denominator or 0) == sum(t.denominator or 0 for t in parts)
    for cell in (c for c in result.by_unit if c.denominator is not None):
        own = [o for o in result.by_organisation if (o.unit, o.indicator) == (cell.unit, cell.indicator)]
        assert cell.numerator == sum(o.numerator for o in own)
        assert cell.denominator == sum(o.denominator for o in own)
    expected = len(result.units) - counts["mien"]
    assert {t.denominator for t in result.indicators if t.kind in ("reporting", "on_time")} == {expected}


def tables(ledger: Books) -> IndicatorTables:
    of_units = statuses(ledger, LAST)
    known = known_by(ledger.connection, PLAN, PLAN.round(ROUND), end_of_day(LAST))
    return indicator_tables(known, LAST, of_units)


def studied(found: IndicatorTables) -> list[object]:
    """The rate over counts, at every level."""
    singles: list[IndicatorTotal] = [total for of_unit in found.singles.values() for total in of_unit]
    totals = [t for t in (*found.province, *found.groups, *singles) if t.id == "T1"]
    return [*totals, *(cell for cell in found.units if cell.indicator == "T1")]


_SPLIT = """
INSERT INTO mini.hoc_tap BY NAME
SELECT * REPLACE (
    organisation || ' (hai)' AS organisation, excel_row + 100 AS excel_row,
    tong - $tong AS tong, phai_hoc - $phai_hoc AS phai_hoc, da_hoc - $da_hoc AS da_hoc
)
FROM mini.hoc_tap WHERE organisation = $row
"""
_REST = "UPDATE mini.hoc_tap SET tong = $tong, phai_hoc = $phai_hoc, da_hoc = $da_hoc WHERE organisation = $row"


@few
@given(
    done=st.tuples(*(st.integers(0, 8) for _ in range(3))),
    row=st.sampled_from(["01001", "01002", "DU", "CQ"]),
    part=st.fixed_dictionaries(
        {"tong": st.integers(0, 10), "phai_hoc": st.integers(0, 8), "da_hoc": st.integers(0, 8)}
    ),
)
def test_rates_are_the_same_when_a_row_is_split_in_two(done: tuple[int, ...], row: str, part: dict[str, int]) -> None:
    with books(PLAN) as ledger:
        units = zip(("HU", "DU", "CQ"), done, strict=True)
        book(ledger, [Sending(unit, FIRST, True, count, None, n) for n, (unit, count) in enumerate(units)])
        before = studied(tables(ledger))
        ledger.connection.execute(_SPLIT, {**part, "row": row})
        ledger.connection.execute(_REST, {**part, "row": row})
        assert studied(tables(ledger)) == before


@few
@given(studied_then=st.integers(0, 8), first=st.dates(FIRST, DUE), data=st.data())
def test_what_comes_later_never_turns_a_unit_late_that_was_on_time(
    studied_then: int, first: date, data: st.DataObject
) -> None:
    on_time = Sending("DU", first, True, studied_then, None, 100)
    later = data.draw(sendings(("DU", "CQ"), start=first + timedelta(days=1)))
    with books(PLAN) as ledger:
        book(ledger, [on_time, *later])
        for day in sorted({first, LAST, *(one.day for one in later), *(one.withdrawn or LAST for one in later)}):
            (found,) = (s for s in statuses(ledger, day) if s.unit.code == "DU")
            assert (found.state, found.days_late, found.days_overdue) == ("dung_han", 0, 0), day
            assert found.accepted_at == on_time.file.arrival.received_at


@settings(few, max_examples=3)
@given(made=sendings(most=6), day=days, before=st.integers(1, 8))
def test_a_day_looked_back_at_is_as_it_was_seen_on_that_day(made: list[Sending], day: date, before: int) -> None:
    round_, since = PLAN.round(ROUND), day - timedelta(days=before)
    with books(PLAN) as ledger:
        book(ledger, made, until=day)
        then = consolidate(ledger.connection, PLAN, round_, day, since)
        book(ledger, made, after=day)
        assert consolidate(ledger.connection, PLAN, round_, day, since) == then
