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
META = "_meta"
META_KEYS = ("plan", "round", "unit", "template_version", "stamp")
GUIDE_TAB = "Hướng dẫn"
SELF_CHECK_TAB = "Kiểm tra"
LISTS = "_lists"
OWN_TABS = frozenset({META, LISTS, GUIDE_TAB, SELF_CHECK_TAB})
"""The template's sheets that hold no table."""

KEY_COLUMN = 1
NAME_COLUMN = 2
FIRST_FIELD_COLUMN = 3
GROUP_ROW, HEADER_ROW, NUMBER_ROW, TOTAL_ROW, MARKER_ROW, FIRST_ROW = 5, 6, 7, 8, 9, 10
"""Above them stand the head of the sheet (rows 1–3) and the legend (row 4); the totals row stays in the frozen head."""

MISSING_CHECK = CHECK + "missing"
TYPE_CHECK = CHECK + "type"


@dataclass(frozen=True, slots=True)
class SheetLayout:
    """The places of one sheet in one unit's template. Rows and columns are 1-based, as Excel counts them."""

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

    def column(self, field_id: str) -> int:
        """The column of a field. Raises KeyError."""
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
        return self.last_field_column + offset + self.checks.index(check)

    def address(self, key: str, field_id: str) -> str:
        """The cell of a field in a row: `C10`."""
        return cell_name(self.row(key, field_id), self.column(field_id))

    def span(self, field: Field) -> str:
        """All cells of a field: `C10:C24`."""
        letter = column_name(self.column(field.id))
        return f"{letter}{FIRST_ROW}:{letter}{self.last_row}"


def layout(plan: Plan, unit: Unit, sheet: Sheet, round_id: str) -> SheetLayout:
    """The layout of a sheet in a unit's template: its row keys, and one hidden check column a rule."""
    filled = frozenset(s.id for s in plan.sheets_for(unit, round_id))
    rules = tuple(CHECK + rule.id for rule in plan.rules_for(sheet.id, filled))
    keys: tuple[str, ...]
    if sheet.kind == "org":
        organisations = plan.organisations(unit)
        keys, names = tuple(o.code for o in organisations), tuple(o.name for o in organisations)
    elif sheet.kind == "list":
        keys = tuple(str(n) for n in range(1, sheet.rows + 1))
        names = keys
    else:
        keys, names = (unit.code,), (unit.name,)
    return SheetLayout(sheet, keys, names, (MISSING_CHECK, TYPE_CHECK, *rules))
