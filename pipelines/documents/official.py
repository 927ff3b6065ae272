"""The layout of Vietnamese Party documents: letterhead, title, numbered headings, text, tables, signature.

As Party offices write them (Hướng dẫn 36-HD/VPTW of 2018, and the plan's own text): A4, Times New Roman 14, margins
2 / 2 / 3 / 1.5 cm, pages numbered in the middle of the top from the second on. What only a person may decide – the
document's number, the day, the signature – stays dots.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING, Literal

from docx.enum.section import WD_SECTION
from docx.enum.text import WD_ALIGN_PARAGRAPH
from docx.shared import Cm, Pt

from pipelines.documents.house_style import (
    HEADINGS,
    TABLE_SIZE,
    TEXT_STYLE,
    blank_document,
    number_pages,
    set_page,
    text_width,
)
from pipelines.documents.sealed import save_sealed
from pipelines.documents.tables import TableColumn, TableRow, Value, add_table, add_text, align, borderless

if TYPE_CHECKING:
    from pathlib import Path

    from docx.table import _Cell
    from docx.text.paragraph import Paragraph

    from schemas.plan import Settings

DOTS = "……"
PARTY = "ĐẢNG CỘNG SẢN VIỆT NAM"
SIGNED = "(Ký, ghi rõ họ tên)"
_ROMAN = ((10, "X"), (9, "IX"), (5, "V"), (4, "IV"), (1, "I"))


@dataclass(frozen=True, slots=True)
class Letterhead:
    """Who writes: the superior committee and the office as they stand above each other, and the place.

    `kind`: the sign of the document's kind (`CV` a letter, `BC` a report); its number and the office's sign are left to
    a person. `year`: of the day of signing, whose day and month are left to a person too. `subject`: what a letter is
    about (V/v …); empty for documents that have a title. `mark`: what the document is before it is signed (`DỰ THẢO`).
    """

    superior: str
    office: str
    place: str
    kind: str
    year: int
    subject: str = ""
    mark: str = ""

    @property
    def number(self) -> str:
        """`Số ……-CV/……`."""
        return f"Số {DOTS}-{self.kind}/{DOTS}"

    @property
    def dated(self) -> str:
        """`Tây Ninh, ngày …… tháng …… năm 2022`."""
        return f"{self.place}, ngày {DOTS} tháng {DOTS} năm {self.year}"


def letterhead(settings: Settings, kind: str, year: int, subject: str = "") -> Letterhead:
    """The letterhead of a plan's office."""
    office = settings.office_alone
    return Letterhead(settings.issuer, office, settings.place, kind, year, subject)


class OfficialDocument:
    """One document, written from top to bottom. All text is taken as text, whatever it looks like."""

    def __init__(self, title: str, author: str, written: date, *, landscape: bool = False) -> None:
        """`title`, `author`, `written`: what the file's properties say; no other day gets into its bytes."""
        self._document = blank_document(title, author, written)
        self._section = self._document.sections[0]
        set_page(self._section, landscape=landscape)
        number_pages(self._section)
        self._counts = [0, 0, 0]
        self._last: Paragraph | None = None

    def head(self, head: Letterhead) -> None:
        """The two blocks every Party document begins with."""
        width = text_width(self._section)
        table = borderless(self._document, width, (7.4, 9.1), 3 + bool(head.subject) + bool(head.mark))
        _centred(table.cell(0, 0), head.superior.upper())
        _centred(table.cell(0, 1), PARTY, bold=True, underline=True, size=15)
        _centred(table.cell(1, 0), head.office.upper(), bold=True)
        _centred(table.cell(1, 0), "*", more=True)
        _centred(table.cell(2, 0), head.number)
        _centred(table.cell(2, 1), head.dated, italic=True)
        if head.subject:
            _centred(table.cell(3, 0), head.subject, italic=True, size=TABLE_SIZE)
        if head.mark:
            _centred(table.cell(3 + bool(head.subject), 0), head.mark, bold=True)
        self.space(6)

    def addressee(self, name: str) -> None:
        """`Kính gửi: …`."""
        paragraph = self._plain(space_before=6, space_after=12)
        align(paragraph, "centre")
        add_text(paragraph, "Kính gửi: ", italic=True)
        add_text(paragraph, name)

    def title(self, kind: str, subject: str = "", note: str = "") -> None:
        """`BÁO CÁO`, in bold what it is about, under it a line; `note` in italics (`(Kèm theo Công văn …)`)."""
        lines = [(kind.upper(), True, False, 16.0), (subject, True, False, 14.0), (note, False, True, 14.0)]
        for text, bold, italic, size in lines:
            if text:
                paragraph = self._plain(space_before=0, space_after=2, keep=True)
                align(paragraph, "centre")
                add_text(paragraph, text, bold=bold, italic=italic, size=size)
        paragraph = self._plain(space_before=0, space_after=8, keep=True)
        align(paragraph, "centre")
        add_text(paragraph, "-----")

    def heading(self, text: str, level: Literal[1, 2, 3] = 1, *, numbered: bool = True) -> None:
        """A heading: `I.`, under it `1.`, under it `1.1.`; kept with what follows."""
        number = self._number(level) if numbered else ""
        paragraph = self._document.add_paragraph(style=HEADINGS[level - 1])
        add_text(paragraph, f"{number} {text}".strip())
        self._last = None

    def paragraph(self, text: str, *, indent: bool = True, italic: bool = False, keep: bool = False) -> None:
        """A justified paragraph. `keep`: on the page of what follows."""
        paragraph = self._document.add_paragraph(style=TEXT_STYLE)
        add_text(paragraph, text, italic=italic or None)
        if not indent:
            paragraph.paragraph_format.first_line_indent = Cm(0)
        if keep:
            paragraph.paragraph_format.keep_with_next = True
        self._last = paragraph

    def items(self, texts: Sequence[str]) -> None:
        """Paragraphs that begin with a dash."""
        for text in texts:
            self.paragraph(f"- {text}")

    def note(self, text: str) -> None:
        """A line in small italics, as under tables."""
        paragraph = self._plain(space_before=4, space_after=8)
        align(paragraph, "justified")
        add_text(paragraph, text, italic=True, size=TABLE_SIZE)

    def caption(self, text: str) -> None:
        """The name of the table that follows, in bold, kept with it."""
        paragraph = self._plain(space_before=8, space_after=4, keep=True)
        add_text(paragraph, text, bold=True)

    def table(
        self, columns: Sequence[TableColumn], rows: Sequence[Sequence[Value] | TableRow], *, size: float | None = None
    ) -> None:
        """A table as wide as the page; its head is repeated on every page, its rows stay whole. See `TableRow`."""
        add_table(self._document, text_width(self._section), columns, rows, size=size)
        self.space(4)

    def page_break(self, *, landscape: bool) -> None:
        """Goes on on a new page, upright or on its side (annexes, wide tables)."""
        self._section = self._document.add_section(WD_SECTION.NEW_PAGE)
        set_page(self._section, landscape=landscape)
        self._section.different_first_page_header_footer = False
        self._last = None

    def signature(self, receivers: Sequence[str], signer: str) -> None:
        """Left who receives it, right who signs; never on a page without the text's last lines."""
        if self._last is not None:
            self._last.paragraph_format.keep_with_next = True
        self.space(6, keep=True)
        table = borderless(self._document, text_width(self._section), (8.0, 8.5), 1)
        left, right = table.cell(0, 0), table.cell(0, 1)
        add_text(left.paragraphs[0], "Nơi nhận:", underline=True)
        for text in _punctuated(receivers):
            add_text(left.add_paragraph(), f"- {text}", size=TABLE_SIZE)
        _centred(right, signer.upper(), bold=True)
        _centred(right, SIGNED, more=True, italic=True, size=TABLE_SIZE)
        for _ in range(4):
            right.add_paragraph()
        _centred(right, DOTS * 5, more=True)

    def space(self, points: float, *, keep: bool = False) -> None:
        """A gap; two tables that touch would become one."""
        paragraph = self._plain(space_before=0, space_after=0, keep=keep)
        paragraph.paragraph_format.line_spacing = Pt(points)

    def save(self, path: Path) -> None:
        """Writes the file; the same document gives the same bytes. Raises OSError."""
        save_sealed(self._document, path)

    def _plain(self, *, space_before: float, space_after: float, keep: bool = False) -> Paragraph:
        paragraph = self._document.add_paragraph()
        lines = paragraph.paragraph_format
        lines.space_before, lines.space_after = Pt(space_before), Pt(space_after)
        if keep:
            lines.keep_with_next = True
        self._last = None
        return paragraph

    def _number(self, level: int) -> str:
        self._counts[level - 1] += 1
        self._counts[level:] = [0] * (3 - level)
        if level == 1:
            return f"{roman(self._counts[0])}."
        return ".".join(str(n) for n in self._counts[1:level]) + "."


def roman(number: int) -> str:
    """4 → `IV`."""
    letters = ""
    for value, letter in _ROMAN:
        times, number = divmod(number, value)
        letters += letter * times
    return letters


def signer_of(settings: Settings) -> str:
    """Who signs, where the plan does not say by what title: the leadership of the office."""
    return f"Lãnh đạo {settings.office_alone}"


def _punctuated(receivers: Sequence[str]) -> list[str]:
    return [f"{text}{'.' if number == len(receivers) else ','}" for number, text in enumerate(receivers, 1)]


def _centred(
    cell: _Cell,
    text: str,
    *,
    more: bool = False,
    bold: bool = False,
    italic: bool = False,
    underline: bool = False,
    size: float | None = None,
) -> None:
    paragraph = cell.add_paragraph() if more else cell.paragraphs[0]
    paragraph.alignment = WD_ALIGN_PARAGRAPH.CENTER
    add_text(paragraph, text, bold=bold or None, italic=italic or None, underline=underline or None, size=size)
