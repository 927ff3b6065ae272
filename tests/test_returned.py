"""The receipt says which file, which verdict, what counts and what is wrong, on one page; the note needs none."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime
from pathlib import Path
from string import Formatter
from typing import Any

import openpyxl
import pytest

from pipelines.returned import (
    NOT_COUNTED,
    VERDICT_WORDS,
    Answer,
    by_cause,
    deadline_words,
    parted,
    unreadable_note,
    write_receipt,
)
from schemas.catalogue import CATALOGUE, KEEP_IF_TRUE, say
from schemas.changes import CellChange, Changes
from schemas.finding import FindingCode
from schemas.submission import Arrival, Verdict
from tests.reports import plan_as_it_is

C = FindingCode
RECEIVED = datetime(2022, 5, 10, 17, 30, tzinfo=UTC)
"""00:30 of 11 May in Việt Nam."""
COPY = "outbox/kh70_2022/ket_qua/tra-lai/703/20220511-003000 a.xlsx"


@pytest.fixture(scope="module")
def answer() -> Answer:
    plan = plan_as_it_is()
    findings = (
        say(C.NUMBER_AS_TEXT, sheet="B2 Học tập", cell="E14", field="hoc_tai_co_so", value="1.250", detail="1250"),
        say(
            C.NOT_A_COUNT, sheet="B6 Cam kết", cell="D18", field="dang_vien_mien", value="=1+1", detail="không phải số"
        ),
        say(C.MISSING_VALUE, sheet="B0 Bìa", cell="C15", field="nguoi_duyet", label="Người duyệt báo cáo"),
        say(C.MISSING_VALUE, sheet="B0 Bìa", cell="C13", field="nguoi_lap", label="Người lập báo cáo"),
        say(C.NOT_A_COUNT, sheet="B6 Cam kết", cell="D19", field="dang_vien_mien", value="x", detail="không phải số"),
    )
    return Answer(
        plan=plan,
        round=plan.round("ket_qua"),
        unit=plan.unit("703"),
        arrival=Arrival("ab" * 32, RECEIVED, "+cmd|' /C calc'!A0.xlsx", "703"),
        verdict="rejected",
        version=3,
        counting="http://x: phiên bản 2 vẫn được tính, vì bản vừa gửi bị trả lại.",
        findings=findings,
        due=date(2022, 5, 10),
        identical_to=None,
        counts=False,
        marked_copy=COPY,
    )


def receipt(answer: Answer, folder: Path) -> Any:
    write_receipt(answer, folder / "phieu.xlsx")
    return openpyxl.load_workbook(folder / "phieu.xlsx").active


def texts(sheet: Any) -> list[str]:
    return [str(c.value) for row in sheet.iter_rows() for c in row if c.value is not None]


def particulars(answer: Answer, folder: Path) -> dict[str, str]:
    rows = [[c.value for c in row if c.value is not None] for row in receipt(answer, folder).iter_rows()]
    return {row[0]: row[1] for row in rows if len(row) == 2}


def table(sheet: Any, head: str) -> list[list[Any]]:
    """The lines under a header that begins with `head`, up to a line that has only one text."""
    rows = [[c.value for c in row if c.value is not None] for row in sheet.iter_rows()]
    start = next(i for i, row in enumerate(rows) if row and row[0] == head)
    lines = rows[start + 1 :]
    return lines[: next((i for i, row in enumerate(lines) if len(row) < 2), len(lines))]


# --- The receipt


def test_receipt_says_what_was_received_and_what_counts(answer: Answer, tmp_path: Path) -> None:
    sheet = receipt(answer, tmp_path)
    said = texts(sheet)
    for wanted in (
        "PHIẾU TIẾP NHẬN",
        "BỊ TRẢ LẠI",
        "Thành uỷ Tây Ninh (703)",
        answer.round.label,
        "ab" * 32,
        "00:30:00 ngày 11/05/2022",
        "10/05/2022 (nhận sau hạn 1 ngày)",
        "Phiên bản 3",
        answer.counting,
        COPY,
        "B0 Bìa: 2 ô",
        "19/05/2022 (còn 8 ngày): CT8 Tổ chức đã sơ kết Chỉ thị số 05-CT/TW dịp 19/5",
    ):
        assert wanted in said, wanted
    setup = sheet.page_setup
    assert (setup.orientation, setup.paperSize) == ("portrait", 9)
    assert (setup.fitToWidth, setup.fitToHeight) == (None, None), "by default one page each way"
    assert sheet.sheet_properties.pageSetUpPr.fitToPage


def test_findings_are_summed_up_by_cause_errors_first(answer: Answer, tmp_path: Path) -> None:
    assert table(receipt(answer, tmp_path), "Mức") == [
        ["Lỗi", "B6 Cam kết", "Không phải số lượng, cột “Đảng viên được miễn”: “=1+1” không phải số", "2 chỗ, từ D18"],
        ["Lỗi", "B0 Bìa", "Chưa điền, mục “Người duyệt báo cáo”", "C15"],
        ["Lỗi", "B0 Bìa", "Chưa điền, mục “Người lập báo cáo”", "C13"],
        [
            "Cảnh báo",
            "B2 Học tập",
            "Số ghi dạng chữ, cột “Học tại cơ sở”: số ghi dạng chữ “1.250”, đã hiểu là 1250",
            "E14",
        ],
    ]


def test_nothing_typed_becomes_a_formula_or_a_link(answer: Answer, tmp_path: Path) -> None:
    sheet = receipt(answer, tmp_path)
    cells = [c for row in sheet.iter_rows() for c in row if c.value is not None]
    assert not [c for c in cells if c.data_type == "f" or c.hyperlink]
    assert {"+cmd|' /C calc'!A0.xlsx", answer.counting} <= {c.value for c in cells}


@pytest.mark.parametrize("verdict", list(VERDICT_WORDS))
def test_each_verdict_in_words(answer: Answer, tmp_path: Path, verdict: Verdict) -> None:
    assert VERDICT_WORDS[verdict] in texts(receipt(replace(answer, verdict=verdict, counts=True), tmp_path))


def test_a_file_seen_before_makes_no_version(answer: Answer, tmp_path: Path) -> None:
    same = replace(answer, verdict="accepted", findings=(), version=None, identical_to=2, due=None, counts=True)
    said = texts(receipt(same, tmp_path))
    assert "Không tạo phiên bản mới: tệp giống hệt phiên bản 2 đã nhận trước đó" in said
    assert "Không có lỗi, không có cảnh báo." in said
    assert "Không ấn định hạn nộp" in said


def test_an_older_file_than_the_counting_one_is_said_to_be_that(answer: Answer, tmp_path: Path) -> None:
    old = replace(answer, verdict="accepted", findings=(), counts=False, marked_copy="")
    said = texts(receipt(old, tmp_path))
    assert NOT_COUNTED in said
    assert VERDICT_WORDS["accepted"] not in said


def test_an_accepted_clean_receipt_is_short(answer: Answer, tmp_path: Path) -> None:
    clean = replace(answer, verdict="accepted", findings=(), counts=True, marked_copy="")
    assert receipt(clean, tmp_path).max_row <= 20
    assert particulars(clean, tmp_path)["Còn thiếu"] == "Không thiếu ô nào"
    assert "Bản đánh dấu" not in particulars(clean, tmp_path)


def test_what_is_missing_is_counted_by_sheet(answer: Answer, tmp_path: Path) -> None:
    found = (
        say(C.SHEET_MISSING, value="B4 Tài liệu"),
        say(C.COLUMN_MISSING, sheet="B2 Học tập", label="Tổng số đảng viên", field="tong_dang_vien"),
        say(C.ROW_MISSING, sheet="B2 Học tập", value="Đảng bộ xã Bình Minh (25465)"),
        *answer.findings,
        say(C.REQUIRED_WHEN, sheet="B1 Hội nghị", cell="D10", field="ngay_to_chuc", detail="x"),
    )
    told = particulars(replace(answer, findings=found), tmp_path)["Còn thiếu"]
    assert told == "cả biểu B4 Tài liệu; B2 Học tập: 1 cột; B2 Học tập: 1 dòng; B0 Bìa: 2 ô; B1 Hội nghị: 1 ô"


def test_a_report_in_parts_says_which_sheets_are_still_to_come(answer: Answer, tmp_path: Path) -> None:
    part = replace(answer, verdict="accepted", findings=(), sheets_missing=("B2 Học tập", "B6 Cam kết"), marked_copy="")
    told = particulars(part, tmp_path)
    assert told["Còn thiếu"] == "biểu B2 Học tập; biểu B6 Cam kết"
    assert "Nộp tiếp các biểu còn thiếu" in told["Cần làm tiếp"]
    assert NOT_COUNTED not in texts(receipt(part, tmp_path))


def test_a_correction_shows_what_it_changed(answer: Answer, tmp_path: Path) -> None:
    cells = (
        CellChange(
            "hoc_tap", "B2 Học tập", "E10", "Đảng bộ phường 1", "e", "Học tại cơ sở", 1200, 90, 5000, 3890, 20000, 18890
        ),
        CellChange("bia", "B0 Bìa", "C16", "", "ngay_ky", "Ngày ký", date(2022, 5, 1), None),
        CellChange("hoi_nghi", "B1 Hội nghị", "C10", "Đảng bộ phường 1", "c", "Có kết nối", False, True, 3, 4, 9, 10),
    )
    corrected = replace(answer, verdict="accepted", findings=(), counts=True, changes=Changes(3, 1, cells))
    sheet = receipt(corrected, tmp_path)
    assert "Thay đổi so với bản số 1: 3 ô" in texts(sheet)
    assert table(sheet, "Ô") == [
        ["E10", "B2 Học tập", "Đảng bộ phường 1 – Học tại cơ sở", "1.200", "90", "5.000 → 3.890", "20.000 → 18.890"],
        ["C16", "B0 Bìa", "Ngày ký", "01/05/2022", "(trống)", "–", "–"],
        ["C10", "B1 Hội nghị", "Đảng bộ phường 1 – Có kết nối", "không", "có", "3 → 4", "9 → 10"],
    ]
    same = receipt(replace(corrected, changes=Changes(3, 2, ())), tmp_path)
    assert "Thay đổi so với bản số 2: không có ô nào." in texts(same)


def test_a_receipt_stays_on_one_readable_page(answer: Answer, tmp_path: Path) -> None:
    fields = [(s, f) for s in answer.plan.sheets for f in s.fields][:40]
    found = tuple(
        say(C.NOT_A_CHOICE, sheet=s.tab, cell=f"C{n}", field=f.id, value="chữ " * 20, severity="warning")
        for n, (s, f) in enumerate(fields, 10)
    )
    words = "rất dài " * 40
    cells = tuple(
        CellChange("x", "B2 Học tập", f"C{n}", f"Đảng bộ {words}", "x", words, words, words, 1, 2, 3, 4)
        for n in range(30)
    )
    full = replace(
        answer,
        verdict="accepted_with_warnings",
        counts=True,
        findings=found,
        changes=Changes(3, 1, cells),
        counting=words,
    )
    sheet = receipt(full, tmp_path)
    said = texts(sheet)
    heights = [sheet.row_dimensions[row].height or 15.0 for row in range(1, sheet.max_row + 1)]
    assert sum(heights) * 0.7 <= 11.69 * 72 - 72, "seven tenths of its size fits an A4 page"
    causes, changes = len(table(sheet, "Mức")), len(table(sheet, "Ô"))
    assert 4 <= causes <= 12
    assert 4 <= changes <= 10
    assert f"và {40 - causes} loại khác: xem trang “Cần sửa” của bản đánh dấu." in said
    assert f"và {30 - changes} ô khác: xem trang “Thay đổi” của tệp này." in said
    behind = sheet.parent["Thay đổi"]
    assert len(table(behind, "Ô")) == 30, "every change, on a sheet behind the page"


def test_the_same_answer_gives_the_same_bytes(answer: Answer, tmp_path: Path) -> None:
    for name in ("a.xlsx", "b.xlsx"):
        write_receipt(answer, tmp_path / name)
    assert (tmp_path / "a.xlsx").read_bytes() == (tmp_path / "b.xlsx").read_bytes()


@pytest.mark.parametrize(
    ("due", "words"),
    [
        (date(2022, 5, 13), "13/05/2022 (nhận trước hạn 2 ngày)"),
        (date(2022, 5, 11), "11/05/2022 (nhận đúng ngày đến hạn)"),
        (date(2022, 5, 10), "10/05/2022 (nhận sau hạn 1 ngày)"),
    ],
)
def test_days_are_counted_in_viet_nam(due: date, words: str) -> None:
    assert deadline_words(due, RECEIVED) == words


# --- Causes


@pytest.mark.parametrize("code", FindingCode, ids=str)
@pytest.mark.parametrize("severity", ["error", "warning"])
def test_a_message_comes_apart_into_what_is_wrong_and_what_to_do(code: FindingCode, severity: Any) -> None:
    entry = CATALOGUE[code]
    filled = {"value": "a. b?", "label": "Cột. “x”", "detail": "d: e. f", "choices": "c; d"}
    wrong = entry.sentence.format(**filled)
    remedy = entry.remedy.format(**filled)
    if severity == "warning" and entry.severity == "error":
        remedy = KEEP_IF_TRUE
    for place in ({}, {"sheet": "B2 Học tập"}, {"sheet": "B2 Học tập", "cell": "C10"}):
        finding = say(code, severity=severity, **place, **filled)
        end = "" if wrong.endswith("?") else "."
        assert parted(finding) == (wrong[:1].upper() + wrong[1:] + end, remedy)


def test_every_place_of_the_catalogue_is_known_here() -> None:
    texts = [text for entry in CATALOGUE.values() for text in (entry.sentence, entry.remedy)]
    named = {name for text in texts for _, name, _, _ in Formatter().parse(text) if name}
    assert named <= {"value", "label", "detail", "choices"}


def test_one_cause_is_one_code_sheet_column_and_rule(answer: Answer) -> None:
    causes = by_cause(answer.plan, answer.findings)
    assert [(c.code, c.label, len(c.findings)) for c in causes] == [
        (C.NOT_A_COUNT, "Đảng viên được miễn", 2),
        (C.MISSING_VALUE, "Người duyệt báo cáo", 1),
        (C.MISSING_VALUE, "Người lập báo cáo", 1),
        (C.NUMBER_AS_TEXT, "Học tại cơ sở", 1),
    ]
    assert by_cause(None, [say(C.EMPTY_FILE)])[0].label == ""


# --- The note


def test_note_for_a_file_that_names_no_unit() -> None:
    fault = say(FindingCode.DAMAGED_FILE, detail="thiếu phần cuối tệp")
    note = unreadable_note("a\nb\udcff.xlsx", RECEIVED, [fault], folder="707")
    lines = note.split("\n")
    assert "Tệp: a b\N{REPLACEMENT CHARACTER}.xlsx" in lines
    assert "Thư mục nộp: 707" in lines
    assert "Thời điểm nhận: 00:30:00 ngày 11/05/2022" in lines
    assert f"- {fault.message}" in lines
    assert "Tệp gốc vẫn được lưu giữ nguyên vẹn" in note
    assert note.encode("utf-8")
    assert "vẫn nằm trong thư mục nộp" in unreadable_note("a.xlsx", RECEIVED, [fault], archived=False)
