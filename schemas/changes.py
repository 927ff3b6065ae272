"""What a correction changed: the cells, and what it did to the totals of unit and province. Standard library only."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

Value = str | int | bool | date | None


@dataclass(frozen=True, slots=True)
class CellChange:
    """One value that differs from the version that counted before. None: blank.

    `cell` is its address in the newer file (in the older one where the newer has no such cell). `organisation` is the
    name of the row: the organisation's, `dòng 3` of a list, empty in a form. For a count (yes/no counted as 1 and 0)
    the totals of its field over the unit and over the province, before and after the whole correction; else None.
    """

    sheet: str
    tab: str
    cell: str
    organisation: str
    field: str
    label: str
    before: Value
    after: Value
    unit_before: int | None = None
    unit_after: int | None = None
    province_before: int | None = None
    province_after: int | None = None


@dataclass(frozen=True, slots=True)
class Changes:
    """The changes of one accepted version against the version `since` that counted before it arrived.

    Where a unit reports in parts, each sheet is compared with the version that gave it before; `since` is the newest.
    """

    version: int
    since: int
    cells: tuple[CellChange, ...]
