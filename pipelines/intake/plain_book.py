"""The workbook that calamine is given: only the parts that were looked through, under names of our own.

So the package, its relations and its list of sheets have one reader, and calamine sees what was scanned, byte by byte.
"""

from __future__ import annotations

import io
import zipfile
from collections.abc import Sequence

_MAIN = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
_OFFICE = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
_PACKAGE = "http://schemas.openxmlformats.org/package/2006"
_KIND = "application/vnd.openxmlformats-officedocument.spreadsheetml"
_KINDS = (
    f'<Types xmlns="{_PACKAGE}/content-types">'
    '<Default Extension="rels" ContentType="application/vnd.openxmlformats-package.relationships+xml"/>'
    f'<Override PartName="/xl/workbook.xml" ContentType="{_KIND}.sheet.main+xml"/></Types>'
)
_ROOT = (
    f'<Relationships xmlns="{_PACKAGE}/relationships">'
    f'<Relationship Id="r" Type="{_OFFICE}/officeDocument" Target="xl/workbook.xml"/></Relationships>'
)


def plain_book(sheets: Sequence[bytes], styles: bytes, strings: bytes, *, epoch_1904: bool) -> bytes:
    """The bytes of a workbook of those worksheet parts; its tabs are called 0, 1, 2 …"""
    numbers = range(len(sheets))
    tabs = "".join(f'<sheet name="{n}" sheetId="{n + 1}" r:id="r{n}"/>' for n in numbers)
    leads = "".join(
        f'<Relationship Id="r{n}" Type="{_OFFICE}/worksheet" Target="worksheets/sheet{n}.xml"/>' for n in numbers
    )
    made = io.BytesIO()
    with zipfile.ZipFile(made, "w") as archive:
        archive.writestr("[Content_Types].xml", _KINDS)
        archive.writestr("_rels/.rels", _ROOT)
        archive.writestr(
            "xl/workbook.xml",
            f'<workbook xmlns="{_MAIN}" xmlns:r="{_OFFICE}"><workbookPr date1904="{epoch_1904:d}"/>'
            f"<sheets>{tabs}</sheets></workbook>",
        )
        archive.writestr(
            "xl/_rels/workbook.xml.rels", f'<Relationships xmlns="{_PACKAGE}/relationships">{leads}</Relationships>'
        )
        for n, part in enumerate(sheets):
            archive.writestr(f"xl/worksheets/sheet{n}.xml", part)
        for name, part in (("styles", styles), ("sharedStrings", strings)):
            if part:
                archive.writestr(f"xl/{name}.xml", part)
    return made.getvalue()
