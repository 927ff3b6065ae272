"""Seeded, plausible figures for plan kh70_2022, round ket_qua: what a unit would honestly report on a day.

Every figure is invented. A report keeps all of the plan's rules, no date in it is later than the day it is
signed, and the same seed, unit and effort always give the same report.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import date, timedelta
from random import Random

from pipelines.demo.lists import difficulties, emulation, propaganda
from pipelines.demo.words import APPROVERS, PREPARERS, TELEPHONE
from schemas.plan import NO, YES, Plan, Unit

ROUND = "ket_qua"
SEED = 70
FIRST_DAY = date(2022, 4, 6)
"""The day the plan was issued: nothing it asks for can have been done before."""

Value = int | date | str
Row = dict[str, Value]


@dataclass(frozen=True, slots=True)
class Report:
    """What a clerk types: sheet id → row key → field id → value. A field left out is a cell left blank.

    Row keys are those of the template: organisation codes, 1, 2, 3 … for lists, the unit's code for the form; `""`
    holds what the whole sheet is declared to be, under the id `schemas.layout.DECLARED`.
    """

    unit: str
    sheets: Mapping[str, Mapping[str, Mapping[str, Value]]]

    def value(self, sheet: str, key: str, field: str) -> Value | None:
        """The value of a cell; None where it is blank."""
        return self.sheets.get(sheet, {}).get(key, {}).get(field)

    def with_value(self, sheet: str, key: str, field: str, value: Value | None) -> Report:
        """The same report with one cell changed (None: left blank). Raises KeyError for an unknown row."""
        row = {f: v for f, v in self.sheets[sheet][key].items() if f != field}
        if value is not None:
            row[field] = value
        rows = {**self.sheets[sheet], key: row}
        return replace(self, sheets={**self.sheets, sheet: rows})

    def with_row(self, sheet: str, key: str, row: Mapping[str, Value]) -> Report:
        """The same report with one row typed so and not otherwise."""
        return replace(self, sheets={**self.sheets, sheet: {**self.sheets[sheet], key: row}})

    def with_sheet(self, sheet: str, rows: Mapping[str, Mapping[str, Value]]) -> Report:
        """The same report with one sheet typed so and not otherwise."""
        return replace(self, sheets={**self.sheets, sheet: rows})


@dataclass(frozen=True, slots=True)
class Effort:
    """How far a unit has come by the day it reports; shares are probabilities per organisation, 0 to 1.

    `studied`: everyone has studied and committed. `connected`: the point was connected to the conference.
    `attended`: every summoned cadre came. `reviewed`: the review around 19/5 was held. `outsiders`: whether
    the unit has people outside the Party. `copied`: more copies were handed out than received.
    """

    studied: float = 0.8
    connected: float = 0.95
    attended: float = 0.85
    reviewed: float = 0.6
    outsiders: bool = True
    copied: float = 0


@dataclass(frozen=True, slots=True)
class _Organisation:
    """The lasting size of an organisation, and the unit's dates."""

    members: int
    exempt: int
    cells: int
    outsiders: int
    conference: date
    signed: date


def report(plan: Plan, unit: Unit, day: date, effort: Effort, seed: int = SEED) -> Report:
    """The report of a unit as signed one or two days before `day`, every sheet that applies to it filled."""
    chance = _chance(seed, unit.code)
    conference = date(2022, 4, 14) + timedelta(days=chance.choice((0, 1, 4, 5, 6, 7)))
    signed = day - timedelta(days=chance.choice((1, 2)))
    sheets: dict[str, dict[str, Row]] = {"bia": {unit.code: _cover(chance, signed)}}
    for organisation in plan.organisations(unit):
        own = _chance(seed, unit.code, organisation.code)
        size = _size(own, organisation, effort, (conference, signed))
        for sheet, row in _organisation_rows(plan, own, size, effort).items():
            sheets.setdefault(sheet, {})[organisation.code] = row
    words = _chance(seed, unit.code, "words")
    for sheet, rows in (
        ("tuyen_truyen", propaganda(plan, unit, words)),
        ("thi_dua", emulation(plan, unit, words, signed)),
        ("kho_khan", difficulties(unit, words)),
    ):
        sheets[sheet] = {str(n): row for n, row in enumerate(rows, start=1)}
    filled = {s.id for s in plan.sheets_for(unit, ROUND)}
    return Report(unit.code, {sheet: rows for sheet, rows in sheets.items() if sheet in filled})


def _chance(*seed: object) -> Random:
    return Random(":".join(map(str, seed)))  # noqa: S311  (figures to look at, not secrets)


def _cover(chance: Random, signed: date) -> Row:
    return {
        "nguoi_lap": chance.choice(PREPARERS),
        "dien_thoai": TELEPHONE,
        "nguoi_duyet": chance.choice(APPROVERS),
        "ngay_ky": signed,
    }


def _size(chance: Random, organisation: Unit, effort: Effort, days: tuple[date, date]) -> _Organisation:
    if organisation.kind == "dang_bo_xa":
        members, per_cell, beyond = chance.randint(80, 400), 14, (60, 220)
    elif organisation.kind == "dang_uy_truc_thuoc":
        members, per_cell, beyond = chance.randint(280, 400), 14, (300, 900)
    elif organisation.reports != "no":
        members, per_cell, beyond = chance.randint(9, 58), 15, (2, 14)
    else:
        members, per_cell, beyond = chance.randint(60, 260), 12, (20, 90)
    cells = min(30, max(1, round(members / per_cell) + chance.randint(-1, 2)))
    exempt = round(members * chance.uniform(0, 0.08)) if members >= 60 else 0
    outsiders = chance.randint(*beyond) if effort.outsiders else 0
    return _Organisation(members, exempt, cells, outsiders, *days)


def _organisation_rows(plan: Plan, chance: Random, size: _Organisation, effort: Effort) -> dict[str, Row]:
    meeting = _conference(chance, size, effort)
    attended = meeting.get("can_bo_du", 0)
    assert isinstance(attended, int)
    return {
        "hoi_nghi": meeting,
        "hoc_tap": _study(chance, size, effort, min(attended, size.members), plan.values("hinh_thuc_hoc_tap")),
        "tai_lieu": _material(chance, size, effort),
        "ke_hoach": _cell_plans(chance, size, effort),
        "cam_ket": _commitments(chance, size, effort),
        "phat_dong": _launch(chance, size, effort),
        "kiem_tra": _inspection(chance, size, effort),
    }


def _conference(chance: Random, size: _Organisation, effort: Effort) -> Row:
    summoned = max(4, min(size.members, round(size.members * chance.uniform(0.1, 0.2))))
    attended = summoned if chance.random() < effort.attended else summoned - chance.randint(1, max(1, summoned // 12))
    if chance.random() >= effort.connected:
        return {"ket_noi": NO, "can_bo_trieu_tap": 0, "can_bo_du": 0}
    return {
        "ket_noi": YES,
        "ngay_to_chuc": size.conference,
        "can_bo_trieu_tap": summoned,
        "can_bo_du": attended,
    }


def _study(chance: Random, size: _Organisation, effort: Effort, attended: int, forms: tuple[str, ...]) -> Row:
    done = _done(chance, size.members, effort.studied)
    here = max(0, done - attended)
    row: Row = {"tong_dang_vien": size.members, "du_hoi_nghi": done - here, "hoc_tai_co_so": here}
    if here:
        row["hinh_thuc"] = chance.choice(forms[:4])
    if done == size.members:
        row["ngay_hoan_thanh"] = _between(chance, size.conference, min(size.signed, date(2022, 4, 30)))
    return row


def _material(chance: Random, size: _Organisation, effort: Effort) -> Row:
    received = size.cells + chance.randint(3, 20)
    more, fewer, copied = chance.randint(1, 6), chance.randint(0, 3), chance.random() < effort.copied
    given = received + more if copied else received - fewer
    return {"ban_nhan": received, "ban_cap_phat": given}


def _cell_plans(chance: Random, size: _Organisation, effort: Effort) -> Row:
    done = _done(chance, size.cells, effort.studied)
    row: Row = {"tong_chi_bo": size.cells, "chi_bo_da_bo_sung": done}
    if done == size.cells:
        row["ngay_hoan_thanh"] = _between(chance, size.conference, size.signed)
    return row


def _commitments(chance: Random, size: _Organisation, effort: Effort) -> Row:
    obliged = size.members - size.exempt
    done = _done(chance, obliged, effort.studied)
    sections = {f"muc_{n}": done - chance.choice((0, 0, 1, 2)) for n in (1, 2, 3, 5)}
    return {
        "tong_dang_vien": size.members,
        "dang_vien_mien": size.exempt,
        "dang_vien_da_bo_sung": done,
        **{section: max(0, count) for section, count in sections.items()},
        "ngoai_dang_tong": size.outsiders,
        "ngoai_dang_da_bo_sung": _done(chance, size.outsiders, effort.studied),
    }


def _launch(chance: Random, size: _Organisation, effort: Effort) -> Row:
    launched = chance.random() < 0.95
    row: Row = {"da_phat_dong": YES if launched else NO}
    if launched:
        row["ngay_phat_dong"] = _between(chance, FIRST_DAY + timedelta(days=2), size.signed)
    row["dien_hinh_moi"] = chance.choice((0, 0, 1, 1, 2, 3))
    row["so_ket_19_5"] = YES if chance.random() < effort.reviewed else NO
    return row


def _inspection(chance: Random, size: _Organisation, effort: Effort) -> Row:
    corrected = chance.choice((0, 0, 0, 1))
    return {
        "tong_chi_bo": size.cells,
        "chi_bo_tu_kiem_tra": _done(chance, size.cells, effort.studied),
        "cuoc_kiem_tra_cap_tren": chance.choice((0, 1, 1, 2)),
        "cuoc_ban_tuyen_giao": chance.choice((0, 0, 0, 1)),
        "chan_chinh": corrected,
        "phe_binh": 0,
    }


def _done(chance: Random, whole: int, studied: float) -> int:
    """All of them, or, where an organisation is not there yet, 90 to 99 % and at least one short."""
    share = chance.uniform(0.9, 0.99)
    if chance.random() < studied:
        return whole
    return max(0, min(whole - 1, round(whole * share)))


def _between(chance: Random, first: date, last: date) -> date:
    return first + timedelta(days=chance.randint(0, max(0, (last - first).days)))
