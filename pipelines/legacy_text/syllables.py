"""Which words are Vietnamese syllables: an onset, a rime, and at most one tone mark, at its place."""

from __future__ import annotations

import unicodedata
from functools import lru_cache


def _words(text: str) -> tuple[str, ...]:
    return tuple(text.split())


_ONSETS = _words("ngh ng nh ch gh gi kh ph qu th tr b c d đ g h k l m n p r s t v x")
_OPEN = _words(
    """a ai ao au ay âu ây e eo ê êu i ia iu o oa oai oao oay oe oeo oi ô ôi ơ ơi u ua uây ui uê uơ uy uya uyu
uôi ư ưa ưi ươi ươu ưu iêu y yêu"""
)
_WITH_FINAL = {
    "a": "c ch m n ng nh p t",
    "ă": "c m n ng p t",
    "â": "c m n ng p t",
    "e": "c m n ng p t",
    "ê": "ch m n nh p t",
    "i": "ch m n nh p t",
    "iê": "c m n ng p t",
    "yê": "m n ng t",
    "o": "c m n ng p t",
    "oa": "c ch n ng nh p t",
    "oă": "c m n ng t",
    "oe": "n t",
    "oo": "c ng",
    "ô": "c m n ng p t",
    "ơ": "m n p t",
    "u": "c m n ng p t",
    "uâ": "n ng t",
    "uê": "ch nh",
    "uô": "c m n ng t",
    "uy": "ch nh t n p",
    "uyê": "n t",
    "ư": "c n ng t",
    "ươ": "c m n ng p t",
}
_RIMES = frozenset(_OPEN) | {nucleus + final for nucleus, finals in _WITH_FINAL.items() for final in finals.split()}
_AFTER_QU = frozenset(
    _words(
        """a ai ang anh ao ach au ay at an ac ăc ăm ăn ăng ăt ăp âc ân âng ât ây âu e en eo et ê ên êt ênh êch êu i ich
in inh it y ych ynh yt yên yêt ô ôc ơ ơi ơn ơt ơp o"""
    )
)
_AFTER_GI = frozenset(_words("êng êc êm ên êt êp êu in"))
_TONES = "\u0300\u0301\u0303\u0309\u0323"
_LONGEST = len("nghiêng")
_STOPS = ("c", "ch", "p", "t")
_VOWELS = "aăâeêioôơuưy"
_EITHER = ("oa", "oe", "uy")
"""Where the old and the new way to place a tone mark differ: “hòa”, “hoà”."""


def is_syllable(word: str) -> bool:
    """Whether a word, in NFC and any case, is spelt as a Vietnamese syllable."""
    return len(word) <= _LONGEST and _is_syllable(word)


@lru_cache(maxsize=4096)
def _is_syllable(word: str) -> bool:
    if not (word.islower() or word[1:].islower() or word.isupper() or len(word) == 1):
        return False
    spelt, tone, place = _without_tone(word.lower())
    return any(_fits(spelt[len(onset) :], tone, place - len(onset), onset) for onset in _onsets(spelt))


def _onsets(spelt: str) -> list[str]:
    return [onset for onset in (*_ONSETS, "") if spelt.startswith(onset)]


def _fits(rime: str, tone: str, place: int, onset: str) -> bool:
    known = _AFTER_QU if onset == "qu" else _RIMES | _AFTER_GI if onset == "gi" else _RIMES
    if rime not in known:
        return False
    if onset in ("c", "g", "ng") and rime[0] in "eêy":
        return False
    if onset in ("k", "gh", "ngh") and rime[0] not in "ieêy":
        return False
    if rime.endswith(_STOPS):
        return tone in ("\u0301", "\u0323") and place == _bearer(rime)
    return not tone or place == _bearer(rime) or (rime in _EITHER and place == 1)


def _bearer(rime: str) -> int:
    """Where in a rime the tone mark stands."""
    nucleus = [n for n, letter in enumerate(rime) if letter in _VOWELS]
    marked = [n for n in nucleus if rime[n] in "ăâêôơư"]
    if marked:
        return marked[-1] if rime[marked[-1]] != "ư" else marked[0]
    closed = nucleus[-1] < len(rime) - 1
    return nucleus[1] if len(nucleus) == 3 or (len(nucleus) == 2 and closed) else nucleus[0]


def _without_tone(word: str) -> tuple[str, str, int]:
    """The word without its tone mark, the mark, and which letter bore it (-1: none; more than one: no syllable)."""
    letters: list[str] = []
    tone, place = "", -1
    for letter in word:
        parts = unicodedata.normalize("NFD", letter)
        marks = [part for part in parts if part in _TONES]
        if marks:
            if tone:
                return "", "", -1
            tone, place = marks[0], len(letters)
        letters.append(unicodedata.normalize("NFC", "".join(p for p in parts if p not in _TONES)))
    return "".join(letters), tone, place
