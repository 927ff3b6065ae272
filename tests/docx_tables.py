"""Reads documents back: every table with its caption (or the annex it stands in), every line of text."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import docx
from docx.table import Table


@dataclass(frozen=True)
class ReadTable:
    """A table as it stands: cells as text; a row that is one cell over all columns is read as that one cell."""

    name: str
    columns: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]


def tables_and_lines(path: Path) -> tuple[list[ReadTable], list[str]]:
    """`name`: the caption without its number, else `Phụ lục n`. Letterhead and signature have no borders: left out."""
    tables: list[ReadTable] = []
    lines: list[str] = []
    name = ""
    for block in docx.Document(str(path)).iter_inner_content():
        if not isinstance(block, Table):
            text = _plain(block.text)
            if text.startswith("PHỤ LỤC "):
                name = text.capitalize()
            elif text.startswith("Bảng "):
                name = text.split(". ", 1)[1]
            if text:
                lines.append(text)
        elif block.style is not None and block.style.name == "Table Grid":
            head, *rows = [_cells(row) for row in block._tbl.tr_lst]
            tables.append(ReadTable(name, head, tuple(rows)))
    return tables, lines


def _cells(row: object) -> tuple[str, ...]:
    return tuple(_plain("\n".join(p.text for p in cell.p_lst)) for cell in row.tc_lst)  # type: ignore[attr-defined]


def _plain(text: str) -> str:
    return text.replace("\N{NO-BREAK SPACE}", " ").strip()
