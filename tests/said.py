"""Everything a folder of outputs says, file by file, read as other programs read it: openpyxl, python-docx, HTML."""

from __future__ import annotations

import re
import zipfile
from dataclasses import dataclass
from pathlib import Path

from openpyxl import load_workbook

from tests.docx_tables import tables_and_lines
from tests.html_tree import Parsed

UNWRITTEN = re.compile(r"\bNone\b|\bnan\b|\binf\b|#[A-Z/0]+[!?]|Traceback|\{\w*\}|<\w+ object|undefined|NaN")
"""What no reader should ever see: Python's nothing, broken numbers, formula errors, unfilled templates."""


@dataclass(frozen=True)
class Said:
    """What one file says: `texts`, one for each cell, paragraph or line; `rates`: cells in per cent, as fractions."""

    texts: list[str]
    rates: list[float]

    @property
    def whole(self) -> str:
        """All of it."""
        return "\n".join(self.texts)


def outputs(folder: Path) -> dict[str, Said]:
    """Every workbook, document, page and text of a round's folder, by its path there; templates and data left out."""
    read = {".xlsx": _workbook, ".docx": _document, ".html": _page, ".txt": _text}
    files = (p for p in sorted(folder.rglob("*")) if p.suffix in read)
    apart = {"mau", "phieu-tiep-nhan", "tra-lai"}
    kept = [p for p in files if not apart & set(p.relative_to(folder).parts)]
    return {p.relative_to(folder).as_posix(): read[p.suffix](p) for p in kept}


def _workbook(path: Path) -> Said:
    texts, rates = [], []
    for sheet in load_workbook(path, data_only=True):
        texts.append(sheet.title)
        for row in sheet.iter_rows():
            for cell in row:
                if cell.value is not None:
                    texts.append(str(cell.value))
                    if isinstance(cell.value, int | float) and "%" in str(cell.number_format):
                        rates.append(float(cell.value))
    return Said(texts, rates)


def _document(path: Path) -> Said:
    tables, lines = tables_and_lines(path)
    return Said([*lines, *(cell for t in tables for row in (t.columns, *t.rows) for cell in row)], [])


def _page(path: Path) -> Said:
    page = Parsed(path.read_text("utf-8"))
    body = page.by_id("noi-dung")
    return Said([e.text for e in body.below() if not any(not isinstance(p, str) for p in e.parts)] + [body.text], [])


def _text(path: Path) -> Said:
    return Said(path.read_text("utf-8-sig").splitlines(), [])


def unwritten(folder: Path) -> list[str]:
    """What stands in outputs that no reader should see: `file: text`; formulas whose value was never written."""
    found = [
        f"{name}: {text}" for name, said in outputs(folder).items() for text in said.texts if UNWRITTEN.search(text)
    ]
    for path in sorted(folder.rglob("*.xlsx")):
        if "mau" not in path.parts:
            found += [f"{path.name}: {cell} has no value" for cell in _without_value(path)]
    return found


def _without_value(path: Path) -> list[str]:
    found = []
    with zipfile.ZipFile(path) as parts:
        for name in parts.namelist():
            if name.startswith("xl/worksheets/sheet"):
                text = parts.read(name).decode("utf-8")
                found += [f"{name} {cell}" for cell in re.findall(r'<c r="([A-Z]+\d+)"[^>]*><f>[^<]*</f></c>', text)]
    return found
