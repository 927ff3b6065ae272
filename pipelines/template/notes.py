"""Cell comments on headers: the plan's clause, how to fill the column, and its rules in words."""

from __future__ import annotations

from typing import TYPE_CHECKING

from pipelines.styles import FONT
from pipelines.template.measure import comment_size

if TYPE_CHECKING:
    from xlsxwriter.worksheet import Worksheet

    from pipelines.template.book import Page
    from schemas.plan import Field


def write_note(page: Page, worksheet: Worksheet, row: int, col: int, field: Field) -> None:
    """Write the comment of a field at its header cell (1-based)."""
    paragraphs = [f"Căn cứ: mục {field.clause}", field.hint]
    if field.required:
        paragraphs.append("Bắt buộc điền.")
    for rule in page.rules_on(field.id):
        mark = "Quy tắc" if rule.severity == "error" else "Nhắc kiểm tra"
        paragraphs.append(f"{mark}: {rule.words()}.")
    look = {"font_name": FONT, "font_size": 10, "color": "#FFFFF0"}
    worksheet.write_comment(row - 1, col - 1, "\n".join(paragraphs), look | comment_size(paragraphs))
