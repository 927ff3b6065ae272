"""Which reports hold what a merged unit had reported."""

from __future__ import annotations

from datetime import date

from pipelines.mergers import Accepted, Merger, taken_over, with_successors

FIRST, SECOND = date(2022, 5, 1), date(2022, 5, 9)


def merger(unit: str, into: str, since: date = FIRST, control: str = "sổ") -> Merger:
    return Merger(control, unit, into, since)


def report(sha: str, unit: str, *organisations: str) -> Accepted:
    return Accepted(sha, unit, frozenset(organisations))


def test_a_report_that_has_its_organisations_holds_it() -> None:
    reports = [report("a", "A", "a1", "a2"), report("cũ", "B", "b1"), report("mới", "B", "b1", "a2"), report("c", "C")]
    assert list(taken_over([merger("A", "B")], reports)) == [(merger("A", "B"), "mới")]


def test_of_a_unit_without_organisations_any_report_does() -> None:
    reports = [report("a", "A"), report("b", "B", "b1"), report("c", "C")]
    assert [sha for _, sha in taken_over([merger("A", "B")], reports)] == ["b"]
    assert list(taken_over([merger("C", "A")], [report("b", "B")])) == [], "nobody has reported"


def test_a_unit_merged_on_is_part_of_the_last_one() -> None:
    chain = [merger("A", "B"), merger("B", "C", SECOND)]
    assert with_successors(chain) == (*chain, merger("A", "C", SECOND))
    reports = [report("a", "A", "a1"), report("b", "B", "b1"), report("c", "C", "a1", "b1")]
    assert {(m.unit, sha) for m, sha in taken_over(chain, reports)} == {("A", "c"), ("B", "c")}


def test_circles_and_other_control_workbooks_are_not_followed() -> None:
    assert with_successors([merger("A", "A")]) == ()
    circle = [merger("A", "B"), merger("B", "A")]
    assert set(with_successors(circle)) == set(circle)
    apart = [merger("A", "B"), merger("B", "C", control="sổ khác")]
    assert with_successors(apart) == tuple(apart)
