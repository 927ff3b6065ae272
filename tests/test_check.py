"""A batch is checked as one frame a sheet; every finding lands on its own submission and its own cell."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, datetime
from typing import Any

import pandera.pandas as pa
import pytest
from spoilt import LIST, MORE, RIGHT, STUDY, wide_plan

from pipelines import check as stage
from pipelines.check import ContractBroken, check
from pipelines.clock import TIMEZONE
from pipelines.judging import judge
from pipelines.parse import parse
from schemas.finding import Finding, FindingCode
from schemas.layout import layout
from schemas.parsed import Parsed
from schemas.plan import Plan
from schemas.submission import Arrival, ErrorCell, Identity, RawCell, Record, Submission, Table

C = FindingCode
ARRIVED = datetime(2022, 5, 5, 22, 0, tzinfo=TIMEZONE)
Rows = Mapping[str, Mapping[str, Any]]
Said = list[tuple[str | None, str | None, FindingCode]]


@pytest.fixture(scope="module")
def plan(tmp_path_factory: pytest.TempPathFactory) -> Plan:
    return wide_plan(tmp_path_factory.mktemp("plan") / "mini")


class Office:
    """Makes submissions without any file: the right report of a unit, some cells changed."""

    def __init__(self, plan: Plan) -> None:
        self.plan = plan

    def submission(
        self,
        unit: str,
        changes: Mapping[tuple[str, str, str], Any] | None = None,
        *,
        sha: str = "",
        arrived: datetime = ARRIVED,
        down: int = 0,
        without: tuple[str, ...] = (),
    ) -> Submission:
        """`changes`: (sheet, key, field) → value. `down`: how many rows lower its tables stand."""
        changed = dict(changes or {})
        owner = self.plan.unit(unit)
        tables = {}
        for sheet in self.plan.sheets_for(owner, "dot_1"):
            if sheet.id in without:
                continue
            place = layout(self.plan, owner, sheet, "dot_1")
            (right,) = RIGHT.sheets[sheet.id].values()
            records = []
            for key in place.keys[:1] if sheet.kind == "list" else place.keys:
                cells = {}
                for field in sheet.fields:
                    row = place.row(key, field.id) + down
                    value = changed.pop((sheet.id, key, field.id), right.get(field.id))
                    cells[field.id] = RawCell(row, place.column(field.id), value)
                records.append(Record(key, min(c.row for c in cells.values()), cells))
            tables[sheet.id] = Table(sheet.id, sheet.tab, tuple(records))
        assert not changed
        identity = Identity(self.plan.id, "dot_1", unit, "an earlier version", "")
        return Submission(Arrival(sha or unit, arrived, "a.xlsx", ""), identity, tables)

    def parsed(self, *args: Any, **options: Any) -> Parsed:
        return parse(self.plan, self.submission(*args, **options))


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
    wrong = Parsed(right.submission, {**right.frames, "hoc_tap": spoilt}, (), frozenset())
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
