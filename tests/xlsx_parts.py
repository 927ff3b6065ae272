"""Workbooks put together from XML by hand, so that tests can hold what no writer would write."""

from __future__ import annotations

import io
import zipfile
from collections.abc import Mapping, Sequence

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


def styled(parts: Mapping[str, str], fonts: Sequence[str], strings: Sequence[str] = ()) -> dict[str, str]:
    """The parts with cell styles 0, 1, 2 … in those fonts, and with shared strings (XML inside each `si`)."""
    faces = "".join(f'<font><sz val="11"/><name val="{font}"/></font>' for font in fonts)
    formats = "".join(f'<xf numFmtId="0" fontId="{n}"/>' for n in range(len(fonts)))
    texts = "".join(f"<si>{string}</si>" for string in strings)
    more = {
        "styles": f'<styleSheet xmlns="{MAIN}"><fonts>{faces}</fonts><cellXfs>{formats}</cellXfs></styleSheet>',
        "sharedStrings": f'<sst xmlns="{MAIN}">{texts}</sst>',
    }
    relations = "".join(f'<Relationship Id="{k}" Type="{OFFICE}/{k}" Target="{k}.xml"/>' for k in more)
    kinds = "".join(f'<Override PartName="/xl/{k}.xml" ContentType="{SPREADSHEET}.{k}+xml"/>' for k in more)
    led, listed = "xl/_rels/workbook.xml.rels", "[Content_Types].xml"
    return {
        **parts,
        led: parts[led].replace("</Relationships>", f"{relations}</Relationships>"),
        listed: parts[listed].replace("</Types>", f"{kinds}</Types>"),
        **{f"xl/{kind}.xml": part for kind, part in more.items()},
    }


def run(words: str, font: str = "") -> str:
    """One run of a text that is formatted piece by piece; without a font it takes the cell's."""
    face = f'<rPr><rFont val="{font}"/></rPr>' if font else ""
    return f'<r>{face}<t xml:space="preserve">{words}</t></r>'


def shared(address: str, index: int, style: int = 0) -> str:
    """A cell that holds a shared string."""
    return f'<c r="{address}" s="{style}" t="s"><v>{index}</v></c>'
