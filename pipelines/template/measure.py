"""How much room wrapped text takes: spreadsheets do not grow merged cells or headers by themselves."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

LINE = 15.0
"""Points a line of 11-point text takes."""
PADDING = 4.0
TALLEST_ROW = 405.0
"""Points: a little under what Excel allows."""
TALLEST_COMMENT = 640
"""Pixels."""
_MEASURED = 3_000
"""Characters after which a text fills the tallest row, or comment, whatever its words."""
_DENSITY = 1.12
"""Characters of Times New Roman in the room of one (a column's width counts the digits of a wider font)."""


def line_count(text: str, width: float) -> int:
    """The lines a text takes in a column `width` characters wide, broken at spaces, never less than 1."""
    return sum(_wrapped(part, max(width * _DENSITY, 1)) for part in text.split("\n"))


def height(texts: Iterable[tuple[str, float]], *, line: float = LINE) -> float:
    """The height in points of a row that shows each text (with the width of its cell) whole, if a row can."""
    lines = max((line_count(text[:_MEASURED], width) for text, width in texts), default=1)
    return min(line * lines + PADDING, TALLEST_ROW)


def longest_word(text: str) -> int:
    """The characters of the longest word: a column narrower than this breaks words."""
    return max((len(word) for word in text.split()), default=0)


def clipped(text: str, limit: int) -> str:
    """A text cut to `limit` characters at a word's end, marked with an ellipsis."""
    if len(text) <= limit:
        return text
    return text[: limit - 1].rsplit(" ", 1)[0].rstrip(" ,;.") + "…"


def comment_size(paragraphs: Sequence[str]) -> dict[str, int]:
    """The box (pixels) that shows the paragraphs of a cell comment whole, or as much as a screen holds."""
    lines = sum(line_count(p[:_MEASURED], 46) for p in paragraphs)
    return {"width": 300, "height": min(18 * lines + 14, TALLEST_COMMENT)}


def _wrapped(text: str, width: float) -> int:
    lines, room = 1, width
    for word in text.split():
        taken = len(word) + (0 if room == width else 1)
        if taken > room and room != width:
            lines, room, taken = lines + 1, width, len(word)
        room -= taken
        while room < 0:
            lines, room = lines + 1, room + width
    return lines
