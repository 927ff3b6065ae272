"""One bounded pass over the XML of a workbook: what values alone do not show.

calamine reads an error cell and a formula without a saved result as blank, and would allocate a whole grid for one
cell at XFD1048576. So this pass names the first two and measures the grid before calamine is let in.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from posixpath import join, normpath

from pipelines.intake.refusal import damaged, too_large
from pipelines.intake.xml_parts import DEPTH_LIMIT, LocalNames, parse_whole, relation_targets, sheets_listed, xml_parser
from schemas.submission import ErrorCell, UncachedFormula

SHEETS_LIMIT = 50
COLUMNS_LIMIT = 1_024
ROWS_LIMIT = 200_000
GRID_LIMIT = 5_000_000
MERGES_LIMIT = 20_000
KNOWN_ERRORS = frozenset(["#NULL!", "#DIV/0!", "#VALUE!", "#REF!", "#NAME?", "#NUM!", "#N/A", "#GETTING_DATA"])
"""The errors calamine knows; any other fails its whole sheet."""

_ADDRESS = re.compile(r"\$?([A-Za-z]{1,3})\$?([1-9][0-9]{0,6})\Z")

_SAYS_NOTHING = re.compile(rb'<c r="[A-Z]{1,3}[0-9]{1,7}"(?: s="[0-9]+")?/>|<f>[^<]*</f>(?=<v>[^<])')
"""Blank cells, and formulas whose result is saved right behind them: three quarters of a template's XML."""
_UNADDRESSED = re.compile(rb'<c(?! r=")[\s/>]')

Flagged = ErrorCell | UncachedFormula


@dataclass(frozen=True, slots=True)
class Scanned:
    """A worksheet: its name, its part, the cells to flag, and the last row and column that hold something."""

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
    listed = sheets_listed(parts["xl/workbook.xml"])
    if len(listed) > SHEETS_LIMIT:
        raise too_large(f"{len(listed)} trang tính, tối đa {SHEETS_LIMIT}")
    if len({name.casefold() for name, _ in listed}) < len(listed):
        raise damaged("hai trang tính trùng tên")
    targets = relation_targets(parts.get("xl/_rels/workbook.xml.rels", b""))
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


class _Worksheet:
    """Cells that hold something, in document order; their addresses must rise, so that there is one reading."""

    def __init__(self, name: str) -> None:
        self.flagged: dict[tuple[int, int], Flagged] = {}
        self.rows = self.columns = 0
        self.name = name
        self._last = (0, 0)
        self._shared: dict[str, str] = {}
        self._known: dict[str, int] = {}

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
            raise damaged(f"trang “{self.name}” ghi các ô lặp hoặc không theo thứ tự")
        self._last = place
        if place[0] > self.rows or place[1] > self.columns:
            self._widen(place)

    def _widen(self, place: tuple[int, int]) -> None:
        self.rows, self.columns = max(self.rows, place[0]), max(self.columns, place[1])
        if self.rows > ROWS_LIMIT or self.columns > COLUMNS_LIMIT or self.rows * self.columns > GRID_LIMIT:
            raise too_large(
                f"trang “{self.name}” có ô ở dòng {place[0]}, cột thứ {place[1]}; "
                f"tối đa {ROWS_LIMIT} dòng và {COLUMNS_LIMIT} cột"
            )

    def column(self, reference: str, row: int) -> int:
        """The column of `C10`; its row must be the one it stands in."""
        letters = reference.removesuffix(str(row))
        if letters in self._known:
            return self._known[letters]
        match = _ADDRESS.match(reference)
        if match is None or int(match[2]) != row:
            raise damaged(f"địa chỉ ô “{reference}” trên trang “{self.name}” không hợp lệ")
        column = 0
        for letter in match[1].upper():
            column = column * 26 + ord(letter) - ord("A") + 1
        self._known[letters] = column
        return column

    def row(self, text: str) -> int:
        """The number of a row."""
        if not text.isascii() or not text.isdigit() or len(text) > 7:
            raise damaged(f"số dòng “{text}” trên trang “{self.name}” không hợp lệ")
        return int(text)

    def merged(self, areas: int) -> None:
        """One more merged area."""
        if areas > MERGES_LIMIT:
            raise too_large(f"quá {MERGES_LIMIT} ô gộp trên trang “{self.name}”")


def _walk_worksheet(part: bytes, sheet: _Worksheet) -> None:
    """Feeds a worksheet's cells to `sheet`; what says nothing is cut out first, for that is quicker than parsing it."""
    if _UNADDRESSED.search(part) is None:
        part = _SAYS_NOTHING.sub(b"", part)
    parser = xml_parser()
    local = LocalNames()
    depth = row = column = merges = 0
    implied = addressed = False
    reference: str | None = None
    kind = share = inside = ""
    formula: str | None = None
    value: str | None = None

    def opened(name: str, attributes: dict[str, str]) -> None:
        nonlocal depth, row, column, merges, implied, addressed, reference, kind, share, inside, formula, value
        depth += 1
        name = local[name]
        if name == "c":
            reference, kind = attributes.get("r"), attributes.get("t", "")
            if reference is None:
                column, implied = column + 1, True
            else:
                addressed = True
        elif name in {"v", "is"}:
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
            if value is not None or formula is not None:
                if reference is not None:
                    column = sheet.column(reference, row)
                if implied and addressed:
                    raise damaged(f"trang “{sheet.name}” chỉ ghi địa chỉ của một phần các ô")
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
    parse_whole(parser, part)
