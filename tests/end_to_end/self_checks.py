"""What a recalculated workbook says of itself, and what the province says of the same file, in the same terms."""

from __future__ import annotations

import hashlib
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

from openpyxl.utils.cell import coordinate_from_string

from pipelines.intake import read_files
from pipelines.judging import judge
from pipelines.template.checks import OWN_CONTRADICTED, SHEET_CONTRADICTED
from pipelines.template.self_check.places import ERROR, WARNING
from pipelines.template.self_check.rules import CONTRADICTION as CONTRADICTION_WORDS
from schemas.finding import Finding, FindingCode
from schemas.layout import (
    CHECK,
    DECLARATION_ROW,
    DECLARED,
    FIRST_ROW,
    MARKER_ROW,
    MEANT,
    MISSING_CHECK,
    ROW_CHECK,
    SELF_CHECK_TAB,
    TYPE_CHECK,
)
from schemas.submission import Arrival

if TYPE_CHECKING:
    from openpyxl import Workbook
    from openpyxl.worksheet.worksheet import Worksheet

    from pipelines.stamp import Key
    from schemas.layout import SheetLayout
    from schemas.plan import Plan

C = FindingCode
CONTRADICTION = "declared"
Count = tuple[str, int, str]
"""Tab, row, and what is counted there: `MISSING_CHECK`, `TYPE_CHECK`, `CONTRADICTION` or a rule's id."""

ON_CONTENT = frozenset(
    {
        *(C.NOT_A_COUNT, C.NOT_A_DATE, C.NOT_YES_NO, C.NOT_A_CHOICE, C.NOT_TEXT, C.TWO_READINGS, C.ERROR_CELL),
        *(C.UNCACHED_FORMULA, C.NUMBER_AS_TEXT, C.DATE_AS_TEXT, C.DATE_AS_NUMBER),
    }
)
"""The findings on what a cell holds, whatever its type."""


@dataclass(frozen=True)
class Totals:
    """The numbers on `Kiểm tra`: by tab those missing and to be typed again; by rule's words; contradictions."""

    missing: Counter[str]
    retype: Counter[str]
    rules: Counter[tuple[str, str]]
    contradictions: int
    verdict: str


def in_workbook(book: Workbook, layouts: Sequence[SheetLayout]) -> Counter[Count]:
    """The check columns of a recalculated workbook (opened with its values), row by row."""
    counts: Counter[Count] = Counter()
    for there in layouts:
        sheet, tab = book[there.sheet.tab], there.sheet.tab
        for check, row, value in _checks(sheet, there.last_row):
            if check == ROW_CHECK:
                counts[tab, row, CONTRADICTION] += value == OWN_CONTRADICTED
            elif not check.startswith(MEANT):
                counts[tab, row, check if check in (MISSING_CHECK, TYPE_CHECK) else check.removeprefix(CHECK)] += value
        states = [value for check, _, value in _checks(sheet, there.last_row) if check == ROW_CHECK]
        counts[tab, DECLARATION_ROW, CONTRADICTION] += SHEET_CONTRADICTED in states
        if there.declares_sheet:
            col = next(col for col, check in _columns(sheet) if check == TYPE_CHECK)
            counts[tab, DECLARATION_ROW, TYPE_CHECK] += sheet.cell(DECLARATION_ROW, col).value
    return +counts


def _columns(sheet: Worksheet) -> Iterator[tuple[int, str]]:
    for cell in sheet[MARKER_ROW]:
        if isinstance(cell.value, str) and cell.value.startswith(CHECK):
            yield cell.column, cell.value


def _checks(sheet: Worksheet, last_row: int) -> Iterator[tuple[str, int, Any]]:
    for col, check in _columns(sheet):
        for row in range(FIRST_ROW, last_row + 1):
            value = sheet.cell(row, col).value
            if value is not None:
                yield check, row, value


def at_province(plan: Plan, findings: Sequence[Finding]) -> Counter[Count]:
    """The same numbers, from the findings on the file."""
    kinds = {(s.tab, f.id): f.type for s in plan.sheets for f in s.fields}
    wrong: set[tuple[str, str]] = set()
    counts: Counter[Count] = Counter()
    for finding in findings:
        if finding.sheet is None or finding.cell is None:
            continue
        row = coordinate_from_string(finding.cell)[1]
        exact = finding.field == DECLARED or kinds.get((finding.sheet, finding.field or "")) in ("choice", "yes_no")
        if finding.code is C.MISSING_VALUE:
            counts[finding.sheet, row, MISSING_CHECK] += 1
        elif finding.code is C.DECLARED_AND_FILLED:
            counts[finding.sheet, row, CONTRADICTION] += 1
        elif finding.rule is not None:
            counts[finding.sheet, row, finding.rule] += 1
        elif finding.code in ON_CONTENT or (finding.code is C.TEXT_TIDIED and exact):
            wrong.add((finding.sheet, finding.cell))
    for tab, cell in wrong:
        counts[tab, coordinate_from_string(cell)[1], TYPE_CHECK] += 1
    return counts


def on_self_check(book: Workbook) -> Totals:
    """What `Kiểm tra` says."""
    missing: Counter[str] = Counter()
    retype: Counter[str] = Counter()
    rules: Counter[tuple[str, str]] = Counter()
    contradictions, verdict = 0, str(book[SELF_CHECK_TAB]["B4"].value)
    tabs = {sheet.title for sheet in book}
    for row in book[SELF_CHECK_TAB].iter_rows(min_row=8, min_col=2, max_col=6, values_only=True):
        tab, words, third, fourth, _ = row
        if third in (ERROR, WARNING):
            if words == CONTRADICTION_WORDS:
                contradictions += int(str(fourth))
            else:
                rules[str(tab), str(words)] += int(str(fourth))
        elif tab in tabs and isinstance(third, int) and isinstance(fourth, int):
            missing[str(tab)] += third
            retype[str(tab)] += fourth
    return Totals(+missing, +retype, +rules, contradictions, verdict)


def links(book: Workbook) -> Iterator[tuple[str, str, bool]]:
    """Where each line of `Kiểm tra` that counts something leads: tab, cell, and whether there must be a finding on it.

    A rule leads to one of its fields, wherever in that row the finding is.
    """
    for row in book[SELF_CHECK_TAB].iter_rows(min_row=8, min_col=2, max_col=6, values_only=True):
        tab, words, third, fourth, cell = row
        if isinstance(fourth, int) and fourth + (third if isinstance(third, int) else 0):
            yield str(tab), str(cell), isinstance(third, int) or str(words) == CONTRADICTION_WORDS


def judged(plan: Plan, round_id: str, key: Key, files: Sequence[Path], moment: datetime) -> list[tuple[Finding, ...]]:
    """The findings on each file, as `tonghop check` gives them."""
    contents = [path.read_bytes() for path in files]
    arrivals = [
        Arrival(hashlib.sha256(content).hexdigest(), moment, path.name, "")
        for content, path in zip(contents, files, strict=True)
    ]
    readings = read_files(list(zip(contents, arrivals, strict=True)), {plan.id: plan}.get, key)
    batch = []
    for reading in readings:
        assert reading.submission is not None, reading.refused
        batch.append((reading.submission, reading.findings))
    return [one.findings for one in judge(plan, round_id, batch)]
