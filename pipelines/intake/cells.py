"""One bounded pass over the XML of a workbook: what values alone do not show.

calamine reads an error cell and a formula without a saved result as blank, and would allocate a whole grid for one
cell at XFD1048576. So this pass names the first two and measures the grid before calamine is let in.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from posixpath import join, normpath
from xml.parsers import expat

from pipelines.intake.refusal import damaged, too_large
from schemas.submission import ErrorCell, UncachedFormula

SHEETS_LIMIT = 50
DEPTH_LIMIT = 64
COLUMNS_LIMIT = 1_024
ROWS_LIMIT = 200_000
GRID_LIMIT = 5_000_000
MERGES_LIMIT = 20_000
KNOWN_ERRORS = frozenset(["#NULL!", "#DIV/0!", "#VALUE!", "#REF!", "#NAME?", "#NUM!", "#N/A", "#GETTING_DATA"])
"""The errors calamine knows; any other fails its whole sheet."""

_ADDRESS = re.compile(r"\$?([A-Za-z]{1,3})\$?([1-9][0-9]{0,6})\Z")

Flagged = ErrorCell | UncachedFormula


@dataclass(frozen=True, slots=True)
class Scanned:
    """A worksheet: its name, the part it stands in, the cells to flag, and the last row and column that hold something."""

    name: str
    part: str
    flagged: Mapping[tuple[int, int], Flagged]
    rows: int
    columns: int

    @property
    def strange(self) -> frozenset[str]:
        """Error texts that calamine does not know, such as `#SPILL!`."""
        texts = {f.text for f in self.flagged.values() if isinstance(f, ErrorCell)}
        return frozenset(texts - KNOWN_ERRORS)


def scan(parts: Mapping[str, bytes]) -> list[Scanned]:
    """The worksheets in order. `parts` are the inflated parts by lower-case name. Raises Refusal."""
    listed = _sheets(parts["xl/workbook.xml"])
    if len(listed) > SHEETS_LIMIT:
        raise too_large(f"{len(listed)} trang tính, tối đa {SHEETS_LIMIT}")
    if len({name.casefold() for name, _ in listed}) < len(listed):
        raise damaged("hai trang tính trùng tên")
    targets = _targets(parts.get("xl/_rels/workbook.xml.rels", b""))
    scanned = []
    for name, relation in listed:
        kind, target = targets.get(relation, ("", ""))
        if not kind.endswith("/worksheet"):
            continue
        part = normpath(target.lstrip("/") if target.startswith("/") else join("xl", target)).lower()
        if part not in parts:
            raise damaged(f"thiếu nội dung của trang “{name}”")
        worksheet = _Worksheet(name)
        _walk_worksheet(parts[part], worksheet)
        scanned.append(Scanned(name, part, worksheet.flagged, worksheet.rows, worksheet.columns))
    return scanned


def custom_properties(parts: Mapping[str, bytes]) -> dict[str, str]:
    """The custom document properties, as text. Raises Refusal."""
    part = parts.get("docprops/custom.xml")
    if part is None:
        return {}
    properties = _Properties()
    walk(part, properties)
    return properties.found


class Visitor:
    """What listens to a walk over one XML part. Names come without their prefix."""

    def start(self, name: str, attributes: Mapping[str, str]) -> None:
        """An element opens."""

    def end(self, name: str) -> None:
        """An element closes."""

    def text(self, text: str) -> None:
        """Character data, perhaps in pieces."""


def walk(part: bytes, visitor: Visitor) -> None:
    """Reads one small XML part. Raises Refusal where it is not well-formed, has a DOCTYPE or nests too deep."""
    parser = _parser()
    local = _LocalNames()
    depth = 0

    def opened(name: str, attributes: dict[str, str]) -> None:
        nonlocal depth
        depth += 1
        if depth > DEPTH_LIMIT:
            raise damaged(f"XML lồng quá {DEPTH_LIMIT} lớp")
        visitor.start(local[name], attributes)

    def closed(name: str) -> None:
        nonlocal depth
        depth -= 1
        visitor.end(local[name])

    parser.StartElementHandler, parser.EndElementHandler = opened, closed
    parser.CharacterDataHandler = visitor.text
    _parse(parser, part)


def _parser() -> expat.XMLParserType:
    def doctype(*_: object) -> None:
        raise damaged("có khai báo DOCTYPE")

    parser = expat.ParserCreate()
    parser.StartDoctypeDeclHandler = doctype
    parser.buffer_text = True
    return parser


def _parse(parser: expat.XMLParserType, part: bytes) -> None:
    try:
        parser.Parse(part, True)
    except (expat.ExpatError, ValueError, LookupError) as fault:
        raise damaged("XML bên trong không đúng quy cách") from fault


class _Sheets(Visitor):
    def __init__(self) -> None:
        self.found: list[tuple[str, str]] = []

    def start(self, name: str, attributes: Mapping[str, str]) -> None:
        if name == "sheet":
            relation = next((v for k, v in attributes.items() if k.endswith(":id")), "")
            self.found.append((attributes.get("name", ""), relation))


class _Targets(Visitor):
    def __init__(self) -> None:
        self.found: dict[str, tuple[str, str]] = {}

    def start(self, name: str, attributes: Mapping[str, str]) -> None:
        if name == "Relationship" and attributes.get("TargetMode") != "External":
            self.found[attributes.get("Id", "")] = (attributes.get("Type", ""), attributes.get("Target", ""))


class _Properties(Visitor):
    def __init__(self) -> None:
        self.found: dict[str, str] = {}
        self._name = ""

    def start(self, name: str, attributes: Mapping[str, str]) -> None:
        if name == "property":
            self._name = attributes.get("name", "")
            self.found[self._name] = ""

    def end(self, name: str) -> None:
        if name == "property":
            self._name = ""

    def text(self, text: str) -> None:
        if self._name:
            self.found[self._name] += text


class _Worksheet:
    """Cells that hold something, in document order; their addresses must rise, so that there is one reading."""

    def __init__(self, sheet: str) -> None:
        self.flagged: dict[tuple[int, int], Flagged] = {}
        self.rows = self.columns = 0
        self._sheet = sheet
        self._last = (0, 0)
        self._shared: dict[str, str] = {}

    def cell(self, place: tuple[int, int], kind: str, formula: str | None, value: str | None, share: str) -> None:
        """One cell with a formula or a value in it. A formula whose result is the empty text says so by `kind`."""
        if share and formula is not None:
            formula = formula or self._shared.get(share, "")
            self._shared.setdefault(share, formula)
        if kind == "e":
            self.flagged[place] = ErrorCell((value or "").strip() or "#N/A")
        elif formula is not None and not value and kind != "str":
            self.flagged[place] = UncachedFormula(f"={formula}")
        elif not value:
            return
        if place <= self._last:
            raise damaged(f"trang “{self._sheet}” ghi các ô lặp hoặc không theo thứ tự")
        self._last = place
        self.rows, self.columns = max(self.rows, place[0]), max(self.columns, place[1])
        if self.rows > ROWS_LIMIT or self.columns > COLUMNS_LIMIT or self.rows * self.columns > GRID_LIMIT:
            raise too_large(
                f"trang “{self._sheet}” có ô ở dòng {place[0]}, cột thứ {place[1]}; "
                f"tối đa {ROWS_LIMIT} dòng và {COLUMNS_LIMIT} cột"
            )

    def column(self, reference: str, row: int) -> int:
        """The column of `C10`; its row must be the one it stands in."""
        match = _ADDRESS.match(reference)
        if match is None or int(match[2]) != row:
            raise damaged(f"địa chỉ ô “{reference}” trên trang “{self._sheet}” không hợp lệ")
        column = 0
        for letter in match[1].upper():
            column = column * 26 + ord(letter) - ord("A") + 1
        return column

    def row(self, text: str) -> int:
        """The number of a row."""
        if not text.isascii() or not text.isdigit() or len(text) > 7:
            raise damaged(f"số dòng “{text}” trên trang “{self._sheet}” không hợp lệ")
        return int(text)

    def merged(self, areas: int) -> None:
        """One more merged area."""
        if areas > MERGES_LIMIT:
            raise too_large(f"quá {MERGES_LIMIT} ô gộp trên trang “{self._sheet}”")


class _LocalNames(dict[str, str]):
    """Element names without their prefix, worked out once each."""

    def __missing__(self, name: str) -> str:
        self[name] = local = name.rpartition(":")[2]
        return local


def _walk_worksheet(part: bytes, sheet: _Worksheet) -> None:  # noqa: C901 - closures: a third of the cost of methods
    """Feeds a worksheet's cells to `sheet`. Most cells of a template are blank: they cost one call each way."""
    parser = _parser()
    local = _LocalNames()
    depth = row = column = merges = 0
    reference: str | None = None
    kind = share = inside = ""
    formula: str | None = None
    value: str | None = None

    def opened(name: str, attributes: dict[str, str]) -> None:
        nonlocal depth, row, column, merges, reference, kind, share, inside, formula, value
        depth += 1
        name = local[name]
        if name == "c":
            reference, kind = attributes.get("r"), attributes.get("t", "")
            column += 1
        elif name == "v" or name == "is":
            inside, value = name, ""
        elif name == "f":
            inside, formula = name, ""
            share = attributes.get("si", "") if attributes.get("t") == "shared" else ""
        elif name == "row":
            row, column = sheet.row(attributes["r"]) if "r" in attributes else row + 1, 0
        elif name == "mergeCell":
            merges += 1
            sheet.merged(merges)
        elif depth > DEPTH_LIMIT:
            raise damaged(f"XML lồng quá {DEPTH_LIMIT} lớp")

    def closed(name: str) -> None:
        nonlocal depth, column, share, inside, formula, value
        depth -= 1
        name = local[name]
        if name == "c":
            if reference is not None and (value is not None or formula is not None or column == 1):
                column = sheet.column(reference, row)
            if value is not None or formula is not None:
                sheet.cell((row, column), kind, formula, value, share)
                formula = value = None
                share = ""
        elif name == inside:
            inside = ""

    def said(text: str) -> None:
        nonlocal formula, value
        if inside == "f":
            formula = text if not formula else formula + text
        elif inside:
            value = text if not value else value + text

    parser.StartElementHandler, parser.EndElementHandler = opened, closed
    parser.CharacterDataHandler = said
    _parse(parser, part)


def _sheets(part: bytes) -> list[tuple[str, str]]:
    sheets = _Sheets()
    walk(part, sheets)
    return sheets.found


def _targets(part: bytes) -> dict[str, tuple[str, str]]:
    targets = _Targets()
    if part:
        walk(part, targets)
    return targets.found


