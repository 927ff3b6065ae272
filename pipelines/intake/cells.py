"""One bounded pass over the XML of a workbook: what values alone do not show.

calamine reads an error cell and a formula without a saved result as blank, and would allocate a whole grid for one
cell at XFD1048576. So this pass names the first two and measures the grid before calamine is let in. It also tells
what calamine keeps to itself: fonts from before Unicode, data validations, formulas in the head of a table.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from posixpath import join, normpath

from pipelines.intake.fonts import Fonts, legacy_fonts
from pipelines.intake.ranges import Range
from pipelines.intake.refusal import damaged, too_large
from pipelines.intake.worksheet import Flagged, Place, Worksheet, formulas_above, walk_worksheet
from pipelines.intake.xml_parts import relation_targets, workbook_listed
from schemas.submission import Encoding, ErrorCell

SHEETS_LIMIT = 50
KNOWN_ERRORS = frozenset(["#NULL!", "#DIV/0!", "#VALUE!", "#REF!", "#NAME?", "#NUM!", "#N/A", "#GETTING_DATA"])
"""The errors calamine knows; any other fails its whole sheet."""


@dataclass(frozen=True, slots=True)
class Scanned:
    """A worksheet: its name, its part, what the walk over it found, and its last row that holds something."""

    name: str
    part: str
    flagged: Mapping[Place, Flagged]
    encodings: Mapping[Place, Encoding]
    validated: tuple[Range, ...]
    rows: int
    content: bytes
    met: set[Place]

    @property
    def strange(self) -> frozenset[str]:
        """Error texts that calamine does not know, such as `#SPILL!`."""
        texts = {f.text for f in self.flagged.values() if isinstance(f, ErrorCell)}
        return frozenset(texts - KNOWN_ERRORS)

    def formulas_above(self, row: int) -> frozenset[Place]:
        """The cells above a row that are formulas."""
        return formulas_above(self.content, row, self.met)


@dataclass(frozen=True, slots=True)
class ScannedBook:
    """The worksheets of a workbook in order, and whether it counts days from 1904."""

    sheets: tuple[Scanned, ...]
    epoch_1904: bool


def scan(parts: Mapping[str, bytes]) -> ScannedBook:
    """Scans a workbook. `parts` are the inflated parts by lower-case name. Raises Refusal."""
    listed = workbook_listed(parts["xl/workbook.xml"])
    if len(listed.sheets) > SHEETS_LIMIT:
        raise too_large(f"{len(listed.sheets)} trang tính, tối đa {SHEETS_LIMIT}")
    if len({name.casefold() for name, _ in listed.sheets}) < len(listed.sheets):
        raise damaged("hai trang tính trùng tên")
    targets = relation_targets(parts.get("xl/_rels/workbook.xml.rels", b""))
    fonts = legacy_fonts(_shared(parts, targets, "styles"), _shared(parts, targets, "sharedStrings"))
    scanned = []
    for name, relation in listed.sheets:
        kind, target = targets.get(relation, ("", ""))
        if kind.endswith("/worksheet"):
            scanned.append(_scanned(name, _part(target), parts, fonts))
    return ScannedBook(tuple(scanned), listed.epoch_1904)


def _scanned(name: str, part: str, parts: Mapping[str, bytes], fonts: Fonts) -> Scanned:
    if part not in parts:
        raise damaged(f"thiếu nội dung của trang “{name}”")
    sheet = Worksheet(name, fonts)
    walk_worksheet(parts[part], sheet, fonts)
    validated = tuple(sheet.validated)
    return Scanned(name, part, sheet.flagged, sheet.encodings, validated, sheet.rows, parts[part], sheet.formulas)


def _part(target: str) -> str:
    """The lower-case name of the part a relation of the workbook leads to."""
    return normpath(target.lstrip("/") if target.startswith("/") else join("xl", target)).lower()


def _shared(parts: Mapping[str, bytes], targets: Mapping[str, tuple[str, str]], kind: str) -> bytes:
    """The part all sheets share of that kind, or `b""`; by its usual name where no relation leads to it."""
    led = (_part(target) for of_kind, target in targets.values() if of_kind.endswith(f"/{kind}"))
    return parts.get(next(led, f"xl/{kind.lower()}.xml"), b"")
