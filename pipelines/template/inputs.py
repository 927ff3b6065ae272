"""Input cells: their formats, what may be typed into them, and the colours they take when a rule fails."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from pipelines.template.expressions import DATES, blank, list_name, wrong_type
from pipelines.template.measure import clipped
from schemas.layout import FIRST_FIELD_COLUMN, FIRST_ROW
from schemas.plan import NO, YES, Field, FieldType
from schemas.submission import cell_name, column_name

if TYPE_CHECKING:
    from xlsxwriter.format import Format
    from xlsxwriter.worksheet import Worksheet

    from pipelines.styles import Styles
    from pipelines.template.book import Book, Page

TITLE_LIMIT, MESSAGE_LIMIT = 32, 255
"""What Excel takes in the messages of a validation."""
TEXT_LIMIT = 1000

_HOW: dict[FieldType, str] = {
    "count": "Số nguyên, không âm.",
    "date": "Dạng ngày/tháng/năm.",
    "yes_no": f"Chọn “{YES}” hoặc “{NO}”.",
    "choice": "Chọn trong danh sách thả xuống.",
    "text": f"Không quá {TEXT_LIMIT} ký tự.",
}
_REFUSED: dict[FieldType, str] = {
    "count": "Ô này chỉ nhận số nguyên từ 0 trở lên, ví dụ 125. Không ghi chữ, dấu chấm, dấu phẩy hay số âm.",
    "date": f"Ô này chỉ nhận ngày từ {DATES[0]:%d/%m/%Y} đến {DATES[1]:%d/%m/%Y}, ví dụ 28/04/2022.",
    "yes_no": f"Ô này chỉ nhận “{YES}” hoặc “{NO}”: chọn trong danh sách thả xuống.",
    "choice": "Giá trị này không có trong danh mục: chọn một mục trong danh sách thả xuống.",
    "text": f"Nội dung dài quá {TEXT_LIMIT} ký tự: ghi ngắn gọn lại.",
}


def input_format(styles: Styles, field: Field) -> Format:
    """The unlocked, tinted format of a field's cells."""
    formats: dict[FieldType, Format] = {
        "count": styles.input_count,
        "date": styles.input_date,
        "yes_no": styles.input_yes_no,
        "choice": styles.input_choice,
        "text": styles.input_text,
    }
    return formats[field.type]


def add_validation(worksheet: Worksheet, field: Field, span: str) -> None:
    """What the cells of a field accept, with Vietnamese messages before and after typing."""
    accepted: dict[FieldType, dict[str, Any]] = {
        "count": {"validate": "integer", "criteria": ">=", "value": 0},
        "date": {"validate": "date", "criteria": "between", "minimum": DATES[0], "maximum": DATES[1]},
        "yes_no": {"validate": "list", "source": [YES, NO]},
        "choice": {"validate": "list", "source": f"={list_name(field.choices)}"},
        "text": {"validate": "length", "criteria": "<=", "value": TEXT_LIMIT},
    }
    messages = {
        "input_title": clipped(field.label, TITLE_LIMIT),
        "input_message": clipped(f"{field.hint} {_HOW[field.type]}".strip(), MESSAGE_LIMIT),
        "error_title": "Giá trị không hợp lệ",
        "error_message": clipped(_REFUSED[field.type], MESSAGE_LIMIT),
        "error_type": "stop",
        "ignore_blank": True,
    }
    worksheet.data_validation(span, accepted[field.type] | messages)


def add_colours(book: Book, page: Page, worksheet: Worksheet, field: Field) -> None:
    """Red where the province would reject, amber where it would ask to look again.

    A required cell stays in the input tint until something else in its row (its form) is filled.
    """
    layout, styles = page.layout, book.styles
    row = layout.row(layout.keys[0], field.id) if layout.form else FIRST_ROW
    ref = f"${cell_name(row, layout.column(field.id))}"
    span = ref.replace("$", "") if layout.form else layout.span(field)
    reasons = [(f"{wrong_type(field, ref)}=1", styles.when_bad)]
    errors = [_check(page, r.id, row) for r in page.rules_on(field.id) if r.severity == "error"]
    warnings = [_check(page, r.id, row) for r in page.rules_on(field.id) if r.severity == "warning"]
    if errors:
        reasons.append((f"OR({','.join(errors)})", styles.when_bad))
    if field.required:
        reasons.append((f"AND({blank(ref)},{_started(page, row)})", styles.when_bad))
    if warnings:
        reasons.append((f"OR({','.join(warnings)})", styles.when_warn))
    for formula, form in reasons:
        rule = {"type": "formula", "criteria": f"={formula}", "format": form, "stop_if_true": True}
        worksheet.conditional_format(span, rule)


def _check(page: Page, rule_id: str, row: int) -> str:
    layout = page.layout
    letter = column_name(layout.check_column(f"!{rule_id}"))
    if layout.form:
        rule = next(r for r in page.rules if r.id == rule_id)
        return f"${letter}${layout.row(layout.keys[0], rule.target)}=1"
    return f"${letter}{row}=1"


def _started(page: Page, row: int) -> str:
    layout = page.layout
    if layout.form:
        cells = ",".join(f"$C${layout.row(layout.keys[0], f.id)}" for f in page.inputs)
        return f"COUNTA({cells})>0"
    first, last = column_name(FIRST_FIELD_COLUMN), column_name(layout.last_field_column)
    return f"COUNTA(${first}{row}:${last}{row})>0"
