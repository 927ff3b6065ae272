"""Tables of documents: as wide as the page, heads repeated, rows whole, numbers on the right."""

from __future__ import annotations

import re
from collections.abc import Sequence
from copy import deepcopy
from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING, Literal

from docx.enum.table import WD_CELL_VERTICAL_ALIGNMENT, WD_TABLE_ALIGNMENT
from docx.enum.text import WD_ALIGN_PARAGRAPH
from docx.oxml import OxmlElement
from docx.oxml.ns import qn
from docx.shared import Length, Pt
from docx.table import _Row
from docx.text.paragraph import Paragraph

from pipelines.documents.house_style import CELL_STYLE_ID
from pipelines.documents.wording import DASH, count, day, kept_together, sound_text
from pipelines.styles import HEADER_FILL, TOTAL_FILL

if TYPE_CHECKING:
    from docx.document import Document as WordDocument
    from docx.oxml.table import CT_Row
    from docx.table import Table, _Cell

Align = Literal["left", "centre", "right"]
Value = str | int | date | None
"""What a cell says: a count as `1.234`, a day as `10/05/2022`, nothing as `–`."""
_ALIGNED = {
    "left": WD_ALIGN_PARAGRAPH.LEFT,
    "centre": WD_ALIGN_PARAGRAPH.CENTER,
    "right": WD_ALIGN_PARAGRAPH.RIGHT,
    "justified": WD_ALIGN_PARAGRAPH.JUSTIFY,
}
_SYMBOL_HYPHEN = re.compile(r"(?<=\d|…)-(?=[A-ZĐ…])")
"""The hyphen of `70-KH/TU`: the number of a document stays on one line. It reads back as a plain hyphen."""


@dataclass(frozen=True, slots=True)
class TableColumn:
    """`share`: its width against the other columns'; together they fill the page."""

    title: str
    share: float
    align: Align = "left"


@dataclass(frozen=True, slots=True)
class TableRow:
    """A row that is not plain: `strong` for totals; `heading` (then the first cell alone) runs over all columns.

    `keep`: it stays on the page of the row after it, as headings always do.
    """

    cells: Sequence[Value]
    strong: bool = False
    heading: bool = False
    keep: bool = False


def add_text(
    paragraph: Paragraph,
    text: str,
    *,
    bold: bool | None = None,
    italic: bool | None = None,
    underline: bool | None = None,
    size: float | None = None,
) -> None:
    """Adds text to a paragraph as it is: never a field or a link; what XML cannot hold is left out."""
    run = paragraph.add_run()
    for effect, wanted in (("bold", bold), ("italic", italic), ("underline", underline)):
        if wanted is not None:
            setattr(run, effect, wanted)
    if size is not None:
        run.font.size = Pt(size)
    for number, piece in enumerate(_SYMBOL_HYPHEN.split(kept_together(sound_text(text)))):
        if number:
            run._r.append(OxmlElement("w:noBreakHyphen"))
        if piece:
            run.add_text(piece)


def add_table(
    document: WordDocument,
    width: Length,
    columns: Sequence[TableColumn],
    rows: Sequence[Sequence[Value] | TableRow],
    *,
    size: float | None = None,
) -> Table:
    """A table with borders at the end of the document. `size`: its letters in points (else the table style's)."""
    table = _bare(document, width, [c.share for c in columns], style="Table Grid")
    blank = _blank_row(table, ["centre"] * len(columns), HEADER_FILL)
    head = _copied(table, blank, [c.title for c in columns], bold=True, size=size)
    _keep_with_next(head)
    table._tbl.tr_lst[0].get_or_add_trPr().append(OxmlElement("w:tblHeader"))
    aligns: list[Align] = [c.align for c in columns]
    looks: dict[bool, CT_Row] = {}
    for row in rows:
        plain = TableRow(row) if not isinstance(row, TableRow) else row
        if plain.heading:
            _heading_row(table, plain.cells[0], len(columns), size)
            continue
        if plain.strong not in looks:
            looks[plain.strong] = _blank_row(table, aligns, TOTAL_FILL if plain.strong else "")
        texts = [shown(value) for value in plain.cells]
        added = _copied(table, looks[plain.strong], texts, bold=plain.strong or None, size=size)
        if plain.keep:
            _keep_with_next(added)
    return table


def borderless(document: WordDocument, width: Length, shares: Sequence[float], rows: int) -> Table:
    """A table without borders, for blocks that stand side by side; its rows stay together on one page."""
    table = _bare(document, width, shares, style="Normal Table")
    for _ in range(rows):
        _added(table)
    return table


def align(paragraph: Paragraph, how: Align | Literal["justified"]) -> None:
    """Aligns a paragraph."""
    paragraph.alignment = _ALIGNED[how]


def shown(value: Value) -> str:
    """A value as a cell says it."""
    if value is None:
        return DASH
    if isinstance(value, str):
        return value
    return day(value) if isinstance(value, date) else count(value)


def _bare(document: WordDocument, width: Length, shares: Sequence[float], style: str) -> Table:
    table: Table = document.add_table(rows=0, cols=len(shares))
    table.style = style
    table.alignment = WD_TABLE_ALIGNMENT.CENTER
    table.autofit = False
    total, before, twips = sum(shares), 0.0, int(width.twips)
    for column, share in zip(table.columns, shares, strict=True):
        start, before = round(twips * before / total), before + share
        column.width = Length((round(twips * before / total) - start) * 635)
    wide = table._tbl.tblPr.find(qn("w:tblW"))
    if wide is not None:
        wide.set(qn("w:type"), "dxa")
        wide.set(qn("w:w"), str(twips))
    return table


def _blank_row(table: Table, aligns: Sequence[Align], fill: str) -> CT_Row:
    """A row of that look, not in the table: one to copy, for building each cell of a thousand rows anew takes long."""
    row = _added(table)
    for cell, how in zip(row.cells, aligns, strict=True):
        _shape(cell, how, fill)
    table._tbl.remove(row._tr)
    return row._tr


def _copied(table: Table, look: CT_Row, texts: Sequence[str], *, bold: bool | None, size: float | None) -> _Row:
    """A new row at the end of the table."""
    row = deepcopy(look)
    table._tbl.append(row)
    for paragraph, text in zip(row.iter(qn("w:p")), texts, strict=True):
        add_text(Paragraph(paragraph, table), text.strip(), bold=bold, size=size)
    return _Row(row, table)


def _heading_row(table: Table, text: Value, columns: int, size: float | None) -> None:
    row = _added(table)
    cell = row.cells[0].merge(row.cells[columns - 1]) if columns > 1 else row.cells[0]
    _shape(cell, "left", TOTAL_FILL)
    add_text(cell.paragraphs[0], shown(text).strip(), bold=True, size=size)
    _keep_with_next(row)


def _keep_with_next(row: _Row) -> None:
    """On the page of the row below: it is enough that the first cell asks for it."""
    row.cells[0].paragraphs[0].paragraph_format.keep_with_next = True


def _shape(cell: _Cell, how: Align, fill: str) -> None:
    cell.vertical_alignment = WD_CELL_VERTICAL_ALIGNMENT.CENTER
    paragraph = cell.paragraphs[0]
    paragraph._p.get_or_add_pPr().style = CELL_STYLE_ID
    align(paragraph, how)
    if fill:
        shade = OxmlElement("w:shd")
        for name, value in (("val", "clear"), ("color", "auto"), ("fill", fill.removeprefix("#"))):
            shade.set(qn(f"w:{name}"), value)
        properties = cell._tc.get_or_add_tcPr()
        before = properties.find(qn("w:vAlign"))
        properties.insert(list(properties).index(before), shade) if before is not None else properties.append(shade)


def _added(table: Table) -> _Row:
    """A new row, which is never split over two pages."""
    row: _Row = table.add_row()  # type: ignore[no-untyped-call]
    row._tr.get_or_add_trPr().append(OxmlElement("w:cantSplit"))
    return row
