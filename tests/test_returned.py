"""The receipt says which file, which verdict, what counts and every finding; the note needs no workbook."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

import openpyxl
import pytest

from pipelines.returned import VERDICT_WORDS, Answer, deadline_words, unreadable_note, write_receipt
from schemas.catalogue import say
from schemas.finding import FindingCode
from schemas.plan_file import load_plan
from schemas.submission import Arrival, Verdict

PLAN_FOLDER = Path(__file__).parents[1] / "schemas" / "plans" / "kh70_2022"
RECEIVED = datetime(2022, 5, 10, 17, 30, tzinfo=UTC)
"""00:30 of 11 May in Việt Nam."""


@pytest.fixture(scope="module")
def answer() -> Answer:
    plan = load_plan(PLAN_FOLDER)
    findings = (
        say(FindingCode.NUMBER_AS_TEXT, sheet="B2 Học tập", cell="E14", value="1.250", detail="1250"),
        say(FindingCode.NOT_A_COUNT, sheet="B6 Cam kết", cell="D18", value="=1+1", detail="không phải số"),
        say(FindingCode.MISSING_VALUE, sheet="B0 Bìa", cell="C9", label="Người duyệt báo cáo"),
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
    )


def receipt(answer: Answer, folder: Path) -> Any:
    write_receipt(answer, folder / "phieu.xlsx")
    return openpyxl.load_workbook(folder / "phieu.xlsx").active


def texts(sheet: Any) -> list[str]:
    return [str(c.value) for row in sheet.iter_rows() for c in row if c.value is not None]


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
    ):
        assert wanted in said
    assert sheet.page_setup.orientation == "portrait"
    assert sheet.page_setup.paperSize == 9


def test_errors_stand_before_warnings_with_their_cells(answer: Answer, tmp_path: Path) -> None:
    rows = [[c.value for c in row] for row in receipt(answer, tmp_path).iter_rows()]
    head = next(i for i, row in enumerate(rows) if row[0] == "STT")
    listed = [row[1:5] for row in rows[head + 1 :]]
    assert listed == [
        ["Lỗi", "B6 Cam kết", "D18", "=1+1"],
        ["Lỗi", "B0 Bìa", "C9", None],
        ["Cảnh báo", "B2 Học tập", "E14", "1.250"],
    ]
    assert [row[5] for row in rows[head + 1 :]] == [answer.findings[n].message for n in (1, 2, 0)]


def test_nothing_typed_becomes_a_formula_or_a_link(answer: Answer, tmp_path: Path) -> None:
    sheet = receipt(answer, tmp_path)
    cells = [c for row in sheet.iter_rows() for c in row if c.value is not None]
    assert not [c for c in cells if c.data_type == "f" or c.hyperlink]
    assert {"=1+1", "+cmd|' /C calc'!A0.xlsx", answer.counting} <= {c.value for c in cells}


@pytest.mark.parametrize("verdict", list(VERDICT_WORDS))
def test_each_verdict_in_words(answer: Answer, tmp_path: Path, verdict: Verdict) -> None:
    assert VERDICT_WORDS[verdict] in texts(receipt(replace(answer, verdict=verdict), tmp_path))


def test_a_file_seen_before_makes_no_version(answer: Answer, tmp_path: Path) -> None:
    same = replace(answer, verdict="accepted", findings=(), version=None, identical_to=2, due=None)
    said = texts(receipt(same, tmp_path))
    assert "Không tạo phiên bản mới: tệp giống hệt phiên bản 2 đã nhận trước đó" in said
    assert "Không có lỗi, không có cảnh báo." in said
    assert "Không ấn định hạn nộp" in said


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


def test_note_for_a_file_that_names_no_unit() -> None:
    fault = say(FindingCode.DAMAGED_FILE, detail="thiếu phần cuối tệp")
    note = unreadable_note("a\nb\udcff.xlsx", RECEIVED, [fault], folder="707")
    lines = note.split("\n")
    assert "Tệp: a b?.xlsx" in lines
    assert "Thư mục nộp: 707" in lines
    assert "Thời điểm nhận: 00:30:00 ngày 11/05/2022" in lines
    assert f"- {fault.message}" in lines
    assert "Tệp gốc vẫn được lưu giữ nguyên vẹn" in note
    assert note.encode("utf-8")
    assert "vẫn nằm trong thư mục nộp" in unreadable_note("a.xlsx", RECEIVED, [fault], archived=False)
