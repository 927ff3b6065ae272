"""Raw cells → typed frames: what is repaired is said, what is declared is kept, what cannot be read is refused."""

from __future__ import annotations

import unicodedata
from dataclasses import replace
from datetime import date, datetime
from typing import Any

import pandas as pd
import pytest

from pipelines.parse import parse
from schemas.finding import HIDDEN, Finding, FindingCode
from schemas.layout import DECLARATIONS, DECLARED, NOT_APPLICABLE, NOTHING
from schemas.parsed import DECLARED_AS, DTYPES, KEY, Parsed
from schemas.plan import Plan
from schemas.submission import ErrorCell, UncachedFormula
from tests.office import Office, Place, address
from tests.wide import COVER, LIST, STUDY, wide_plan

C = FindingCode
ROW, SHEET = ("hoc_tap", "DU", DECLARED), ("hoc_tap", "", DECLARED)
ROW_CELL, SHEET_CELL = "K10", "C4"
FORM: Place = ("hoc_tap", "DU", "hinh_thuc")


@pytest.fixture(scope="module")
def plan(tmp_path_factory: pytest.TempPathFactory) -> Plan:
    return wide_plan(tmp_path_factory.mktemp("plan") / "mini")


@pytest.fixture(scope="module")
def office(plan: Plan) -> Office:
    return Office(plan)


def blank_row(office: Office, sheet: str, key: str) -> dict[Place, Any]:
    return {(sheet, key, field.id): None for field in office.plan.sheet(sheet).fields}


def only(parsed: Parsed) -> Finding:
    (finding,) = parsed.findings
    return finding


def held(parsed: Parsed, sheet: str, field: str) -> Any:
    return parsed.frames[sheet][field].iloc[0]


def test_a_right_report_is_typed_and_nothing_is_said(office: Office) -> None:
    parsed = office.parsed("HU")
    assert (parsed.findings, parsed.refused, parsed.declared) == ((), frozenset(), {})
    assert parsed.filled == {"bia", "hoc_tap", "khen", "them", "ds"} == set(parsed.frames)
    frame = parsed.frames["hoc_tap"]
    assert list(frame[KEY]) == ["01001", "01002"]
    assert list(frame.index) == [10, 11]
    assert frame[DECLARED_AS].isna().all()
    for sheet in office.plan.sheets_of_round("dot_1"):
        for field in sheet.fields:
            assert parsed.frames[sheet.id][field.id].dtype == DTYPES[field.type]


def test_a_table_without_rows_is_an_empty_frame_of_the_same_types(office: Office) -> None:
    frame = office.parsed("DU", blank=("ds",)).frames["ds"]
    assert frame.empty
    assert [str(frame[field.id].dtype) for field in office.plan.sheet("ds").fields] == ["object", "Int64", "Int64"]


# --- declarations


@pytest.mark.parametrize("word", DECLARATIONS)
@pytest.mark.parametrize("place", [ROW, SHEET])
def test_a_declared_row_keeps_what_it_was_declared_to_be(office: Office, word: str, place: Place) -> None:
    parsed = office.parsed("DU", {**blank_row(office, "hoc_tap", "DU"), place: word})
    assert parsed.findings == ()
    assert list(parsed.frames["hoc_tap"][DECLARED_AS]) == [word]
    assert parsed.declared == ({"hoc_tap": word} if place is SHEET else {})


def test_a_rows_own_declaration_wins(office: Office) -> None:
    changes = {
        **blank_row(office, "hoc_tap", "01001"),
        **blank_row(office, "hoc_tap", "01002"),
        SHEET: NOTHING,
        ("hoc_tap", "01002", DECLARED): NOT_APPLICABLE,
    }
    parsed = office.parsed("HU", changes)
    assert list(parsed.frames["hoc_tap"][DECLARED_AS]) == [NOTHING, NOT_APPLICABLE]
    assert parsed.declared == {"hoc_tap": NOTHING}
    assert parsed.findings == ()


@pytest.mark.parametrize(
    "typed",
    [
        " Không phát sinh ",
        "KHÔNG PHÁT SINH",
        "không  phát\u00a0sinh",
        unicodedata.normalize("NFD", NOTHING),
        "Không phát\u200b sinh",
    ],
)
@pytest.mark.parametrize(("place", "cell"), [(ROW, ROW_CELL), (SHEET, SHEET_CELL)])
def test_a_declaration_written_otherwise_is_repaired(office: Office, typed: str, place: Place, cell: str) -> None:
    parsed = office.parsed("DU", {**blank_row(office, "hoc_tap", "DU"), place: typed})
    finding = only(parsed)
    assert (finding.code, finding.sheet, finding.cell, finding.field) == (C.TEXT_TIDIED, STUDY, cell, DECLARED)
    assert finding.message.endswith(f"thành “{NOTHING}”. Không cần gửi lại nếu đúng.")
    assert list(parsed.frames["hoc_tap"][DECLARED_AS]) == [NOTHING]


def test_a_declaration_in_an_old_font_is_read(office: Office) -> None:
    changes = {**blank_row(office, "hoc_tap", "DU"), ROW: "Kh«ng ph¸t sinh"}
    parsed = office.parsed("DU", changes, encodings={ROW: "tcvn3"})
    assert (only(parsed).code, only(parsed).value) == (C.LEGACY_FONT, "Kh«ng ph¸t sinh")
    assert list(parsed.frames["hoc_tap"][DECLARED_AS]) == [NOTHING]


@pytest.mark.parametrize(
    ("typed", "near"),
    [("khong phat sinh", NOTHING), ("không áp dung", NOT_APPLICABLE), ("x", None), (0, None), (date(2022, 4, 6), None)],
)
def test_what_is_no_declaration_declares_nothing(office: Office, typed: Any, near: str | None) -> None:
    parsed = office.parsed("DU", {ROW: typed})
    finding = only(parsed)
    assert (finding.code, finding.cell, finding.severity) == (C.NOT_A_CHOICE, ROW_CELL, "error")
    assert "Không phát sinh; Không áp dụng" in finding.message
    assert ("Có phải" in finding.message) is (near is not None)
    assert near is None or f"Có phải “{near}”?" in finding.message
    assert parsed.frames["hoc_tap"][DECLARED_AS].isna().all()


@pytest.mark.parametrize(
    ("typed", "code"),
    [(ErrorCell("#REF!"), C.ERROR_CELL), ("#N/A", C.ERROR_CELL), (UncachedFormula("=A1"), C.UNCACHED_FORMULA)],
)
def test_a_spoilt_declaration_is_refused(office: Office, typed: Any, code: FindingCode) -> None:
    parsed = office.parsed("DU", {SHEET: typed})
    assert (only(parsed).code, only(parsed).cell) == (code, SHEET_CELL)
    assert parsed.declared == {}


@pytest.mark.parametrize("typed", [" ", "\u200b", ""])
def test_a_blank_declaration_is_none(office: Office, typed: str) -> None:
    assert office.parsed("DU", {ROW: typed, SHEET: typed}).findings == ()


def test_declared_and_filled_is_said_once_where_it_is_declared(office: Office) -> None:
    finding = only(office.parsed("DU", {ROW: NOTHING}))
    assert (finding.code, finding.cell, finding.field) == (C.DECLARED_AND_FILLED, ROW_CELL, DECLARED)
    assert finding.value == NOTHING
    assert f"đã chọn “{NOTHING}” nhưng vẫn có số liệu ở C10, D10, E10, F10, G10 và 3 ô khác." in finding.message


def test_a_sheet_declared_and_filled_is_said_once_for_all_its_rows(office: Office) -> None:
    changes = blank_row(office, "hoc_tap", "01001")
    changes |= {("hoc_tap", "01001", "nu"): 0, SHEET: NOT_APPLICABLE}
    finding = only(office.parsed("HU", changes))
    assert (finding.code, finding.cell) == (C.DECLARED_AND_FILLED, SHEET_CELL)
    assert "ở E10, C11, D11, E11, F11 và 4 ô khác" in finding.message
    own = only(
        office.parsed("HU", {**changes, ("hoc_tap", "01002", DECLARED): NOTHING, ("hoc_tap", "01001", "nu"): None})
    )
    assert (own.cell, own.value) == ("K11", NOTHING)


def test_a_list_declared_and_filled(office: Office) -> None:
    parsed = office.parsed("DU", {("ds", "", DECLARED): NOTHING})
    assert (only(parsed).sheet, only(parsed).cell, only(parsed).code) == (LIST, SHEET_CELL, C.DECLARED_AND_FILLED)
    assert list(parsed.frames["ds"][DECLARED_AS]) == [NOTHING]
    blank = office.parsed("DU", {("ds", "", DECLARED): NOTHING}, blank=("ds",))
    assert (blank.findings, blank.declared) == ((), {"ds": NOTHING})


def test_of_the_cells_of_a_declared_row_nothing_more_is_said(office: Office) -> None:
    changes = {ROW: NOTHING, ("hoc_tap", "DU", "phai_hoc"): "tám", FORM: "  trực tuyến "}
    parsed = office.parsed("DU", changes)
    assert only(parsed).code is C.DECLARED_AND_FILLED
    assert parsed.refused == {("hoc_tap", 10, "phai_hoc")}


# --- parts


def test_in_parts_a_file_reports_on_what_it_fills_and_on_its_cover(office: Office) -> None:
    parts = office.in_parts()
    assert parts.parsed("DU", blank=("hoc_tap", "khen", "them", "ds")).filled == {"bia"}
    assert parts.parsed("DU", blank=("bia", "khen", "ds")).filled == {"bia", "hoc_tap", "them"}
    assert office.parsed("DU", blank=("khen",)).filled == {"bia", "hoc_tap", "khen", "them", "ds"}
    assert parts.parsed("DU", without=("hoc_tap",)).filled == {"bia", "khen", "them", "ds"}


@pytest.mark.parametrize(
    "change",
    [
        {("them", "DU", "so_1"): 0},
        {("them", "DU", "ngay"): ErrorCell("#N/A")},
        {("them", "DU", DECLARED): NOTHING},
        {("them", "", DECLARED): "gì đó"},
    ],
)
def test_in_parts_whatever_stands_in_a_sheet_fills_it(office: Office, change: dict[Place, Any]) -> None:
    assert "them" in office.in_parts().parsed("DU", change, blank=("them",)).filled
    assert "them" not in office.in_parts().parsed("DU", {("them", "DU", "so_1"): " "}, blank=("them",)).filled


# --- repairs


def test_a_serial_number_is_read_as_its_day(office: Office) -> None:
    place = ("hoc_tap", "DU", "ngay_kiem_tra")
    parsed = office.parsed("DU", {place: 44679})
    assert only(parsed).code is C.DATE_AS_NUMBER
    assert "ô ngày ghi số 44679, đã hiểu là ngày 28/04/2022" in only(parsed).message
    assert held(parsed, "hoc_tap", "ngay_kiem_tra") == pd.Timestamp(2022, 4, 28)
    old = office.parsed("DU", {place: 44679 - 1462}, epoch_1904=True)
    assert held(old, "hoc_tap", "ngay_kiem_tra") == pd.Timestamp(2022, 4, 28)
    assert only(office.parsed("DU", {place: 44679.5})).code is C.NOT_A_DATE


@pytest.mark.parametrize("field", ["phai_hoc", "hinh_thuc", "da_kiem_tra", "ngay_kiem_tra"])
@pytest.mark.parametrize("typed", ["#REF!", " #n/a", "Err:502"])
def test_an_error_as_text_is_an_error_in_any_field(office: Office, field: str, typed: str) -> None:
    parsed = office.parsed("DU", {("hoc_tap", "DU", field): typed})
    assert (only(parsed).code, only(parsed).value) == (C.ERROR_CELL, typed)
    assert ("hoc_tap", 10, field) in parsed.refused


def test_also_in_a_text(office: Office) -> None:
    parsed = office.parsed("DU", {("ds", "1", "noi_dung"): "#VALUE!"})
    assert (only(parsed).code, only(parsed).sheet) == (C.ERROR_CELL, LIST)


@pytest.mark.parametrize("typed", ["x", "X", "Có", True])
def test_a_cross_is_a_yes_in_a_yes_no_field_only(office: Office, typed: Any) -> None:
    parsed = office.parsed("DU", {("hoc_tap", "DU", "da_kiem_tra"): typed})
    assert only(parsed).code is C.TEXT_TIDIED
    assert "thành “có”" in only(parsed).message
    assert held(parsed, "hoc_tap", "da_kiem_tra") is True or bool(held(parsed, "hoc_tap", "da_kiem_tra"))
    assert office.parsed("DU", {("ds", "1", "noi_dung"): "x"}).findings == ()
    assert only(office.parsed("DU", {("hoc_tap", "DU", "nam"): "x"})).code is C.NOT_A_COUNT


def test_a_prefilled_name_may_bear_its_marks_elsewhere(office: Office) -> None:
    def current(value: str) -> Parsed:
        submission = office.submission("DU", {("bia", "DU", "ten_don_vi"): value, ("bia", "DU", "ma_don_vi"): "DU"})
        identity = replace(submission.identity, template_version=office.plan.version)
        return parse(office.plan, replace(submission, identity=identity))

    assert office.plan.unit("DU").name == "Đảng uỷ Bến Sỏi"
    assert current("Đảng ủy Bến Sỏi").findings == ()
    assert only(current("Đảng uy Bến Sỏi")).code is C.PREFILL_CHANGED


# --- old fonts


@pytest.mark.parametrize(
    ("encoding", "typed", "name"), [("tcvn3", "trùc tuyÕn", "TCVN3"), ("vni", "tröïc tuyeán", "VNI")]
)
def test_a_choice_in_an_old_font_is_matched(office: Office, encoding: Any, typed: str, name: str) -> None:
    parsed = office.parsed("DU", {FORM: typed}, encodings={FORM: encoding})
    finding = only(parsed)
    assert (finding.code, finding.severity, finding.value) == (C.LEGACY_FONT, "warning", typed)
    assert f"chữ gõ bằng phông {name}, đã chuyển sang Unicode: “trực tuyến”" in finding.message
    assert held(parsed, "hoc_tap", "hinh_thuc") == "trực tuyến"


def test_every_type_is_read_through_an_old_font(office: Office) -> None:
    cover: Place = ("bia", "DU", "nguoi_lap")
    done: Place = ("hoc_tap", "DU", "da_kiem_tra")
    count: Place = ("hoc_tap", "DU", "phai_hoc")
    typed = {cover: "NguyÔn  V¨n An", done: "kh«ng", count: "kho¶ng 8"}
    parsed = office.parsed("DU", typed, encodings=dict.fromkeys(typed, "tcvn3"))
    assert {f.field: f.code for f in parsed.findings} == {
        "nguoi_lap": C.LEGACY_FONT,
        "da_kiem_tra": C.LEGACY_FONT,
        "phai_hoc": C.NOT_A_COUNT,
    }
    (refused,) = (f for f in parsed.findings if f.code is C.NOT_A_COUNT)
    assert refused.value == "khoảng 8"
    assert held(parsed, "bia", "nguoi_lap") == "Nguyễn Văn An"
    assert not held(parsed, "hoc_tap", "da_kiem_tra")


def test_a_letter_that_looks_blank_is_read(office: Office) -> None:
    """U+00AD is invisible in Unicode and “ư” in TCVN3."""
    place: Place = ("ds", "1", "noi_dung")
    assert held(office.parsed("DU", {place: "\xad"}, encodings={place: "tcvn3"}), "ds", "noi_dung") == "ư"
    assert pd.isna(held(office.parsed("DU", {place: "\xad"}), "ds", "noi_dung"))


@pytest.mark.parametrize("typed", [8, "8", "Nguyễn", "abc"])
def test_an_old_font_alone_is_nothing_to_say(office: Office, typed: Any) -> None:
    place: Place = ("bia", "DU", "nguoi_lap")
    assert office.parsed("DU", {place: typed}, encodings={place: "vni"}).findings == ()


def test_without_the_font_text_is_suspected_and_kept(office: Office) -> None:
    place: Place = ("bia", "DU", "nguoi_lap")
    parsed = office.parsed("DU", {place: "NguyÔn  V¨n An"})
    finding = only(parsed)
    assert (finding.sheet, finding.code, finding.severity) == (COVER, C.LEGACY_SUSPECTED, "warning")
    assert held(parsed, "bia", "nguoi_lap") == "NguyÔn  V¨n An"


def test_what_may_concern_a_person_is_not_shown(office: Office) -> None:
    place: Place = ("bia", "DU", "dien_thoai")
    assert office.parsed("DU", {place: "§iÖn tho¹i 0123"}, encodings={place: "tcvn3"}).findings == ()
    assert office.parsed("DU", {place: "NguyÔn V¨n An"}).findings == ()
    finding = only(office.parsed("DU", {place: "#N/A"}))
    assert (finding.code, finding.value) == (C.ERROR_CELL, HIDDEN)
    assert "#N/A" not in finding.message


# --- day and month

SIGNED: Place = ("bia", "DU", "ngay_ky")


def test_a_day_outside_the_plans_time_is_named_where_its_swap_lies_inside(office: Office) -> None:
    parsed = office.parsed("DU", {SIGNED: date(2022, 10, 4)})
    finding = only(parsed)
    cell = address(office.plan, "DU", "bia", "DU", "ngay_ky")
    assert (finding.sheet, finding.cell, finding.code, finding.severity) == (
        COVER,
        cell,
        C.DAY_MONTH_SWAPPED,
        "warning",
    )
    assert "ngày 04/10/2022 nằm ngoài khoảng từ 06/04/2022 đến 05/05/2022" in finding.message
    assert "ý là 10/04/2022" in finding.message
    assert held(parsed, "bia", "ngay_ky") == pd.Timestamp(2022, 10, 4)
    assert only(office.parsed("DU", {SIGNED: datetime(2022, 10, 4, 7, 30)})).value == "04/10/2022"  # noqa: DTZ001


@pytest.mark.parametrize(
    "day", [date(2022, 4, 10), date(2022, 10, 28), date(2022, 5, 5), date(2022, 3, 10), "04/10/2022"]
)
def test_other_days_are_not(office: Office, day: Any) -> None:
    assert C.DAY_MONTH_SWAPPED not in {f.code for f in office.parsed("DU", {SIGNED: day}).findings}


def test_under_a_rule_of_the_plan_it_is_the_rules_to_say(office: Office) -> None:
    assert office.parsed("DU", {("hoc_tap", "DU", "ngay_kiem_tra"): date(2022, 10, 4)}).findings == ()


def test_the_wording_of_a_formula_as_text(office: Office) -> None:
    finding = only(office.parsed("DU", {SIGNED: "=TODAY()"}))
    assert finding.message.endswith(
        "“=TODAY()” không phải là ngày từ năm 2000 đến năm 2100 (đây là công thức gõ dưới dạng chữ nên không có kết "
        "quả). Ghi ngày theo dạng ngày/tháng/năm, ví dụ 28/04/2022."
    )
