"""A workbook's XML in the hand: quick and exact changes that a writer such as openpyxl would not or only slowly make.

Text is written as inline strings, formulas keep the result they are given, and what is not touched stays as it was.
"""

from __future__ import annotations

import io
import re
import zipfile
from collections.abc import Callable, Iterable, Iterator
from copy import deepcopy
from datetime import date
from xml.etree import ElementTree as ET

from schemas.submission import cell_name, column_name

MAIN = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
OFFICE = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
ID = f"{{{OFFICE}}}id"
ET.register_namespace("", MAIN)
ET.register_namespace("r", OFFICE)

Place = tuple[int, int]
"""Row and column, both 1-based."""
Move = Callable[[int], int | None]
"""Where a row or a column goes; None: away."""
Value = str | int | float | bool | date | None

_ADDRESS = re.compile(r"^\$?([A-Z]+)\$?(\d+)$")
ERRORS = frozenset({"#REF!", "#DIV/0!", "#N/A", "#NAME?", "#NULL!", "#NUM!", "#VALUE!"})
FIRST_DAY, FIRST_DAY_1904 = date(1899, 12, 30), date(1904, 1, 1)


def tag(name: str) -> str:
    """A name of the main namespace, as ElementTree spells it."""
    return f"{{{MAIN}}}{name}"


def place(address: str) -> Place:
    """`C10` → (10, 3). Raises ValueError."""
    match = _ADDRESS.match(address)
    if match is None:
        raise ValueError(address)
    return int(match[2]), column_number(match[1])


def column_number(letters: str) -> int:
    """`AB` → 28."""
    number = 0
    for letter in letters:
        number = number * 26 + ord(letter) - ord("A") + 1
    return number


class Worksheet:
    """One worksheet part, parsed."""

    def __init__(self, part: bytes) -> None:
        self.root = ET.fromstring(part)
        found = self.root.find(tag("sheetData"))
        assert found is not None
        self.rows = found
        self._index()

    def _index(self) -> None:
        self._rows = {int(row.get("r", "0")): row for row in self.rows}
        self._cells = dict(self.cells())

    def cells(self) -> Iterator[tuple[str, ET.Element]]:
        """Every cell with its address."""
        for row in self.rows:
            for cell in row:
                yield cell.get("r", ""), cell

    def cell(self, address: str) -> ET.Element:
        """The cell, made in its place where there is none."""
        if address not in self._cells:
            number, column = place(address)
            if number not in self._rows:
                line = ET.Element(tag("row"), r=str(number))
                self._rows[number] = _inserted(self.rows, line, number, lambda r: int(r.get("r", "0")))
            row, made = self._rows[number], ET.Element(tag("c"), r=address)
            self._cells[address] = _inserted(row, made, column, lambda c: place(c.get("r", ""))[1])
        return self._cells[address]

    def write(self, address: str, value: Value, date_style: str = "", epoch: date = FIRST_DAY) -> None:
        """Types a value: a date as its serial (in `date_style`, if given), `=…` as a formula never calculated."""
        cell = self.cell(address)
        _emptied(cell)
        if value is None:
            return
        if isinstance(value, bool):
            cell.set("t", "b")
            ET.SubElement(cell, tag("v")).text = str(int(value))
        elif isinstance(value, date):
            if date_style:
                cell.set("s", date_style)
            ET.SubElement(cell, tag("v")).text = str((value - epoch).days)
        elif isinstance(value, int | float):
            ET.SubElement(cell, tag("v")).text = repr(value)
        elif value.startswith("="):
            ET.SubElement(cell, tag("f")).text = value[1:]
        elif value in ERRORS:
            cell.set("t", "e")
            ET.SubElement(cell, tag("v")).text = value
        else:
            self.write_text(address, value)

    def write_text(self, address: str, value: str) -> None:
        """Types a value as text, whatever it looks like."""
        cell = self.cell(address)
        _emptied(cell)
        cell.set("t", "inlineStr")
        text = ET.SubElement(ET.SubElement(cell, tag("is")), tag("t"))
        text.text = value
        text.set("{http://www.w3.org/XML/1998/namespace}space", "preserve")

    def write_formula(self, address: str, formula: str, result: Value) -> None:
        """A formula that was calculated and saved with its result."""
        self.write(address, result)
        cell = self.cell(address)
        if isinstance(result, str) and result not in ERRORS:
            _emptied(cell)
            cell.set("t", "str")
            ET.SubElement(cell, tag("v")).text = result
        asked = ET.Element(tag("f"))
        asked.text = formula
        cell.insert(0, asked)

    def moved(self, row_of: Move, column_of: Move) -> None:
        """Moves rows and columns with all that lies on them: cells, widths, merges, validations, formats."""
        rows = []
        for row in self.rows:
            number = row_of(int(row.get("r", "0")))
            if number is None:
                continue
            cells = [(column, cell) for cell in row if (column := column_of(place(cell.get("r", ""))[1])) is not None]
            for column, cell in cells:
                cell.set("r", cell_name(number, column))
            row[:] = [cell for _, cell in sorted(cells, key=lambda c: c[0])]
            row.set("r", str(number))
            rows.append((number, row))
        self.rows[:] = [row for _, row in sorted(rows, key=lambda r: r[0])]
        self._index()
        self._move_widths(column_of)
        for name in ("mergeCell", "hyperlink"):
            for element in self.root.iter(tag(name)):
                element.set("ref", " ".join(_moved_ranges(element.get("ref", ""), row_of, column_of)) or "XFD1")
        for parent in list(self.root.iter()):
            for element in [e for e in parent if e.get("sqref") and e.tag != tag("selection")]:
                ranges = list(_moved_ranges(element.get("sqref", ""), row_of, column_of))
                element.set("sqref", " ".join(ranges))
                if not ranges:
                    parent.remove(element)

    def _move_widths(self, column_of: Move) -> None:
        columns = self.root.find(tag("cols"))
        if columns is None:
            return
        moved = []
        for element in columns:
            for column in range(int(element.get("min", "1")), int(element.get("max", "1")) + 1):
                target = column_of(column)
                if target is not None:
                    single = deepcopy(element)
                    single.set("min", str(target))
                    single.set("max", str(target))
                    moved.append((target, single))
        columns[:] = [element for _, element in sorted(moved, key=lambda m: m[0])]

    def drop(self, name: str) -> int:
        """Takes all elements of that name away; how many went."""
        gone = [(parent, child) for parent in self.root.iter() for child in parent if child.tag == tag(name)]
        for parent, child in gone:
            parent.remove(child)
        return len(gone)


class Workbook:
    """A whole file. Worksheets are parsed where they are first asked for."""

    def __init__(self, content: bytes) -> None:
        with zipfile.ZipFile(io.BytesIO(content)) as archive:
            self.parts = {name: archive.read(name) for name in archive.namelist()}
        self.root = ET.fromstring(self.parts["xl/workbook.xml"])
        self._parsed: dict[str, Worksheet] = {}

    @property
    def listed(self) -> ET.Element:
        """The sheets in order, as workbook.xml lists them."""
        found = self.root.find(tag("sheets"))
        assert found is not None
        return found

    @property
    def tabs(self) -> list[str]:
        """The names of the sheets, in order."""
        return [element.get("name", "") for element in self.listed]

    def entry(self, tab: str) -> ET.Element:
        """Where workbook.xml lists a sheet. Raises KeyError."""
        for element in self.listed:
            if element.get("name") == tab:
                return element
        raise KeyError(f"{tab}: there is only {self.tabs}")

    def sheet(self, tab: str) -> Worksheet:
        """The worksheet of that name. Raises KeyError."""
        name = self._part(self.entry(tab).get(ID, ""))
        if name not in self._parsed:
            self._parsed[name] = Worksheet(self.parts[name])
        return self._parsed[name]

    def copy(self, tab: str, title: str) -> None:
        """The sheet once more, at the end; without its comments."""
        twin = deepcopy(self.sheet(tab).root)
        for child in [c for c in twin if c.tag in {tag("legacyDrawing"), tag("drawing")}]:
            twin.remove(child)
        self.add(title, ET.tostring(twin, encoding="utf-8"))

    def add(self, title: str, part: bytes | None = None) -> Worksheet:
        """A sheet more, at the end: empty, or with that content."""
        number = 1 + max(int(element.get("sheetId", "0")) for element in self.listed)
        relation, name = f"rIdNew{number}", f"xl/worksheets/sheetnew{number}.xml"
        ET.SubElement(self.listed, tag("sheet"), {"name": title, "sheetId": str(number), ID: relation})
        self.parts[name] = part or f'<worksheet xmlns="{MAIN}"><sheetData/></worksheet>'.encode()
        self._insert(
            "xl/_rels/workbook.xml.rels",
            "</Relationships>",
            f'<Relationship Id="{relation}" Type="{OFFICE}/worksheet" Target="/{name}"/>',
        )
        kind = "application/vnd.openxmlformats-officedocument.spreadsheetml.worksheet+xml"
        self._insert("[Content_Types].xml", "</Types>", f'<Override PartName="/{name}" ContentType="{kind}"/>')
        return self.sheet(title)

    def remove(self, tab: str) -> None:
        """The sheet goes; its part stays behind unlisted."""
        self._reorder([t for t in self.tabs if t != tab])

    def move(self, tab: str, position: int) -> None:
        """The sheet goes to a position, 1-based."""
        others = [t for t in self.tabs if t != tab]
        self._reorder([*others[: position - 1], tab, *others[position - 1 :]])

    @property
    def date_styles(self) -> list[str]:
        """The cell styles that show a day."""
        styles = ET.fromstring(self.parts["xl/styles.xml"])
        days = {n.get("numFmtId") for n in styles.iter(tag("numFmt")) if "yy" in n.get("formatCode", "").lower()}
        return [str(n) for n, xf in enumerate(_list(styles, "cellXfs")) if xf.get("numFmtId") in {*days, "14"}]

    def in_font(self, style: str, font: str) -> str:
        """That cell style once more, in another font."""
        styles = ET.fromstring(self.parts["xl/styles.xml"])
        fonts, formats = _list(styles, "fonts"), _list(styles, "cellXfs")
        other, twin = deepcopy(fonts[0]), deepcopy(formats[int(style)])
        named = other.find(tag("name"))
        assert named is not None
        named.set("val", font)
        twin.set("fontId", str(len(fonts)))
        fonts.append(other)
        formats.append(twin)
        self.parts["xl/styles.xml"] = ET.tostring(styles, encoding="utf-8")
        return str(len(formats) - 1)

    def in_format(self, style: str, code: str) -> str:
        """That cell style once more, with another number format."""
        styles = ET.fromstring(self.parts["xl/styles.xml"])
        codes, formats = _list(styles, "numFmts"), _list(styles, "cellXfs")
        number = str(1 + max(int(element.get("numFmtId", "0")) for element in codes))
        ET.SubElement(codes, tag("numFmt"), numFmtId=number, formatCode=code)
        twin = deepcopy(formats[int(style)])
        twin.set("numFmtId", number)
        formats.append(twin)
        self.parts["xl/styles.xml"] = ET.tostring(styles, encoding="utf-8")
        return str(len(formats) - 1)

    def saved(self) -> bytes:
        """The file's bytes."""
        for name, worksheet in self._parsed.items():
            self.parts[name] = ET.tostring(worksheet.root, encoding="utf-8")
        self.parts["xl/workbook.xml"] = ET.tostring(self.root, encoding="utf-8")
        file = io.BytesIO()
        with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED, compresslevel=1) as archive:
            for name, part in self.parts.items():
                archive.writestr(name, part)
        return file.getvalue()

    def _part(self, relation: str) -> str:
        for element in ET.fromstring(self.parts["xl/_rels/workbook.xml.rels"]):
            if element.get("Id") == relation:
                target = element.get("Target", "")
                return target.lstrip("/") if target.startswith("/") else f"xl/{target}"
        raise KeyError(relation)

    def _insert(self, part: str, before: str, more: str) -> None:
        text = self.parts[part].decode("utf-8")
        self.parts[part] = text.replace(before, more + before).encode("utf-8")

    def _reorder(self, tabs: list[str]) -> None:
        """Names that belong to one sheet follow it."""
        old = self.tabs
        self.listed[:] = [self.entry(tab) for tab in tabs]
        names = self.root.find(tag("definedNames"))
        for name in list(names if names is not None else ()):
            own = name.get("localSheetId")
            if own is not None and old[int(own)] in tabs:
                name.set("localSheetId", str(tabs.index(old[int(own)])))
            elif own is not None and names is not None:
                names.remove(name)


def _list(styles: ET.Element, name: str) -> ET.Element:
    found = styles.find(tag(name))
    assert found is not None
    return found


def _inserted(parent: ET.Element, made: ET.Element, wanted: int, number: Callable[[ET.Element], int]) -> ET.Element:
    """Puts a child where its number belongs, looked for from the end."""
    position = len(parent)
    while position and number(parent[position - 1]) > wanted:
        position -= 1
    parent.insert(position, made)
    return made


def _emptied(cell: ET.Element) -> None:
    for child in list(cell):
        cell.remove(child)
    cell.attrib.pop("t", None)


def _moved_ranges(ranges: str, row_of: Move, column_of: Move) -> Iterator[str]:
    """Where ranges lie afterwards; columns that no longer stand beside each other become ranges of their own."""
    for text in ranges.split():
        first, _, last = text.partition(":")
        (top, left), (bottom, right) = place(first), place(last or first)
        kept = [r for row in (range(top, bottom + 1)) if (r := row_of(row)) is not None]
        columns = sorted(c for column in range(left, right + 1) if (c := column_of(column)) is not None)
        for start, end in _runs(columns) if kept else ():
            yield f"{column_name(start)}{kept[0]}" + (
                "" if (start, kept[0]) == (end, kept[-1]) else f":{column_name(end)}{kept[-1]}"
            )


def _runs(numbers: Iterable[int]) -> Iterator[tuple[int, int]]:
    start = end = None
    for number in numbers:
        if start is None or end is None:
            start = end = number
        elif number == end + 1:
            end = number
        else:
            yield start, end
            start = end = number
    if start is not None and end is not None:
        yield start, end
