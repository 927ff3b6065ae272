"""What a cell that carries a key says, whatever type its number format gave it."""

from __future__ import annotations

import re
import unicodedata

from schemas.finding import shown
from schemas.submission import ErrorCell, RawValue, UncachedFormula

_INVISIBLE = dict.fromkeys(map(ord, "\u200b\u200c\u200d\u2060\ufeff\u00ad"))
_SPACES = re.compile(r"\s+")


def plain(value: RawValue | None) -> str:
    """A key as text: `25456.0` → `25456`, no spaces around it, no zero-width characters; blank → `""`."""
    if value is None:
        return ""
    if isinstance(value, str):
        if value.isascii():
            return value.strip()
        return unicodedata.normalize("NFC", value.translate(_INVISIBLE)).strip()
    return seen(value)


def seen(value: RawValue) -> str:
    """Any value as the clerk sees it in the sheet, on one line, long text cut."""
    if isinstance(value, ErrorCell):
        return value.text
    if isinstance(value, UncachedFormula):
        return value.formula
    return shown(_SPACES.sub(" ", value) if isinstance(value, str) else value)


def told(value: RawValue, limit: int) -> str:
    """The same with text cut only past `limit` characters."""
    text = _SPACES.sub(" ", value).strip() if isinstance(value, str) else seen(value)
    return text if len(text) <= limit else text[: limit - 1] + "…"


def blank(value: RawValue | None) -> bool:
    """Nothing there, or white space and zero-width characters only."""
    if not isinstance(value, str):
        return value is None
    return not value.strip() or (ord(value.lstrip()[0]) in _INVISIBLE and not plain(value))
