"""One workbook's bytes → its cells with absolute addresses, error cells and uncached formulas named among them.

The only reader of calamine. Runs in a child process (`pipelines.intake.isolation`), for calamine may abort.
"""

from __future__ import annotations

import io
import math
from collections.abc import Mapping

from python_calamine import CalamineError, CalamineWorkbook

from pipelines.intake.cells import Scanned, ScannedBook, scan
from pipelines.intake.guard import inspect
from pipelines.intake.package import custom_properties
from pipelines.intake.plain_book import plain_book
from pipelines.intake.refusal import Refusal, damaged
from schemas.finding import Finding
from schemas.layout import MARKER
from schemas.submission import RawSheet, RawValue, RawWorkbook, cell_name


def read_workbook(content: bytes) -> RawWorkbook | Finding:
    """The workbook, or the one finding that says why it cannot be read.

    Only .xlsx and .xlsm: of .xls, .xlsb and .ods calamine gives error cells as blanks and no XML tells them apart.
    """
    inspected = inspect(content)
    if inspected.findings:
        return inspected.findings[0]
    try:
        scanned = scan(inspected.parts)
        properties = custom_properties(inspected.parts)
        return RawWorkbook(_sheets(scanned), properties, scanned.epoch_1904)
    except Refusal as refusal:
        return refusal.finding
    except (CalamineError, OSError, ValueError):
        return damaged("không đọc được nội dung bảng tính").finding


def _sheets(book: ScannedBook) -> tuple[RawSheet, ...]:
    parts = [sheet.readable for sheet in book.sheets]
    content = plain_book(parts, book.styles, book.strings, epoch_1904=book.epoch_1904)
    with CalamineWorkbook.from_filelike(io.BytesIO(content)) as workbook:
        return tuple(_sheet(workbook, n, scanned) for n, scanned in enumerate(book.sheets))


def _sheet(workbook: CalamineWorkbook, number: int, scanned: Scanned) -> RawSheet:
    cells = _cells(workbook, number, scanned)
    marked = (row for (row, _), v in cells.items() if isinstance(v, str) and v.lstrip().startswith(MARKER))
    formulas = scanned.formulas_above(next(marked, scanned.rows + 1))
    return RawSheet(scanned.name, cells, scanned.encodings, scanned.validated, formulas, scanned.concealed)


def _cells(workbook: CalamineWorkbook, number: int, scanned: Scanned) -> dict[tuple[int, int], RawValue]:
    """Every cell that holds something; `''` is calamine's blank, and the empty result of a formula."""
    if not scanned.rows:
        return {}
    try:
        rows = workbook.get_sheet_by_name(str(number)).to_python(skip_empty_area=False, nrows=scanned.rows)
    except (CalamineError, ValueError) as fault:
        raise damaged(f"trang “{scanned.name}” không đọc được") from fault
    cells: dict[tuple[int, int], RawValue] = {
        (row, col): value
        for row, values in enumerate(rows, start=1)
        for col, value in enumerate(values, start=1)
        if value != ""
    }
    _compare(cells, scanned)
    cells.update(scanned.flagged)
    return cells


def _compare(cells: Mapping[tuple[int, int], RawValue], scanned: Scanned) -> None:
    """Refuses a sheet in which calamine and the scan see different cells, or different numbers."""
    for place, number in scanned.held.items():
        value = cells.get(place)
        if value is None or not _same(number, value):
            raise _two_readings(scanned.name, place)
    for place in cells.keys() - scanned.held.keys() - scanned.flagged.keys():
        value = cells[place]
        if not (isinstance(value, str) and not value.strip()):
            raise _two_readings(scanned.name, place)


def _same(number: str | None, value: RawValue) -> bool:
    if number is None:
        return True
    if isinstance(value, str):
        return value == number
    if isinstance(value, bool) or not isinstance(value, int | float):
        return not isinstance(value, bool)
    return float(number) == value or math.isnan(value)


def _two_readings(tab: str, place: tuple[int, int]) -> Refusal:
    return damaged(f"ô {cell_name(*place)} của trang “{tab}” có hai cách đọc")
