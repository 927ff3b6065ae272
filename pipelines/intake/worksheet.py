"""One pass over the XML of a worksheet, quick, for most of a template says nothing, and bounded."""

from __future__ import annotations

import re
from collections.abc import Mapping

from pipelines.intake.fonts import Face, Fonts, Runs, has_runs, names_legacy_font
from pipelines.intake.ranges import Range, column_number, ranges_in
from pipelines.intake.refusal import Refusal, damaged, too_large
from pipelines.intake.shared import TEXT_LIMIT, Shared
from pipelines.intake.text_shape import TextShape
from pipelines.intake.xml_parts import DEPTH_LIMIT, LocalNames, parse_whole, xml_parser
from schemas.submission import Concealed, Encoding, ErrorCell, UncachedFormula, cell_name

COLUMNS_LIMIT = 1_024
ROWS_LIMIT = 200_000
GRID_LIMIT = 5_000_000
MERGES_LIMIT = 20_000
COLUMN_SPANS_LIMIT = 20_000
RANGES_LIMIT = 20_000
"""Ranges with a validation on one sheet."""

_ADDRESS = re.compile(r"\$?([A-Za-z]{1,3})\$?([1-9][0-9]{0,6})\Z")

_SAYS_NOTHING = re.compile(
    rb'<c r="[A-Z]{1,3}[0-9]{1,7}"(?: s="[0-9]+")?(?: t="n")? ?/>|<f(?: aca="false")?>[^<]*</f>(?=<v>[^<])'
)
"""Blank cells, and formulas whose result is saved right behind them: three quarters of a template's XML."""
_UNADDRESSED = re.compile(rb'<c(?! r=")[\s/>]')
_FORMULA = re.compile(rb'<c r="([A-Z]{1,3})([0-9]{1,7})"[^>]*>\s*<f[\s>/]')

_CODED = re.compile(rb"<(?:[^\s<>/]+:)?(?:c|row)\s[^<]*&")
"""Character references in what says where a cell stands and how it is kept: calamine does not resolve them."""

_DATA, _ROW, _CELL, _CONTENT = 2, 3, 4, 5
"""How deep the list of rows, a row, a cell and a cell's content stand."""
_CELLS = frozenset(["sheetData", "row", "c", "v", "f"])
_NUMBERS = frozenset(["", "n"])
_TEXT_KINDS = frozenset(["s", "str", "inlineStr"])
_KINDS = _NUMBERS | _TEXT_KINDS | {"b", "d"}
_TRUE = frozenset(["1", "true"])
_UNSEEN_POINTS, _UNSEEN_CHARACTERS = 1.0, 0.1
"""A row so high, or a column so wide, is at most a line on the screen."""
_IN_EXTENSIONS = frozenset(["dataValidation", "sqref"])

Place = tuple[int, int]
Flagged = ErrorCell | UncachedFormula


class Worksheet:
    """Cells that hold something, in document order; their addresses must rise, so that there is one reading.

    `held`: the number as written of each cell that holds one, None for any other that holds something. `formulas`:
    cells with a formula, as far as the walk meets them; those it skips are found by `formulas_above`.
    """

    def __init__(self, name: str, fonts: Fonts, shared: Shared) -> None:
        self.flagged: dict[Place, Flagged] = {}
        self.held: dict[Place, str | None] = {}
        self.encodings: dict[Place, Encoding] = {}
        self.validated: list[Range] = []
        self.merged: list[Range] = []
        self.hidden_rows: set[int] = set()
        self.hidden_columns: list[tuple[int, int]] = []
        self.formulas: set[Place] = set()
        self.rows = self.columns = 0
        self.name = name
        self._fonts = fonts
        self._last = (0, 0)
        self._formulas: dict[str, str] = {}
        self._strings, self._blank, self._long = shared.strings, shared.blank, shared.long
        self._styles = {"", *map(str, range(max(shared.styles, 1)))}
        self._known: dict[str, int] = {}

    def cell(self, place: Place, kind: str, style: str, formula: str | None, value: str | None, share: str) -> None:
        """One cell with a formula or a value in it. A formula whose result is the empty text says so by `kind`."""
        if style not in self._styles:
            raise damaged(f"ô {cell_name(*place)} của trang “{self.name}” có định dạng số mà tệp không còn giữ")
        self._measure(place, max(len(value or ""), len(formula or "")))
        if formula is not None:
            self.formulas.add(place)
            if share:
                formula = formula or self._formulas.get(share, "")
                self._formulas.setdefault(share, formula)
        if kind == "e":
            self.flagged[place] = ErrorCell((value or "").strip() or "#N/A")
        elif formula is not None and not value and kind != "str":
            self.flagged[place] = UncachedFormula(f"={formula}")
        elif not value:
            return
        else:
            self._hold(place, kind, value)
        if place <= self._last:
            raise damaged(f"trang “{self.name}” ghi các ô lặp hoặc không theo thứ tự")
        self._last = place
        if place[0] > self.rows or place[1] > self.columns:
            self._widen(place)

    def _hold(self, place: Place, kind: str, value: str) -> None:
        if kind == "s":
            if not (value.isascii() and value.isdigit() and int(value) < self._strings):
                raise damaged(f"ô {cell_name(*place)} của trang “{self.name}” trỏ đến chữ không có trong tệp")
            self._measure(place, self._long.get(int(value), 0))
            if int(value) not in self._blank:
                self.held[place] = None
        elif kind in _NUMBERS:
            self.held[place] = value
        elif kind not in _KINDS:
            raise damaged(f"ô {cell_name(*place)} của trang “{self.name}” không rõ là loại ô gì")
        elif value.strip():
            self.held[place] = None

    def _measure(self, place: Place, length: int) -> None:
        if length > TEXT_LIMIT:
            where = f"ô {cell_name(*place)} của trang “{self.name}”"
            raise too_large(f"{where} có {length} ký tự, tối đa {TEXT_LIMIT}")

    def strange(self, what: str) -> Refusal:
        """The XML of the sheet is laid out as no writer does it, and readers would differ."""
        return damaged(f"trang “{self.name}” có bố cục lạ: {what}")

    def font(self, place: Place, kind: str, style: str, value: str, runs: frozenset[Face]) -> None:
        """The font of a cell with text in it."""
        if kind in _TEXT_KINDS:
            encoding = self._fonts.encoding(style, value.strip() if kind == "s" else "", runs)
            if encoding is not None:
                self.encodings[place] = encoding

    def validation(self, listed: str) -> None:
        """The cells of one data validation, as `sqref` lists them."""
        self.validated += ranges_in(listed)
        if len(self.validated) > RANGES_LIMIT:
            raise too_large(f"quá {RANGES_LIMIT} vùng có quy tắc nhập trên trang “{self.name}”")

    def _widen(self, place: Place) -> None:
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
        self._known[letters] = column = column_number(match[1])
        return column

    def row(self, text: str) -> int:
        """The number of a row."""
        if not text.isascii() or not text.isdigit() or len(text) > 7:
            raise damaged(f"số dòng “{text}” trên trang “{self.name}” không hợp lệ")
        return int(text)

    def merge(self, area: str) -> None:
        """One more merged area, as `ref` names it."""
        self.merged += ranges_in(area)
        if len(self.merged) > MERGES_LIMIT:
            raise too_large(f"quá {MERGES_LIMIT} ô gộp trên trang “{self.name}”")

    def hide_columns(self, first: str, last: str) -> None:
        """Columns that are hidden, as `min` and `max` name them."""
        if first.isascii() and last.isascii() and first.isdigit() and last.isdigit() and len(first + last) <= 10:
            self.hidden_columns.append((int(first), int(last)))
        if len(self.hidden_columns) > COLUMN_SPANS_LIMIT:
            raise too_large(f"quá {COLUMN_SPANS_LIMIT} nhóm cột ẩn trên trang “{self.name}”")

    @property
    def concealed(self) -> Concealed:
        """What nobody sees; hidden rows that hold nothing are left out."""
        rows = self.hidden_rows & {row for row, _ in (*self.held, *self.flagged)}
        return Concealed(tuple(self.merged), frozenset(rows), tuple(self.hidden_columns))


def formulas_above(part: bytes, row: int, met: set[Place]) -> frozenset[Place]:
    """The cells above a row that are formulas: those the walk has `met`, and those it cut out with their results."""
    end = part.find(b'<row r="%d"' % row)
    cut = _FORMULA.finditer(part, 0, end if end >= 0 else len(part))
    found = {(int(match[2]), column_number(match[1].decode())) for match in cut}
    return frozenset(place for place in found | met if place[0] < row)


def walk_worksheet(part: bytes, sheet: Worksheet, fonts: Fonts) -> None:
    """Feeds a worksheet's cells to `sheet`; what says nothing is cut out first, for that is quicker than parsing it.

    Cells are read where they belong alone: in a row of the one list of rows. Raises Refusal.
    """
    runs = Runs() if fonts or (has_runs(part) and names_legacy_font(part)) else None
    if _UNADDRESSED.search(part) is None:
        part = _SAYS_NOTHING.sub(b"", part)
    if _CODED.search(part) is not None:
        raise sheet.strange("địa chỉ ô ghi bằng ký hiệu")
    parser = xml_parser()
    local = LocalNames(_IN_EXTENSIONS)
    depth = row = column = began = 0
    within = met = implied = addressed = accepts = False
    reference: str | None = None
    kind = share = inside = ""
    attributes_of_cell: Mapping[str, str] = {}
    formula: str | None = None
    value: str | None = None
    shape = TextShape()

    def opened(name: str, attributes: dict[str, str]) -> None:
        nonlocal depth, row, column, implied, addressed, accepts, within, met, began
        nonlocal reference, kind, share, inside, formula, value, attributes_of_cell, shape
        depth += 1
        name = local[name]
        if depth > DEPTH_LIMIT:
            raise damaged(f"XML lồng quá {DEPTH_LIMIT} lớp")
        if within:
            if depth == _CELL and name == "c":
                reference, kind = attributes.get("r"), attributes.get("t", "")
                attributes_of_cell = attributes
                if reference is None:
                    column, implied = column + 1, True
                else:
                    addressed = True
            elif depth == _CONTENT:
                if value is not None or (name == "f" and formula is not None):
                    raise sheet.strange(f"một ô của dòng {row} ghi hai nội dung")
                if name == "f":
                    inside, formula = name, ""
                    share = attributes.get("si", "") if attributes.get("t") == "shared" else ""
                elif name == "v" or (name == "is" and kind == "inlineStr"):
                    inside, value, shape = name, "", TextShape()
                    began = parser.CurrentByteIndex
                else:
                    raise sheet.strange(f"<{name}> không đúng chỗ")
            elif depth == _ROW and name == "row":
                row, column = sheet.row(attributes["r"]) if "r" in attributes else row + 1, 0
                if _is_hidden(attributes):
                    sheet.hidden_rows.add(row)
            elif depth <= _CELL or name in _CELLS or ":" in name or inside != "is":
                raise sheet.strange(f"<{name}> không đúng chỗ")
            else:
                shape.start(name)
                if runs is not None:
                    runs.start(name, attributes)
        elif name == "sheetData":
            if met or depth != _DATA:
                raise sheet.strange("danh sách ô ghi hai lần hoặc không đúng chỗ")
            within = met = True
        elif name == "mergeCell":
            sheet.merge(attributes.get("ref", ""))
        elif name == "col" and _is_hidden(attributes):
            sheet.hide_columns(attributes.get("min", ""), attributes.get("max", ""))
        elif name == "dataValidation":
            accepts = attributes.get("type", "none") != "none"
            if accepts and "sqref" in attributes:
                sheet.validation(attributes["sqref"])
        elif name == "sqref":
            inside, value = name, ""

    def closed(name: str) -> None:
        nonlocal depth, column, share, inside, formula, value, within
        depth -= 1
        name = local[name]
        if within:
            if name == "c":
                if value is not None or formula is not None:
                    if reference is not None:
                        column = sheet.column(reference, row)
                    if implied and addressed:
                        raise damaged(f"trang “{sheet.name}” chỉ ghi địa chỉ của một phần các ô")
                    style = attributes_of_cell.get("s", "")
                    sheet.cell((row, column), kind, style, formula, value, share)
                    if runs is not None and value:
                        sheet.font((row, column), kind, style or "0", value, runs.take())
                    formula = value = None
                    share = ""
            elif name == inside:
                if name == "v" and not _is_plain(part[began : parser.CurrentByteIndex], kind):
                    raise sheet.strange(f"giá trị ở dòng {row} ghi bằng ký hiệu")
                inside = ""
            elif depth < _DATA:
                within = False
            elif inside == "is":
                shape.end()
                if runs is not None:
                    runs.end(name)
        elif inside and name == inside:
            inside = ""
            if accepts and value:
                sheet.validation(value)
            value = None

    def said(text: str) -> None:
        nonlocal formula, value
        if inside == "f":
            formula = text if not formula else formula + text
        elif inside:
            value = text if not value else value + text
            if runs is not None and inside == "is":
                runs.text(text)

    parser.StartElementHandler, parser.EndElementHandler = opened, closed
    parser.CharacterDataHandler = said
    parse_whole(parser, part)


def _is_hidden(attributes: Mapping[str, str]) -> bool:
    """Whether a row or column shows nothing: a filter hides rows so too; a hair of it shows nothing."""
    if attributes.get("hidden") in _TRUE:
        return True
    high, wide = (attributes.get(name) for name in ("ht", "width"))
    return _is_within(high, _UNSEEN_POINTS) or _is_within(wide, _UNSEEN_CHARACTERS)


def _is_within(size: str | None, most: float) -> bool:
    try:
        return size is not None and float(size) <= most
    except ValueError:
        return False


def _is_plain(raw: bytes, kind: str) -> bool:
    """Whether a value is written in plain characters: calamine leaves out what is not, or all behind it."""
    return raw.count(b"<") <= 1 and (kind == "str" or b"&" not in raw)
