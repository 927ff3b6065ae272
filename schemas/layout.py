"""Where a field stands on its sheet. The template writes by it, intake reads by the markers named here."""

from __future__ import annotations

from dataclasses import dataclass

from schemas.plan import Field, Plan, Sheet, Unit
from schemas.submission import cell_name, column_name

MARKER = "#"
END = "#end"
VALUE = "value"
"""The field id of the column that holds the values of a form."""
CHECK = "!"
"""Marker ids that begin with this are the template's own hidden check columns, not fields."""
SHEET_DECLARATION = CHECK + "sheet"
"""Stands in the key column of the row where a clerk may declare the whole sheet (`DECLARATIONS`)."""
OWN_SHEET = CHECK + "own"
"""Stands in A1 of the template's sheets that hold no table, so that they are known under any name."""
DECLARED = "tinh_trang"
"""The id of the column in which a row may be declared (`DECLARATIONS`); no field of a plan may be called so."""
NOTHING, NOT_APPLICABLE = "Không phát sinh", "Không áp dụng"
DECLARATIONS = (NOTHING, NOT_APPLICABLE)
"""Nothing to report; not applicable. Values of their own: neither blank nor 0."""
META = "_meta"
META_KEYS = ("plan", "round", "unit", "template_version", "stamp")
GUIDE_TAB = "Hướng dẫn"
SELF_CHECK_TAB = "Kiểm tra"
SELF_CHECK_TITLE = "TỰ KIỂM TRA TRƯỚC KHI NỘP"
"""What the self-check says at its head; by it the sheet is known under any name."""
TO_MEND_TAB = "Cần sửa"
"""The first sheet of a marked copy: every finding, with a link to its cell."""
LISTS = "_lists"
OWN_TABS = frozenset({META, LISTS, GUIDE_TAB, SELF_CHECK_TAB, TO_MEND_TAB})
"""The template's sheets that hold no table."""

LEGEND = ("Cần điền", "Lỗi", "Xem lại")
"""The words of the colour legend, in the same row as the whole sheet's declaration."""
SHEET_DECLARATION_LABEL = "Cả biểu:"
DECLARED_LABEL = "Tình trạng"
"""The header of the column `DECLARED`."""

KEY_COLUMN = 1
NAME_COLUMN = 2
FIRST_FIELD_COLUMN = 3
DECLARATION_ROW = 4
GROUP_ROW, HEADER_ROW, NUMBER_ROW, TOTAL_ROW, MARKER_ROW, FIRST_ROW = 5, 6, 7, 8, 9, 10
"""Above them stand the head of the sheet (rows 1–3) and the legend (row 4); the totals row stays in the frozen head."""

ROW_CHECK = CHECK + "row"
MISSING_CHECK = CHECK + "missing"
TYPE_CHECK = CHECK + "type"
MEANT = CHECK + "n."
"""Check columns that begin with this hold the number or the day that a field's cell means, for rules to look at."""


@dataclass(frozen=True, slots=True)
class SheetLayout:
    """The places of one sheet in one unit's template. Rows and columns are 1-based, as Excel counts them.

    `checks`: the ids of its hidden check columns; a template has those of `MEANT` behind them.
    """

    sheet: Sheet
    keys: tuple[str, ...]
    names: tuple[str, ...]
    checks: tuple[str, ...]

    @property
    def form(self) -> bool:
        """Whether fields stand below each other."""
        return self.sheet.kind == "form"

    @property
    def last_row(self) -> int:
        """The last data row; `#end` stands right below."""
        return FIRST_ROW + (len(self.sheet.fields) if self.form else len(self.keys)) - 1

    @property
    def last_field_column(self) -> int:
        """The column of the last field."""
        return FIRST_FIELD_COLUMN if self.form else FIRST_FIELD_COLUMN + len(self.sheet.fields) - 1

    @property
    def declares_rows(self) -> bool:
        """Whether each row may be declared: in a column of its own, right of the last field."""
        return self.sheet.kind == "org"

    @property
    def declares_sheet(self) -> bool:
        """Whether the whole sheet may be declared, in the cell `declaration`."""
        return not self.form

    @property
    def declaration_place(self) -> tuple[int, int]:
        """Row and column of the cell in which the whole sheet is declared."""
        return DECLARATION_ROW, FIRST_FIELD_COLUMN

    @property
    def declaration(self) -> str:
        """The cell in which the whole sheet is declared."""
        return cell_name(*self.declaration_place)

    @property
    def last_column(self) -> int:
        """The last column a clerk sees and fills: the declarations, where there are any, else the last field."""
        return self.last_field_column + self.declares_rows

    def column(self, field_id: str) -> int:
        """The column of a field, or of `DECLARED`. Raises KeyError."""
        if field_id == DECLARED and self.declares_rows:
            return self.last_column
        position = self.sheet.fields.index(self.sheet.field(field_id))
        return FIRST_FIELD_COLUMN if self.form else FIRST_FIELD_COLUMN + position

    def row(self, key: str, field_id: str) -> int:
        """The row of a key; in a form, the row of the field. Raises ValueError or KeyError."""
        if self.form:
            return FIRST_ROW + self.sheet.fields.index(self.sheet.field(field_id))
        return FIRST_ROW + self.keys.index(key)

    def check_column(self, check: str) -> int:
        """The hidden column of a check. Raises ValueError.

        One column stays free before the first: beside a printed cell, LibreOffice prints `###` for a hidden number.
        """
        offset = 3 if self.form else 2
        return self.last_column + offset + self.checks.index(check)

    def address(self, key: str, field_id: str) -> str:
        """The cell of a field in a row: `C10`."""
        return cell_name(self.row(key, field_id), self.column(field_id))

    def span(self, field: Field) -> str:
        """All cells of a field: `C10:C24`."""
        letter = column_name(self.column(field.id))
        return f"{letter}{FIRST_ROW}:{letter}{self.last_row}"


def layout(plan: Plan, unit: Unit, sheet: Sheet, round_id: str, rows: int = 0) -> SheetLayout:
    """The layout of a sheet in a unit's template: its row keys, and its hidden check columns, one of them a rule.

    `rows`: how many rows a list must have at least (a marked copy of one that has grown).
    """
    filled = frozenset(s.id for s in plan.sheets_for(unit, round_id))
    own = () if sheet.kind == "form" else (ROW_CHECK,)
    rules = (CHECK + rule.id for rule in plan.rules_for(sheet.id, filled))
    keys: tuple[str, ...]
    if sheet.kind == "org":
        organisations = plan.organisations(unit)
        keys, names = tuple(o.code for o in organisations), tuple(o.name for o in organisations)
    elif sheet.kind == "list":
        keys = tuple(str(n) for n in range(1, max(sheet.rows, rows) + 1))
        names = keys
    else:
        keys, names = (unit.code,), (unit.name,)
    return SheetLayout(sheet, keys, names, (*own, MISSING_CHECK, TYPE_CHECK, *rules))
