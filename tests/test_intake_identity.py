"""Whose report a file is: only what the stamp, the plan and the folder agree on."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from pathlib import Path

import pytest

from pipelines.intake.identity import identify
from pipelines.stamp import Former, Key
from schemas.finding import FindingCode
from schemas.layout import META_KEYS
from schemas.plan import Plan
from schemas.plan_file import load_plan
from schemas.submission import Identity, RawSheet, RawValue, RawWorkbook

C = FindingCode
PLAN = load_plan(Path(__file__).parents[1] / "schemas" / "plans" / "kh70_2022")
KEY = Key(b"key")
DAY = date(2022, 5, 9)
STAMP = KEY.stamp(PLAN.id, "ket_qua", "703", PLAN.version)
OURS = Identity(PLAN.id, "ket_qua", "703", PLAN.version, STAMP)
SAYS: dict[str, RawValue] = dict(
    zip(META_KEYS, (OURS.plan, OURS.round, OURS.unit, OURS.template_version, OURS.stamp), strict=True)
)


def raw(says: dict[str, RawValue], tab: str = "_meta", properties: dict[str, str] | None = None) -> RawWorkbook:
    cells: dict[tuple[int, int], RawValue] = {}
    for row, (key, value) in enumerate(says.items(), start=1):
        cells[row, 1] = key
        cells[row, 2] = value
    return RawWorkbook((RawSheet("B0 Bìa", {(9, 1): "#bia"}), RawSheet(tab, cells)), properties or {})


def asked(workbook: RawWorkbook, folder: str = "", plan: Plan = PLAN, key: Key | None = KEY) -> Identity | str:
    identity = identify(workbook, {PLAN.id: plan}.get, key, folder, DAY)
    return identity if isinstance(identity, Identity) else str(identity[0].code)


@pytest.mark.parametrize("tab", ["_meta", "_META ", "Sheet5"])
def test_the_meta_sheet_is_found_by_name_or_by_its_keys(tab: str) -> None:
    assert asked(raw(SAYS, tab)) == OURS


def test_a_unit_code_stored_as_a_number_is_the_same_code() -> None:
    assert asked(raw(SAYS | {"unit": 703.0})) == OURS


def test_custom_properties_stand_in_only_where_the_sheet_is_gone() -> None:
    properties = {key: str(value) for key, value in SAYS.items()}
    gone = RawWorkbook((), properties)
    assert asked(gone) == OURS
    assert asked(raw(SAYS | {"unit": "705"}, properties=properties)) == C.WRONG_STAMP


@pytest.mark.parametrize(
    ("key", "other", "words"),
    [
        ("plan", "kh99_2030", "kế hoạch là “kh70_2022” ở trang ẩn “_meta”, là “kh99_2030” ở thuộc tính của tệp"),
        ("round", "cuoi_nam", "kỳ là “ket_qua”"),
        ("unit", "705", "đơn vị là “703” ở trang ẩn “_meta”, là “705” ở thuộc tính của tệp"),
        ("template_version", "000000000000", "phiên bản biểu mẫu"),
        ("stamp", "0" * 64, "dấu là"),
    ],
)
def test_a_file_that_says_two_things_of_itself_is_not_believed(key: str, other: str, words: str) -> None:
    told = {name: str(value) for name, value in SAYS.items()}
    found = identify(raw(SAYS, properties=told | {key: other}), {PLAN.id: PLAN}.get, KEY, "", DAY)
    assert isinstance(found, tuple)
    assert found[0].code == C.WRONG_STAMP
    assert words in found[0].message
    assert "Lấy lại biểu mẫu của chính đơn vị mình" in found[0].message


@pytest.mark.parametrize(
    "properties",
    [
        {"plan": PLAN.id},
        {"plan": PLAN.id, "unit": "", "stamp": " "},
        {"Plan": f" {PLAN.id} ", "UNIT": "703", "Stamp": STAMP.upper()},
        {"unit": "cm", "Người duyệt": "703"},
    ],
)
def test_properties_that_were_lost_or_are_anothers_contradict_nothing(properties: dict[str, str]) -> None:
    assert asked(raw(SAYS, properties=properties)) == OURS


@pytest.mark.parametrize(
    ("changed", "code"),
    [
        ({"plan": "kh99_2030"}, C.UNKNOWN_PLAN),
        ({"round": "quy_1"}, C.UNKNOWN_ROUND),
        ({"unit": "999"}, C.UNKNOWN_UNIT),
        ({"unit": "25459"}, C.UNKNOWN_UNIT),
        ({"unit": "705"}, C.WRONG_STAMP),
        ({"round": "cuoi_nam"}, C.WRONG_STAMP),
        ({"template_version": "000000000000"}, C.WRONG_STAMP),
        ({"stamp": "0" * 64}, C.WRONG_STAMP),
        ({"stamp": ""}, C.NO_STAMP),
        ({"unit": ""}, C.NO_STAMP),
        ({"plan": ""}, C.NO_STAMP),
    ],
)
def test_what_does_not_hold_is_said(changed: dict[str, RawValue], code: FindingCode) -> None:
    assert asked(raw(SAYS | changed)) == code


def test_a_workbook_of_their_own_has_no_stamp() -> None:
    assert asked(RawWorkbook((RawSheet("Sheet1", {(1, 1): "Báo cáo"}),), {})) == C.NO_STAMP


def test_another_offices_key_does_not_hold() -> None:
    assert asked(raw(SAYS), key=Key(b"other")) == C.WRONG_STAMP


@pytest.mark.parametrize(
    ("until", "code"),
    [(date(2022, 5, 10), None), (date(2022, 5, 9), None), (date(2022, 5, 8), C.EXPIRED_STAMP)],
)
def test_a_former_keys_stamp_holds_up_to_its_last_day(until: date, code: FindingCode | None) -> None:
    key = Key(b"the new one", (Former(b"an older one", date(2022, 1, 1)), Former(KEY.secret, until)))
    assert asked(raw(SAYS), key=key) == (code or OURS)
    assert asked(raw(SAYS | {"unit": "705"}), key=key) == C.WRONG_STAMP


def test_without_a_key_a_stamp_is_taken_as_it_is_but_must_be_there() -> None:
    assert asked(raw(SAYS | {"unit": "705"}), key=None) == replace(OURS, unit="705")
    assert asked(raw(SAYS | {"stamp": ""}), key=None) == C.NO_STAMP


def test_an_optional_stamp_lets_named_reports_pass() -> None:
    optional = replace(PLAN, settings=replace(PLAN.settings, stamp="optional"))
    assert asked(raw(SAYS | {"stamp": ""}), plan=optional) == replace(OURS, stamp="")
    assert asked(raw(SAYS | {"stamp": "nhầm"}), plan=optional) == replace(OURS, stamp="nhầm")
    assert asked(raw(SAYS | {"stamp": "", "unit": ""}), plan=optional) == C.NO_STAMP
    assert asked(raw(SAYS | {"unit": "dd-mttq"}), plan=optional) == replace(OURS, unit="DD-MTTQ")


@pytest.mark.parametrize("folder", ["", "703", "chuyển qua thư điện tử", "25459"])
def test_any_folder_but_another_units_will_do(folder: str) -> None:
    assert asked(raw(SAYS), folder) == OURS


@pytest.mark.parametrize("folder", ["705", " 705 ", "dd-mttq", "DD-MTTQ"])
def test_another_units_folder_will_not(folder: str) -> None:
    assert asked(raw(SAYS), folder) == C.WRONG_FOLDER
    identity = identify(raw(SAYS), {PLAN.id: PLAN}.get, KEY, folder, DAY)
    assert not isinstance(identity, Identity)
    assert f"đơn vị 703 nằm trong thư mục của đơn vị {folder.strip().upper()}" in identity[0].message
