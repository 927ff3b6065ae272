"""What a night answers with: receipts, marked copies, and the way back from a copy; and what `check --out` writes."""

from __future__ import annotations

import os
import re
import shutil
import stat
import subprocess
import sys
from dataclasses import replace
from pathlib import Path
from typing import Any

import openpyxl
import pytest

from pipelines.issuing import issue_templates
from pipelines.nightly import Night, Request, run_night
from pipelines.store import CHECKOUT, VARIABLE
from schemas.layout import SELF_CHECK_TAB, TO_MEND_TAB
from schemas.submission import Arrival
from tests.homes import MiniHome, mini_report, tonghop_here, unit_said

pytestmark = pytest.mark.unpublished

STUDY = "M1 Học tập"
TELEPHONE = "0903 123 456"


def answered(mini: MiniHome, kind: str, unit: str = "DU") -> list[Path]:
    """The answers of a kind, in order of arrival."""
    return sorted((mini.home.outbox / "mini/dot_1" / kind / unit).glob("*.xlsx"))


def receipts(mini: MiniHome) -> list[Path]:
    return answered(mini, "phieu-tiep-nhan")


def copies(mini: MiniHome) -> list[Path]:
    return answered(mini, "tra-lai")


def texts(path: Path, tab: str | None = None) -> list[str]:
    book = openpyxl.load_workbook(path)
    rows = (book[tab] if tab else book.worksheets[0]).values
    return [str(c) for row in rows for c in row if c is not None]


def told(path: Path, label: str) -> str:
    """What a receipt says beside a label; empty where it says nothing."""
    said = texts(path)
    return said[said.index(label) + 1] if label in said else ""


def typed(path: Path, tab: str, **values: Any) -> Path:
    """Types into a workbook and saves it where it is."""
    book = openpyxl.load_workbook(path)
    for address, value in values.items():
        book[tab][address].value = value
    book.save(path)
    return path


# --- In the night


def test_a_rejected_report_comes_back_filled_and_marked(mini: MiniHome) -> None:
    mini.drop(mini_report("DU", nam=7, da_hoc="tám"), name="báo cáo.xlsx")
    mini.night("2022-05-09")
    (copy,), (receipt,) = copies(mini), receipts(mini)
    assert copy.name == receipt.name
    assert told(receipt, "Bản đánh dấu") == copy.relative_to(mini.home.root).as_posix()
    assert "Mở bản đánh dấu" in told(receipt, "Cần làm tiếp")
    book = openpyxl.load_workbook(copy)
    assert book.sheetnames[0] == TO_MEND_TAB
    assert SELF_CHECK_TAB in book.sheetnames
    sheet = book[STUDY]
    assert [sheet[f"{letter}10"].value for letter in "CDEFG"] == [10, 7, 4, 8, "tám"]
    assert sheet["J10"].value.date().isoformat() == "2022-04-20"
    assert "không phải số" in sheet["G10"].comment.text
    assert "tám" in sheet["G10"].comment.text


def test_a_report_with_warnings_comes_back_too_and_a_clean_one_does_not(mini: MiniHome) -> None:
    mini.drop(mini_report("DU", tong=" 10 "))
    mini.drop(mini_report("CQ"), name="cq.xlsx")
    mini.night("2022-05-09")
    (copy,) = copies(mini)
    assert "CẦN XEM LẠI" in texts(copy)
    assert openpyxl.load_workbook(copy)[STUDY]["C10"].value == " 10 "
    assert answered(mini, "tra-lai", "CQ") == []
    (receipt,) = answered(mini, "phieu-tiep-nhan", "CQ")
    assert told(receipt, "Bản đánh dấu") == ""


def test_the_same_file_again_gets_a_receipt_that_names_the_copy_it_has(mini: MiniHome) -> None:
    content = mini.drop(mini_report("DU", nam=7)).read_bytes()
    mini.night("2022-05-08")
    (copy,) = copies(mini)
    written = copy.stat().st_mtime_ns
    (mini.home.inbox / "lại.xlsx").write_bytes(content)
    outcome = mini.night("2022-05-09")
    assert outcome.identical == 1
    assert copies(mini) == [copy]
    assert copy.stat().st_mtime_ns == written
    first, again = receipts(mini)
    assert told(again, "Bản đánh dấu") == told(first, "Bản đánh dấu") != ""
    assert "giống hệt phiên bản 1" in told(again, "Phiên bản")


def test_mended_and_dropped_back_a_copy_is_an_ordinary_report(mini: MiniHome) -> None:
    mini.drop(mini_report("DU", nam=7))
    mini.night("2022-05-08")
    (copy,) = copies(mini)
    shutil.copyfile(copy, mini.home.inbox / copy.name)
    assert mini.night("2022-05-09").verdicts["rejected"] == 1, "as it is, it is as wrong as before"
    typed(Path(shutil.copyfile(copy, mini.home.inbox / "sửa.xlsx")), STUDY, D10=6)
    outcome = mini.night("2022-05-10")
    assert outcome.verdicts["accepted"] == 1
    assert unit_said(outcome, "DU")["warnings"] == 0
    assert outcome.results[0].rows[1].rows[0].values["nam"] == 6


def test_what_is_not_stored_is_in_no_answer(mini: MiniHome) -> None:
    report = mini_report("DU", nam=7).with_value("bia", "DU", "dien_thoai", TELEPHONE)
    mini.drop(report)
    mini.night("2022-05-09")
    (copy,) = copies(mini)
    assert "“Điện thoại” (M0 Bìa)" in " ".join(texts(copy))
    book = openpyxl.load_workbook(copy)
    said = " ".join(str(c.value) for sheet in book.worksheets for row in sheet.iter_rows() for c in row)
    notes = " ".join(c.comment.text for sheet in book.worksheets for row in sheet.iter_rows() for c in row if c.comment)
    assert TELEPHONE not in said + notes + " ".join(texts(receipts(mini)[0]))
    mini.drop(mini_report("DU", nam=8), name="không có.xlsx")
    mini.night("2022-05-10")
    assert "Gõ lại nếu cần" not in texts(copies(mini)[1])


def test_what_stood_outside_the_tables_is_listed_as_text(mini: MiniHome) -> None:
    path = mini.drop(mini_report("DU"))
    book = openpyxl.load_workbook(path)
    book[STUDY]["D14"].value = 7
    own = book.create_sheet("=Nháp")
    own["B2"].value = "=1+1"
    own["B3"].value = "http://x"
    own["B2"].data_type = "s"
    book.save(path)
    mini.night("2022-05-09")
    (copy,) = copies(mini)
    sheet = openpyxl.load_workbook(copy).worksheets[0]
    rows = [[c.value for c in row if c.value is not None] for row in sheet.iter_rows()]
    start = next(i for i, row in enumerate(rows) if row and str(row[0]).startswith("Nằm ngoài bảng"))
    assert rows[start + 1 :] == [
        [STUDY, "–", "7", "D14"],
        ["=Nháp", "–", "=1+1", "B2"],
        ["=Nháp", "–", "http://x", "B3"],
    ]
    below = [c for row in sheet.iter_rows(min_row=start + 2) for c in row]
    assert not [c for c in below if c.data_type == "f" or c.hyperlink]


class Killed(RuntimeError):
    """A night that dies."""


def test_a_night_that_died_before_answering_gives_the_same_copy(
    mini_issued: MiniHome, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    first = mini_issued.copy(tmp_path / "liền", monkeypatch)
    path = first.drop(mini_report("DU", nam=7))
    os.utime(path, (path.stat().st_mtime, path.stat().st_mtime))
    second = MiniHome(first.home, None).copy(tmp_path / "chết", monkeypatch)
    shutil.copystat(path, second.home.inbox / path.name)
    first.night("2022-05-09")

    def dies(*_: Any) -> None:
        raise Killed

    with monkeypatch.context() as patch:
        patch.setattr(Night, "answer", dies)
        with pytest.raises(Killed):
            second.night("2022-05-09")
    assert copies(second) == []
    second.night("2022-05-09")
    assert [p.name for p in copies(second)] == [p.name for p in copies(first)]
    assert copies(second)[0].read_bytes() == copies(first)[0].read_bytes()
    assert receipts(second)[0].read_bytes() == receipts(first)[0].read_bytes()


def test_a_copy_that_says_the_same_is_not_written_again(mini: MiniHome, monkeypatch: pytest.MonkeyPatch) -> None:
    mini.drop(mini_report("DU", nam=7))

    def stays(*_: Any) -> int:
        return 0

    with monkeypatch.context() as patch:
        patch.setattr("pipelines.intake.TakenIn.leave_inbox", stays)
        mini.night("2022-05-09")
    before = mini.outputs()
    mini.night("2022-05-09")
    after = mini.outputs()
    answers = [name for name in before if "tra-lai" in name or "phieu-tiep-nhan" in name]
    assert len(answers) == 2
    assert {name: after[name] for name in answers} == {name: before[name] for name in answers}


def test_a_correction_is_answered_with_what_it_changed(mini: MiniHome) -> None:
    mini.drop(mini_report("DU"))
    mini.drop(mini_report("CQ"), name="cq.xlsx")
    mini.night("2022-05-08")
    mini.drop(mini_report("DU", da_hoc=5), name="đính chính.xlsx")
    mini.night("2022-05-09")
    said = texts(receipts(mini)[1])
    start = said.index("Thay đổi so với bản số 1: 1 ô")
    assert said[start + 8 : start + 15] == ["G10", STUDY, "Đảng uỷ Bến Sỏi – Đã học", "8", "5", "8 → 5", "16 → 13"]
    assert any("Số giảm so với bản trước" in text for text in said)
    assert len(copies(mini)) == 1, "a count that went down is a warning"


def test_a_part_of_a_report_is_told_what_is_still_to_come(mini: MiniHome) -> None:
    with (mini.home.root / "plans/mini/settings.csv").open("a", encoding="utf-8", newline="") as file:
        file.write("parts,dot_1\n")
    issue_templates(mini.home, "mini", "dot_1")
    report = mini_report("DU")
    cover = {"bia": report.sheets["bia"]}
    praise = {"khen": {"1": {"doi_tuong": "tập thể", "ten": "Chi bộ 1", "so_luot": 1}}}
    mini.drop(replace(report, sheets={**cover, **praise}), name="khen.xlsx")
    mini.night("2022-05-08")
    mini.drop(replace(report, sheets={**cover, "hoc_tap": report.sheets["hoc_tap"]}), name="học.xlsx")
    mini.night("2022-05-09")
    first, second = receipts(mini)
    assert told(first, "Còn thiếu") == f"biểu {STUDY}"
    assert "ĐÃ NHẬN MỘT PHẦN, CHƯA ĐƯỢC TÍNH" in texts(first)
    assert told(first, "Số liệu đang được tính") == "Chưa có bản nào của đơn vị được tính."
    assert told(second, "Còn thiếu") == "Không thiếu ô nào"
    assert told(second, "Số liệu đang được tính").endswith("bản số 1 (M2); bản số 2 (M0, M1).")
    assert copies(mini) == []


def test_a_plan_that_is_gone_is_answered_with_a_note(mini: MiniHome) -> None:
    content = mini.drop(mini_report("DU", nam=7)).read_bytes()
    mini.night("2022-05-08")
    shutil.rmtree(mini.home.root / "plans" / "mini")
    (mini.home.inbox / "lại.xlsx").write_bytes(content)
    mini.at("2022-05-09")
    run_night(Request(mini.home))
    (note,) = (mini.home.outbox / "khong-doc-duoc").glob("*lại*.txt")
    assert "mini" in note.read_text(encoding="utf-8-sig")


# --- tonghop check


@pytest.fixture
def desk(mini: MiniHome, tmp_path: Path) -> Path:
    """A clerk's folder with four files."""
    folder = tmp_path / "bàn làm việc"
    folder.mkdir()
    for name, report in {
        "đúng": mini_report("DU"),
        "lưu ý": mini_report("DU", tong=" 10 "),
        "sai": mini_report("DU", nam=7),
    }.items():
        mini.drop(report, name="x.xlsx").rename(folder / f"{name}.xlsx")
    (folder / "không.xlsx").write_bytes(b"<html></html>")
    return folder


def checked(mini: MiniHome, *arguments: str | Path, code: int, now: str = "2022-05-09T10:00:00+07:00") -> str:
    done = tonghop_here(mini.home, "check", *map(str, arguments), now=now)
    assert done.exit_code == code, done.output
    return re.sub(r"\s+", " ", done.output)


def test_check_writes_a_copy_of_each_file_that_has_something_to_mend(mini: MiniHome, desk: Path) -> None:
    out = desk / "ra"
    said = checked(mini, *sorted(desk.glob("*.xlsx")), "--out", out, code=2)
    assert sorted(p.name for p in out.iterdir()) == ["lưu ý - cần sửa.xlsx", "sai - cần sửa.xlsx"]
    assert "không có gì phải sửa" in said
    assert str(out / "sai - cần sửa.xlsx") in said
    assert any("SẼ BỊ TRẢ LẠI" in text for text in texts(out / "sai - cần sửa.xlsx"))
    assert "kiểm tra ngày 09/05/2022, chưa nộp" in " ".join(texts(out / "sai - cần sửa.xlsx"))


def test_a_copy_of_check_can_be_handed_in(mini: MiniHome, desk: Path) -> None:
    checked(mini, desk / "sai.xlsx", "--out", desk, code=1)
    copy = typed(desk / "sai - cần sửa.xlsx", STUDY, D10=6)
    checked(mini, copy, code=0)
    shutil.copyfile(copy, mini.home.inbox / "sửa.xlsx")
    assert mini.night("2022-05-09").verdicts["accepted"] == 1


def test_check_never_writes_over_a_file(mini: MiniHome, desk: Path) -> None:
    other = desk / "khác"
    other.mkdir()
    shutil.copyfile(desk / "lưu ý.xlsx", other / "sai.xlsx")
    checked(mini, desk / "sai.xlsx", other / "sai.xlsx", "--out", desk, code=1)
    first, second = desk / "sai - cần sửa.xlsx", desk / "sai - cần sửa (2).xlsx"
    assert any("SẼ BỊ TRẢ LẠI" in text for text in texts(first))
    assert any("CÓ CẢNH BÁO" in text for text in texts(second))
    checked(mini, desk / "sai.xlsx", "--out", desk, code=1)
    assert not (desk / "sai - cần sửa (3).xlsx").exists(), "the same copy is there already"
    work = typed(first, STUDY, D10=6).read_bytes()
    checked(mini, desk / "sai.xlsx", "--out", desk, code=1)
    assert first.read_bytes() == work, "what a clerk has mended is not lost"
    assert (desk / "sai - cần sửa (3).xlsx").is_file()


def test_check_works_anywhere_without_a_store(mini: MiniHome, desk: Path, tmp_path: Path) -> None:
    """As on a clerk's machine: the checkout, no home of its own, no key, no rights to write anywhere but `--out`."""
    home = tmp_path / "máy khác"
    shutil.copytree(mini.home.root / "plans", home / "plans")
    home.chmod(stat.S_IRUSR | stat.S_IXUSR)
    environment = {**os.environ, VARIABLE: str(home), "PYTHONUTF8": "1", "PYTHONPATH": str(CHECKOUT)}
    command = [sys.executable, "-m", "pipelines", "check", "sai.xlsx", "--out", "."]
    try:
        done = subprocess.run(
            command, cwd=desk, env=environment, capture_output=True, encoding="utf-8", check=False, timeout=120
        )
    finally:
        home.chmod(stat.S_IRWXU)
    assert done.returncode == 1, done.stderr
    assert "Chưa xét được dấu nhận dạng" in done.stderr
    assert sorted(p.name for p in home.iterdir()) == ["plans"]
    copy = typed(desk / "sai - cần sửa.xlsx", STUDY, D10=6)
    shutil.copyfile(copy, mini.home.inbox / "sửa.xlsx")
    assert mini.night("2022-05-09").verdicts["accepted"] == 1, "it kept its own stamp"


def test_check_json_stays_what_it_was_beside_copies(mini: MiniHome, desk: Path) -> None:
    done = tonghop_here(mini.home, "check", str(desk / "sai.xlsx"), "--json", "--out", str(desk))
    plain = tonghop_here(mini.home, "check", str(desk / "sai.xlsx"), "--json")
    assert done.stdout == plain.stdout
    assert "sai - cần sửa.xlsx" in done.stderr


def test_check_lists_errors_first_with_column_problem_and_remedy(mini: MiniHome, desk: Path) -> None:
    mini.drop(mini_report("DU", tong=" 10 ", nam=7, hinh_thuc="họp"), name="x.xlsx").rename(desk / "nhiều.xlsx")
    said = checked(mini, desk / "nhiều.xlsx", code=1)
    for wanted in ("Cột", "Cách sửa", "Hình thức", "họp", "H10", "--out"):
        assert wanted in said
    levels = re.findall(r"\b(lỗi|cảnh báo) │? ?M1", said.replace("┃", "│").replace("│ ", ""))
    assert levels == sorted(levels, key=["lỗi", "cảnh báo"].index)


def test_check_refuses_a_day_to_come_and_a_file_as_folder(mini: MiniHome, desk: Path) -> None:
    assert "chưa đến" in checked(mini, desk / "sai.xlsx", "--as-of", "2022-05-10", code=2)
    assert "cần một thư mục" in checked(mini, desk / "sai.xlsx", "--out", desk / "đúng.xlsx", code=2)


def test_answers_are_named_by_their_arrival() -> None:
    from datetime import datetime

    from pipelines.answers import answer_name, note_name, receipt_name
    from pipelines.clock import TIMEZONE

    arrival = Arrival("ab" * 32, datetime(2022, 5, 10, 22, 0, tzinfo=TIMEZONE), "Báo cáo?.xlsx", "")
    assert answer_name(arrival, ".xlsx") == "20220510-220000 Báo cáo_ 0a9f abababab.xlsx"
    plain = replace(arrival, source_name="Báo cáo.xlsx")
    assert answer_name(plain, ".xlsx") == "20220510-220000 Báo cáo abababab.xlsx"
    assert note_name(replace(plain, folder="703")) == "20220510-220000 703 Báo cáo abababab.txt"
    assert receipt_name(replace(plain, folder="703"), plain) == "20220510-220000 Báo cáo (nộp lại) abababab.xlsx"
    assert receipt_name(plain, plain) == "20220510-220000 Báo cáo abababab.xlsx"
