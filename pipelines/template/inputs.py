"""Input cells: their formats, what may be typed into them, and the colours they take when a rule fails."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from pipelines.template.expressions import blank, list_name, wrong_type
from pipelines.template.measure import clipped
from pipelines.template.values import Moment, Written, write_value, written
from schemas.layout import CHECK, DECLARED, FIRST_FIELD_COLUMN, FIRST_ROW, MISSING_CHECK
from schemas.plan import DATES, NO, YES, Field, FieldType
from schemas.submission import cell_name, column_name

if TYPE_CHECKING:
    from xlsxwriter.worksheet import Worksheet

    from pipelines.styles import InputKind
    from pipelines.template.book import Book, Page, RowField

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


def input_kind(page: Page, name: str) -> InputKind:
    """What kind of cell a field's is; a declaration looks like an answer yes or no."""
    return "yes_no" if name == DECLARED else page.sheet.field(name).type


def write_input(book: Book, page: Page, worksheet: Worksheet, at: tuple[int, int], place: RowField) -> Written:
    """Write an input cell (row and column 0-based): blank, or what the clerk had typed there, coloured if marked.

    Returns what it now holds.
    """
    kind = input_kind(page, place[1])
    value, mark = written(page.values.get(place), kind), page.marks.get(place)
    looks = value.kind if isinstance(value, Moment) else kind
    if kind == "count" and isinstance(value, float) and not value.is_integer():
        looks = "fraction"  # the format of a count would show 70.5 as 71
    write_value(worksheet, *at, value, book.styles.input_cell(looks, mark.severity if mark else ""))
    return value


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

    A required cell stays in the input tint until something else in its row (its form) is filled; it is not asked for
    in a row that is declared.
    """
    layout, styles = page.layout, book.styles
    row = layout.row(layout.keys[0], field.id) if layout.form else FIRST_ROW
    ref = f"${cell_name(row, layout.column(field.id))}"
    span = ref.replace("$", "") if layout.form else layout.span(field)
    reasons = [(f"{wrong_type(field, ref)}=1", styles.when_bad)]
    errors, warnings = (
        [f"{check_cell(page, r.id, row)}=1" for r in page.rules_on(field.id) if r.severity == severity]
        for severity in ("error", "warning")
    )
    if errors:
        reasons.append((f"OR({','.join(errors)})", styles.when_bad))
    if field.required:
        missing = f"${cell_name(row, layout.check_column(MISSING_CHECK))}>0"
        reasons.append((f"AND({missing},{blank(ref)},{_started(page, row)})", styles.when_bad))
    if warnings:
        reasons.append((f"OR({','.join(warnings)})", styles.when_warn))
    for formula, form in reasons:
        rule = {"type": "formula", "criteria": f"={formula}", "format": form, "stop_if_true": True}
        worksheet.conditional_format(span, rule)


def check_cell(page: Page, rule_id: str, row: int) -> str:
    """The cell that holds a rule's check for a row (of a form, for the whole of it). Raises ValueError."""
    layout = page.layout
    letter = column_name(layout.check_column(CHECK + rule_id))
    if layout.form:
        rule = next(r for r in page.rules if r.id == rule_id)
        return f"${letter}${layout.row(layout.keys[0], rule.target)}"
    return f"${letter}{row}"


def _started(page: Page, row: int) -> str:
    layout = page.layout
    if layout.form:
        cells = ",".join(f"$C${layout.row(layout.keys[0], f.id)}" for f in page.inputs)
        return f"COUNTA({cells})>0"
    first, last = column_name(FIRST_FIELD_COLUMN), column_name(layout.last_field_column)
    return f"COUNTA(${first}{row}:${last}{row})>0"
