"""From a figure to the rows it rests on, from a row to its file: where things stand on the other sheets."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from functools import cached_property
from typing import TYPE_CHECKING

from pipelines.report.page import HEAD_ROWS, Page, Value, tab_name
from schemas.submission import cell_name

if TYPE_CHECKING:
    from xlsxwriter.format import Format

    from schemas.consolidation import Consolidation
    from schemas.plan import Indicator, Sheet

PROGRESS_TAB = "Tiến độ nộp"
SOURCES_TAB = "Nguồn số liệu"
FORM_FIRST_ROW = HEAD_ROWS + 3
"""The first row (0-based) of rows on a form's sheet; tables of other sheets begin right under their header."""
TABLE_FIRST_ROW = HEAD_ROWS + 1
MOST_LINKS = 60_000
"""Links of one sheet: Excel takes 65,530."""
_ADDRESS = re.compile(r"([A-Z]+)(\d+)")
_Place = tuple[int, int]


class Whereabouts:
    """Targets of links, for one consolidation: `internal:'<tab>'!<cell>`, or None where there is nothing to lead to."""

    def __init__(self, result: Consolidation) -> None:
        self._result = result

    def source(self, unit: str, version: int) -> str | None:
        """The line of a version among the sources."""
        row = self._sources.get((unit, version))
        return None if row is None else _target(SOURCES_TAB, row)

    def unit(self, unit: str) -> str | None:
        """The line of a unit on the sheet of progress."""
        row = self._units.get(unit)
        return None if row is None else _target(PROGRESS_TAB, row)

    def rows(self, unit: str, indicator: Indicator) -> str | None:
        """The first row of a unit on the form that an indicator counts, else on one it rests on."""
        named = [term.sheet for term in (*indicator.numerator, *indicator.denominator)]
        for sheet_id in dict.fromkeys(named):
            row = self._rows.get((sheet_id, unit))
            if row is not None:
                return _target(form_tab(self._result.plan.sheet(sheet_id)), row)
        return None

    def row(self, unit: str, sheet_id: str, organisation: str) -> str | None:
        """The row of an organisation on a form."""
        row = self._organisations.get((sheet_id, unit, organisation))
        return None if row is None else _target(form_tab(self._result.plan.sheet(sheet_id)), row)

    @cached_property
    def _sources(self) -> dict[tuple[str, int], int]:
        return {(s.unit.code, s.version): n for n, s in enumerate(self._result.sources, TABLE_FIRST_ROW)}

    @cached_property
    def _units(self) -> dict[str, int]:
        return {u.unit.code: n for n, u in enumerate(self._result.units, TABLE_FIRST_ROW)}

    @cached_property
    def _rows(self) -> dict[tuple[str, str], int]:
        first: dict[tuple[str, str], int] = {}
        for table in self._result.rows:
            for n, row in enumerate(table.rows, FORM_FIRST_ROW):
                first.setdefault((table.sheet.id, row.unit.code), n)
        return first

    @cached_property
    def _organisations(self) -> dict[tuple[str, str, str], int]:
        return {
            (table.sheet.id, row.unit.code, row.organisation.code): n
            for table in self._result.rows
            for n, row in enumerate(table.rows, FORM_FIRST_ROW)
            if row.organisation
        }


def form_tab(sheet: Sheet) -> str:
    """The name under which a form stands in the workbook."""
    return tab_name(sheet.tab, ())


def put_linked(page: Page, row: int, col: int, value: Value, style: Format, target: str | None) -> None:
    """A cell that leads somewhere and still holds its value: a number stays a number."""
    if target is not None:
        page.sheet.write_url(row, col, target, style, string=" ")
    page.put(row, col, value, style)


def span(cells: Mapping[str, str], fields: Iterable[str]) -> str:
    """Where a row's values stand in its file, in the order of their fields: `C12:H12`, `C12; –; E12:F12`.

    Values side by side, or below each other as in a form (`D5:D9`), make one range; `–` is a field that stood nowhere.
    Empty where nothing is known of the row.
    """
    if not cells:
        return ""
    runs: list[list[_Place | None]] = []
    for field in fields:
        found = _ADDRESS.fullmatch(cells.get(field, ""))
        place = (int(found[2]), _column(found[1])) if found else None
        if runs and _continues(runs[-1], place):
            runs[-1].append(place)
        else:
            runs.append([place])
    return "; ".join(_told(run) for run in runs)


def _continues(run: list[_Place | None], place: _Place | None) -> bool:
    """Whether a place is the next in the direction of a run: to the right, or down."""
    first, last = run[0], run[-1]
    if first is None or last is None or place is None:
        return False
    right = place == (last[0], last[1] + 1) and first[0] == last[0]
    down = place == (last[0] + 1, last[1]) and first[1] == last[1]
    return right or down


def _told(run: list[_Place | None]) -> str:
    first, last = run[0], run[-1]
    return "–" if first is None or last is None else _range(first, last)


def _range(first: _Place, last: _Place) -> str:
    return cell_name(*first) if first == last else f"{cell_name(*first)}:{cell_name(*last)}"


def _column(letters: str) -> int:
    number = 0
    for letter in letters:
        number = number * 26 + ord(letter) - ord("A") + 1
    return number


def _target(tab: str, row: int) -> str:
    quoted = tab.replace("'", "''")
    return f"internal:'{quoted}'!A{row + 1}"
