"""The demo: figures keep the plan's rules, the clerk types into real templates, the scenario is as told."""

from __future__ import annotations

import json
import os
from collections import Counter
from datetime import date
from io import StringIO
from pathlib import Path
from typing import TYPE_CHECKING, Any

import openpyxl
import pytest
from rich.console import Console

from pipelines.demo import clerk, province, slips
from pipelines.demo.figures import Effort, Report, report
from pipelines.demo.scenario import DROPS, LAST, NIGHTS
from pipelines.demo.summary import RateLine, nights_table, rates_table, show
from pipelines.template import write_template
from schemas.plan_file import load_plan
from tests.oracle import Expected, expected

if TYPE_CHECKING:
    from openpyxl.worksheet.worksheet import Worksheet

    from schemas.plan import Plan

PLAN = Path(__file__).parents[1] / "schemas" / "plans" / "kh70_2022"
DUE = date(2022, 5, 10)


@pytest.fixture(scope="module")
def plan() -> Plan:
    return load_plan(PLAN)


@pytest.fixture(scope="module")
def template(plan: Plan, tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("mau") / "DD-HND.xlsx"
    write_template(plan, plan.unit("DD-HND"), plan.round("ket_qua"), path, stamp="tem")
    return path


@pytest.fixture(scope="module")
def played(tmp_path_factory: pytest.TempPathFactory) -> tuple[province.Played, list[Any]]:
    """A province played with a clerk who writes no workbooks and a night that only looks around."""
    home = tmp_path_factory.mktemp("tinh")
    seen: list[Any] = []

    def night(day: date) -> None:
        dropped = sorted(p.relative_to(home / "inbox").as_posix() for p in (home / "inbox").rglob("*.xlsx"))
        seen.append((day, os.environ[province.CLOCK], dropped))
        for path in (home / "inbox").rglob("*.xlsx"):
            path.unlink()

    def write_only(template: Path, target: Path, filled: Report) -> None:
        target.write_text(f"{template} {filled}", encoding="utf-8")

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(province, "fill", write_only)
        patch.setenv(province.CLOCK, "before")
        blank = {drop.unit: Path(drop.unit) for drop in DROPS}
        done = province.play(home, lambda: blank, lambda: Path("so-dieu-hanh"), night, lambda _: None)
        assert os.environ[province.CLOCK] == "before"
    return done, seen


def faults_of(filled: Report, day: date) -> list[str]:
    """The plan's rules for round ket_qua, written out by hand."""
    found = [
        f"{sheet} {key} {field} muộn hơn ngày ký"
        for sheet, rows in filled.sheets.items()
        for key, row in rows.items()
        for field, value in row.items()
        if isinstance(value, date) and not date(2022, 4, 6) <= value <= signed(filled) <= day
    ]
    for key in filled.sheets["hoi_nghi"]:
        rules = organisation_rules({s: dict(rows.get(key, {})) for s, rows in filled.sheets.items()})
        found += [f"{key} {rule}" for rule, holds in rules.items() if not holds]
    for row in filled.sheets.get("tuyen_truyen", {}).values():
        if not row.keys() & {"so_buoi", "luot_nguoi", "tin_bai", "tac_pham"}:
            found.append("tuyen_truyen trống")
        if int(str(row.get("tac_pham_du_giai", 0))) > int(str(row.get("tac_pham", 0))):
            found.append("dự giải vượt tác phẩm")
    return found


def signed(filled: Report) -> date:
    day = filled.value("bia", filled.unit, "ngay_ky")
    assert isinstance(day, date)
    return day


def organisation_rules(row: dict[str, dict[str, Any]]) -> dict[str, bool]:
    b1, b2, b5, b6 = row["hoi_nghi"], row["hoc_tap"], row["ke_hoach"], row["cam_ket"]
    b8, b9 = row["phat_dong"], row["kiem_tra"]
    studied = b2["du_hoi_nghi"] + b2["hoc_tai_co_so"]
    obliged = b6["tong_dang_vien"] - b6["dang_vien_mien"]
    return {
        "dự ≤ triệu tập": b1["can_bo_du"] <= b1["can_bo_trieu_tap"],
        "không kết nối thì 0": b1["ket_noi"] == "có" or b1["can_bo_trieu_tap"] == b1["can_bo_du"] == 0,
        "kết nối thì có ngày": b1["ket_noi"] == "không" or "ngay_to_chuc" in b1,
        "học ≤ tổng": min(b2["du_hoi_nghi"], b2["hoc_tai_co_so"]) >= 0 and studied <= b2["tong_dang_vien"],
        "có hình thức": b2["hoc_tai_co_so"] == 0 or "hinh_thuc" in b2,
        "học đủ thì có ngày": (studied == b2["tong_dang_vien"]) == ("ngay_hoan_thanh" in b2),
        "chi bộ ≤ tổng": 0 <= b5["chi_bo_da_bo_sung"] <= b5["tong_chi_bo"],
        "chi bộ đủ thì có ngày": b5["chi_bo_da_bo_sung"] < b5["tong_chi_bo"] or "ngay_hoan_thanh" in b5,
        "cam kết ≤ tổng − miễn": 0 <= b6["dang_vien_da_bo_sung"] <= obliged,
        "mục ≤ đã bổ sung": all(0 <= b6[f"muc_{n}"] <= b6["dang_vien_da_bo_sung"] for n in (1, 2, 3, 5)),
        "ngoài Đảng ≤ tổng": 0 <= b6["ngoai_dang_da_bo_sung"] <= b6["ngoai_dang_tong"],
        "B6 = B2": b6["tong_dang_vien"] == b2["tong_dang_vien"],
        "phát động có ngày": b8["da_phat_dong"] == "không" or "ngay_phat_dong" in b8,
        "tự kiểm tra ≤ tổng": 0 <= b9["chi_bo_tu_kiem_tra"] <= b9["tong_chi_bo"],
        "B9 = B5": b9["tong_chi_bo"] == b5["tong_chi_bo"],
    }


def test_right_reports_keep_the_rules(plan: Plan) -> None:
    for drop in DROPS:
        if drop.unit and not drop.again and drop.kind != "control":
            right = report(plan, plan.unit(drop.unit), drop.night, drop.effort)
            assert faults_of(right, drop.night) == [], drop.name


@pytest.mark.parametrize("seed", range(5))
def test_every_unit_keeps_the_rules_whatever_the_seed(plan: Plan, seed: int) -> None:
    for unit in plan.reporting_units:
        for effort in (Effort(), Effort(0, 0, 0, 0, outsiders=False), Effort(1, 1, 1, 1)):
            assert faults_of(report(plan, unit, DUE, effort, seed), DUE) == [], unit.code


def test_reports_hold_every_required_field_and_only_choices_of_the_plan(plan: Plan) -> None:
    for unit in plan.reporting_units:
        filled = report(plan, unit, DUE, Effort())
        assert set(filled.sheets) == {s.id for s in plan.sheets_for(unit, "ket_qua")}
        for sheet in plan.sheets_for(unit, "ket_qua"):
            for row in filled.sheets[sheet.id].values():
                assert {f.id for f in sheet.fields if f.required and not f.prefill} <= set(row)
                chosen = [(f, row[f.id]) for f in sheet.fields if f.type == "choice" and f.id in row]
                assert all(value in plan.values(f.choices) for f, value in chosen)


def test_the_same_seed_gives_the_same_report_and_a_unit_keeps_its_size(plan: Plan) -> None:
    unit = plan.unit("711")
    once, again = (report(plan, unit, DUE, Effort()) for _ in range(2))
    later = report(plan, unit, LAST, Effort(1, 1, 1, 1))
    assert once == again
    assert once != report(plan, unit, DUE, Effort(), seed=71)
    for key in once.sheets["hoc_tap"]:
        assert once.value("hoc_tap", key, "tong_dang_vien") == later.value("hoc_tap", key, "tong_dang_vien")
        assert once.value("ke_hoach", key, "tong_chi_bo") == later.value("ke_hoach", key, "tong_chi_bo")


def test_communes_are_of_a_plausible_size(plan: Plan) -> None:
    filled = report(plan, plan.unit("708"), DUE, Effort())
    for key, row in filled.sheets["hoc_tap"].items():
        if plan.unit(key).kind == "dang_bo_xa":
            cells = filled.value("ke_hoach", key, "tong_chi_bo")
            assert 80 <= int(str(row["tong_dang_vien"])) <= 400
            assert 5 <= int(str(cells)) <= 30


def test_each_slip_makes_exactly_its_mistake(plan: Plan) -> None:
    right = report(plan, plan.unit("710"), DUE, Effort(connected=1))
    key = next(iter(right.sheets["hoc_tap"]))
    assert faults_of(slips.more_studied_than_members(right), DUE)[0] == f"{key} học ≤ tổng"
    assert slips.cells_left_blank(right).value("ke_hoach", key, "tong_chi_bo") is None
    assert slips.number_in_words(right).value("cam_ket", key, "dang_vien_da_bo_sung") == "khoảng 50"
    assert slips.pasted_over(right).value("hoi_nghi", key, "ngay_to_chuc") == date(2022, 3, 25)
    assert slips.pasted_over(right).value("hoc_tap", key, "hinh_thuc") not in plan.values("hinh_thuc_hoc_tap")
    text = slips.number_as_text(right).value("tai_lieu", key, "ban_nhan")
    assert isinstance(text, str)
    assert int(text) == right.value("tai_lieu", key, "ban_nhan")
    dragged = slips.filled_down(right)
    assert len({str(row) for row in list(dragged.sheets["tai_lieu"].values())[:4]}) == 1
    assert faults_of(dragged, DUE) == [], "no rule is broken"


def sheet_with(path: Path, marker: str) -> tuple[Worksheet, int]:
    """The worksheet whose column A holds a marker, and the marker's row."""
    for sheet in openpyxl.load_workbook(path).worksheets:
        for row in range(1, sheet.max_row + 1):
            if sheet.cell(row, 1).value == marker:
                return sheet, row
    raise AssertionError(marker)


def test_the_clerk_types_into_the_real_template(plan: Plan, template: Path, tmp_path: Path) -> None:
    filled = report(plan, plan.unit("DD-HND"), DUE, Effort(studied=1))
    target = tmp_path / "ban" / "bao cao.xlsx"
    clerk.fill(template, target, filled)

    sheet, marker = sheet_with(target, "#hoc_tap")
    ids = [sheet.cell(marker, column).value for column in range(1, sheet.max_column + 1)]
    column = ids.index("tong_dang_vien") + 1
    assert sheet.cell(marker + 1, column).value == filled.value("hoc_tap", "DD-HND", "tong_dang_vien")
    assert sheet.protection.sheet, "the sheet stays protected"
    assert sheet.row_dimensions[marker].hidden
    assert sheet.column_dimensions["A"].hidden

    cover, first = sheet_with(target, "#bia")
    typed = {cover.cell(r, 1).value: cover.cell(r, 3).value for r in range(first, cover.max_row + 1)}
    assert str(typed["ngay_ky"])[:10] == signed(filled).isoformat()
    assert typed["ma_don_vi"] == "DD-HND"
    workbook = openpyxl.load_workbook(target)
    assert workbook["_meta"].sheet_state == "veryHidden"
    assert workbook["_meta"].cell(1, 1).value == "plan"


@pytest.mark.parametrize(
    ("sheet", "key", "field"),
    [("bia", "DD-HND", "ma_don_vi"), ("hoc_tap", "703", "tong_dang_vien"), ("hoc_tap", "DD-HND", "la")],
)
def test_the_clerk_cannot_type_where_there_is_no_input_cell(
    template: Path, tmp_path: Path, sheet: str, key: str, field: str
) -> None:
    with pytest.raises(clerk.FillError):
        clerk.fill(template, tmp_path / "x.xlsx", Report("DD-HND", {sheet: {key: {field: 1}}}))
    with pytest.raises(clerk.FillError):
        clerk.fill(template, tmp_path / "x.xlsx", Report("DD-HND", {"la": {key: {field: 1}}}))


def test_the_scenario_is_as_announced(plan: Plan) -> None:
    kinds = Counter(drop.kind for drop in DROPS)
    assert kinds == {
        "right": 21,
        "wrong": 4,
        "corrected": 3,
        "late": 2,
        "updated": 1,
        "identical": 1,
        "no_workbook": 1,
        "control": 1,
    }
    silent = {u.code for u in plan.reporting_units} - {drop.unit for drop in DROPS}
    assert silent == {"BCS-TAND", "DD-CCB"}


def test_four_nights_with_the_clock_set(played: tuple[province.Played, list[Any]]) -> None:
    done, seen = played
    assert done.nights == NIGHTS
    assert [day for day, _, _ in seen] == [date(2022, 4, 29), DUE, date(2022, 5, 11), date(2022, 5, 20)]
    assert [clock for _, clock, _ in seen] == [f"{day}T22:00:00+07:00" for day in NIGHTS]
    assert [len(dropped) for _, _, dropped in seen] == [6, 20, 6, 2]
    assert any("/" not in name for _, _, dropped in seen for name in dropped)


def test_the_answers_tell_every_drop(played: tuple[province.Played, list[Any]]) -> None:
    done, seen = played
    drops = json.loads(done.answers.read_text(encoding="utf-8"))["drops"]
    for day, _, dropped in seen:
        assert sorted(d["file"] for d in drops if d["night"] == day.isoformat()) == dropped
    again = next(d for d in drops if d["kind"] == "identical")
    first = next(d for d in drops if d["unit"] == again["unit"] and d["kind"] == "right")
    assert again["sha256"] == first["sha256"]
    assert again["file"] != first["file"]
    assert again["values"] == first["values"]


def test_a_folder_is_played_once(played: tuple[province.Played, list[Any]]) -> None:
    done, _ = played
    with pytest.raises(province.AlreadyPlayedError, match="đã có một lần chạy"):
        province.play(done.directory, dict, Path, lambda _: None, lambda _: None)


@pytest.fixture(scope="module")
def oracles(played: tuple[province.Played, list[Any]]) -> dict[date, Expected]:
    return {day: expected(PLAN, played[0].answers, day) for day in NIGHTS}


@pytest.mark.parametrize(
    ("day", "states"),
    [
        (NIGHTS[0], {"dung_han": 6, "chua_den_han": 23}),
        (NIGHTS[1], {"dung_han": 21, "loi": 4, "chua_den_han": 4}),
        (NIGHTS[2], {"dung_han": 21, "tre_han": 4, "qua_han": 3, "chua_den_han": 1}),
        (NIGHTS[3], {"dung_han": 21, "tre_han": 5, "qua_han": 2, "chua_den_han": 1}),
    ],
)
def test_the_oracle_counts_units(oracles: dict[date, Expected], day: date, states: dict[str, int]) -> None:
    assert Counter(u["state"] for u in oracles[day]["units"].values()) == states


def test_the_oracle_by_hand(oracles: dict[date, Expected]) -> None:
    units, last = oracles[LAST]["units"], oracles[LAST]["by_unit"]
    assert units["712"]["days_late"] == 10
    assert units["CQ-VP"]["days_late"] == units["708"]["days_late"] == 1
    assert units["708"]["first_submitted_at"] == "2022-05-10T22:00:00+07:00"
    assert units["710"]["days_overdue"] == units["DD-CCB"]["days_overdue"] == 10
    assert (units["BCS-TAND"]["state"], units["BCS-TAND"]["days_overdue"]) == ("chua_den_han", 0)
    assert (units["711"]["version"], units["DU-BP"]["version"], units["710"]["version"]) == (2, 1, None)
    assert oracles[LAST]["indicators"]["NB"]["numerator"] == 26
    assert oracles[LAST]["indicators"]["NB.1"]["numerator"] == 21
    assert last["DD-HDND", "CT1"]["state"] == last["DD-HDND", "CT5"]["state"] == "khong_ap_dung"
    assert last["CQ-BTC", "KL1"]["state"] == "khong_ap_dung"
    assert oracles[NIGHTS[2]]["by_unit"]["711", "CT8"]["state"] == "dang_thuc_hien"
    assert last["711", "CT8"]["state"] == "hoan_thanh"
    assert "CT9" not in oracles[LAST]["indicators"]


def test_what_the_office_decided_counts_from_the_night_it_arrived(oracles: dict[date, Expected]) -> None:
    before, after = (oracles[day] for day in NIGHTS[1:3])
    court = [oracles[day]["units"]["BCS-TAND"] for day in NIGHTS]
    assert [u["due"] for u in court] == ["2022-05-10", "2022-05-10", "2022-05-31", "2022-05-31"]
    assert [u["state"] for u in court] == ["chua_den_han"] * 4
    assert after["units"]["DD-CCB"]["due"] == "2022-05-10"
    assert before["by_unit"]["DD-CCB", "CT6"]["state"] == "chua_bao_cao"
    assert after["by_unit"]["DD-CCB", "CT6"]["state"] == "khong_ap_dung"
    assert [e["indicators"]["CT6"]["units_expected"] for e in (before, after)] == [29, 28]
    cells = [oracles[day]["indicators"]["CT3"] for day in NIGHTS]
    assert [c["deadline"] for c in cells] == [None, None, "2022-06-30", "2022-06-30"]
    assert [c["state"] for c in cells] == ["khong_co_han"] * 2 + ["dang_thuc_hien"] * 2


def test_the_answers_tell_what_the_office_typed(played: tuple[province.Played, list[Any]]) -> None:
    done, _ = played
    (told,) = (d for d in json.loads(done.answers.read_text(encoding="utf-8"))["drops"] if d["kind"] == "control")
    assert (told["file"], told["night"], told["unit"]) == ("so-dieu-hanh.xlsx", "2022-05-11", "DIEU-HANH")
    typed = told["values"]
    (extension,) = typed["gia_han"].values()
    assert (extension["don_vi"], extension["han_moi"]) == (
        "BCS-TAND – Ban cán sự đảng Toà án nhân dân tỉnh",
        "2022-05-31",
    )
    days = {row["noi_dung"].split(" – ")[0]: row["ngay"] for row in typed["thoi_han"].values() if "ngay" in row}
    assert days == {"Chỉ tiêu CT3": "2022-06-30", "Nộp bù ket_qua": "2022-05-27"}
    (spared,) = typed["mien"].values()
    assert (spared["don_vi"].split(" – ")[0], spared["bieu"]) == ("DD-CCB", "B9 – Kiểm tra")
    phones = [row["dien_thoai"] for row in typed["lien_he"].values() if "dien_thoai" in row]
    assert [phone[:10] for phone in phones] == ["0276 000 0"] * 5, "nobody's number"


@pytest.mark.parametrize(("indicator", "days"), [("CT1", 20), ("CT2", 20), ("CT8", 1), ("NB", 10)])
def test_something_is_overdue_in_the_end(oracles: dict[date, Expected], indicator: str, days: int) -> None:
    total = oracles[LAST]["indicators"][indicator]
    assert (total["state"], total["days_overdue"]) == ("qua_han", days)
    if indicator != "NB":
        states = {s["state"] for (_, i), s in oracles[LAST]["by_unit"].items() if i == indicator}
        assert {"hoan_thanh", "qua_han", "chua_bao_cao"} <= states


def test_the_summary_says_it_in_vietnamese() -> None:
    out = StringIO()
    line = RateLine("CT2", "Đảng viên đã học tập", 9996, 10000, 26, 29, "Quá hạn")
    tables = [nights_table({DUE: {"dung_han": 21, "loi": 4}}), rates_table([line], LAST)]
    show(Console(file=out, width=120), tables, {"Bảng tổng hợp": Path("outbox") / "tong-hop.xlsx"})
    said = out.getvalue()
    for words in ("Đúng hạn", "25", "9.996 / 10.000", "99,9 %", "26/29", "Bảng tổng hợp", "tong-hop.xlsx"):
        assert words in said
