"""The workbooks of groups, and of units for their own leaders, say what the oracle says of just these units."""

from __future__ import annotations

from pathlib import Path

import pytest

from pipelines.demo.scenario import NIGHTS
from tests.homes import PLAN, ROUND, Province
from tests.oracle_changes import changes
from tests.oracle_facts import FOLDER, STATES, Facts, facts
from tests.oracle_scope import Scope
from tests.oracle_sheets import EVERY_SHEET
from tests.oracle_world import read
from tests.sheet_tables import below, sheets_of

FILES = {
    "Huyện uỷ, thị uỷ, thành uỷ": "huyen-uy-thi-uy-thanh-uy",
    "Đảng uỷ trực thuộc Tỉnh uỷ": "dang-uy-truc-thuoc-tinh-uy",
    "Mặt trận Tổ quốc, đảng đoàn và tổ chức chính trị - xã hội": (
        "mat-tran-to-quoc-dang-doan-va-to-chuc-chinh-tri-xa-hoi"
    ),
    "Ban cán sự đảng": "ban-can-su-dang",
    "Cơ quan tham mưu, giúp việc Tỉnh uỷ": "co-quan-tham-muu-giup-viec-tinh-uy",
}
UNITS = [u["code"] for u in read(FOLDER / "units.csv") if u["reports"] != "no"]
WITH_ORGANISATIONS = sorted({u["parent"] for u in read(FOLDER / "units.csv")} & set(UNITS))
LAST, BEFORE = NIGHTS[-1], NIGHTS[-2]


@pytest.fixture(scope="module")
def now(province: Province) -> Facts:
    return facts(province.played.answers, LAST)


@pytest.fixture
def folder(province: Province) -> Path:
    return province.home.outbox / PLAN / ROUND


def test_a_workbook_for_each_group_and_each_unit_with_organisations(folder: Path, now: Facts) -> None:
    assert {p.stem for p in (folder / "theo-nhom").iterdir()} == set(FILES.values())
    assert {p.stem for p in (folder / "theo-don-vi").iterdir()} == set(WITH_ORGANISATIONS)
    assert list(now.groups) == list(FILES)


@pytest.mark.parametrize("group", FILES)
def test_the_workbook_of_a_group(folder: Path, now: Facts, group: str) -> None:
    _check(folder / "theo-nhom" / f"{FILES[group]}.xlsx", Scope(now, group))


@pytest.mark.parametrize("code", WITH_ORGANISATIONS)
def test_the_workbook_of_a_unit(folder: Path, now: Facts, code: str) -> None:
    _check(folder / "theo-don-vi" / f"{code}.xlsx", Scope(now, now.names[code]))


def _check(path: Path, scope: Scope) -> None:
    sheets = sheets_of(path)
    for name, says in EVERY_SHEET.items():
        if name != "Số liệu biểu đồ" or scope.in_state("dung_han", "tre_han"):
            says(sheets, scope)
    others = [name for name, code in scope.now.codes.items() if code not in scope.codes]
    shown = {
        str(cell) for tab in ("Tiến độ nộp", "Tỷ lệ hoàn thành", "Nguồn số liệu") for r in sheets[tab] for cell in r
    }
    assert not shown & set(others), "nothing of anybody else"


@pytest.mark.parametrize("code", ["711", "712", "703"])
def test_what_has_changed_at_a_unit(province: Province, folder: Path, code: str) -> None:
    made = changes(province.played.answers, BEFORE, LAST)
    rows = sheets_of(folder / "theo-don-vi" / f"{code}.xlsx")["Thay đổi"]
    events, states = [s for s in made.sent if s.unit == code], [s for s in made.states if s[0] == code]
    if not events and not states:
        assert any("không có gì thay đổi" in str(row[0]) for row in rows)
        return
    _, _, shown = below(rows, "1. Sự việc")
    assert [(row[1], row[5]) for row in shown] == [(s.unit, s.version.number) for s in events]
    _, _, changed = below(rows, "2. Đơn vị đổi trạng thái")
    assert [(row[1], row[3], row[4]) for row in changed] == [(c, STATES[was], STATES[is_]) for c, was, is_ in states]
