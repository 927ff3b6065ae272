"""Figures, dates and foreign text as documents say them. Standard library only."""

from __future__ import annotations

import re
import unicodedata
from datetime import date

NO_BREAK = "\N{NO-BREAK SPACE}"
DASH = "–"
_SPACES = re.compile("[ \t\r\n\v\f\x85\u2028\u2029]+")
_TIES = re.compile(r"(?<=\d) (?=%)|(?<=\bsố) (?=\d+-)|(?<=ngày|háng) (?=…)")
_UNWRITABLE = ("Cc", "Cf", "Cs", "Co", "Cn")
"""Kinds of characters that XML cannot hold, or that nobody sees: controls, marks of direction, halves of letters."""


def sound_text(text: str) -> str:
    """A text as one run of a paragraph can hold it: on one line, NFC, only letters that XML allows and people see."""
    one_line = _SPACES.sub(" ", unicodedata.normalize("NFC", text))
    seen = "".join(letter for letter in one_line if unicodedata.category(letter) not in _UNWRITABLE)
    return _SPACES.sub(" ", seen)


def kept_together(text: str) -> str:
    """`78,5 %`, `số 70-KH/TU` and `ngày ……` never break at their spaces."""
    return _TIES.sub(NO_BREAK, text)


def count(number: int) -> str:
    """1234 → `1.234`."""
    return f"{number:,}".replace(",", ".")


def day(moment: date) -> str:
    """`10/05/2022`."""
    return f"{moment:%d/%m/%Y}"


def listed(names: list[str] | tuple[str, ...]) -> str:
    """`A, B và C`."""
    return " và ".join(filter(None, [", ".join(names[:-1]), names[-1]])) if names else ""


def clauses(clause: str) -> str:
    """`II.2;III.4` → `mục II.2, III.4`; empty stays empty."""
    named = [part.strip() for part in clause.split(";") if part.strip()]
    return f"mục {', '.join(named)}" if named else ""
