"""The report as a document: blocks → headings, paragraphs and tables in the layout of Party documents."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

from pipelines.documents.official import OfficialDocument, letterhead, signer_of
from pipelines.documents.result_report.blocks import Annex, Block, Heading, Table, Text, held_together
from pipelines.documents.result_report.content import attached, body, subject
from pipelines.documents.wording import NO_BREAK

if TYPE_CHECKING:
    from schemas.consolidation import Consolidation

_KIND = "BC"
_DRAFT = "DỰ THẢO"
_SIZE, _SMALL = 10.5, 9.0
_DOTS = "…" * 33
_DOTTED_LINES = 8


def write_result_report(result: Consolidation, path: Path) -> None:
    """Writes the draft of the report on a round (`bao-cao-ket-qua.docx`). The same result gives the same bytes.

    Its parts are derived from the plan's sheets and indicators by their clauses. Number, day, receivers, remarks and
    signature are left to a person. Raises OSError where the file cannot be written.
    """
    settings = result.plan.settings
    document = OfficialDocument(f"Báo cáo {subject(result)}", settings.office, result.as_of)
    document.head(replace(letterhead(settings, _KIND, result.as_of.year), mark=_DRAFT))
    whose = f"của {settings.issuer}"
    document.title("Báo cáo", subject(result).replace(whose, whose.replace(" ", NO_BREAK)))
    writing = _Writing(document)
    for block in body(result):
        writing.write(block)
    document.signature(("…………………………", "…………………………", "Lưu …………"), signer_of(settings))
    for annex in attached(result):
        writing.write(annex)
    document.save(path)


class _Writing:
    """One document being written: tables and annexes get their numbers as they come."""

    def __init__(self, document: OfficialDocument) -> None:
        self._document = document
        self._tables = self._annexes = 0

    def write(self, block: Block) -> None:
        if isinstance(block, Heading):
            self._document.heading(block.text.upper() if block.level == 1 else block.text, block.level)
        elif isinstance(block, Text):
            self._text(block)
        elif isinstance(block, Table):
            self._table(block)
        else:
            self._annex(block)

    def _text(self, text: Text) -> None:
        if text.kind == "bullet":
            self._document.items([text.text])
        elif text.kind == "note":
            self._document.note(text.text)
        elif text.kind == "dots":
            for _ in range(_DOTTED_LINES):
                self._document.paragraph(_DOTS, indent=False)
        else:
            self._document.paragraph(text.text)

    def _table(self, table: Table) -> None:
        if table.title:
            self._tables += 1
            self._document.caption(f"Bảng {self._tables}. {table.title}")
        self._document.table(table.columns, held_together(table.rows), size=_SMALL if table.small else _SIZE)

    def _annex(self, annex: Annex) -> None:
        self._annexes += 1
        self._document.page_break(landscape=True)
        self._document.title(f"Phụ lục {self._annexes}", annex.title)
        for block in annex.blocks:
            self.write(block)
