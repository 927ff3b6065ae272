"""The office's control workbook through whole nights: taken in, in force, corrected, withdrawn, rebuilt."""

from __future__ import annotations

import hashlib
import time
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from openpyxl import load_workbook

from pipelines.demo.figures import Report, Value
from pipelines.issuing import issue_templates
from pipelines.nightly import Night, Outcome, Request
from pipelines.published import status_json
from schemas.consolidation import Consolidation
from schemas.control import EXEMPTIONS
from schemas.decisions import NO_DECISIONS
from schemas.finding import FindingCode
from schemas.plan_file import load_plan
from schemas.results import UnitStatus
from tests.control_books import Office
from tests.edits import edited
from tests.homes import MINI, MiniHome, mini_report, tonghop_here
from tests.watches import watched

pytestmark = pytest.mark.unpublished
D = date
AT_NOON, LATER = "2022-05-13T12:00:00+07:00", "2022-05-30T12:00:00+07:00"


@pytest.fixture
def office(mini: MiniHome) -> Office:
    """The office of a small home, on the day before the round is due."""
    mini.at("2022-05-09")
    return Office(mini, load_plan(MINI))


def unit(outcome: Outcome, code: str) -> UnitStatus:
    """How a unit stands after a night."""
    (found,) = (status for status in result(outcome).units if status.unit.code == code)
    return found


def result(outcome: Outcome) -> Consolidation:
    """The one round a night has consolidated."""
    (found,) = outcome.results
    return found


def sheet_rows(path: Path, position: int) -> list[tuple[Any, ...]]:
    """The values of a sheet, row by row."""
    return list(load_workbook(path).worksheets[position].iter_rows(values_only=True))


def typed_in(path: Path, tab: str) -> set[tuple[Any, Any]]:
    """Unit and day of each row of a control workbook that has both."""
    rows = load_workbook(path)[tab].iter_rows(values_only=True)
    days = [(row, [cell for cell in row if hasattr(cell, "year")]) for row in rows]
    return {(cell, day.date()) for row, found in days for day in found for cell in row if isinstance(cell, str)}


def receipt(folder: Path, name: str, whose: str = "DIEU-HANH") -> dict[str, str]:
    """The particulars of the one receipt of that name, by their labels."""
    (path,) = (folder / "phieu-tiep-nhan" / whose).glob(f"*{name}*.xlsx")
    rows = load_workbook(path).active.iter_rows(values_only=True)
    return {str(row[0]): str(row[2]) for row in rows if row[0] and row[2]}


def unreadable(mini: MiniHome) -> list[Path]:
    """The notes on files that name nobody."""
    return sorted((mini.home.outbox / "khong-doc-duoc").glob("*.txt"))


def test_an_extension_counts_from_the_day_it_arrived(office: Office) -> None:
    mini = office.mini
    before = mini.night("2022-05-11")
    assert (unit(before, "HU").state, unit(before, "HU").days_overdue) == ("qua_han", 1)
    mini.at("2022-05-12")
    office.book("sổ điều hành.xlsx", office.extension("HU", D(2022, 5, 15)))
    after = mini.night("2022-05-12")
    extended = unit(after, "HU")
    assert (extended.state, extended.due, extended.original_due) == ("chua_den_han", D(2022, 5, 15), D(2022, 5, 10))
    assert extended.extension is not None
    assert extended.extension.basis.document == "12-CV/BTG"
    assert extended.note == (
        "Chưa nộp; hạn 15/05/2022. Được gia hạn đến 15/05/2022 (văn bản số 12-CV/BTG); hạn gốc 10/05/2022."
    )
    assert unit(after, "DU").state == "qua_han"
    assert mini.waiting() == []
    then = mini.night("2022-05-12", as_of=D(2022, 5, 11))
    assert status_json(result(then)) == status_json(result(before)), "it was not known yet"


def test_an_extension_granted_later_makes_a_late_unit_one_on_time(office: Office) -> None:
    mini = office.mini
    mini.drop(mini_report("DU"))
    late = unit(mini.night("2022-05-12"), "DU")
    assert (late.state, late.days_late) == ("tre_han", 2)
    mini.at("2022-05-13")
    office.book("so.xlsx", office.extension("DU", D(2022, 5, 15)))
    granted = unit(mini.night("2022-05-13"), "DU")
    assert (granted.state, granted.days_late, granted.version) == ("dung_han", 0, 1)
    assert granted.note == (
        "Đang tính bản số 1. Nhận ngày 12/05/2022, sau hạn gốc 10/05/2022; đúng hạn vì được gia hạn đến 15/05/2022 "
        "(văn bản số 12-CV/BTG)."
    )
    mini.drop(mini_report("DU", da_hoc=7), "sửa.xlsx")
    corrected = unit(mini.night("2022-05-20"), "DU")
    assert (corrected.state, corrected.version) == ("dung_han", 2), "a correction never makes it late"


def test_a_newer_workbook_says_everything_and_a_withdrawn_one_nothing(office: Office) -> None:
    mini = office.mini
    mini.at("2022-05-11")
    office.book("một.xlsx", office.extension("HU", D(2022, 5, 20)))
    first = result(mini.night("2022-05-11"))
    assert (first.decisions.version, first.decisions.source_name) == (1, "một.xlsx")
    template = office.issued()
    assert ("HU – Huyện uỷ An Bình", D(2022, 5, 20)) in typed_in(template, "D2 Gia hạn")
    mini.at("2022-05-12")
    office.book("hai.xlsx", office.exemption("CQ"), template=template)
    second = mini.night("2022-05-12")
    assert unit(second, "HU").state == "chua_den_han", "what was prefilled is decided still"
    assert (unit(second, "CQ").state, unit(second, "CQ").exemption is not None) == ("mien", True)
    assert unit(second, "CQ").note == "Được miễn báo cáo kỳ này (văn bản số 12-CV/BTG: mưa lũ, mất liên lạc)."
    done = tonghop_here(mini.home, "withdraw", result(second).decisions.sha256, "--reason", "ghi nhầm", now=AT_NOON)
    assert done.exit_code == 0
    assert "là sổ điều hành; sổ nhận trước đó, nếu có, lại có hiệu lực" in done.output
    third = mini.night("2022-05-13")
    assert result(third).decisions.version == 1
    assert (unit(third, "HU").state, unit(third, "CQ").state) == ("chua_den_han", "qua_han")
    again = mini.night("2022-05-13", as_of=D(2022, 5, 12))
    assert status_json(result(again)) == status_json(result(second)), "it was withdrawn later"


def test_a_wrong_workbook_is_handed_back_with_the_cell_and_the_older_one_stays(office: Office) -> None:
    mini = office.mini
    mini.at("2022-05-11")
    office.book("đúng.xlsx", office.extension("HU", D(2022, 5, 20)))
    mini.night("2022-05-11")
    mini.at("2022-05-12")
    office.book("sai.xlsx", office.extension("HU", D(2022, 5, 9)))
    night = mini.night("2022-05-12")
    assert night.verdicts["rejected"] == 1
    assert unit(night, "HU").due == D(2022, 5, 20)
    assert night.decided == [
        "Sổ điều hành của kế hoạch 01-KH/TN, tệp “sai.xlsx”: bị trả lại, chưa quyết định nào trong đó có hiệu lực"
    ]
    folder = mini.home.outbox / "mini" / "dieu_hanh"
    (copy,) = (folder / "tra-lai" / "DIEU-HANH").glob("*sai*.xlsx")
    front = [row for row in load_workbook(copy)["Cần sửa"].iter_rows(values_only=True) if "D2 Gia hạn" in row]
    assert any("Hạn mới" in row and "09/05/2022" in str(row) for row in front), front
    words = receipt(folder, "sai")
    assert words["Đang có hiệu lực"].startswith("Bản số 1, nhận lúc")
    assert words["Các quyết định"] == "Chưa quyết định nào trong tệp này có hiệu lực."
    assert not {"Hạn nộp", "Kỳ báo cáo", "Đơn vị"} & words.keys()
    mini.at("2022-05-13")
    copy.rename(mini.home.inbox / "sửa.xlsx")
    assert mini.night("2022-05-13").verdicts["rejected"] == 1, "the marked copy can be handed in, and says the same"


def test_only_the_office_itself_can_decide(office: Office) -> None:
    mini = office.mini
    mini.at("2022-05-11")
    path = office.book("sổ.xlsx", office.extension("HU", D(2022, 5, 20)))
    genuine = path.read_bytes()
    path.unlink()
    inbox, unit_file = mini.home.inbox, mini.drop(mini_report("HU"), "hu.xlsx")
    passed_off = {"plan": "mini.dieu_hanh", "round": "dieu_hanh", "unit": "DIEU-HANH"}
    named_as_unit = {"plan": "mini", "round": "dot_1", "unit": "HU"}
    files = {
        "dấu giả.xlsx": edited(genuine, [{"identity": {"stamp": "0" * 64}}]),
        "không dấu.xlsx": edited(genuine, [{"identity": {"stamp": ""}}]),
        "dấu đơn vị.xlsx": edited(unit_file.read_bytes(), [{"identity": passed_off}]),
        "HU/trong thư mục đơn vị.xlsx": genuine,
        "khác/trong thư mục khác.xlsx": genuine[:-2] + b"\x01\x00x",
        "sổ làm báo cáo.xlsx": edited(genuine, [{"identity": named_as_unit}]),
        "DIEU-HANH/báo cáo.xlsx": unit_file.read_bytes(),
    }
    unit_file.unlink()
    for name, made in files.items():
        (inbox / name).parent.mkdir(exist_ok=True)
        (inbox / name).write_bytes(made)
    night = mini.night("2022-05-11")
    assert night.verdicts == {"unusable": len(files)}
    assert (result(night).decisions, unit(night, "HU").state) == (NO_DECISIONS, "qua_han")
    notes = {p.name.split(" ", 1)[1].rsplit(" ", 1)[0]: p.read_text("utf-8-sig") for p in unreadable(mini)}
    assert all("nhận dạng" in notes[name] for name in ("dấu giả", "dấu đơn vị", "không dấu", "sổ làm báo cáo"))
    assert "Sổ điều hành nằm trong thư mục của đơn vị HU." in notes["HU trong thư mục đơn vị"]
    assert "nằm trong thư mục dành cho sổ điều hành." in notes["DIEU-HANH báo cáo"]
    (inbox / "DIEU-HANH" / "đúng chỗ.xlsx").write_bytes(genuine)
    moved = mini.night("2022-05-11")
    assert result(moved).decisions.version == 1, "the same bytes in the right place"


def test_a_plan_that_asks_for_no_stamp_still_asks_for_the_offices(office: Office) -> None:
    mini = office.mini
    settings = mini.home.root / "plans" / "mini" / "settings.csv"
    settings.write_text(settings.read_text("utf-8").replace("stamp,required", "stamp,optional"), "utf-8")
    mini.at("2022-05-11")
    path = office.book("sổ.xlsx", office.extension("HU", D(2022, 5, 20)))
    path.write_bytes(edited(path.read_bytes(), [{"identity": {"stamp": ""}}]))
    assert mini.night("2022-05-11").verdicts == {"unusable": 1}


def test_dates_the_plan_left_open_are_set(office: Office) -> None:
    mini = office.mini
    mini.at("2022-05-11")
    open_before = mini.night("2022-05-11", "dot_2")
    assert unit(open_before, "HU").due is None
    office.book("sổ.xlsx", office.dates({"dot_2": D(2022, 5, 12)}, {"T2": D(2022, 5, 11)}))
    mini.drop(mini_report("DU", da_kiem_tra="không", ngay_kiem_tra=None), round_id="dot_2")
    night = mini.night("2022-05-12", "dot_2")
    assert (result(night).round.due, unit(night, "HU").state) == (D(2022, 5, 12), "chua_den_han")
    (checked,) = (total for total in result(night).indicators if total.id == "T2")
    assert (checked.deadline, checked.state, checked.days_overdue) == (D(2022, 5, 11), "qua_han", 1)
    assert unit(mini.night("2022-05-14", "dot_2"), "HU").days_overdue == 2
    issue_templates(mini.home, "mini", "dot_2")
    said = {str(cell) for row in sheet_rows(mini.template("DU", "dot_2"), 0) for cell in row}
    assert "HẠN NỘP: hết ngày 12/05/2022" in said


def test_templates_and_receipts_say_a_units_own_day(office: Office) -> None:
    mini = office.mini
    office.book("sổ.xlsx", office.extension("DU", D(2022, 5, 15)) | office.exemption("CQ"))
    mini.drop(mini_report("DU"))
    mini.night("2022-05-12")
    assert receipt(mini.home.outbox / "mini" / "dot_1", "bao-cao", "DU")["Hạn nộp"] == (
        "15/05/2022 (nhận trước hạn 3 ngày)"
    ), "decided in the same night"
    written = {path.stem: path for path in issue_templates(mini.home, "mini", "dot_1")}
    assert written.keys() == {"HU", "DU", "MIEN"}, "nobody asks for what the office does not want"
    due = {code: {str(cell) for row in sheet_rows(path, 0) for cell in row} for code, path in written.items()}
    assert "HẠN NỘP: hết ngày 15/05/2022" in due["DU"]
    assert "HẠN NỘP: hết ngày 10/05/2022" in due["HU"]
    assert [path.stem for path in issue_templates(mini.home, "mini", "dot_1", "CQ")] == ["CQ"]


def test_who_is_excused_and_who_reports_all_the_same(office: Office) -> None:
    mini = office.mini
    mini.at("2022-05-09")
    mini.drop(mini_report("CQ"), "cq.xlsx")
    office.book(
        "sổ.xlsx", {EXEMPTIONS: [*office.exemption("CQ")[EXEMPTIONS], *office.exemption("HU", "khen")[EXEMPTIONS]]}
    )
    night = mini.night("2022-05-09")
    assert unit(night, "CQ").state == "dung_han"
    assert unit(night, "CQ").note.endswith("mưa lũ, mất liên lạc), nhưng vẫn nộp.")
    totals = {total.id: total for total in result(night).indicators}
    assert (totals["K1"].units_expected, totals["T1"].units_expected) == (1, 3), "HU is spared one sheet"
    of_unit = {(one.unit, one.indicator): one.state for one in result(night).by_unit}
    assert (of_unit["HU", "K1"], of_unit["HU", "T1"]) == ("khong_ap_dung", "chua_bao_cao")
    praised = mini_report("HU")
    rows: dict[str, dict[str, Value]] = {"1": {"doi_tuong": "tập thể", "ten": "Chi bộ 1", "so_luot": 2}}
    mini.drop(Report("HU", {**praised.sheets, "khen": rows}), "hu.xlsx")
    filled = result(mini.night("2022-05-10"))
    (praise,) = (total for total in filled.indicators if total.id == "K1")
    assert (praise.numerator, praise.units_reported, praise.units_expected) == (2, 1, 2), "filled all the same"


# --- Units that change


@pytest.fixture
def two_districts(mini: MiniHome) -> Office:
    """A home whose plan has a second district, HV with one commune; templates as its tables say."""
    units = mini.home.root / "plans" / "mini" / "units.csv"
    units.write_text(
        units.read_text("utf-8")
        + "HV,Huyện uỷ Đông Hoà,huyen_uy,,yes,thử\n02001,Đảng bộ xã Phước Vinh,dang_bo_xa,HV,no,thử\n",
        "utf-8",
    )
    mini.at("2022-04-20")
    issue_templates(mini.home, "mini", "dot_1")
    return Office(mini, load_plan(units.parent))


def district(code: str, *communes: str) -> Report:
    """A right report of a district with these communes, ten members each."""
    one = mini_report("DU").sheets
    return Report(code, {"bia": {code: one["bia"]["DU"]}, "hoc_tap": dict.fromkeys(communes, one["hoc_tap"]["DU"])})


def learnt(night: Outcome) -> tuple[int | None, int, int]:
    """How many have learnt in the province, of how many units of those expected."""
    (total,) = (total for total in result(night).indicators if total.id == "T1")
    return total.numerator, total.units_reported, total.units_expected


def test_a_merged_unit_counts_until_the_receiving_one_reports_for_both(two_districts: Office) -> None:
    mini = two_districts.mini
    mini.drop(district("HV", "02001"), "hv.xlsx")
    mini.night("2022-04-28")
    mini.drop(district("HU", "01001", "01002"), "hu.xlsx")
    before = mini.night("2022-05-02")
    assert learnt(before) == (24, 2, 4)
    mini.at("2022-05-03")
    two_districts.book("sổ.xlsx", two_districts.changes(two_districts.merged("HV", "HU", D(2022, 5, 1))))
    known = mini.night("2022-05-03")
    assert learnt(known) == (24, 2, 4), "HU reported after the merger, but not for the communes it received"
    gone = unit(known, "HV")
    assert (gone.state, gone.version) == ("dung_han", 1)
    assert gone.note.endswith("Đã sáp nhập vào Huyện uỷ An Bình từ 01/05/2022 (văn bản số 12-CV/BTG).")
    old = mini.home.outbox / "mini" / "dot_1" / "mau" / "HU.xlsx"
    mini.drop(district("HU", "01001", "01002"), "theo mẫu cũ.xlsx")
    assert mini.night("2022-05-04").verdicts["rejected"] == 1, "a commune is missing"
    assert {path.stem for path in issue_templates(mini.home, "mini", "dot_1")} == {"HU", "DU", "CQ", "MIEN"}
    assert "02001" in {
        str(cell) for row in load_workbook(old)["M1 Học tập"].iter_rows(values_only=True) for cell in row
    }
    mini.drop(district("HU", "01001", "01002", "02001"), "cả hai.xlsx")
    mini.drop(mini_report("DU"), "du.xlsx")
    after = mini.night("2022-05-05")
    assert after.verdicts == {"accepted": 2, "unusable": 0}
    assert learnt(after) == (32, 2, 3), "each commune once; HV is expected no more"
    taken = unit(after, "HV")
    assert (taken.state, taken.version, taken.sha256) == ("dung_han", None, None)
    assert "Số liệu nay tính theo báo cáo của đơn vị nhận sáp nhập." in taken.note
    (source,) = (s for s in result(after).sources if s.unit.code == "HV")
    assert (source.counts, source.reason.startswith("Đơn vị đã sáp nhập")) == (False, True)
    rows = [row for table in result(after).rows if table.sheet.id == "hoc_tap" for row in table.rows]
    assert [r.organisation.code for r in rows if r.organisation] == ["01001", "01002", "02001", "DU"]
    assert learnt(mini.night("2022-05-05", as_of=D(2022, 5, 4))) == learnt(known)
    assert_rebuilt_the_same(mini, D(2022, 5, 5), D(2022, 5, 4), D(2022, 5, 2))


def test_units_are_renamed_dissolved_and_made_from_the_next_run_on(two_districts: Office) -> None:
    mini, office = two_districts.mini, two_districts
    untouched = office.mini.template("CQ").read_bytes()
    mini.at("2022-05-03")
    rows = (
        office.renamed("DU", "Đảng uỷ Bến Sỏi mới", D(2022, 5, 4)),
        office.dissolved("HV", D(2022, 5, 4)),
        office.new("MOI-1", "Đảng uỷ Khu kinh tế", "dang_uy", D(2022, 5, 4)),
    )
    office.book("sổ.xlsx", office.changes(*rows) | office.extension("DU", D(2022, 5, 20)))
    today = mini.night("2022-05-03")
    assert [s.unit.code for s in result(today).units] == ["HU", "DU", "CQ", "MIEN", "HV"]
    assert today.decided == ["Sổ điều hành của kế hoạch 01-KH/TN, tệp “sổ.xlsx”: 1 gia hạn, 3 thay đổi đơn vị"]
    mini.drop(mini_report("DU"), "theo mẫu cũ.xlsx")
    (mini.home.inbox / "cq.xlsx").write_bytes(untouched)
    mini.drop(mini_report("CQ"), "cq.xlsx")
    night = mini.night("2022-05-04")
    assert [s.unit.code for s in result(night).units][:3] == ["HU", "DU", "CQ"]
    assert unit(night, "DU").unit.name == "Đảng uỷ Bến Sỏi mới"
    assert (unit(night, "HV").state, unit(night, "HV").note) == (
        "mien",
        "Đã giải thể từ 04/05/2022 (văn bản số 12-CV/BTG).",
    )
    assert unit(night, "MOI-1").state == "chua_den_han"
    codes = {(f.unit.code, f.finding.code) for f in result(night).findings}
    assert codes == {("DU", FindingCode.OLD_TEMPLATE)}, "its name is another; what nobody changed is not old"
    issue_templates(mini.home, "mini", "dot_1")
    mini.drop(district("MOI-1", "MOI-1"), "mới.xlsx")
    mini.drop(mini_report("DU", da_hoc=7), "tên mới.xlsx")
    last = mini.night("2022-05-06")
    assert last.verdicts["accepted"] + last.verdicts["accepted_with_warnings"] == 2
    assert unit(last, "MOI-1").state == "dung_han"
    newest = [f for f in result(last).findings if (f.unit.code, f.version) == ("DU", 2)]
    assert FindingCode.OLD_TEMPLATE not in {f.finding.code for f in newest}
    assert_rebuilt_the_same(mini, D(2022, 5, 6), D(2022, 5, 4), D(2022, 5, 3))


def assert_rebuilt_the_same(mini: MiniHome, *days: date) -> None:
    """The archive alone gives the same dataset: every day reads as it did."""
    said = [told(mini, day) for day in days]
    mini.home.dataset.unlink()
    assert tonghop_here(mini.home, "rebuild", now=LATER).exit_code == 0
    assert [told(mini, day) for day in days] == said


def told(mini: MiniHome, day: date) -> str:
    """What `status --json` says of a day."""
    done = tonghop_here(mini.home, "status", "--plan", "mini", "--as-of", day.isoformat(), "--json", now=LATER)
    assert done.exit_code == 0, done.output
    return done.output


# --- The commands, the watch


def test_the_commands_know_the_control_workbook(office: Office) -> None:
    mini = office.mini
    office.book("sổ.xlsx", office.extension("HU", D(2022, 5, 15)))
    mini.night("2022-05-09")
    office.mini.at("2022-05-10")
    office.book("sổ mới.xlsx", office.extension("HU", D(2022, 5, 17)))
    mini.night("2022-05-10")
    said = tonghop_here(mini.home, "history", "DIEU-HANH", "--plan", "mini", now=LATER)
    assert said.exit_code == 0, said.output
    assert "Sổ điều hành (DIEU-HANH)" in said.output
    assert "2022-05-15" in said.output.replace("15/05/2022", "2022-05-15")
    words = receipt(mini.home.outbox / "mini" / "dieu_hanh", "sổ mới")
    assert words["Đang có hiệu lực"].startswith("Bản này (bản số 2)")
    status = tonghop_here(mini.home, "status", "--plan", "mini", now=LATER)
    assert "Sổ điều hành bản số 2, nhận ngày 10/05/2022: 1 gia hạn" in status.output
    refused = tonghop_here(mini.home, "status", "--plan", "mini.dieu_hanh", now=LATER)
    assert refused.exit_code == 2
    assert "Không có kế hoạch" in refused.output
    nobody = tonghop_here(mini.home, "history", "DIEU-HANH", "--plan", "kh70_2022", now=LATER)
    assert "chưa gửi sổ điều hành nào" in nobody.output
    checked = office.book("thử.xlsx", office.exemption("CQ"))
    assert tonghop_here(mini.home, "check", str(checked), now=LATER).exit_code == 0


def test_a_watch_takes_it_and_consolidates_every_round_again(office: Office) -> None:
    mini = office.mini
    mini.at("2022-05-11")
    workbooks = [mini.home.outbox / "mini" / name / "tong-hop.xlsx" for name in ("dot_1", "dot_2")]

    def published() -> list[str]:
        return [hashlib.sha256(path.read_bytes()).hexdigest() for path in workbooks]

    seen: list[list[str]] = []
    decided = office.extension("HU", D(2022, 5, 20)) | office.dates({"dot_2": D(2022, 6, 1)}, {})
    said = watched(
        mini.home,
        lambda: time.sleep(0.02),
        lambda: seen.append(published()),
        lambda: office.book("sổ.xlsx", decided),
        lambda: time.sleep(0.02),
        lambda: seen.append(published()),
        publish_after=0.01,
    )
    (line,) = (line for line in said if line.startswith("sổ.xlsx"))
    assert "sổ điều hành, ĐƯỢC CHẤP NHẬN" in line
    assert "outbox/mini/dieu_hanh/phieu-tiep-nhan/DIEU-HANH/" in line
    assert all(before != after for before, after in zip(*seen, strict=True))


def test_what_a_dead_run_left_is_read_as_the_office_has_decided(two_districts: Office) -> None:
    """A rebuild puts in force what is decided before it reads files that have no verdict yet."""
    mini = two_districts.mini
    mini.at("2022-05-03")
    two_districts.book("sổ.xlsx", two_districts.changes(two_districts.merged("HV", "HU", D(2022, 5, 1))))
    mini.night("2022-05-03")
    issue_templates(mini.home, "mini", "dot_1")
    mini.drop(district("HU", "01001", "01002", "02001"), "cả hai.xlsx")
    mini.at("2022-05-04")
    Night(Request(mini.home, "mini", "dot_1")).take_in()
    mini.home.dataset.unlink()
    night = mini.night("2022-05-04")
    assert (unit(night, "HU").state, unit(night, "HU").errors, mini.waiting()) == ("dung_han", 0, [])
