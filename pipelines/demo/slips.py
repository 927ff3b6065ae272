"""What clerks do to a report in the demo: slips (one kind of mistake each), and declarations, which are no mistakes."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING

from schemas.layout import DECLARED, NOT_APPLICABLE, NOTHING

if TYPE_CHECKING:
    from pipelines.demo.figures import Report


def more_studied_than_members(report: Report) -> Report:
    """B2: more members studied than there are (a breach of hoc_tap_khong_vuot_tong)."""
    key = _first(report, "hoc_tap")
    whole = report.value("hoc_tap", key, "tong_dang_vien")
    assert isinstance(whole, int)
    wrong = report.with_value("hoc_tap", key, "hoc_tai_co_so", whole + 12)
    return wrong.with_value("hoc_tap", key, "hinh_thuc", "sinh hoạt chi bộ")


def cells_left_blank(report: Report) -> Report:
    """B5: the number of cells left blank, though required."""
    return report.with_value("ke_hoach", _first(report, "ke_hoach"), "tong_chi_bo", None)


def number_in_words(report: Report) -> Report:
    """B6: a count typed as words, not to be read as any number."""
    return report.with_value("cam_ket", _first(report, "cam_ket"), "dang_vien_da_bo_sung", "khoảng 50")


def pasted_over(report: Report) -> Report:
    """B1: a conference dated before the plan was issued; B2: a form of study pasted in that is no choice."""
    early = report.with_value("hoi_nghi", _connected(report), "ngay_to_chuc", date(2022, 3, 25))
    key = _first(report, "hoc_tap")
    return early.with_value("hoc_tap", key, "hinh_thuc", "họp chi bộ tháng 4")


def number_as_text(report: Report) -> Report:
    """B4: a count typed as text with spaces around it; one reading, so repaired with a warning."""
    key = _first(report, "tai_lieu")
    count = report.value("tai_lieu", key, "ban_nhan")
    return report.with_value("tai_lieu", key, "ban_nhan", f" {count} ")


def filled_down(report: Report) -> Report:
    """B4: the first row's figures dragged down over the next three: no rule is broken, yet somebody should ask."""
    first, *below = list(report.sheets["tai_lieu"])[:4]
    for key in below:
        report = report.with_row("tai_lieu", key, dict(report.sheets["tai_lieu"][first]))
    return report


def point_not_concerned(report: Report) -> Report:
    """B1: an organisation the conference does not concern is declared so, and its row left blank."""
    return report.with_row("hoi_nghi", _first(report, "hoi_nghi"), {DECLARED: NOT_APPLICABLE})


def no_copies(report: Report) -> Report:
    """B4: the unit received no study material, and says so for the whole sheet."""
    return report.with_sheet("tai_lieu", {"": {DECLARED: NOTHING}})


def _first(report: Report, sheet: str) -> str:
    return next(iter(report.sheets[sheet]))


def _connected(report: Report) -> str:
    rows = report.sheets["hoi_nghi"]
    return next(key for key, row in rows.items() if "ngay_to_chuc" in row)
