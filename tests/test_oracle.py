"""The consolidation says what an oracle says that shares no line with the program."""

from __future__ import annotations

import json
from dataclasses import asdict
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from pipelines.clock import today
from pipelines.consolidate import consolidate
from pipelines.dataset import open_dataset
from pipelines.demo.scenario import NIGHTS
from pipelines.published import status_json
from tests.homes import PLAN, ROUND, Province
from tests.oracle import Expected, expected
from tests.oracle_world import world

if TYPE_CHECKING:
    from schemas.plan import Plan
    from schemas.results import IndicatorTotal

FOLDER = Path(__file__).parents[1] / "schemas" / "plans" / PLAN
nights = pytest.mark.parametrize("day", NIGHTS, ids=str)


@pytest.fixture(scope="module")
def oracles(province: Province) -> dict[date, Expected]:
    return {day: expected(FOLDER, province.played.answers, day) for day in NIGHTS}


@pytest.fixture(scope="module")
def plan(province: Province) -> Plan:
    return province.nights[NIGHTS[0]].plan


@nights
def test_every_unit(province: Province, oracles: dict[date, Expected], day: date) -> None:
    said = {u["code"]: u for u in province.said[day]["units"]}
    assert _as_far_as(said, oracles[day]["units"]) == oracles[day]["units"]


@nights
def test_every_indicator(province: Province, oracles: dict[date, Expected], day: date) -> None:
    days = {i.id: i.days_overdue for i in province.nights[day].indicators}
    said = {i["id"]: {**i, "days_overdue": days[i["id"]]} for i in province.said[day]["indicators"]}
    assert _as_far_as(said, oracles[day]["indicators"]) == oracles[day]["indicators"]


@nights
def test_every_unit_by_indicator(province: Province, oracles: dict[date, Expected], day: date) -> None:
    said = {(c["unit"], c["indicator"]): c for c in province.said[day]["by_unit"]}
    assert _as_far_as(said, oracles[day]["by_unit"]) == oracles[day]["by_unit"]


@nights
def test_a_past_day_says_again_what_it_said(province: Province, plan: Plan, day: date) -> None:
    with open_dataset(province.home.dataset) as connection:
        earlier = max((night for night in NIGHTS if night < day), default=None)
        again = consolidate(connection, plan, plan.round(ROUND), day, earlier)
    assert again == province.nights[day]
    assert json.loads(json.dumps(status_json(again))) == province.said[day]


@nights
def test_every_group_and_every_unit_alone(province: Province, oracles: dict[date, Expected], day: date) -> None:
    result = province.nights[day]
    of_groups = {(t.group, t.id): _total(t) for t in result.by_group}
    assert _as_far_as(of_groups, oracles[day]["groups"]) == oracles[day]["groups"]
    alone = {(code, t.id): _total(t) for code, totals in result.by_single.items() for t in totals}
    assert _as_far_as(alone, oracles[day]["singles"]) == oracles[day]["singles"]


@nights
def test_every_organisation(province: Province, oracles: dict[date, Expected], day: date) -> None:
    found = {(o.unit, o.organisation.code, o.indicator): asdict(o) for o in province.nights[day].by_organisation}
    known = ("numerator", "denominator", "rate")
    expected = {key: {f: told[f] for f in known} for key, told in oracles[day]["organisations"].items()}
    assert _as_far_as(found, expected) == expected


@nights
def test_what_the_office_decided(province: Province, day: date) -> None:
    decided = world(FOLDER, province.played.answers, day).decided
    result = province.nights[day]
    assert {e.unit: (e.due, e.basis.document) for e in result.decisions.extensions} == decided.extensions
    spared = {(e.unit, e.sheet): e.basis.document for e in result.decisions.exemptions if e.sheet}
    assert spared == decided.spared
    assert {d.indicator: (d.deadline, d.basis.document) for d in result.decisions.deadlines} == decided.deadlines
    late = [(n.by, n.basis.document) for n in result.decisions.new_dates]
    assert late == ([decided.late] if decided.late else [])
    assert {c.unit: (c.office, c.phone) for c in result.decisions.contacts} == decided.contacts
    assert {u.unit.code: u.due for u in result.units if u.extension} == {
        c: d for c, (d, _) in decided.extensions.items()
    }
    assert {u.original_due for u in result.units} == {date(2022, 5, 10)}


def test_the_clock_is_put_back() -> None:
    assert today().year > 2022


def _as_far_as(said: dict[Any, dict[str, Any]], asked: dict[Any, dict[str, Any]]) -> dict[Any, dict[str, Any]]:
    """What was said, of the fields the oracle knows."""
    return {key: {f: told[f] for f in asked.get(key, told)} for key, told in said.items()}


def _total(total: IndicatorTotal) -> dict[str, Any]:
    deadline = total.deadline.isoformat() if total.deadline else None
    return {**asdict(total), "deadline": deadline}
