"""A batch is checked as one frame a sheet; every finding lands on its own submission and its own cell."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, datetime
from typing import Any

import pandera.pandas as pa
import pytest

from pipelines import check as stage
from pipelines.check import ContractBroken, check
from pipelines.clock import TIMEZONE
from pipelines.judging import judge
from pipelines.parse import parse
from schemas.catalogue import say
from schemas.contract import contract
from schemas.finding import Finding, FindingCode
from schemas.layout import DECLARED
from schemas.plan import Plan
from schemas.rules import rules_of
from schemas.submission import ErrorCell, Record, Submission, Table
from tests.office import Office, address
from tests.wide import LIST, MORE, STUDY, wide_plan

C = FindingCode
Said = list[tuple[str | None, str | None, FindingCode]]


@pytest.fixture(scope="module")
def plan(tmp_path_factory: pytest.TempPathFactory) -> Plan:
    return wide_plan(tmp_path_factory.mktemp("plan") / "mini")


@pytest.fixture(scope="module")
def office(plan: Plan) -> Office:
    return Office(plan)


def said(findings: list[Finding] | tuple[Finding, ...]) -> Said:
    return [(f.sheet, f.cell, f.code) for f in findings]


def test_an_empty_batch_has_nothing_to_say(plan: Plan) -> None:
    assert check(plan, "dot_1", []) == {}


def test_right_reports_have_an_empty_answer_each(plan: Plan, office: Office) -> None:
    batch = [office.parsed(unit) for unit in ("HU", "DU", "CQ")]
    assert check(plan, "dot_1", batch) == {"HU": [], "DU": [], "CQ": []}


def test_findings_land_on_the_right_submission_in_the_order_of_the_sheet(plan: Plan, office: Office) -> None:
    batch = [
        office.parsed(
            "HU",
            {
                ("hoc_tap", "01002", "da_hoc"): 9,
                ("hoc_tap", "01002", "tong"): 11,
                ("hoc_tap", "01001", "da_hoc"): 10,
                ("them", "01001", "so_1"): -1,
            },
        ),
        office.parsed("CQ"),
        office.parsed(
            "DU", {("hoc_tap", "DU", "ngay_kiem_tra"): None, ("ds", "1", "x"): None, ("khen", "1", "ten"): "  "}
        ),
    ]
    findings = check(plan, "dot_1", batch)
    assert {sha: said(found) for sha, found in findings.items()} == {
        "HU": [
            (STUDY, "G10", C.AT_MOST),
            (STUDY, "C11", C.SUM_EQUALS),
            (STUDY, "G11", C.AT_MOST),
            (MORE, "J10", C.NOT_A_COUNT),
            (MORE, "C11", C.SAME_AS),
        ],
        "CQ": [],
        "DU": [(STUDY, "J10", C.REQUIRED_WHEN), ("M2 Khen thưởng", "D10", C.MISSING_VALUE), (LIST, "D10", C.ANY_GIVEN)],
    }
    assert {f.unit for found in findings.values() for f in found} == {"HU", "DU"}
    assert [f.field for f in findings["HU"]] == ["da_hoc", "tong", "da_hoc", "so_1", "tong"]
    assert [f.rule for f in findings["HU"]][:2] == ["da_hoc_khong_vuot_phai_hoc", "nam_nu_bang_tong"]
    assert "là số âm" in findings["HU"][3].message


def test_a_submission_is_told_the_same_alone_and_among_others(plan: Plan, office: Office) -> None:
    changes: list[dict[tuple[str, str, str], Any]] = [
        {},
        {("hoc_tap", "DU", "phai_hoc"): 7},
        {("hoc_tap", "DU", "hinh_thuc"): "gặp mặt", ("them", "DU", "tong"): 3},
        {("hoc_tap", "DU", "da_kiem_tra"): None, ("hoc_tap", "DU", "phai_hoc"): 11},
        {("them", "DU", "tong"): "mười"},
    ]
    batch = [office.parsed("DU", change, sha=f"{n}", down=n) for n, change in enumerate(changes)]
    together = check(plan, "dot_1", batch)
    for one in batch:
        assert check(plan, "dot_1", [one]) == {one.submission.sha256: together[one.submission.sha256]}
    assert check(plan, "dot_1", batch[::-1]) == together
    assert [len(together[f"{n}"]) for n in range(5)] == [0, 1, 2, 2, 0]


def test_each_report_is_held_against_its_own_day_of_arrival(plan: Plan, office: Office) -> None:
    late = {("hoc_tap", "DU", "ngay_kiem_tra"): date(2022, 5, 6)}
    batch = [
        office.parsed("DU", late, sha="before", arrived=datetime(2022, 5, 5, 23, 59, tzinfo=TIMEZONE)),
        office.parsed("DU", late, sha="after", arrived=datetime(2022, 5, 6, 0, 1, tzinfo=TIMEZONE)),
    ]
    findings = check(plan, "dot_1", batch)
    assert said(findings["before"]) == [(STUDY, "J10", C.BETWEEN_DATES)]
    assert findings["after"] == []
    assert "06/05/2022) muộn hơn ngày gửi báo cáo (05/05/2022)" in findings["before"][0].message


@pytest.mark.parametrize("typed", ["khoảng 8", ErrorCell("#REF!"), "8.000", True])
def test_a_refused_cell_is_not_reported_twice(plan: Plan, office: Office, typed: Any) -> None:
    """Neither as missing nor by a rule that looks at it; other cells of its row are still told."""
    changes = {("hoc_tap", "DU", "phai_hoc"): typed, ("hoc_tap", "DU", "nam"): 5}
    submission = office.submission("DU", changes)
    (judged,) = judge(plan, "dot_1", [(submission, ())])
    (refused,) = (f for f in judged.findings if f.cell == "F10")
    assert refused.code in (C.NOT_A_COUNT, C.ERROR_CELL, C.TWO_READINGS)
    assert [f.code for f in judged.findings if f is not refused] == [C.SUM_EQUALS]
    assert judged.verdict == "rejected"


def test_a_refused_cell_of_one_report_silences_no_other(plan: Plan, office: Office) -> None:
    batch = [
        office.parsed("DU", {("hoc_tap", "DU", "phai_hoc"): "tám"}, sha="a"),
        office.parsed("DU", {("hoc_tap", "DU", "phai_hoc"): None}, sha="b"),
    ]
    findings = check(plan, "dot_1", batch)
    assert (said(findings["a"]), said(findings["b"])) == ([], [(STUDY, "F10", C.MISSING_VALUE)])


def test_same_as_names_both_cells_of_the_same_organisation(plan: Plan, office: Office) -> None:
    batch = [
        office.parsed("HU", {("them", "01002", "tong"): 12}, sha="a", down=3),
        office.parsed("HU", {("them", "01001", "tong"): 13}, sha="b"),
    ]
    findings = check(plan, "dot_1", batch)
    ((first,), (second,)) = (findings["a"], findings["b"])
    assert (first.cell, second.cell) == ("C14", "C10")
    assert "“Tổng số” (12) khác “Tổng số đảng viên, biểu M1 Học tập” (10) ở ô C14 trang “M1 Học tập”" in first.message
    assert "(13) khác" in second.message
    assert "ở ô C10 trang “M1 Học tập”" in second.message
    assert first.severity == second.severity == "warning"


def test_a_rule_that_needs_a_sheet_that_is_not_there_says_nothing(plan: Plan, office: Office) -> None:
    batch = [office.parsed("DU", {("them", "DU", "tong"): 3}, sha="a", without=("hoc_tap",)), office.parsed("HU")]
    assert check(plan, "dot_1", batch) == {"a": [], "HU": []}
    alone = [office.parsed("DU", {("them", "DU", "tong"): 3}, without=("hoc_tap",))]
    assert check(plan, "dot_1", alone) == {"DU": []}


def test_a_choice_nearly_right_is_told_what_was_meant(plan: Plan, office: Office) -> None:
    findings = check(plan, "dot_1", [office.parsed("DU", {("hoc_tap", "DU", "hinh_thuc"): "trực tiep"})])
    assert said(findings["DU"]) == [(STUDY, "H10", C.NOT_A_CHOICE)]
    assert "Có phải “trực tiếp”?" in findings["DU"][0].message
    assert "trực tuyến; trực tiếp" in findings["DU"][0].message


@pytest.mark.parametrize("typed", [-1, "-1", 10**9 + 1])
def test_a_count_out_of_bounds_is_refused(plan: Plan, office: Office, typed: Any) -> None:
    findings = check(plan, "dot_1", [office.parsed("DU", {("them", "DU", "so_2"): typed})])
    assert said(findings["DU"]) == [(MORE, "K10", C.NOT_A_COUNT)]
    assert ("là số âm" in findings["DU"][0].message) is (typed != 10**9 + 1)


def test_a_check_that_raises_is_a_broken_contract_and_nobodys_fault(
    plan: Plan, office: Office, monkeypatch: pytest.MonkeyPatch
) -> None:
    def raising(_: Any) -> Any:
        raise ZeroDivisionError("a fault of the program")

    monkeypatch.setattr(
        stage,
        "contract",
        lambda *_: pa.DataFrameSchema(checks=[pa.Check(raising, name="quy_tac_hong")], name="hoc_tap"),
    )
    with pytest.raises(ContractBroken, match="quy_tac_hong"):
        check(plan, "dot_1", [office.parsed("DU")])


def test_a_frame_of_the_wrong_types_is_a_broken_contract(plan: Plan, office: Office) -> None:
    right = office.parsed("DU")
    spoilt = right.frames["hoc_tap"].astype({"tong": "float64"})
    wrong = replace(right, frames={**right.frames, "hoc_tap": spoilt})
    with pytest.raises(ContractBroken, match="hoc_tap"):
        check(plan, "dot_1", [wrong])


def test_a_column_that_is_missing_is_said_once_and_not_cell_by_cell(plan: Plan, office: Office) -> None:
    """Intake has said COLUMN_MISSING; the rows of that column have no cells to point at."""
    whole = office.submission("HU")
    table = whole.tables["hoc_tap"]
    records = tuple(
        Record(r.key, r.row, {name: cell for name, cell in r.cells.items() if name != "phai_hoc"})
        for r in table.records
    )
    tables = {**whole.tables, "hoc_tap": Table(table.sheet, table.tab, records)}
    narrow = Submission(whole.arrival, whole.identity, tables)
    assert check(plan, "dot_1", [parse(plan, narrow)]) == {"HU": []}


SWAPPED, RIGHT_WAY = date(2022, 10, 4), date(2022, 4, 10)
"""What an American Excel makes of 10/04/2022."""


def test_a_swapped_day_under_a_rule_is_said_instead_of_the_rule(plan: Plan, office: Office) -> None:
    (finding,) = check(plan, "dot_1", [office.parsed("DU", {("hoc_tap", "DU", "ngay_kiem_tra"): SWAPPED})])["DU"]
    assert (finding.cell, finding.code, finding.severity) == ("J10", C.DAY_MONTH_SWAPPED, "error")
    assert (finding.rule, finding.value) == ("ngay_kiem_tra_trong_khoang", "04/10/2022")
    assert "ngày 04/10/2022 nằm ngoài khoảng từ 06/04/2022 đến 05/05/2022" in finding.message
    assert "ý là 10/04/2022" in finding.message


@pytest.mark.parametrize("typed", ["04/10/2022", date(2022, 3, 10), date(2022, 10, 28), date(2023, 10, 4)])
def test_a_day_that_is_simply_outside_is_said_by_the_rule(plan: Plan, office: Office, typed: Any) -> None:
    """Text is what a person typed; a swap that is outside too explains nothing."""
    (finding,) = check(plan, "dot_1", [office.parsed("DU", {("hoc_tap", "DU", "ngay_kiem_tra"): typed})])["DU"]
    assert (finding.cell, finding.code) == ("J10", C.BETWEEN_DATES)


def test_the_window_ends_with_the_day_of_arrival(plan: Plan, office: Office) -> None:
    changes = {("hoc_tap", "DU", "ngay_kiem_tra"): date(2022, 6, 5)}
    before = office.parsed("DU", changes, sha="a", arrived=datetime(2022, 5, 5, 23, 0, tzinfo=TIMEZONE))
    on_the_day = office.parsed("DU", changes, sha="b", arrived=datetime(2022, 5, 6, 1, 0, tzinfo=TIMEZONE))
    findings = check(plan, "dot_1", [before, on_the_day])
    assert [f.code for f in findings["a"]] == [C.BETWEEN_DATES]
    assert [f.code for f in findings["b"]] == [C.DAY_MONTH_SWAPPED]


def row_of(office: Office, sheet: str, key: str, **values: Any) -> dict[tuple[str, str, str], Any]:
    """A row left blank but for some values."""
    fields = {field.id: values.get(field.id) for field in office.plan.sheet(sheet).fields}
    return {(sheet, key, field): value for field, value in (fields | values).items()}


@pytest.mark.parametrize("said_of", ["01001", ""])
def test_a_declared_row_is_asked_for_nothing(plan: Plan, office: Office, said_of: str) -> None:
    changes = {**row_of(office, "hoc_tap", "01001"), ("hoc_tap", said_of, DECLARED): "Không phát sinh"}
    if not said_of:
        changes |= row_of(office, "hoc_tap", "01002")
    assert check(plan, "dot_1", [office.parsed("HU", changes)]) == {"HU": []}
    blank = check(plan, "dot_1", [office.parsed("HU", row_of(office, "hoc_tap", "01001"))])["HU"]
    assert {f.code for f in blank} == {C.MISSING_VALUE}


def test_a_row_that_declares_nothing_is_still_asked(plan: Plan, office: Office) -> None:
    changes = {("hoc_tap", "01001", DECLARED): "Không áp dụng", ("hoc_tap", "01002", "da_hoc"): 9}
    changes |= dict.fromkeys(row_of(office, "hoc_tap", "01001"))
    findings = check(plan, "dot_1", [office.parsed("HU", changes)])
    assert said(findings["HU"]) == [(STUDY, "G11", C.AT_MOST)]


def test_a_rule_across_sheets_holds_where_the_other_row_is_declared(plan: Plan, office: Office) -> None:
    changes = {("them", "DU", "tong"): 3, ("hoc_tap", "DU", DECLARED): "Không áp dụng"}
    assert said(check(plan, "dot_1", [office.parsed("DU", {("them", "DU", "tong"): 3})])["DU"]) == [
        (MORE, "C10", C.SAME_AS)
    ]
    changes |= row_of(office, "hoc_tap", "DU")
    assert check(plan, "dot_1", [office.parsed("DU", changes)]) == {"DU": []}


def test_in_parts_only_what_is_filled_is_asked(office: Office) -> None:
    parts = office.in_parts()
    changes = {("hoc_tap", "DU", "da_hoc"): 9, ("bia", "DU", "nguoi_lap"): None}
    one = parts.parsed("DU", changes, blank=("khen", "them", "ds"))
    assert said(check(parts.plan, "dot_1", [one])["DU"]) == [
        ("M0 Bìa", address(office.plan, "DU", "bia", "DU", "nguoi_lap"), C.MISSING_VALUE),
        (STUDY, "G10", C.AT_MOST),
    ]
    other = parts.parsed("DU", blank=("hoc_tap",))
    assert check(parts.plan, "dot_1", [other]) == {"DU": []}
    whole = office.parsed("DU", blank=("hoc_tap",))
    assert {f.code for f in check(office.plan, "dot_1", [whole])["DU"]} == {C.MISSING_VALUE}


@pytest.mark.parametrize(
    ("typed", "meant"),
    [("truc tuyen", "trực tuyến"), ("TRUC TIEP", "trực tiếp"), ("trùc tuyÕn n¨m", "trực tuyến"), ("qua mạng", None)],
)
def test_did_you_mean_heeds_neither_marks_nor_old_fonts(
    plan: Plan, office: Office, typed: str, meant: str | None
) -> None:
    (finding,) = check(plan, "dot_1", [office.parsed("DU", {("hoc_tap", "DU", "hinh_thuc"): typed})])["DU"]
    assert finding.code is C.NOT_A_CHOICE
    assert (f"Có phải “{meant}”?" in finding.message) is (meant is not None)
    assert ("Có phải" in finding.message) is (meant is not None)


def test_a_formula_typed_as_text_is_called_one(plan: Plan, office: Office) -> None:
    typed = {("hoc_tap", "DU", field): "=4+4" for field in ("phai_hoc", "hinh_thuc", "da_kiem_tra", "ngay_kiem_tra")}
    (judged,) = judge(plan, "dot_1", [(office.submission("DU", typed), ())])
    assert [f.code for f in judged.findings] == [C.NOT_A_COUNT, C.NOT_A_CHOICE, C.NOT_YES_NO, C.NOT_A_DATE]
    for finding in judged.findings:
        assert "“=4+4”" in finding.message
        assert "công thức gõ dưới dạng chữ" in finding.message


def test_a_missing_sheet_is_no_error_where_another_office_fills_it(office: Office) -> None:
    parts = office.in_parts()
    submission = parts.submission("DU", without=("bia", "hoc_tap"))

    def missing(tab: str, detail: str = "") -> Finding:
        return say(C.SHEET_MISSING, unit="DU", value=tab, detail=detail)

    shape = [missing("M0 Bìa"), missing("M1 Học tập"), missing("M3 Thêm", " (nhưng trang cùng tên còn đó)")]
    (whole,) = judge(office.plan, "dot_1", [(submission, shape)])
    assert list(whole.findings) == shape
    (part,) = judge(parts.plan, "dot_1", [(submission, shape)])
    assert list(part.findings) == [shape[0], shape[2]]


def test_a_contract_is_made_once(plan: Plan) -> None:
    sheet = plan.sheet("hoc_tap")
    rules = rules_of(plan, "hoc_tap", frozenset({"hoc_tap"}))
    assert contract(plan, sheet, rules) is contract(plan, sheet, rules)
    assert contract(plan, sheet, rules[:1]) is not contract(plan, sheet, rules)
    changed = replace(sheet, fields=sheet.fields[:3])
    assert set(contract(plan, changed, ()).columns) == {f.id for f in sheet.fields[:3]}
