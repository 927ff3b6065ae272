"""One workbook's bytes → its cells with absolute addresses, error cells and uncached formulas named among them.

The only reader of calamine. Runs in a child process (`pipelines.intake.isolation`), for calamine may abort.
"""

from __future__ import annotations

import io
import zipfile
from collections.abc import Sequence

from python_calamine import CalamineError, CalamineWorkbook, PasswordError

from pipelines.intake.cells import Scanned, scan
from pipelines.intake.guard import inspect
from pipelines.intake.refusal import Refusal, damaged
from pipelines.intake.xml_parts import custom_properties
from schemas.catalogue import say
from schemas.finding import Finding, FindingCode
from schemas.layout import MARKER
from schemas.submission import RawSheet, RawValue, RawWorkbook


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
        readable = _with_known_errors(content, scanned.sheets)
        return RawWorkbook(_sheets(readable, scanned.sheets), properties, scanned.epoch_1904)
    except Refusal as refusal:
        return refusal.finding
    except PasswordError:
        return say(FindingCode.PASSWORD_PROTECTED)
    except (CalamineError, OSError, ValueError):
        return damaged("không đọc được nội dung bảng tính").finding


def _sheets(content: bytes, scanned: Sequence[Scanned]) -> tuple[RawSheet, ...]:
    with CalamineWorkbook.from_filelike(io.BytesIO(content)) as workbook:
        if not {s.name for s in scanned} <= set(workbook.sheet_names):
            raise damaged("danh sách trang tính không thống nhất")
        return tuple(_sheet(workbook, s) for s in scanned)


def _sheet(workbook: CalamineWorkbook, scanned: Scanned) -> RawSheet:
    cells = _cells(workbook, scanned)
    marked = (row for (row, _), v in cells.items() if isinstance(v, str) and v.lstrip().startswith(MARKER))
    formulas = scanned.formulas_above(next(marked, scanned.rows + 1))
    return RawSheet(scanned.name, cells, scanned.encodings, scanned.validated, formulas)


def _cells(workbook: CalamineWorkbook, scanned: Scanned) -> dict[tuple[int, int], RawValue]:
    """Every cell that holds something; `''` is calamine's blank, and the empty result of a formula."""
    if not scanned.rows:
        return {}
    try:
        rows = workbook.get_sheet_by_name(scanned.name).to_python(skip_empty_area=False, nrows=scanned.rows)
    except (CalamineError, ValueError) as fault:
        raise damaged(f"trang “{scanned.name}” không đọc được") from fault
    cells: dict[tuple[int, int], RawValue] = {
        (row, col): value
        for row, values in enumerate(rows, start=1)
        for col, value in enumerate(values, start=1)
        if value != ""
    }
    cells.update(scanned.flagged)
    return cells


def _with_known_errors(content: bytes, scanned: Sequence[Scanned]) -> bytes:
    """The same workbook with errors such as `#SPILL!`, which fail calamine's whole sheet, written `#N/A`."""
    strange = {s.part: s.strange for s in scanned if s.strange}
    if not strange:
        return content
    mended = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(content)) as old, zipfile.ZipFile(mended, "w") as new:
        for entry in old.infolist():
            part = old.read(entry)
            for text in strange.get(entry.filename.replace("\\", "/").lstrip("/").lower(), ()):
                part = part.replace(f">{text}<".encode(), b">#N/A<")
            new.writestr(entry.filename, part)
    return mended.getvalue()
