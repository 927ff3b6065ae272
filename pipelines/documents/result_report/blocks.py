"""What a report is made of, before it is laid out: headings, paragraphs, tables and annexes, as plain values."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from typing import Literal

from pipelines.documents.tables import TableColumn, TableRow

TextKind = Literal["body", "bullet", "note", "dots"]
Level = Literal[1, 2, 3]
_SHORT = 12


@dataclass(frozen=True, slots=True)
class Heading:
    """A heading, without its number. `level` 1: `I.`, 2: `1.`, 3: `1.1.`."""

    level: Level
    text: str


@dataclass(frozen=True, slots=True)
class Text:
    """A paragraph. `bullet`: begun with a dash; `note`: small; `dots`: lines of dots, for a person to fill."""

    text: str
    kind: TextKind = "body"


@dataclass(frozen=True, slots=True)
class Table:
    """A table with its caption, without its number. `small`: many columns, smaller letters."""

    title: str
    columns: tuple[TableColumn, ...]
    rows: tuple[TableRow, ...]
    small: bool = False


@dataclass(frozen=True, slots=True)
class Annex:
    """An annex, without its number, on pages of its own that lie on their side."""

    title: str
    blocks: tuple[Text | Table, ...]


Block = Heading | Text | Table | Annex


def figures(title: str, share: float) -> TableColumn:
    """A column of figures."""
    return TableColumn(title, share, "right")


def held_together(rows: Sequence[TableRow]) -> list[TableRow]:
    """The same rows, those under one heading (in a short table: all of them) on one page, unless they are many."""
    held = []
    for n, row in enumerate(rows):
        last = n + 1 == len(rows) or (len(rows) > _SHORT and (rows[n + 1].heading or _block(rows, n) > _SHORT))
        held.append(row if last or row.heading else replace(row, keep=True))
    return held


def _block(rows: Sequence[TableRow], at: int) -> int:
    """How many rows stand under the heading that the row `at` stands under."""
    before = next((n for n in range(at, -1, -1) if rows[n].heading), -1)
    after = next((n for n in range(at, len(rows)) if rows[n].heading), len(rows))
    return after - before - 1


def bullets(lines: Iterable[str]) -> list[Text]:
    """One paragraph for each line, each begun with a dash."""
    return [Text(line, "bullet") for line in lines]
