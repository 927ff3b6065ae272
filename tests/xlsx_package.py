"""What Excel would stop at in a workbook: every rule of the package and its sheets that a reader relies on."""

from __future__ import annotations

import posixpath
import re
import zipfile
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from xml.etree import ElementTree as Xml

from openpyxl.utils.cell import coordinate_to_tuple, range_boundaries

from tests.xlsx_parts import MAIN, OFFICE, PACKAGE

Box = tuple[int, int, int, int]
"""First column, first row, last column, last row, 1-based."""

LAST_ROW, LAST_COLUMN = 1_048_576, 16_384
LONGEST_TAB, LONGEST_TEXT, LONGEST_FORMULA, LONGEST_FOOTER = 31, 32_767, 8_192, 255
TALLEST, WIDEST = 409.5, 255
MOST_FORMATS, MOST_NUMBER_FORMATS = 64_000, 200
ORDER = (
    *("sheetPr", "dimension", "sheetViews", "sheetFormatPr", "cols", "sheetData", "sheetCalcPr", "sheetProtection"),
    *("protectedRanges", "scenarios", "autoFilter", "sortState", "dataConsolidate", "customSheetViews", "mergeCells"),
    *("phoneticPr", "conditionalFormatting", "dataValidations", "hyperlinks", "printOptions", "pageMargins"),
    *("pageSetup", "headerFooter", "rowBreaks", "colBreaks", "customProperties", "cellWatches", "ignoredErrors"),
    *("smartTags", "drawing", "legacyDrawing", "legacyDrawingHF", "picture", "oleObjects", "controls"),
    *("webPublishItems", "tableParts", "extLst"),
)
"""The children of a worksheet, in the standard's order (ECMA-376, CT_Worksheet)."""
_QUOTED_TAB = re.compile(r"'((?:[^']|'')+)'!")
_TEXT_IN_FORMULA = re.compile(r'"(?:[^"]|"")*"')
_REFERENCE = re.compile(r"^'?((?:[^']|'')+?)'?!\$?([A-Z]{1,3})\$?(\d+)(?::\$?([A-Z]{1,3})\$?(\d+))?$")


def faults(path: Path) -> list[str]:
    """Everything wrong with a workbook, each with its part; empty where there is nothing."""
    with zipfile.ZipFile(path) as archive:
        names = archive.namelist()
        found = [f"{name}: twice in the file" for name in _twice(names)]
        parts: dict[str, Xml.Element] = {}
        for name in names:
            try:
                parts[name] = Xml.fromstring(archive.read(name))
            except Xml.ParseError as fault:
                found.append(f"{name}: not well-formed: {fault}")
    return found or list(_Package(parts).faults())


def _main(tag: str) -> str:
    return f"{{{MAIN}}}{tag}"


def _twice(values: list[str]) -> set[str]:
    return {value for value, times in Counter(values).items() if times > 1}


def _overlaps(boxes: list[Box]) -> list[tuple[Box, Box]]:
    """The pairs of boxes that share a cell."""
    by_row = sorted(boxes, key=lambda box: box[1])
    pairs = []
    for n, a in enumerate(by_row):
        for b in by_row[n + 1 :]:
            if b[1] > a[3]:
                break
            if a[0] <= b[2] and b[0] <= a[2]:
                pairs.append((a, b))
    return pairs


def _boxes(sqref: str) -> list[Box]:
    """The ranges of a list of references. Raises ValueError where one is none."""
    boxes = []
    for reference in sqref.split():
        left, top, right, bottom = range_boundaries(reference)
        if left is None or top is None or right is None or bottom is None or left > right or top > bottom:
            raise ValueError(reference)
        if bottom > LAST_ROW or right > LAST_COLUMN:
            raise ValueError(reference)
        boxes.append((left, top, right, bottom))
    return boxes


@dataclass(frozen=True)
class _Package:
    parts: dict[str, Xml.Element]

    def faults(self) -> Iterator[str]:
        yield from self._content_types()
        yield from self._relationships()
        yield from self._workbook()
        yield from self._styles()
        for tab, part in self.sheets.items():
            yield from _Sheet(self, tab, part).faults()
        yield from self._tables()
        yield from self._drawings()

    @cached_property
    def sheets(self) -> dict[str, str]:
        """Tab → the name of its part."""
        targets = self.relations("xl/workbook.xml")
        found = self.parts["xl/workbook.xml"].iter(_main("sheet"))
        return {s.get("name", ""): targets[s.get(f"{{{OFFICE}}}id", "")] for s in found}

    @cached_property
    def texts(self) -> list[str]:
        shared = self.parts.get("xl/sharedStrings.xml")
        items = [] if shared is None else list(shared)
        return ["".join(t.text or "" for t in item.iter(_main("t"))) for item in items]

    @cached_property
    def formats(self) -> int:
        return len(self.parts["xl/styles.xml"].findall(f"{_main('cellXfs')}/{_main('xf')}"))

    @cached_property
    def differential_formats(self) -> int:
        return len(self.parts["xl/styles.xml"].findall(f"{_main('dxfs')}/{_main('dxf')}"))

    def relations(self, part: str) -> dict[str, str]:
        """Relationship id → the part it leads to (or an address outside), of one part."""
        folder, name = posixpath.split(part)
        rels = self.parts.get(f"{folder}/_rels/{name}.rels".lstrip("/"))
        found = {}
        for relation in [] if rels is None else rels:
            target = relation.get("Target", "")
            if relation.get("TargetMode") != "External":
                target = posixpath.normpath(posixpath.join(folder, target)) if target[:1] != "/" else target[1:]
            found[relation.get("Id", "")] = target
        return found

    def _content_types(self) -> Iterator[str]:
        types = self.parts["[Content_Types].xml"]
        kinds = f"{{{PACKAGE}/content-types}}"
        named = [o.get("PartName", "")[1:] for o in types.iter(f"{kinds}Override")]
        endings = {d.get("Extension") for d in types.iter(f"{kinds}Default")}
        yield from (f"{name}: its content type is given twice" for name in _twice(named))
        yield from (f"{name}: has a content type and is not there" for name in named if name not in self.parts)
        for name in self.parts:
            if name not in named and name.rpartition(".")[2] not in endings:
                yield f"{name}: has no content type"

    def _relationships(self) -> Iterator[str]:
        for name, part in self.parts.items():
            if name.endswith(".rels"):
                yield from (f"{name}: {id_} twice" for id_ in _twice([r.get("Id", "") for r in part]))
                continue
            known = self.relations(name)
            yield from (f"{name}: leads to {target}" for target in known.values() if target not in self.parts)
            used = [v for e in part.iter() for k, v in e.attrib.items() if k.startswith(f"{{{OFFICE}}}")]
            yield from (f"{name}: {id_} is no relationship" for id_ in used if id_ not in known)

    def _workbook(self) -> Iterator[str]:
        workbook = self.parts["xl/workbook.xml"]
        listed = list(workbook.iter(_main("sheet")))
        tabs = [s.get("name", "") for s in listed]
        yield from (f"workbook: two tabs {tab}" for tab in _twice([t.casefold() for t in tabs]))
        yield from (f"workbook: two sheets {id_}" for id_ in _twice([s.get("sheetId", "") for s in listed]))
        for tab in tabs:
            if not tab or len(tab) > LONGEST_TAB or set(tab) & set("[]:*?/\\") or tab[0] == "'" or tab[-1] == "'":
                yield f"workbook: the tab {tab!r}"
        names = list(workbook.iter(_main("definedName")))
        whose = [f"{n.get('name')} {n.get('localSheetId')}" for n in names]
        yield from (f"workbook: two names {name}" for name in _twice(whose))
        for name in names:
            for reference in _references(name.text or ""):
                if not self.place(reference) and not re.search(r"!\$[A-Z0-9]+:\$[A-Z0-9]+$", reference):
                    yield f"workbook: the name {name.get('name')} is {reference}"

    def _styles(self) -> Iterator[str]:
        styles = self.parts["xl/styles.xml"]
        if self.formats > MOST_FORMATS:
            yield f"styles: {self.formats} formats"
        own = styles.findall(f"{_main('numFmts')}/{_main('numFmt')}")
        if len(own) > MOST_NUMBER_FORMATS:
            yield f"styles: {len(own)} number formats"
        for kind in ("fonts", "fills", "borders", "cellXfs", "dxfs", "numFmts"):
            group = styles.find(_main(kind))
            if group is not None and int(group.get("count", "0")) != len(group):
                yield f"styles: {kind} says {group.get('count')} and has {len(group)}"

    def _tables(self) -> Iterator[str]:
        tables = [part for name, part in self.parts.items() if name.startswith("xl/tables/")]
        for key in ("id", "name", "displayName"):
            yield from (f"tables: two with {key} {v}" for v in _twice([t.get(key, "").casefold() for t in tables]))
        for table in tables:
            columns = [c.get("name", "") for c in table.iter(_main("tableColumn"))]
            yield from (f"{table.get('name')}: two columns {c}" for c in _twice([c.casefold() for c in columns]))
            (box,) = _boxes(table.get("ref", ""))
            if box[2] - box[0] + 1 != len(columns):
                yield f"{table.get('name')}: {table.get('ref')} has {len(columns)} columns"

    def _drawings(self) -> Iterator[str]:
        for name, part in self.parts.items():
            if name.startswith("xl/drawings/drawing"):
                ids = [e.get("id", "") for e in part.iter() if e.tag.endswith("}cNvPr")]
                yield from (f"{name}: two shapes {id_}" for id_ in _twice(ids))
            if name.startswith("xl/charts/chart"):
                drawn = [e.text or "" for e in part.iter() if e.tag.endswith("}f")]
                yield from (f"{name}: draws {f}" for f in drawn if not self.place(f))

    def place(self, reference: str) -> bool:
        """Whether a reference names cells of a sheet that is there."""
        found = _REFERENCE.match(reference)
        if found is None or found[1].replace("''", "'") not in self.sheets:
            return False
        return int(found[5] or found[3]) <= LAST_ROW


def _references(formula: str) -> list[str]:
    """The parts of a defined name, which commas part outside of quotes."""
    return [part for part in re.split(r",(?=(?:[^']*'[^']*')*[^']*$)", formula) if part]


@dataclass(frozen=True)
class _Sheet:
    package: _Package
    tab: str
    part: str

    def faults(self) -> Iterator[str]:
        for said in (
            *(self._order(), self._cells(), self._ranges(), self._links()),
            *(self._conditions(), self._page(), self._sizes()),
        ):
            yield from (f"{self.tab}: {fault}" for fault in said)

    @cached_property
    def root(self) -> Xml.Element:
        return self.package.parts[self.part]

    def _order(self) -> Iterator[str]:
        children = [child.tag.removeprefix(f"{{{MAIN}}}") for child in self.root]
        yield from (f"<{tag}> is no part of a sheet" for tag in children if tag not in ORDER)
        places = [ORDER.index(tag) for tag in children if tag in ORDER]
        if places != sorted(places):
            yield f"parts out of order: {children}"
        repeated = _twice(children) - {"conditionalFormatting"}
        yield from (f"<{tag}> twice" for tag in repeated)

    def _cells(self) -> Iterator[str]:
        row_before = 0
        for row in self.root.iter(_main("row")):
            number = int(row.get("r", "0"))
            if not row_before < number <= LAST_ROW:
                yield f"row {number} after {row_before}"
            row_before, column_before = number, 0
            for cell in row:
                at, column = coordinate_to_tuple(cell.get("r", ""))
                if at != number or column <= column_before:
                    yield f"{cell.get('r')} out of place"
                column_before = column
                yield from self._cell(cell)

    def _cell(self, cell: Xml.Element) -> Iterator[str]:
        place, value, formula = cell.get("r"), cell.find(_main("v")), cell.find(_main("f"))
        if int(cell.get("s", "0")) >= self.package.formats:
            yield f"{place}: format {cell.get('s')}"
        if cell.get("t") == "s" and value is not None:
            text = int(value.text or "-1")
            if not 0 <= text < len(self.package.texts):
                yield f"{place}: text {text}"
            elif len(self.package.texts[text].encode("utf-16-le")) > 2 * LONGEST_TEXT:
                yield f"{place}: {len(self.package.texts[text])} characters"
        elif cell.get("t") is None and value is not None:
            float(value.text or "")
        if formula is not None:
            yield from self._formula(str(place), formula.text or "", value)

    def _formula(self, place: str, formula: str, value: Xml.Element | None) -> Iterator[str]:
        if value is None or value.text is None:
            yield f"{place}: {formula} has no cached value"
        if not formula or len(formula) > LONGEST_FORMULA or formula.startswith("="):
            yield f"{place}: the formula {formula[:80]}"
        for tab in _QUOTED_TAB.findall(_TEXT_IN_FORMULA.sub("", formula)):
            if tab.replace("''", "'") not in self.package.sheets:
                yield f"{place}: {formula} names no sheet"

    def _ranges(self) -> Iterator[str]:
        merged = [b for m in self.root.iter(_main("mergeCell")) for b in _boxes(m.get("ref", ""))]
        filtered = [b for f in self.root.findall(_main("autoFilter")) for b in _boxes(f.get("ref", ""))]
        tables = [b for t in self._own_tables() for b in _boxes(t.get("ref", ""))]
        yield from (f"merged cells overlap: {pair}" for pair in _overlaps(merged))
        yield from (f"one merged cell: {box}" for box in merged if box[:2] == box[2:])
        yield from (f"tables and filters overlap: {pair}" for pair in _overlaps(filtered + tables))
        for table in self._own_tables():
            yield from self._headed(table)
        for table in tables:
            yield from (f"a merged cell in a table: {m}" for m in merged if _overlaps([table, m]))

    def _own_tables(self) -> Iterator[Xml.Element]:
        for target in self.package.relations(self.part).values():
            if target.startswith("xl/tables/"):
                yield self.package.parts[target]

    def _headed(self, table: Xml.Element) -> Iterator[str]:
        """A table's columns must be called what their header cells say."""
        left, top, right, _ = _boxes(table.get("ref", ""))[0]
        said = [self.texts.get((top, col), "") for col in range(left, right + 1)]
        names = [c.get("name", "").replace("_x000a_", "\n") for c in table.iter(_main("tableColumn"))]
        if said != names:
            yield f"{table.get('name')}: columns {names}, headers {said}"

    @cached_property
    def texts(self) -> dict[tuple[int, int], str]:
        """(row, column), 1-based → the text of the cell."""
        found = {}
        for cell in self.root.iter(_main("c")):
            value = cell.find(_main("v"))
            if cell.get("t") == "s" and value is not None:
                found[coordinate_to_tuple(cell.get("r", ""))] = self.package.texts[int(value.text or "0")]
        return found

    def _links(self) -> Iterator[str]:
        links = list(self.root.iter(_main("hyperlink")))
        yield from (f"two links at {ref}" for ref in _twice([link.get("ref", "") for link in links]))
        for link in links:
            _boxes(link.get("ref", ""))
            if link.get(f"{{{OFFICE}}}id") is None and not self.package.place(link.get("location", "")):
                yield f"{link.get('ref')} leads to {link.get('location')}"

    def _conditions(self) -> Iterator[str]:
        for block in self.root.iter(_main("conditionalFormatting")):
            _boxes(block.get("sqref", ""))
            for rule in block.iter(_main("cfRule")):
                if int(rule.get("dxfId", "0")) >= max(self.package.differential_formats, 1):
                    yield f"a condition's format {rule.get('dxfId')}"
        for choice in self.root.iter(_main("dataValidation")):
            _boxes(choice.get("sqref", ""))

    def _page(self) -> Iterator[str]:
        for words in self.root.findall(f"{_main('headerFooter')}/*"):
            if len(words.text or "") > LONGEST_FOOTER:
                yield f"a footer of {len(words.text or '')} characters"

    def _sizes(self) -> Iterator[str]:
        for row in self.root.iter(_main("row")):
            if float(row.get("ht", "0")) > TALLEST:
                yield f"row {row.get('r')} is {row.get('ht')} points high"
        for column in self.root.iter(_main("col")):
            if float(column.get("width", "0")) > WIDEST:
                yield f"column {column.get('min')} is {column.get('width')} wide"
