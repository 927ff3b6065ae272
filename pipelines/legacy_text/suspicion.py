"""Whether text looks like TCVN3 or VNI although no font says so. Rather miss some than suspect what is right.

Suspected is text that has words no Vietnamese would write in Unicode, with characters that stand in no word at all
(`kh«ng`, `ViÖt`), and that turns into plain Vietnamese when it is converted.
"""

from __future__ import annotations

import re
import unicodedata

from pipelines.legacy_text.conversion import beyond_legacy, converted
from pipelines.legacy_text.syllables import is_syllable
from schemas.submission import Encoding

_WORD = re.compile(r"\d*[A-Za-z\xa1-\xaf\xb5-\xbe\xc0-\xff]+")
"""Letters, and the signs that stand for letters in TCVN3."""
_LETTER = re.compile(r"[A-Za-z]")
_SIGN = {
    "tcvn3": re.compile(r"[\xa1-\xaf\xb5-\xbe]|[a-z\xdf-\xff][\xc0-\xde]"),
    "vni": re.compile(r"[aeouyôö][øûïåäëü]|[ñö]|a[âêã]|e[âáàã]|oâ", re.IGNORECASE),
}
"""What stands in no word of Vietnamese in Unicode: signs among letters, capitals behind small ones, foreign vowels."""
_ALONE = re.compile(r"[A-Za-z][\xa8\xaa\xab\xac\xb6\xb8\xb9\xbb-\xbe][a-z]")
"""In TCVN3, so strange that one such word is enough."""
_SHARE = 0.75
"""So many of its words must be Vietnamese once converted."""


def suspected(text: str) -> Encoding | None:
    """The encoding that a text without a legacy font seems to be written in; None for any other text."""
    if text.isascii() or beyond_legacy(text):
        return None
    words = [word for word in _WORD.findall(unicodedata.normalize("NFC", text)) if _is_word(word)]
    return next((e for e in ("tcvn3", "vni") if _looks_like(words, e)), None)


def _is_word(word: str) -> bool:
    """Neither a sign alone (`«`), nor a unit behind a number (`5µm`), nor an abbreviation (`UBND`)."""
    return bool(_LETTER.search(word)) and not word[0].isdigit() and not (word.isascii() and word.isupper())


def _looks_like(words: list[str], encoding: Encoding) -> bool:
    said = [(word, converted(word, encoding)) for word in words]
    right = [(word, new) for word, new in said if is_syllable(new)]
    if len(right) < _SHARE * len(said):
        return False
    strange = [word for word, new in right if new != word and not is_syllable(word)]
    if len(strange) >= 2:
        return any(_SIGN[encoding].search(word) for word in strange)
    return encoding == "tcvn3" and any(_ALONE.search(word) and len(word) > 2 for word in strange)
