"""A clerk with LibreOffice mends marked copies: types into marked cells and into no other, saves as xlsx.

Run by the system's own Python, the one that has `uno`; it imports nothing of this project.

    mend_with_uno.py PROFILE COPY VALUES.json TARGET [COPY VALUES.json TARGET …]

VALUES: tab → address → a number, a text, `{"date": "2022-05-10"}`, or null (cleared). A cell is marked as an error
where its comment begins with LỖI. Which cells were so is told on standard output, as JSON: target → tab → addresses.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

from fill_with_uno import connect, named, write

ERROR = "LỖI"


def main() -> None:
    profile, *jobs = sys.argv[1:]
    pipe = f"tonghop{os.getpid()}"
    options = ["--headless", "--norestore", "--nologo", "--nofirststartwizard"]
    place = f"-env:UserInstallation={Path(profile).as_uri()}"
    office = subprocess.Popen(["soffice", place, *options, f"--accept=pipe,name={pipe};urp;"])
    desktop = None
    told = {}
    try:
        desktop = connect(pipe)
        for copy, values, target in zip(jobs[::3], jobs[1::3], jobs[2::3], strict=True):
            asked = json.loads(Path(values).read_text(encoding="utf-8"))
            told[target] = mend(desktop, Path(copy), asked, Path(target))
    finally:
        if desktop is not None:
            desktop.terminate()
        else:
            office.terminate()
        office.wait(30)
    print(json.dumps(told, ensure_ascii=False))


def mend(desktop, copy: Path, values: dict, target: Path) -> dict:
    """One copy: mended and saved under another name; the addresses that were marked, by tab."""
    document = desktop.loadComponentFromURL(copy.as_uri(), "_blank", 0, (named("Hidden", True),))
    try:
        marked = {sheet.Name: dict(marks(sheet)) for sheet in document.Sheets}
        for tab, cells in values.items():
            for address, value in cells.items():
                cell = marked[tab][address]  # no other is touched
                if value is None:
                    cell.setFormula("")
                else:
                    write(cell, value)
        filters = (named("FilterName", "Calc MS Excel 2007 XML"), named("Overwrite", True))
        document.storeToURL(target.as_uri(), filters)
    finally:
        document.close(True)
    return {tab: sorted(cells) for tab, cells in marked.items() if cells}


def marks(sheet):
    """(address, cell) of every cell whose comment says that it is wrong."""
    for note in sheet.Annotations:
        if note.String.startswith(ERROR):
            place = note.Position
            letters = sheet.Columns.getByIndex(place.Column).Name
            yield f"{letters}{place.Row + 1}", sheet.getCellByPosition(place.Column, place.Row)


if __name__ == "__main__":
    main()
