"""The same cells read by another library (openpyxl, the whole file): no number may be another there."""

from __future__ import annotations

import io
import math
import re
import warnings
import zipfile
from collections.abc import Iterator
from datetime import date, datetime, time, timedelta
from numbers import Number
from xml.etree import ElementTree as ET

import openpyxl
import pandas as pd
from openpyxl.utils.datetime import from_excel
from openpyxl.workbook import Workbook

from pipelines.readings import is_blank
from schemas.judged import Judged
from schemas.submission import ErrorCell, RawCell, RawValue, UncachedFormula
from tests.worksheets import tag

_ESCAPED = re.compile(r"_x([0-9A-Fa-f]{4})_")


class Unread(Exception):
    """The second reader does not read this file at all."""


def differences(content: bytes, judged: Judged) -> list[str]:
    """Cells of an accepted report that the second reader shows otherwise. Raises Unread."""
    try:
        strict = _is_strict(content)
    except NotImplementedError as fault:  # Python's zipfile knows versions up to 6.3
        raise Unread(str(fault)) from fault
    if strict:
        raise Unread("Strict Open XML, of which openpyxl reads nothing")
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        try:
            book = openpyxl.load_workbook(io.BytesIO(content), data_only=True)
        except Exception as fault:
            raise Unread(f"{type(fault).__name__}: {fault}") from fault
    left_out = _listed(content) - set(book.sheetnames)
    if left_out:
        raise Unread(f"openpyxl leaves out a sheet that the workbook lists: {sorted(left_out)}")
    return list(_differences(book, judged))


def _is_strict(content: bytes) -> bool:
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        return any(b"purl.oclc.org" in archive.read(name) for name in archive.namelist())


def _listed(content: bytes) -> set[str]:
    """The tabs that the workbook lists."""
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        root = ET.fromstring(archive.read("xl/workbook.xml"))
    return {sheet.get("name", "") for sheet in root.findall(f"{tag('sheets')}/{tag('sheet')}")}


def _differences(book: Workbook, judged: Judged) -> Iterator[str]:
    plan, submission = judged.parsed, judged.submission
    for sheet_id, table in submission.tables.items():
        if table.tab not in book.sheetnames:
            yield f"{table.tab}: the second reader has no such sheet, only {book.sheetnames}"
            continue
        shown = book[table.tab]
        frame = plan.frames[sheet_id]
        for record in table.records:
            for field, cell in record.cells.items():
                theirs = shown.cell(cell.row, cell.col).value
                if not _same(cell, theirs):
                    yield f"{table.tab}!{cell.address}: {cell.value!r}, the second reader {theirs!r}"
                elif field in frame.columns and isinstance(theirs, int | float) and not isinstance(theirs, bool):
                    ours = frame.at[record.row, field]
                    if isinstance(ours, Number) and not pd.isna(ours) and ours != theirs:
                        yield f"{table.tab}!{cell.address}: taken as {ours!r}, the second reader {theirs!r}"


def _same(cell: RawCell, theirs: object) -> bool:
    ours = cell.value
    if isinstance(ours, UncachedFormula):
        return theirs is None
    if isinstance(ours, ErrorCell):
        return theirs is None or (isinstance(theirs, str) and theirs.startswith("#"))
    if ours is None or (isinstance(ours, str) and is_blank(ours)):
        return theirs is None or (isinstance(theirs, str) and is_blank(_decoded(theirs)))
    if isinstance(ours, bool) or isinstance(theirs, bool):
        return ours is theirs
    if isinstance(ours, int | float):
        return isinstance(theirs, int | float) and (ours == theirs or math.isclose(ours, theirs, rel_tol=1e-12))
    if isinstance(ours, str):
        return _same_text(ours, theirs)
    return _same_moment(ours, theirs)


def _same_text(ours: str, theirs: object) -> bool:
    """Words but for line ends and white space around; what is no number in plain digits, openpyxl may yet count."""
    if isinstance(theirs, int | float):
        try:
            return float(ours) == theirs
        except ValueError:
            return False
    if isinstance(theirs, datetime):  # of a cell that says it is a day, and its zone besides
        return ours.startswith(theirs.isoformat())
    return isinstance(theirs, str) and _plain(ours) in (_plain(theirs), _plain(_decoded(theirs)))


def _decoded(text: str) -> str:
    """Escapes such as `_x000D_`, which openpyxl leaves as they are."""
    return _ESCAPED.sub(lambda found: chr(int(found[1], 16)), text)


def _plain(text: str) -> str:
    return text.replace("\r\n", "\n").replace("\r", "\n").strip()


def _same_moment(ours: RawValue, theirs: object) -> bool:
    """Days and times to the second; a reader may take a day for a number where the format says little."""
    if isinstance(theirs, int | float) and not isinstance(theirs, bool):
        theirs = from_excel(theirs)
    return _moment(ours) == _moment(theirs)


def _moment(value: object) -> object:
    if isinstance(value, datetime):
        return pd.Timestamp(value).round("s")
    if isinstance(value, date):
        return pd.Timestamp(value)
    if isinstance(value, time):
        return timedelta(hours=value.hour, minutes=value.minute, seconds=value.second)
    return value
