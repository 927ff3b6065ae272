"""A plan in force: dates it left open, units that are renamed, merged, dissolved or new; nothing else moves."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import date
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from schemas.decisions import (
    NO_DECISIONS,
    Basis,
    ChangeKind,
    Decisions,
    IndicatorDeadline,
    RoundDue,
    UnitChange,
)
from schemas.governing import base_version, in_force, touches, unit_table
from schemas.plan import Plan, Unit
from schemas.plan_file import load_plan, plan_texts
from schemas.tables import TABLES

FOLDER = Path(__file__).parents[1] / "schemas" / "plans" / "kh70_2022"
PLAN = load_plan(FOLDER)
BASIS = Basis("46-QĐ/TU", "Sắp xếp")
BEFORE, DAY, AFTER = date(2022, 4, 30), date(2022, 5, 1), date(2022, 6, 1)


def change(kind: ChangeKind, unit: str, on: date = DAY, *, name: str = "", into: str = "") -> UnitChange:
    return UnitChange(kind, on, unit, BASIS, name, into, "huyen_uy" if kind == "new" else "")


def with_changes(*changes: UnitChange) -> Decisions:
    return Decisions(unit_changes=changes)


def parents(plan: Plan, code: str) -> list[str]:
    return [u.code for u in plan.units if u.parent == code]


def kept(plan: Plan, folder: Path) -> Plan:
    """The plan in force as the archive keeps it, read again."""
    texts = plan_texts(FOLDER) | {"units": unit_table(plan)}
    for table in TABLES:
        (folder / f"{table}.csv").write_text(texts[table], encoding="utf-8", newline="")
    return load_plan(folder)


def test_without_decisions_a_plan_is_as_its_tables_say() -> None:
    assert in_force(PLAN, NO_DECISIONS, AFTER) == PLAN


def test_dates_are_set_only_where_the_plan_left_them_open() -> None:
    decisions = Decisions(
        round_dues=(RoundDue("cuoi_nam", AFTER, BASIS), RoundDue("ket_qua", AFTER, BASIS)),
        deadlines=(
            IndicatorDeadline("CT3", AFTER, BASIS),
            IndicatorDeadline("CT1", AFTER, BASIS),
            IndicatorDeadline("CT99", AFTER, BASIS),
        ),
    )
    plan = in_force(PLAN, decisions, BEFORE)
    assert (plan.round("cuoi_nam").due, plan.round("ket_qua").due) == (AFTER, date(2022, 5, 10))
    deadlines = {i.id: i.deadline for i in plan.indicators}
    assert (deadlines["CT3"], deadlines["CT1"]) == (AFTER, date(2022, 4, 30))
    assert plan.version == PLAN.version, "a date is no part of a template"
    back = {i.id: i for i in PLAN.indicators}
    assert replace(plan, rounds=PLAN.rounds, indicators=tuple(back[i.id] for i in plan.indicators)) == PLAN


def test_a_unit_changes_on_its_day_and_not_before() -> None:
    decisions = with_changes(change("renamed", "TD", name="Đảng đoàn Tỉnh đoàn"))
    assert in_force(PLAN, decisions, BEFORE) == PLAN
    plan = in_force(PLAN, decisions, DAY)
    assert plan.unit("TD") == replace(PLAN.unit("TD"), name="Đảng đoàn Tỉnh đoàn", basis="46-QĐ/TU")
    assert [u.code for u in plan.units] == [u.code for u in PLAN.units]
    assert base_version(plan.version) == PLAN.version != plan.version
    assert len(plan.version) == len(PLAN.version) + 7


def test_a_merged_unit_is_not_asked_and_its_organisations_go_over() -> None:
    plan = in_force(PLAN, with_changes(change("merged", "711", into="710")), DAY)
    assert plan.unit("711").reports == "exempt"
    assert set(parents(plan, "710")) == {*parents(PLAN, "710"), *parents(PLAN, "711")}
    assert parents(plan, "711") == []
    assert plan.organisations(plan.unit("711")) == (plan.unit("711"),)
    without = in_force(PLAN, with_changes(change("merged", "DU-QS", into="DU-CA")), DAY)
    assert [u.code for u in without.units if u != PLAN.unit(u.code)] == ["DU-QS"]


def test_who_filled_its_own_row_keeps_it_beside_those_it_receives(tmp_path: Path) -> None:
    plan = in_force(PLAN, with_changes(change("merged", "711", into="DU-CA")), DAY)
    received = [o.code for o in PLAN.organisations(PLAN.unit("711"))]
    assert sorted(o.code for o in plan.organisations(plan.unit("DU-CA"))) == sorted([*received, "DU-CA"])
    assert kept(plan, tmp_path).units == plan.units, "such a table is sound"


def test_a_dissolved_unit_is_not_asked_and_keeps_its_organisations() -> None:
    plan = in_force(PLAN, with_changes(change("dissolved", "711")), DAY)
    assert [u.code for u in plan.units if u != PLAN.unit(u.code)] == ["711"]
    assert plan.unit("711").reports == "exempt"


def test_a_new_unit_stands_with_those_of_its_kind() -> None:
    plan = in_force(PLAN, with_changes(change("new", "MOI-1", name="Huyện uỷ mới")), DAY)
    codes = [u.code for u in plan.reporting_units]
    assert codes[codes.index("711") : codes.index("712") + 1] == ["711", "MOI-1", "712"]
    assert plan.unit("MOI-1") == Unit("MOI-1", "Huyện uỷ mới", "huyen_uy", "", "yes", "46-QĐ/TU")
    other = replace(change("new", "MOI-2", name="Khác"), unit_kind="to_chuc_khac")
    assert in_force(PLAN, with_changes(other), DAY).reporting_units[-1].code == "MOI-2"
    empty = replace(PLAN, units=())
    assert [u.code for u in in_force(empty, with_changes(other), DAY).units] == ["MOI-2"]


def test_two_units_merge_into_a_new_one_on_its_first_day() -> None:
    changes = with_changes(
        change("merged", "710", into="MOI-1"),
        change("merged", "711", into="MOI-1"),
        change("new", "MOI-1", name="Huyện uỷ Gò Dầu – Bến Cầu"),
    )
    plan = in_force(PLAN, changes, DAY)
    assert set(parents(plan, "MOI-1")) == {*parents(PLAN, "710"), *parents(PLAN, "711")}
    later = with_changes(
        change("merged", "711", into="710"), change("merged", "710", AFTER, into="712"), *changes.unit_changes[2:]
    )
    assert set(parents(in_force(PLAN, later, AFTER), "712")) >= set(parents(PLAN, "711"))


@pytest.mark.parametrize(
    "impossible",
    [
        change("renamed", "KHONG-CO", name="Không có"),
        change("renamed", "25456", name="Một tổ chức"),
        change("dissolved", "KHONG-CO"),
        change("merged", "711", into="KHONG-CO"),
        change("merged", "711", into="711"),
        change("merged", "711", into="25456"),
        change("new", "703", name="Mã đã dùng"),
    ],
    ids=lambda c: f"{c.kind} {c.unit} {c.into}",
)
def test_a_change_that_cannot_be_changes_nothing(impossible: UnitChange) -> None:
    assert in_force(PLAN, with_changes(impossible), DAY) == PLAN


def test_into_a_unit_that_has_gone_nobody_merges() -> None:
    gone = change("dissolved", "710", BEFORE)
    plan = in_force(PLAN, with_changes(gone, change("merged", "711", into="710")), DAY)
    assert plan == in_force(PLAN, with_changes(gone), DAY)


CODES = ("703", "705", "710", "711", "DU-QS", "TD", "MOI-1", "MOI-2", "25456", "KHONG-CO")
CHANGES = st.builds(
    lambda kind, unit, on, into, name: change(kind, unit, on, name=name, into=into),
    st.sampled_from(("renamed", "merged", "dissolved", "new")),
    st.sampled_from(CODES),
    st.dates(BEFORE, AFTER),
    st.sampled_from(CODES),
    st.sampled_from(("Tên một", "Tên hai")),
)


@settings(max_examples=60, deadline=None)
@given(st.lists(CHANGES, max_size=6), st.dates(BEFORE, AFTER))
def test_whatever_is_decided_the_plan_stays_whole(changes: Sequence[UnitChange], day: date) -> None:
    decisions = with_changes(*changes)
    plan = in_force(PLAN, decisions, day)
    codes = [u.code for u in plan.units]
    assert len(set(codes)) == len(codes)
    assert set(codes) >= {u.code for u in PLAN.units}
    for unit in plan.units:
        assert unit.reports != "no" or plan.has_unit(unit.parent), (
            "an organisation always has a unit that fills its row"
        )
    before = {o.code for u in PLAN.reporting_units for o in PLAN.organisations(u) if o.reports == "no"}
    assert before == {o.code for u in plan.reporting_units for o in plan.organisations(u) if o.reports == "no"}
    assert (plan.version == PLAN.version) == (plan.units == PLAN.units)
    assert base_version(plan.version) == PLAN.version
    assert in_force(PLAN, with_changes(*reversed(changes)), day).units == in_force(PLAN, decisions, day).units or any(
        (a.kind, a.on) == (b.kind, b.on) for n, a in enumerate(changes) for b in changes[:n]
    ), "days have an order, rows have none"


def test_the_units_of_a_plan_in_force_can_be_kept_as_a_table(tmp_path: Path) -> None:
    changes = (change("merged", "711", into="710"), change("new", "MOI-1", name='Tên, có “phẩy” và "nháy"'))
    plan = in_force(PLAN, with_changes(*changes), DAY)
    assert kept(plan, tmp_path).units == plan.units
    assert in_force(PLAN, with_changes(*changes), AFTER).version == plan.version, "the same units, the same version"


def test_only_units_that_are_concerned_are_touched() -> None:
    plan = in_force(
        PLAN,
        with_changes(
            change("renamed", "TD", name="Đảng đoàn Tỉnh đoàn"),
            change("merged", "711", into="710"),
            change("new", "MOI-1", name="Huyện uỷ mới"),
            change("dissolved", "DU-QS"),
        ),
        DAY,
    )
    codes = {u.code for u in (*PLAN.units, *plan.units)}
    assert {code for code in codes if touches(PLAN, plan, code)} == {"TD", "710", "711", "MOI-1"}
    assert not any(touches(PLAN, PLAN, code) for code in codes)
