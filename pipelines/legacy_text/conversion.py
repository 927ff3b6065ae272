"""Legacy text → Unicode."""

from __future__ import annotations

import re
import unicodedata

from pipelines.legacy_text.tables import LETTERS
from schemas.submission import Encoding, RawValue

_CODES = {
    encoding: re.compile("|".join(map(re.escape, sorted(letters, key=len, reverse=True))))
    for encoding, letters in LETTERS.items()
}


def converted(text: str, encoding: Encoding) -> str:
    """The text in Unicode (NFC); as it is where it is Unicode already, whatever its font."""
    if text.isascii() or beyond_legacy(text):
        return text
    letters = LETTERS[encoding]
    return _CODES[encoding].sub(lambda code: letters[code[0]], text)


def legible(value: RawValue | None, encoding: Encoding | None) -> RawValue | None:
    """What a cell says: its text in Unicode where its font is a legacy one, anything else as it is."""
    return converted(value, encoding) if isinstance(value, str) and encoding is not None else value


def beyond_legacy(text: str) -> bool:
    """Whether letters stand in it that no legacy encoding has: then it is Unicode."""
    composed = unicodedata.normalize("NFC", text)
    return any(letter > "\xff" and (letter.isalpha() or unicodedata.combining(letter)) for letter in composed)
