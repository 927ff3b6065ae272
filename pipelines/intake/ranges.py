"""Ranges of cells as Excel lists them (`C10:C24 E10`), and which cells of a column none of them covers."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence

Range = tuple[int, int, int, int]
"""First row, first column, last row, last column; all 1-based."""

_RANGE = re.compile(r"\$?([A-Za-z]{1,3})\$?([1-9][0-9]{0,6})(?::\$?([A-Za-z]{1,3})\$?([1-9][0-9]{0,6}))?\Z")


def column_number(letters: str) -> int:
    """The number of a column, 1-based: A → 1, AB → 28."""
    column = 0
    for letter in letters.upper():
        column = column * 26 + ord(letter) - ord("A") + 1
    return column


def ranges_in(listed: str) -> list[Range]:
    """The ranges of a `sqref`; what is no range of cells is left out."""
    found = []
    for words in listed.split():
        match = _RANGE.match(words)
        if match is not None:
            column, row = column_number(match[1]), int(match[2])
            found.append((row, column, int(match[4] or row), column_number(match[3]) if match[3] else column))
    return found


def uncovered(ranges: Iterable[Range], column: int, rows: Sequence[int]) -> int:
    """How many cells of a column, in those rows (rising), stand in no range."""
    spans = sorted((top, bottom) for top, left, bottom, right in ranges if left <= column <= right)
    bare = at = reached = 0
    for row in rows:
        while at < len(spans) and spans[at][0] <= row:
            reached = max(reached, spans[at][1])
            at += 1
        bare += row > reached
    return bare
