"""One bounded pass over the XML of a workbook: what values alone do not show.

calamine reads an error cell and a formula without a saved result as blank, and would allocate a whole grid for one
cell at XFD1048576. So this pass names the first two and measures the grid before calamine is let in. It also tells
what calamine keeps to itself: fonts from before Unicode, data validations, formulas in the head of a table.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass, replace

from pipelines.intake.errors import with_known_errors
from pipelines.intake.fonts import Fonts, legacy_fonts
from pipelines.intake.package import book_of
from pipelines.intake.ranges import Range
from pipelines.intake.refusal import damaged, too_large
from pipelines.intake.shared import Shared, shared_of
from pipelines.intake.worksheet import Flagged, Place, Worksheet, formulas_above, walk_worksheet
from pipelines.intake.xml_parts import check_depth
from schemas.submission import Concealed, Encoding, ErrorCell

SHEETS_LIMIT = 50
KNOWN_ERRORS = frozenset(["#NULL!", "#DIV/0!", "#VALUE!", "#REF!", "#NAME?", "#NUM!", "#N/A", "#GETTING_DATA"])
"""The errors calamine knows; any other fails its whole sheet."""


@dataclass(frozen=True, slots=True)
class Scanned:
    """A worksheet: its name, what the walk over it found, and its last row that holds something.

    `held`: every cell that holds something, with its number as written where it is one, else None.
    """

    name: str
    flagged: Mapping[Place, Flagged]
    held: Mapping[Place, str | None]
    encodings: Mapping[Place, Encoding]
    validated: tuple[Range, ...]
    rows: int
    concealed: Concealed
    content: bytes
    met: set[Place]

    @property
    def readable(self) -> bytes:
        """Its XML with errors such as `#SPILL!`, which fail calamine's whole sheet, written `#N/A`."""
        texts = {f.text for f in self.flagged.values() if isinstance(f, ErrorCell)}
        return self.content if texts <= KNOWN_ERRORS else with_known_errors(self.content, KNOWN_ERRORS)

    def formulas_above(self, row: int) -> frozenset[Place]:
        """The cells above a row that are formulas."""
        return formulas_above(self.content, row, self.met)


@dataclass(frozen=True, slots=True)
class ScannedBook:
    """The worksheets of a workbook in order, what they share, and whether it counts days from 1904."""

    sheets: tuple[Scanned, ...]
    styles: bytes
    strings: bytes
    epoch_1904: bool


def scan(parts: Mapping[str, bytes]) -> ScannedBook:
    """Scans a workbook. `parts` are the inflated parts by lower-case name. Raises Refusal."""
    book = book_of(parts)
    if len(book.sheets) > SHEETS_LIMIT:
        raise too_large(f"{len(book.sheets)} trang tính, tối đa {SHEETS_LIMIT}")
    if len({_same_name(name) for name, _ in book.sheets}) < len(book.sheets):
        raise damaged("hai trang tính trùng tên")
    for name, part in parts.items():
        if name not in book.read:
            check_depth(part)
    fonts = legacy_fonts(book.styles, book.strings)
    shared = shared_of(book.styles, book.strings)
    scanned = [_scanned(name, parts.get(part), fonts, shared) for name, part in book.sheets]
    seen = [replace(s, concealed=replace(s.concealed, whole=s.name in book.hidden)) for s in scanned]
    return ScannedBook(tuple(seen), book.styles, book.strings, book.epoch_1904)


def _same_name(tab: str) -> str:
    return unicodedata.normalize("NFC", tab).casefold()


def _scanned(name: str, part: bytes | None, fonts: Fonts, shared: Shared) -> Scanned:
    if part is None:
        raise damaged(f"thiếu nội dung của trang “{name}”")
    sheet = Worksheet(name, fonts, shared)
    walk_worksheet(part, sheet, fonts)
    return Scanned(
        name,
        sheet.flagged,
        sheet.held,
        sheet.encodings,
        tuple(sheet.validated),
        sheet.rows,
        sheet.concealed,
        part,
        sheet.formulas,
    )
