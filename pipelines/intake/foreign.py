"""Sheets without a table the unit has to fill: the template's own, those that lost their markers, the clerk's own."""

from __future__ import annotations

import unicodedata
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from pipelines.intake.near import nearest
from pipelines.intake.texts import blank, plain
from schemas.catalogue import say
from schemas.finding import Finding, FindingCode
from schemas.layout import (
    CHECK,
    DECLARED,
    DECLARED_LABEL,
    FIRST_ROW,
    GUIDE_TAB,
    LEGEND,
    MARKER,
    OWN_SHEET,
    OWN_TABS,
    SELF_CHECK_TAB,
    SELF_CHECK_TITLE,
    SHEET_DECLARATION_LABEL,
    SheetLayout,
)
from schemas.submission import cell_name

if TYPE_CHECKING:
    from pipelines.intake.grid import Grid, Place
    from schemas.submission import RawSheet, RawValue

C = FindingCode
MARKERS_LOST = " (trang cùng tên còn đó, nhưng dòng hoặc cột ẩn nhận dạng bảng đã bị xoá)"
_TITLE_ROWS = 20
"""How far down the title of the self-check is looked for."""
_MARKERS = 20
"""Unknown markers of one sheet that are compared with what is missing."""
_RUN = 3
"""From so many numbers on, each one more than the one before, they are a numbering."""
_IDENTITY = frozenset(["plan", "round", "unit"])


def same_name(tab: str) -> str:
    """A tab's name as Excel tells tabs apart."""
    return unicodedata.normalize("NFC", tab).strip().casefold()


_OWN_NAMES = frozenset(map(same_name, OWN_TABS))


def has_self_check(sheets: Iterable[RawSheet]) -> bool:
    """Whether the template's self-check is among the sheets, under any name."""
    sheets = tuple(sheets)
    return any(same_name(s.name) == same_name(SELF_CHECK_TAB) for s in sheets) or any(map(_is_self_check, sheets))


def _is_self_check(sheet: RawSheet) -> bool:
    return any(row <= _TITLE_ROWS and plain(value) == SELF_CHECK_TITLE for (row, _), value in sheet.cells.items())


def is_own(sheet: RawSheet) -> bool:
    """Whether a sheet without a table is the template's own."""
    if same_name(sheet.name) in _OWN_NAMES or plain(sheet.cells.get((1, 1))) == OWN_SHEET:
        return True
    keys = {plain(value) for (_, col), value in sheet.cells.items() if col == 1 and isinstance(value, str)}
    return keys >= _IDENTITY or _is_self_check(sheet)


@dataclass(frozen=True, slots=True)
class Claim:
    """Which missing sheet of the plan a sheet without a known marker may be, and by what: `marker`, `name`, `near`."""

    sheet: RawSheet
    by: str
    marker: str = ""

    @property
    def detail(self) -> str:
        """The end of the sentence that says that the sheet is missing."""
        if self.by == "marker":
            return f". Có phải trang “{self.sheet.name}” (dòng ẩn nhận dạng bảng ghi “{MARKER}{self.marker}”)?"
        if self.by == "name":
            return MARKERS_LOST
        return f". Có phải trang “{self.sheet.name}” (đã mất dòng ẩn nhận dạng bảng)?"


def claims(
    strangers: Sequence[tuple[RawSheet, Mapping[str, list[Grid]]]], missing: Iterable[SheetLayout]
) -> dict[str, Claim]:
    """By id of a missing sheet, the sheet it may be; each stands for one. `strangers` bring their unknown markers."""
    wanted = {layout.sheet.id: layout.sheet for layout in missing}
    found: dict[str, Claim] = {}

    def claim(sheet_id: str | None, candidate: Claim) -> None:
        if sheet_id is not None and candidate.sheet.name not in {c.sheet.name for c in found.values()}:
            found.setdefault(sheet_id, candidate)

    def left() -> Mapping[str, tuple[str, ...]]:
        return {i: (s.tab, s.label) for i, s in wanted.items() if i not in found}

    for sheet, markers in strangers:
        for marker in list(markers)[:_MARKERS]:
            ids = {i: (i,) for i in wanted if i not in found}
            claim(nearest(marker, ids), Claim(sheet, "marker", marker))
    for sheet, _ in strangers:
        named = (i for i, s in wanted.items() if same_name(s.tab) == same_name(sheet.name))
        claim(next(named, None), Claim(sheet, "name"))
    for sheet, _ in strangers:
        claim(nearest(sheet.name, left()), Claim(sheet, "near"))
    return found


def foreign_sheet(sheet: RawSheet, unit: str, tabs: Iterable[str], claimed: str | None) -> Finding | None:
    """The warning that a sheet of the clerk's own is not read; None where it is blank.

    `tabs`: the names in the file. `claimed`: the tab of the missing sheet that it may be.
    """
    held = [place for place, value in sheet.cells.items() if not blank(value)]
    if not held:
        return None
    there = {same_name(tab) for tab in tabs}
    own = {tab: (tab,) for tab in (GUIDE_TAB, SELF_CHECK_TAB) if same_name(tab) not in there}
    near = nearest(sheet.name, own)
    meant = f"biểu “{claimed}”" if claimed else f"trang “{near}”" if near else ""
    detail = f". Có phải {meant}?" if meant else ""
    return say(C.FOREIGN_SHEET, unit=unit, sheet=sheet.name, cell=cell_name(*min(held)), detail=detail)


def other_table(tab: str, unit: str, filled: Iterable[Place]) -> Finding:
    """The warning that a table of the plan which is not asked of the unit now is not read."""
    detail = " (biểu của kỳ khác, hoặc không giao cho đơn vị này)"
    return say(C.FOREIGN_SHEET, unit=unit, sheet=tab, cell=cell_name(*min(filled)), detail=detail)


def cells_of(sheet: RawSheet, meant: SheetLayout | None) -> dict[Place, RawValue]:
    """All that a stranger's sheet holds; of one that was a sheet of the plan (`meant`) without the template's words."""
    held = {place: value for place, value in sheet.cells.items() if not blank(value)}
    if meant is None:
        return held
    own = _template_words(meant)
    numbers = _running_numbers(held)
    checks = {col for _, col in sheet.formulas if col > meant.last_column}

    def written(place: Place, value: RawValue) -> bool:
        row, col = place
        if col in checks or place in numbers or (row < FIRST_ROW - 1 and place in sheet.formulas):
            return False
        return not isinstance(value, str) or not (plain(value) in own or plain(value).startswith((CHECK, MARKER)))

    return {place: value for place, value in held.items() if written(place, value)}


def _template_words(layout: SheetLayout) -> frozenset[str]:
    fields = layout.sheet.fields
    words = (word for f in fields for word in (f.id, f.label, f.group, f.hint))
    return frozenset(
        {DECLARED, DECLARED_LABEL, SHEET_DECLARATION_LABEL, *LEGEND, *layout.keys, *layout.names, *map(plain, words)}
    )


def _running_numbers(held: Mapping[Place, RawValue]) -> frozenset[Place]:
    """The template's own 1, 2, 3 …: down a column (the rows of a list), or along a row (the numbers of the columns)."""
    runs: dict[tuple[str, int, float], list[Place]] = {}
    for (row, col), value in held.items():
        if isinstance(value, int | float):
            runs.setdefault(("down", col, row - value), []).append((row, col))
            runs.setdefault(("along", row, col - value), []).append((row, col))
    return frozenset(place for run in runs.values() if len(run) >= _RUN for place in run)


def asks_of_persons(sheet: RawSheet, layouts: Iterable[SheetLayout]) -> bool:
    """Whether a sheet shows the label of a field that is not stored: then it may name persons."""
    labels = tuple(f.label.casefold() for s in layouts for f in s.sheet.fields if not f.stored)
    texts = (plain(value).casefold() for value in sheet.cells.values() if isinstance(value, str))
    return bool(labels) and any(text.startswith(labels) for text in texts)
