"""Cells of which nobody can tell where they belong: the copy leaves them blank and lists what they held.

A row whose name was typed over, a row, a column or a sheet that is there twice: handed back as if one reading were
right, the copy would be accepted untouched, and a guess would be counted.
"""

from __future__ import annotations

import re
from collections.abc import Iterable

from pipelines.returned.places import Places
from schemas.finding import Finding, FindingCode
from schemas.handback import Place
from schemas.layout import DECLARED
from schemas.submission import Record, Table

C = FindingCode


def doubtful(places: Places, findings: Iterable[Finding]) -> frozenset[Place]:
    """The places of the copy that stay blank although the file filled them."""
    return frozenset(place for finding in findings for place in _of(places, finding))


def _of(places: Places, finding: Finding) -> Iterable[Place]:
    sheet = places.sheet(finding)
    table = places.submission.tables.get(sheet.id) if sheet else None
    if sheet is None or table is None:
        return ()
    declared = (DECLARED,) if places.layouts[sheet.id].declares_rows else ()
    whole = finding.code is C.SHEET_REPEATED and _fills(places, finding.sheet or "")
    column = finding.field if finding.code is C.COLUMN_REPEATED and _fills_column(places, finding) else None
    return (
        (sheet.id, key, field)
        for record in table.records
        if (key := places.key(sheet, record)) is not None
        for field in (*record.cells, *declared)
        if whole or field == column or _is_row(finding, table, record)
    )


def _is_row(finding: Finding, table: Table, record: Record) -> bool:
    """Whether the finding doubts this very row of a table of organisations."""
    if finding.code is C.PREFILL_CHANGED and finding.field is None:
        return finding.sheet == table.tab and re.sub(r"\D", "", finding.cell or "") == str(record.row)
    return finding.code is C.ROW_REPEATED and (finding.value or "").endswith(f"({record.key})")


def _fills(places: Places, tab: str) -> bool:
    """Whether the second copy of a sheet holds anything."""
    return any(cell.tab == tab for cell in places.submission.outside)


def _fills_column(places: Places, finding: Finding) -> bool:
    """Whether the second column of a field holds anything."""
    letters = re.sub(r"\d", "", finding.cell or "")
    return any(
        cell.tab == finding.sheet and re.sub(r"\d", "", cell.cell) == letters for cell in places.submission.outside
    )
