"""What makes the overview a document of a Party office: the two blocks above it, its title, room to sign below it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from pipelines.report.page import PARTY, issuing, subject, titled

if TYPE_CHECKING:
    from pipelines.report.page import Page

DOTS = "……"
_LEFT, _RIGHT = (0, 1), (5, 9)
"""Columns of the two blocks."""
_SIGNED = "(Ký, ghi rõ họ tên)"
_ROOM_TO_SIGN = 90


def write_letterhead(page: Page) -> int:
    """The head of the overview, from row 0. Number and day are left to a person. Returns the row after it."""
    s, result, last = page.styles, page.result, _RIGHT[1]
    superior, office = issuing(result)
    blocks = (
        (superior, s.letter_superior, PARTY, s.letter_party),
        (office, s.letter_office, "", s.letter_dated),
        ("*", s.letter_superior, "", s.letter_dated),
        (f"Số {DOTS}-BC/{DOTS}", s.letter_superior, _dated(page), s.letter_dated),
    )
    for row, (left, left_style, right, right_style) in enumerate(blocks):
        page.merge((row, _LEFT[0]), (row, _LEFT[1]), left, left_style)
        page.merge((row, _RIGHT[0]), (row, last), right, right_style)
    page.sheet.set_row_pixels(4, 12)
    page.merge((5, 0), (5, last), "BÁO CÁO TỔNG HỢP", s.title)
    number = result.plan.settings.number
    page.merge((6, 0), (6, last), titled(f"Kết quả thực hiện Kế hoạch số {number}", result.scope), s.subtitle)
    page.merge((7, 0), (7, last), subject(result), s.note_centre)
    page.sheet.set_row_pixels(5, 28)
    return 8


def write_signatures(page: Page, row: int) -> int:
    """Who drew it up, and the leadership of the office. Returns the row after the room to sign."""
    s = page.styles
    _, office = issuing(page.result)
    for (first, end), who in ((_LEFT, "NGƯỜI LẬP BIỂU"), (_RIGHT, f"LÃNH ĐẠO {office}")):
        page.merge((row, first), (row, end), who, s.letter_office)
        page.merge((row + 1, first), (row + 1, end), _SIGNED, s.note_centre)
        page.merge((row + 3, first), (row + 3, end), DOTS * 5, s.letter_superior)
    page.sheet.set_row_pixels(row + 2, _ROOM_TO_SIGN)
    return row + 4


def _dated(page: Page) -> str:
    return f"{page.result.plan.settings.place}, ngày {DOTS} tháng {DOTS} năm {page.result.as_of.year}"
