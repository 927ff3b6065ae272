"""A clerk with LibreOffice: opens a template, types into its unlocked cells, saves it as xlsx.

Run by the system's own Python, the one that has `uno`; it imports nothing of this project. Tables are found by what
column A says, as any other program would find them.

    fill_with_uno.py PROFILE TEMPLATE VALUES.json TARGET [TEMPLATE VALUES.json TARGET …]

VALUES: sheet id → row key → field id → a number, a text, or `{"date": "2022-05-10"}`.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
import time
from datetime import date
from pathlib import Path

import uno
from com.sun.star.beans import PropertyValue

FIRST_DAY = date(1899, 12, 30)
"""Day 0 of a spreadsheet."""


def main() -> None:
    profile, *jobs = sys.argv[1:]
    pipe = f"tonghop{os.getpid()}"
    options = ["--headless", "--norestore", "--nologo", "--nofirststartwizard"]
    office = subprocess.Popen(
        [
            "soffice",
            f"-env:UserInstallation={Path(profile).as_uri()}",
            *options,
            f"--accept=pipe,name={pipe};urp;",
        ]
    )
    desktop = None
    try:
        desktop = connect(pipe)
        for template, values, target in zip(jobs[::3], jobs[1::3], jobs[2::3], strict=True):
            fill(desktop, Path(template), json.loads(Path(values).read_text(encoding="utf-8")), Path(target))
    finally:
        if desktop is not None:
            desktop.terminate()
        else:
            office.terminate()
        office.wait(30)


def connect(pipe):
    """The desktop of the office that listens on a pipe, once it does."""
    local = uno.getComponentContext()
    resolver = local.ServiceManager.createInstanceWithContext("com.sun.star.bridge.UnoUrlResolver", local)
    for _ in range(240):
        try:
            context = resolver.resolve(f"uno:pipe,name={pipe};urp;StarOffice.ComponentContext")
            return context.ServiceManager.createInstanceWithContext("com.sun.star.frame.Desktop", context)
        except Exception:  # noqa: BLE001 - uno's own exception types are made at run time
            time.sleep(0.25)
    raise TimeoutError("LibreOffice does not answer")


def fill(desktop, template: Path, values: dict, target: Path) -> None:
    """One workbook: typed into, then saved under another name."""
    document = desktop.loadComponentFromURL(template.as_uri(), "_blank", 0, (named("Hidden", True),))
    try:
        tables = dict(table for sheet in document.Sheets for table in tables_of(sheet))
        for sheet_id, rows in values.items():
            sheet, columns, keys = tables[sheet_id]
            for key, row in rows.items():
                for field, value in row.items():
                    form = "value" in columns
                    place = (columns["value"], keys[field]) if form else (columns[field], keys[key])
                    write(sheet.getCellByPosition(*place), value)
        filters = (named("FilterName", "Calc MS Excel 2007 XML"), named("Overwrite", True))
        document.storeToURL(target.as_uri(), filters)
    finally:
        document.close(True)


def tables_of(sheet):
    """(sheet id, (sheet, columns by field id, rows by key)), all 0-based."""
    cursor = sheet.createCursor()
    cursor.gotoEndOfUsedArea(False)
    last = cursor.RangeAddress
    grid = sheet.getCellRangeByPosition(0, 0, last.EndColumn, last.EndRow).DataArray
    keys = [text(line[0]) for line in grid]
    for start, key in enumerate(keys):
        if key.startswith("#") and key != "#end":
            end = keys.index("#end", start)
            columns = {text(name): col for col, name in enumerate(grid[start]) if col and name and name[:1] != "!"}
            yield key[1:], (sheet, columns, {k: start + 1 + n for n, k in enumerate(keys[start + 1 : end]) if k})


def write(cell, value) -> None:
    """Types into one cell, as the cell's own format takes it."""
    if cell.CellProtection.IsLocked:
        raise ValueError(f"{cell.AbsoluteName}: locked")
    if isinstance(value, dict):
        cell.Value = (date.fromisoformat(value["date"]) - FIRST_DAY).days
    elif isinstance(value, str):
        cell.String = value
    else:
        cell.Value = value


def text(value) -> str:
    """A cell of column A as text: list rows carry their numbers as numbers."""
    return str(int(value)) if isinstance(value, float) else value.strip()


def named(name: str, value) -> PropertyValue:
    """A property, as LibreOffice takes its options."""
    prop = PropertyValue()
    prop.Name, prop.Value = name, value
    return prop


if __name__ == "__main__":
    main()
