"""A consolidated workbook read as a person reads it: its sheets as rows of values, its tables below their headings."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime
from pathlib import Path
from typing import Any

from openpyxl import load_workbook

Row = list[Any]
Sheets = dict[str, list[Row]]


def sheets_of(path: Path) -> Sheets:
    """Every sheet by its tab, values as saved (of a formula: the one saved with it), days as `10/05/2022`."""
    book = load_workbook(path, data_only=True, read_only=True)
    try:
        return {sheet.title: _rectangle([[_plain(v) for v in r] for r in sheet.values]) for sheet in book.worksheets}
    finally:
        book.close()


def below(rows: Sequence[Row], heading: str) -> tuple[str, list[str], list[Row]]:
    """The table under a heading that begins so: the heading, its header and its rows. A line in place of rows is none,
    and neither is their sum.

    With no heading: the table whose header begins with `STT`.
    """
    if heading:
        start = next(n for n, row in enumerate(rows) if str(row[0] or "").startswith(heading))
    else:
        start = next(n for n, row in enumerate(rows) if row[0] == "STT") - 1
    header = [str(title) for title in rows[start + 1] if title is not None]
    found = []
    for row in rows[start + 2 :]:
        if row[0] in (None, "Cộng") or (isinstance(row[0], str) and not any(row[1:])):
            break
        found.append(row[: len(header)])
    return str(rows[start][0] or ""), header, found


def labelled(rows: Sequence[Row], heading: str, column: int) -> dict[str, Any]:
    """Of a table of labels under a heading: the value in a column (0-based) by its label in column A."""
    start = next(n for n, row in enumerate(rows) if str(row[0] or "").startswith(heading))
    found = {}
    for row in rows[start + 2 :]:
        if row[0] is None:
            break
        found[str(row[0])] = row[column]
    return found


def as_saved(rate: float | None) -> float | str:
    """A rate to 15 significant digits, as many as every program keeps; a dash for none."""
    return "–" if rate is None else float(f"{rate:.15G}")


def _rectangle(rows: list[Row]) -> list[Row]:
    """The rows, all as long as the longest."""
    width = max(map(len, rows), default=0)
    return [row + [None] * (width - len(row)) for row in rows]


def _plain(value: Any) -> Any:
    if isinstance(value, float):
        return as_saved(value)
    if isinstance(value, datetime) and (value.hour or value.minute):
        return f"{value:%d/%m/%Y %H:%M}"
    return f"{value:%d/%m/%Y}" if isinstance(value, date) else value
