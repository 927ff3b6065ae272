"""What a cell that carries a key says, whatever type its number format gave it."""

from __future__ import annotations

import re
import unicodedata

from schemas.submission import ErrorCell, RawValue, UncachedFormula

_INVISIBLE = dict.fromkeys(map(ord, "\u200b\u200c\u200d\u2060\ufeff\u00ad"))
_SPACES = re.compile(r"\s+")


def plain(value: RawValue | None) -> str:
    """A key as text: `25456.0` → `25456`, no spaces around it, no zero-width characters; blank → `""`."""
    if value is None:
        return ""
    if isinstance(value, str):
        return unicodedata.normalize("NFC", value.translate(_INVISIBLE)).strip()
    if isinstance(value, float) and value.is_integer() and abs(value) < 1e15:
        return str(int(value))
    return seen(value)


def seen(value: RawValue) -> str:
    """Any value as the clerk sees it in the sheet, on one line."""
    if isinstance(value, ErrorCell):
        return value.text
    if isinstance(value, UncachedFormula):
        return value.formula
    return _SPACES.sub(" ", str(value)) if isinstance(value, str) else str(value)


def blank(value: RawValue | None) -> bool:
    """Nothing there, or white space and zero-width characters only."""
    return value is None or (isinstance(value, str) and not plain(value))
