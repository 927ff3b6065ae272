"""The three plain provinces, through real files and whole nights: nobody, everybody, nobody asked; all read well."""

from __future__ import annotations

import re
from datetime import date
from pathlib import Path

import pytest

from pipelines.nightly import Outcome
from schemas.consolidation import Consolidation
from schemas.plan_file import load_plan
from tests.control_books import Office
from tests.homes import MINI, MiniHome, mini_report
from tests.said import Said, outputs, unwritten

DUE = date(2022, 5, 10)
ASKED = ("HU", "DU", "CQ")
"""The units of the plan `mini` that must report; `MIEN` is exempt by the plan itself."""


@pytest.fixture
def folder(mini: MiniHome) -> Path:
    """Where the round's outputs are."""
    return mini.home.outbox / "mini" / "dot_1"


def result(outcome: Outcome) -> Consolidation:
    (found,) = outcome.results
    return found


def written(folder: Path, day: str) -> dict[str, Said]:
    """Everything written of a round; fails where one of the three outputs of the day, or of all days, is not there."""
    said = outputs(folder)
    names = ("tong-hop.xlsx", "bao-cao-ket-qua.docx", "tinh-hinh.html")
    assert {*names, *(f"lich-su/{day}/{name}" for name in names)} <= set(said)
    assert unwritten(folder) == []
    return said


def letters(said: dict[str, Said]) -> list[str]:
    return sorted(name for name in said if name.startswith("don-doc/") and "/cu/" not in name)


def shares(said: Said) -> set[str]:
    """Every rate that is written out."""
    return {" ".join(found.split()) for found in re.findall(r"\d+(?:,\d)?\s%", said.whole)}


def test_nobody_has_reported_and_it_is_not_due(mini: MiniHome, folder: Path) -> None:
    night = result(mini.night("2022-05-09"))
    assert {u.state for u in night.units if u.unit.code != "MIEN"} == {"chua_den_han"}
    said = written(folder, "2022-05-09")
    page, report, book = said["tinh-hinh.html"], said["bao-cao-ket-qua.docx"], said["tong-hop.xlsx"]
    assert letters(said) == [], "nobody is overdue"
    assert not [name for name in said if name.startswith(("theo-nhom/", "theo-don-vi/"))]
    headline = "Đến hết ngày 09/05/2022, 0/3 đơn vị đã có báo cáo được chấp nhận (0,0 %), trong đó 0 đơn vị đúng hạn"
    assert headline in page.whole
    assert headline in book.whole
    assert "còn 1 ngày" in page.whole
    assert (
        "Tính đến hết ngày 09/05/2022, chưa có đơn vị nào trong 3 đơn vị phải báo cáo có báo cáo được chấp nhận; "
        "1 đơn vị được miễn báo cáo."
    ) in report.texts
    assert "Chưa có đơn vị nào trong 3 đơn vị phải báo cáo nội dung này có số liệu." in report.texts
    assert "Không có đơn vị nào quá hạn nộp báo cáo." in report.texts
    assert "Chưa có báo cáo nào được tính." in report.texts
    assert {r for r in book.rates if r} <= {1.0}, "targets, and nothing else"
    assert shares(page) <= {"0,0 %", "100,0 %", "0 %", "50 %", "100 %", "98,0 %"}, "targets and the legend"
    assert "chưa báo cáo" in page.whole


def test_nobody_has_reported_and_it_is_past_due(mini: MiniHome, folder: Path) -> None:
    night = result(mini.night("2022-05-12"))
    assert [u.days_overdue for u in night.units] == [2, 2, 2, 0]
    said = written(folder, "2022-05-12")
    page, report, book = said["tinh-hinh.html"], said["bao-cao-ket-qua.docx"], said["tong-hop.xlsx"]
    assert letters(said) == sorted(
        [f"don-doc/cong-van-{code}.docx" for code in ASKED] + ["don-doc/phu-luc.docx", "don-doc/tin-nhan.txt"]
    )
    assert (
        "0/3 đơn vị đã có báo cáo được chấp nhận (0,0 %), trong đó 0 đơn vị đúng hạn; 3 đơn vị quá hạn." in page.whole
    )
    assert "3 đơn vị quá hạn" in book.whole
    assert "đã quá hạn 2 ngày" in page.whole
    assert "Không có chỉ tiêu nào quá thời hạn riêng." in said["don-doc/phu-luc.docx"].texts, "nobody has figures"
    assert "còn 3 đơn vị quá hạn báo cáo đợt 1" in said["don-doc/tin-nhan.txt"].whole
    for code in ASKED:
        letter = said[f"don-doc/cong-van-{code}.docx"].whole
        assert "chưa nhận được báo cáo" in letter
        assert "trước ngày …… tháng …… năm 2022" in letter, "the office has not said by when"
    assert "Đảng viên đã học (T1, hạn 30/04/2022, đã qua 12 ngày): 3 đơn vị chưa có số liệu." in report.whole
    assert {r for r in book.rates if r} <= {1.0}


def test_everybody_has_reported_in_time(mini: MiniHome, folder: Path) -> None:
    for unit in ASKED:
        mini.drop(mini_report(unit), f"{unit}.xlsx")
    mini.night("2022-05-05")
    night = result(mini.night("2022-05-12"))
    assert [u.state for u in night.units] == ["dung_han"] * 3 + ["mien"]
    said = written(folder, "2022-05-12")
    page, report, book = said["tinh-hinh.html"], said["bao-cao-ket-qua.docx"], said["tong-hop.xlsx"]
    assert letters(said) == [], "nothing is owed"
    headline = "Đến hết ngày 12/05/2022, 3/3 đơn vị đã có báo cáo được chấp nhận (100,0 %), trong đó 3 đơn vị đúng hạn"
    assert f"{headline}." in page.whole
    assert headline in book.whole
    assert "hạn đã qua 2 ngày" in page.whole, "nobody is overdue, though the day has passed"
    assert "quá hạn 2 ngày" not in page.whole.replace("đã quá hạn", "")
    assert (
        "Tính đến hết ngày 12/05/2022, cả 3 đơn vị phải báo cáo đã có báo cáo được chấp nhận, đều đúng hạn; "
        "1 đơn vị được miễn báo cáo."
    ) in report.texts
    assert "Không có đơn vị nào quá hạn nộp báo cáo." in report.texts
    assert "Không có chỉ tiêu nào quá thời hạn mà chưa hoàn thành." in report.texts
    assert "Theo báo cáo của tất cả 3 đơn vị phải báo cáo nội dung này." in report.texts
    assert "- Đảng viên đã học (T1): 32/32, đạt 100,0 %; mục tiêu 100 %, hạn 30/04/2022: đã hoàn thành." in report.texts
    assert "một phần" not in report.whole.replace("“*”: số liệu một phần", "")
    assert set(book.rates) == {1.0}
    assert "Toàn tỉnh" in book.texts
    assert "theo-nhom/huyen-uy.xlsx" in said
    assert "theo-don-vi/HU.xlsx" in said
    assert "theo-don-vi/DU.xlsx" not in said, "it has no organisations below it"


def test_everybody_is_exempt(mini: MiniHome, folder: Path) -> None:
    office = Office(mini, load_plan(MINI))
    mini.at("2022-05-09")
    rows = [row for code in ASKED for sheet in office.exemption(code).values() for row in sheet]
    (sheet,) = office.exemption("HU")
    office.book("miễn.xlsx", {sheet: rows})
    night = result(mini.night("2022-05-12"))
    assert {u.state for u in night.units} == {"mien"}
    said = written(folder, "2022-05-12")
    page, report, book = said["tinh-hinh.html"], said["bao-cao-ket-qua.docx"], said["tong-hop.xlsx"]
    assert letters(said) == []
    assert "Không có đơn vị nào phải báo cáo trong kỳ này." in page.texts
    assert "Tính đến hết ngày 12/05/2022, không có đơn vị nào phải báo cáo trong kỳ này: cả 4 đơn vị được miễn." in (
        report.texts
    )
    assert any("đơn vị nào phải báo cáo trong kỳ này." in text for text in book.texts)
    assert not [r for r in book.rates if r not in (0.0, 1.0)]
    assert "quá hạn 2 ngày" not in page.whole
    assert re.search(r"Quá hạn\s+[1-9]", page.whole) is None
    assert "Không có đơn vị nào quá hạn nộp báo cáo." in report.texts
    assert "chưa báo cáo" not in report.whole.replace("“chưa báo cáo”:", ""), "what nobody owes is not waited for"
    assert book.texts.count("Được miễn") >= 4
