"""One sheet as one version of a report gave it: stored values with their places. Standard library only."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from schemas.changes import Value
from schemas.plan import Field, Sheet
from schemas.submission import cell_name


@dataclass(frozen=True, slots=True)
class Line:
    """One row: its key (organisation code, number in a list, unit), its Excel row, its stored values by field id."""

    key: str
    row: int
    values: Mapping[str, Value]
    declared: str | None = None


@dataclass(frozen=True, slots=True)
class Reported:
    """One sheet of one version.

    `places`: field id → (column, row), the row only in a form. `declared`: what the whole sheet was declared to be, in
    the cell `declared_at`.
    """

    tab: str = ""
    lines: tuple[Line, ...] = ()
    places: Mapping[str, tuple[int, int | None]] = field(default_factory=dict)
    declared: str | None = None
    declared_at: str = ""

    def cell(self, field_id: str, row: int) -> str | None:
        """The address of a field in an Excel row; None where this version has no such column."""
        if field_id not in self.places:
            return None
        col, own_row = self.places[field_id]
        return cell_name(own_row or row, col)


def compared_fields(sheet: Sheet) -> tuple[Field, ...]:
    """The fields that a clerk fills and a table may hold: what two versions are compared by."""
    return tuple(f for f in sheet.fields if f.stored and not f.prefill)
