r"""Text from a submission on its way to a terminal, a log or a page in Markdown: it is read there, and does nothing.

A terminal obeys control signs (an ESC may clear the screen, rename the window, lay a link over other words), a line
break forges a line of a log, marks of direction make a name read as another. Standard library only.
"""

from __future__ import annotations

import json
import re
import sys
import unicodedata
from functools import lru_cache
from typing import Any

_BREAKS = frozenset("\t\n\v\f\r\x1c\x1d\x1e\x1f\x85\u2028\u2029")
_UNSPEAKABLE = ("Cc", "Cf", "Cs", "Co", "Cn")
"""Controls, marks of direction and other invisible signs, halves of letters, signs without a meaning."""
_MEANT = re.compile(r"[#&*<>@\[\\\]_`{|}~]|:(?=//)|(?<=www)\.", re.IGNORECASE)
"""What Markdown reads as markup within a line, and what it makes links of without any."""


def spoken(text: str) -> str:
    """A text as one line that a terminal or a log can hold: breaks and tabs become blanks, other controls U+FFFD.

    Letters of every language and all other signs stay as they are, and so does the number of characters.
    """
    return text if text.isprintable() else "".join(map(_spoken, text))


def spoken_lines(text: str) -> str:
    """The same for a text of ours that may have several lines: each of them is spoken."""
    return "\n".join(spoken(line) for line in text.split("\n"))


@lru_cache(maxsize=1)
def unspeakable() -> tuple[tuple[str, str], ...]:
    """The letters that `spoken` replaces by U+FFFD as ranges, first and last: for those who work on text elsewhere.

    Halves of letters are left out: no text in UTF-8 has any.
    """
    found: list[list[int]] = []
    for code in range(sys.maxunicode + 1):
        letter = chr(code)
        if unicodedata.category(letter) not in _UNSPEAKABLE or letter in _BREAKS or 0xD800 <= code <= 0xDFFF:
            continue
        if found and found[-1][1] == code - 1:
            found[-1][1] = code
        else:
            found.append([code, code])
    return tuple((chr(first), chr(last)) for first, last in found)


def breaks() -> str:
    """The letters that `spoken` replaces by a blank."""
    return "".join(sorted(_BREAKS))


def json_text(shape: Any) -> str:
    r"""JSON that is safe to look at too: exact, letters as letters, and `\u…` for whatever `spoken` would replace."""
    written = json.dumps(shape, ensure_ascii=False, indent=2)
    return "\n".join(line if line.isprintable() else "".join(map(_escaped, line)) for line in written.split("\n"))


def markdown_text(text: str) -> str:
    """Words within a line that say just this where Markdown is shown: no link, no table, no emphasis, no HTML."""
    return _MEANT.sub(r"\\\g<0>", spoken(text))


def _spoken(letter: str) -> str:
    if letter in _BREAKS:
        return " "
    return "\N{REPLACEMENT CHARACTER}" if unicodedata.category(letter) in _UNSPEAKABLE else letter


def _escaped(letter: str) -> str:
    if letter.isascii() and letter != "\x7f":
        return letter
    if letter not in _BREAKS and unicodedata.category(letter) not in _UNSPEAKABLE:
        return letter
    return json.dumps(letter)[1:-1]
