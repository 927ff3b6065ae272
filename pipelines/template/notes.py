"""Cell comments; those on headers say the plan's clause, how to fill the column, and its rules in words."""

from __future__ import annotations

from typing import TYPE_CHECKING

from pipelines.styles import FONT, cell_text
from pipelines.template.measure import comment_size

if TYPE_CHECKING:
    from collections.abc import Sequence

    from xlsxwriter.worksheet import Worksheet

    from pipelines.template.book import Page
    from schemas.plan import Field


_LOOK = {"font_name": FONT, "font_size": 10, "color": "#FFFFF0"}


def write_comment(worksheet: Worksheet, row: int, col: int, paragraphs: Sequence[str]) -> None:
    """Write a comment at a cell (1-based), in a box that shows it whole; it appears when the mouse is over the cell."""
    said = cell_text("\n".join(paragraphs))
    worksheet.write_comment(row - 1, col - 1, said, _LOOK | comment_size(paragraphs))


def write_note(page: Page, worksheet: Worksheet, row: int, col: int, field: Field) -> None:
    """Write the comment of a field at its header cell (1-based)."""
    paragraphs = [said for said in (f"Căn cứ: mục {field.clause}" if field.clause else "", field.hint) if said]
    if field.required:
        paragraphs.append("Bắt buộc điền.")
    for rule in page.rules_on(field.id):
        mark = "Quy tắc" if rule.severity == "error" else "Nhắc kiểm tra"
        paragraphs.append(f"{mark}: {rule.words()}.")
    if paragraphs:
        write_comment(worksheet, row, col, paragraphs)
