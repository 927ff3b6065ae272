"""The six signs of reporting for form's sake: each seen where it is, down to its cells, and nowhere else."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from datetime import date, datetime
from pathlib import Path
from typing import Any

import pytest
from openpyxl import load_workbook

from pipelines.comparing import compare
from pipelines.consolidate import consolidate
from pipelines.consolidate.signs.alike import like_another
from pipelines.consolidate.signs.figures import distinctive
from pipelines.consolidate.signs.repeated import repeated_figures
from pipelines.consolidate.signs.signing import signed_field
from pipelines.dataset import Connection, open_dataset
from pipelines.demo.figures import Effort, Report, Value, report
from pipelines.judging import judge
from pipelines.merge import book_withdrawals, merge
from schemas.layout import NOT_APPLICABLE
from schemas.plan import NO, YES, Indicator, Plan, Term
from schemas.results import DataRow, SheetRows
from schemas.signs import SIGNS, Sign, SignKind
from tests.homes import MiniHome, mini_report
from tests.reports import plan_as_it_is
from tests.typed import COVER, ROUND, Rows, Sent, declared, mini_plan, praise, sent, submission

SECOND = "dot_2"


def village_plan() -> Plan:
    """The plan `mini` with four organisations in unit HU, and a third rate."""
    plan = mini_plan()
    (model,) = (unit for unit in plan.units if unit.code == "01001")
    more = (replace(model, code=code, name=f"Đảng bộ xã {code}") for code in ("01003", "01004"))
    third = Indicator(
        "T3",
        "Đảng viên phải học",
        "rate",
        (Term("hoc_tap", "phai_hoc"),),
        (Term("hoc_tap", "tong"),),
        (),
        100,
        None,
        "",
    )
    return replace(plan, units=(*plan.units, *more), indicators=(*plan.indicators, third))


VILLAGES = village_plan()
USUAL: dict[str, Value] = {
    "tong": 60,
    "nam": 40,
    "nu": 20,
    "phai_hoc": 55,
    "da_hoc": 50,
    "da_kiem_tra": YES,
    "ngay_kiem_tra": date(2022, 4, 20),
}


def rows(unit: str, *figures: Mapping[str, Value]) -> dict[str, Rows]:
    """The sheet `hoc_tap`: rows as usual but for the figures given, one after the other; then rows all unlike."""
    codes = [organisation.code for organisation in VILLAGES.organisations(VILLAGES.unit(unit))]
    seed = sum(map(ord, unit)) % 7
    unlike = ({"tong": 61 + seed + n, "nam": 41 + seed + n, "da_hoc": 40 + seed + n} for n in range(9))
    filled = [{**USUAL, **row} for row in (*figures, *unlike)]
    return {"hoc_tap": dict(zip(codes, filled, strict=False))}


def full(unit: str, day: str, *sheets: Mapping[str, Rows], signed: date | None = date(2022, 5, 5), n: int = 1) -> Sent:
    cover = {key: value for key, value in {**COVER, "ngay_ky": signed}.items() if value is not None}
    return sent(unit, day, {"bia": {unit: cover}}, *sheets, name=f"{unit} {n}.xlsx")


class Province:
    """Reports booked in a real dataset, on the plan of the villages."""

    def __init__(self, connection: Connection, plan: Plan = VILLAGES) -> None:
        self.connection, self.plan = connection, plan

    def night(self, *files: Sent, round_id: str = ROUND) -> None:
        batch = [(submission(self.plan, one, round_id), ()) for one in files]
        judged = compare(self.connection, [(self.plan, j) for j in judge(self.plan, round_id, batch)], lambda _: None)
        assert all(one.accepted for one in judged), [f.message for one in judged for f in one.findings]
        merge(self.connection, self.plan, judged)

    def signs(self, kind: SignKind | None = None, day: str = "2022-05-20", round_id: str = ROUND) -> list[Sign]:
        result = consolidate(self.connection, self.plan, self.plan.round(round_id), date.fromisoformat(day))
        return [sign for sign in result.signs if kind in (None, sign.kind)]


@pytest.fixture
def province() -> Iterator[Province]:
    with open_dataset(None) as connection:
        yield Province(connection)


def places(sign: Sign) -> list[tuple[str, int, str, str]]:
    """(file, version, tab, cell) of each piece of evidence."""
    return [(e.source_name, e.version, e.tab, e.cell) for e in sign.evidence]


# --- The same figures at several organisations


def test_three_organisations_with_the_same_figures_are_a_sign(province: Province) -> None:
    province.night(full("HU", "2022-05-08", rows("HU", {}, {"tong": 70, "nam": 50}, {}, {})))
    (sign,) = province.signs("repeated_figures")
    assert sign.unit.code == "HU"
    assert sign.seen == (
        "Biểu M1 Học tập: 3 tổ chức cùng báo Tổng số đảng viên 60; Nam 40; Nữ 20; Phải học 55; Đã học 50; "
        "Đã kiểm tra 1 (Đảng bộ xã Tân Bình, Đảng bộ xã 01003, Đảng bộ xã 01004)."
    )
    assert places(sign) == [("HU 1.xlsx", 1, "M1 Học tập", cell) for cell in ("C10", "C12", "C13")]
    assert sign.evidence[0].what.startswith("Đảng bộ xã Tân Bình: Tổng số đảng viên 60; ")


def test_two_alike_are_no_sign_nor_are_rows_that_differ_in_one_figure(province: Province) -> None:
    province.night(full("HU", "2022-05-08", rows("HU", {}, {}, {"da_hoc": 51}, {"da_kiem_tra": NO})))
    assert province.signs("repeated_figures") == []


def test_figures_that_may_meet_by_chance_are_no_sign(province: Province) -> None:
    small: dict[str, Value] = {"tong": 3, "nam": 3, "nu": 0, "phai_hoc": 3, "da_hoc": 3}
    blank: dict[str, Value] = {"tong": 0, "nam": 0, "nu": 0, "phai_hoc": 0, "da_hoc": 0}
    province.night(full("HU", "2022-05-08", rows("HU", small, small, small, blank)))
    assert province.signs("repeated_figures") == []
    assert not distinctive([12, 12, 0]), "twelve cells, all of which did it: not strange"
    assert distinctive([112, 112]), "so many members, three times over: strange"
    assert distinctive([12, 9])


def test_rows_declared_not_applicable_are_not_looked_at(province: Province) -> None:
    own = rows("HU", {}, {}, {}, {"tong": 70, "nam": 50})
    own["hoc_tap"] |= {"01003": {"tinh_trang": NOT_APPLICABLE}}  # type: ignore[operator]
    province.night(full("HU", "2022-05-08", own))
    assert province.signs("repeated_figures") == []


# --- All complete at once


WHOLE: dict[str, Value] = {"phai_hoc": 60, "da_hoc": 60}


def test_every_rate_a_whole_in_the_first_report_is_a_sign_also_when_corrected_later(province: Province) -> None:
    province.night(full("DU", "2022-05-08", rows("DU", WHOLE)))
    province.night(full("DU", "2022-05-09", rows("DU", {**WHOLE, "da_hoc": 55}), n=2))
    (sign,) = province.signs("all_complete")
    assert sign.seen == "Ngay ở báo cáo đầu tiên được chấp nhận (bản số 1), cả 3 tỷ lệ đều tròn 100 %."
    assert places(sign) == [("DU 1.xlsx", 1, "M1 Học tập", cell) for cell in ("G10", "I10", "F10")]
    assert sign.evidence[0].what == "T1 Đảng viên đã học: 60/60"


def test_a_whole_reached_only_later_or_of_two_rates_only_is_no_sign(province: Province) -> None:
    province.night(full("DU", "2022-05-08", rows("DU", {**WHOLE, "da_hoc": 59})))
    province.night(full("DU", "2022-05-09", rows("DU", WHOLE), n=2))
    assert province.signs("all_complete") == []
    two = replace(VILLAGES, indicators=tuple(i for i in VILLAGES.indicators if i.id != "T3"))
    with open_dataset(None) as connection:
        fewer = Province(connection, two)
        fewer.night(full("DU", "2022-05-08", rows("DU", WHOLE)))
        assert fewer.signs("all_complete") == []


def test_a_first_report_that_was_withdrawn_is_not_the_first(province: Province) -> None:
    first = full("DU", "2022-05-08", rows("DU", WHOLE))
    province.night(first, full("DU", "2022-05-09", rows("DU", {**WHOLE, "da_hoc": 59}), n=2))
    assert len(province.signs("all_complete")) == 1
    at = datetime.fromisoformat("2022-05-10T08:00:00+07:00")
    book_withdrawals(province.connection, [(first.arrival.sha256, at, "Gửi nhầm")])
    assert province.signs("all_complete") == []
    assert len(province.signs("all_complete", "2022-05-09")) == 1, "as it was known then"


def test_a_rate_without_a_denominator_says_nothing(province: Province) -> None:
    nobody: dict[str, Value] = {"tong": 60, "phai_hoc": 0, "da_hoc": 0}
    province.night(full("DU", "2022-05-08", rows("DU", nobody)))
    assert province.signs("all_complete") == []


# --- Like another unit's


def test_two_units_with_the_same_figures_are_a_sign_at_both(province: Province) -> None:
    province.night(full("DU", "2022-05-08", rows("DU", {})), full("CQ", "2022-05-09", rows("CQ", {})))
    of_du, of_cq = province.signs("like_another")
    assert (of_du.unit.code, of_cq.unit.code) == ("DU", "CQ")
    assert of_du.seen == "Cả 6 số liệu trên 1 biểu (M1) giống hệt báo cáo của Ban Dân vận (CQ)."
    assert places(of_du) == [("DU 1.xlsx", 1, "M1 Học tập", "C10:I10"), ("CQ 1.xlsx", 1, "M1 Học tập", "C10:I10")]
    assert of_du.evidence[1].what.startswith("Tổng số đảng viên 60; Nam 40")


def test_one_figure_or_one_line_of_a_list_more_is_another_report(province: Province) -> None:
    province.night(
        full("DU", "2022-05-08", rows("DU", {}), praise("A", times=2)),
        full("CQ", "2022-05-09", rows("CQ", {})),
        full("HU", "2022-05-09", rows("HU", {}), praise("A", times=2)),
    )
    assert province.signs("like_another") == []


def test_reports_without_figures_are_not_alike(province: Province) -> None:
    nothing = [full(u, "2022-05-08", declared("hoc_tap", NOT_APPLICABLE)) for u in ("DU", "CQ")]
    province.night(*nothing)
    assert province.signs() == []


# --- Like the round before


def test_the_figures_of_the_round_before_are_a_sign(province: Province) -> None:
    province.night(full("DU", "2022-05-08", rows("DU", {}), praise("A")), full("CQ", "2022-05-08", rows("CQ")))
    again = (full("DU", "2022-05-18", rows("DU", {}), n=2), full("CQ", "2022-05-18", rows("CQ", {}), n=2))
    province.night(*again, round_id=SECOND)
    (sign,) = province.signs("like_before", round_id=SECOND)
    assert sign.unit.code == "DU"
    assert sign.seen == (
        "Mọi số liệu ở các biểu có trong cả hai kỳ (M1) giống hệt báo cáo kỳ “Báo cáo đợt 1” (bản số 1)."
    )
    assert places(sign) == [("DU 2.xlsx", 1, "M1 Học tập", "C10:I10"), ("DU 1.xlsx", 1, "M1 Học tập", "C10:I10")]
    assert province.signs("like_before") == [], "the first round has none before it"
    assert province.signs("like_before", "2022-05-17", SECOND) == [], "nothing was there yet"


# --- Jumps


def test_totals_that_change_by_more_than_half_are_a_sign(province: Province) -> None:
    before: dict[str, Value] = {"tong": 60, "nam": 40, "nu": 20, "phai_hoc": 50, "da_hoc": 20}
    after: dict[str, Value] = {"tong": 60, "nam": 29, "nu": 31, "phai_hoc": 50, "da_hoc": 31}
    province.night(full("DU", "2022-05-08", rows("DU", before)))
    province.night(full("DU", "2022-05-09", rows("DU", after), n=2))
    (sign,) = province.signs("jump")
    assert sign.seen == (
        "Từ bản số 1 đến bản số 2, tổng số của đơn vị thay đổi quá một nửa: “Nữ” (M1) 20 → 31; “Đã học” (M1) 20 → 31."
    )
    assert places(sign)[:2] == [("DU 1.xlsx", 1, "M1 Học tập", "E10"), ("DU 2.xlsx", 2, "M1 Học tập", "E10")]
    assert [e.what for e in sign.evidence[2:]] == ["Đã học: cộng 20", "Đã học: cộng 31"]
    assert province.signs("jump", "2022-05-08") == []


def test_half_small_numbers_and_work_that_begins_are_no_jumps(province: Province) -> None:
    before: dict[str, Value] = {"tong": 22, "nam": 20, "nu": 2, "phai_hoc": 20, "da_hoc": 0}
    after: dict[str, Value] = {"tong": 33, "nam": 25, "nu": 8, "phai_hoc": 30, "da_hoc": 30}
    province.night(full("DU", "2022-05-08", rows("DU", before)))
    province.night(full("DU", "2022-05-09", rows("DU", after), n=2))
    assert province.signs("jump") == []


def test_a_version_that_was_withdrawn_is_compared_with_nothing(province: Province) -> None:
    wrong = full("DU", "2022-05-08", rows("DU", {"tong": 600, "nam": 580}))
    province.night(wrong)
    at = datetime.fromisoformat("2022-05-08T23:00:00+07:00")
    book_withdrawals(province.connection, [(wrong.arrival.sha256, at, "Thừa một số 0")])
    province.night(full("DU", "2022-05-09", rows("DU", {}), n=2))
    assert province.signs("jump") == []


# --- Done after signing


def test_a_date_after_the_signature_is_a_sign(province: Province) -> None:
    late: dict[str, Value] = {"ngay_kiem_tra": date(2022, 5, 7)}
    province.night(full("HU", "2022-05-08", rows("HU", {}, late, {"ngay_kiem_tra": date(2022, 5, 6)})))
    (sign,) = province.signs("done_after_signing")
    assert sign.seen == "2 ngày ghi trong báo cáo, muộn nhất 07/05/2022, sau ngày ký báo cáo (05/05/2022)."
    assert [(e.tab, e.cell, e.what) for e in sign.evidence] == [
        ("M0 Bìa", "C14", "Ngày ký: 05/05/2022"),
        ("M1 Học tập", "J11", "Đảng bộ xã Tân Hoà, Ngày kiểm tra: 07/05/2022"),
        ("M1 Học tập", "J12", "Đảng bộ xã 01003, Ngày kiểm tra: 06/05/2022"),
    ]


def test_the_day_of_the_signature_itself_is_no_sign(province: Province) -> None:
    province.night(full("DU", "2022-05-08", rows("DU", {"ngay_kiem_tra": date(2022, 5, 5)})))
    assert province.signs("done_after_signing") == []


def test_a_part_is_measured_by_its_own_signature() -> None:
    plan = replace(VILLAGES, settings=replace(VILLAGES.settings, parts=(ROUND,)))
    late = rows("DU", {"ngay_kiem_tra": date(2022, 5, 7)})
    with open_dataset(None) as connection:
        province = Province(connection, plan)
        province.night(full("DU", "2022-05-08", late, signed=date(2022, 5, 5)))
        province.night(full("DU", "2022-05-09", praise("A"), signed=date(2022, 5, 8), n=2))
        (sign,) = province.signs("done_after_signing")
    assert "sau ngày ký báo cáo (05/05/2022)" in sign.seen
    assert {e.source_name for e in sign.evidence} == {"DU 1.xlsx"}


def test_a_plan_that_asks_for_no_signature_has_no_such_sign() -> None:
    cover = VILLAGES.sheet("bia")
    unsigned = replace(cover, fields=tuple(f for f in cover.fields if f.id != "ngay_ky"))
    plan = replace(VILLAGES, sheets=(unsigned, *VILLAGES.sheets[1:]))
    assert signed_field(plan) is None
    with open_dataset(None) as connection:
        province = Province(connection, plan)
        late = rows("DU", {"ngay_kiem_tra": date(2022, 5, 7)})
        province.night(sent("DU", "2022-05-08", {"bia": {"DU": {"nguoi_lap": "A"}}}, late))
        assert province.signs("done_after_signing") == []
    named = signed_field(plan_as_it_is())
    assert named is not None
    assert named[1].id == "ngay_ky"


# --- Together


def test_signs_come_in_the_order_of_units_and_kinds_as_questions(province: Province) -> None:
    late = {**WHOLE, "ngay_kiem_tra": date(2022, 5, 7)}
    province.night(
        full("HU", "2022-05-08", rows("HU", {}, {}, {})), *(full(u, "2022-05-08", rows(u, late)) for u in ("CQ", "DU"))
    )
    found = province.signs()
    assert [(s.unit.code, s.kind) for s in found] == [
        ("HU", "repeated_figures"),
        *((unit, kind) for unit in ("DU", "CQ") for kind in ("all_complete", "like_another", "done_after_signing")),
    ]
    for sign in found:
        assert sign.question.startswith("Đề nghị đơn vị cho biết ")
        assert sign.question.endswith("?")
        assert sign.seen.endswith(".")
        assert sign.evidence
        assert all(e.source_name and e.version and e.tab and e.cell and e.what for e in sign.evidence)
    assert set(SIGNS) >= {s.kind for s in found}


def test_real_workbooks_through_the_night_show_the_cells_they_rest_on(mini: MiniHome, tmp_path: Path) -> None:
    late = date(2022, 5, 2)
    paths = [
        mini.drop(mini_report("DU", ngay_kiem_tra=late, hinh_thuc="trực tiếp"), "du.xlsx"),
        mini.drop(mini_report("CQ"), "cq.xlsx"),
        mini.drop(mini_report("HU", da_hoc=6), "hu.xlsx"),
    ]
    kept = {path.name: tmp_path / path.name for path in paths}
    for path in paths:
        kept[path.name].write_bytes(path.read_bytes())
    (result,) = mini.night("2022-05-09").results
    assert [(s.unit.code, s.kind) for s in result.signs] == [
        ("DU", "like_another"),
        ("DU", "done_after_signing"),
        ("CQ", "like_another"),
    ]
    signed, done = result.signs[1].evidence
    book = load_workbook(kept[done.source_name])
    assert book[done.tab][done.cell].value.date() == late
    assert book[signed.tab][signed.cell].value.date() == COVER["ngay_ky"]
    for table in result.rows:
        for row in table.rows:
            cells = load_workbook(kept[row.source_name])[row.tab]
            said = {field: cells[cell].value for field, cell in row.cells.items()}
            assert {f: _typed(v) for f, v in said.items()} == {f: v for f, v in row.values.items() if f in said}
            assert {f for f, v in row.values.items() if v is not None} <= set(said)


def _typed(value: Any) -> Any:
    if isinstance(value, datetime):
        return value.date()
    return {YES: True, NO: False}.get(value, value) if isinstance(value, str) else value


def test_honest_reports_of_a_whole_province_show_no_repeated_figures() -> None:
    plan = plan_as_it_is()
    for seed in range(3):
        reports = [report(plan, unit, date(2022, 5, 9), Effort(), seed) for unit in plan.reporting_units]
        tables = _tables(plan, reports)
        assert [sign.seen for sign in (*repeated_figures(tables), *like_another(tables))] == []


def _tables(plan: Plan, reports: Sequence[Report]) -> list[SheetRows]:
    return [
        SheetRows(
            sheet,
            tuple(
                DataRow(
                    plan.unit(one.unit),
                    plan.unit(key) if sheet.kind == "org" else None,
                    {field: _typed(value) for field, value in row.items()},
                    "a.xlsx", "", 1, sheet.tab, n,
                )
                for one in reports
                for n, (key, row) in enumerate(one.sheets.get(sheet.id, {}).items(), 10)
            ),
        )
        for sheet in plan.sheets_of_round("ket_qua")
    ]  # fmt: skip
