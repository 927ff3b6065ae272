"""Workbooks put together from XML by hand, so that tests can hold what no writer would write."""

from __future__ import annotations

import io
import zipfile
from collections.abc import Mapping

MAIN = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
OFFICE = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
PACKAGE = "http://schemas.openxmlformats.org/package/2006"
SPREADSHEET = "application/vnd.openxmlformats-officedocument.spreadsheetml"


def parts_of(sheets: Mapping[str, str], more: Mapping[str, str] | None = None) -> dict[str, str]:
    """The parts of a workbook: the rows (XML inside `sheetData`) of each sheet, by tab."""
    listed = "".join(f'<sheet name="{tab}" sheetId="{n}" r:id="r{n}"/>' for n, tab in enumerate(sheets, 1))
    relations = "".join(
        f'<Relationship Id="r{n}" Type="{OFFICE}/worksheet" Target="worksheets/sheet{n}.xml"/>'
        for n in range(1, len(sheets) + 1)
    )
    kinds = "".join(
        f'<Override PartName="/xl/worksheets/sheet{n}.xml" ContentType="{SPREADSHEET}.worksheet+xml"/>'
        for n in range(1, len(sheets) + 1)
    )
    parts = {
        "[Content_Types].xml": f'<Types xmlns="{PACKAGE}/content-types">'
        '<Default Extension="rels" ContentType="application/vnd.openxmlformats-package.relationships+xml"/>'
        f'<Override PartName="/xl/workbook.xml" ContentType="{SPREADSHEET}.sheet.main+xml"/>{kinds}</Types>',
        "_rels/.rels": f'<Relationships xmlns="{PACKAGE}/relationships">'
        f'<Relationship Id="a" Type="{OFFICE}/officeDocument" Target="xl/workbook.xml"/></Relationships>',
        "xl/workbook.xml": f'<workbook xmlns="{MAIN}" xmlns:r="{OFFICE}"><sheets>{listed}</sheets></workbook>',
        "xl/_rels/workbook.xml.rels": f'<Relationships xmlns="{PACKAGE}/relationships">{relations}</Relationships>',
    }
    for n, rows in enumerate(sheets.values(), 1):
        parts[f"xl/worksheets/sheet{n}.xml"] = f'<worksheet xmlns="{MAIN}"><sheetData>{rows}</sheetData></worksheet>'
    return parts | dict(more or {})


def zipped(parts: Mapping[str, str | bytes]) -> bytes:
    """The parts as one file."""
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, part in parts.items():
            archive.writestr(name, part)
    return file.getvalue()


def workbook(sheets: Mapping[str, str], more: Mapping[str, str] | None = None) -> bytes:
    """The bytes of a workbook."""
    return zipped(parts_of(sheets, more))


def row(number: int, *cells: str) -> str:
    """One row's XML."""
    return f'<row r="{number}">{"".join(cells)}</row>'


def number(address: str, value: object) -> str:
    """A cell that holds a number."""
    return f'<c r="{address}"><v>{value}</v></c>'


def text(address: str, value: str) -> str:
    """A cell that holds text."""
    return f'<c r="{address}" t="inlineStr"><is><t>{value}</t></is></c>'
