"""The control workbook (sổ điều hành) of a plan: what the office decides while the plan runs, as a plan of its own.

`control_plan` derives it from any plan: one reporting round, one reporting unit (the office itself), five sheets. So
the workbook is written, stamped, taken in, checked, answered and archived as any report is. `decisions_in` reads the
rows of an accepted one, `rows_as_typed` says how they would be typed. Standard library only.
"""

from __future__ import annotations

from schemas.control.names import (
    CONTACTS,
    CONTROL_ROUND,
    CONTROL_UNIT,
    COVER,
    DATES,
    EXEMPTIONS,
    EXTENSIONS,
    NEW_UNITS,
    UNIT_CHANGES,
    base_id,
    control_id,
)
from schemas.control.rows import Row, decisions_in, rows_as_typed
from schemas.control.sheets import control_plan

__all__ = [
    "CONTACTS",
    "CONTROL_ROUND",
    "CONTROL_UNIT",
    "COVER",
    "DATES",
    "EXEMPTIONS",
    "EXTENSIONS",
    "NEW_UNITS",
    "UNIT_CHANGES",
    "Row",
    "base_id",
    "control_id",
    "control_plan",
    "decisions_in",
    "rows_as_typed",
]
