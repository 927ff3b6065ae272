"""When two spellings say the same: forms, spaces, marks placed elsewhere; and which word of a list a near one means."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Sequence
from difflib import SequenceMatcher

_INVISIBLE = dict.fromkeys(map(ord, "\u200b\u200c\u200d\u2060\ufeff\u00ad"))
_TONES = "\u0300\u0301\u0303\u0309\u0323"
"""Grave, acute, tilde, hook above, dot below: a syllable bears at most one of them."""
_MARKED_WORD = re.compile(r"(?<![^\W\d_])[^\W\d_]++(?:[\u0300-\u036f]++[^\W\d_]*+)+")
_PUNCTUATION = str.maketrans("“”„«»‘’`–—‒−‑", '"""""\'\'\'-----')
_NEAR = 0.6
"""From this likeness on (0 to 1) a word is offered."""
_LONGEST = 120
"""Of longer texts only so many letters are compared."""


def tidy(text: str) -> str:
    """Text in NFC, without invisible characters, with single spaces; line breaks are kept."""
    if text.isascii() and text.isprintable() and "  " not in text:
        return text.strip()
    text = unicodedata.normalize("NFC", text).translate(_INVISIBLE).replace("\r\n", "\n")
    lines = (re.sub(r"[^\S\n]+", " ", line).strip() for line in text.split("\n"))
    return "\n".join(lines).strip()


def tone_neutral(text: str) -> str:
    """The text with each word's tone mark behind the word, so that “hoà” and “hòa” are one. For comparing only.

    A word with two tone marks is two words written together, and is left as it is.
    """
    return _MARKED_WORD.sub(_tone_last, unicodedata.normalize("NFD", text))


def bare(text: str) -> str:
    """The text in small letters without any mark: “Trực tuyến” → “truc tuyen”. For comparing only."""
    letters = unicodedata.normalize("NFD", tidy(text).casefold()).replace("đ", "d")
    return "".join(letter for letter in letters if not unicodedata.combining(letter))


def alike(text: str, values: Sequence[str]) -> str | None:
    """The value that says the same but for case, spaces, invisible characters, kinds of dashes and quotes, or where
    the tone marks stand; None where there is none, or more than one."""
    for same in (lambda t: tidy(t).casefold(), _key):
        wanted = same(text)
        found = [value for value in values if same(value) == wanted]
        if found:
            return found[0] if len(found) == 1 else None
    return None


def nearest(text: str, values: Sequence[str]) -> str | None:
    """The value that was most likely meant, marks or no marks; None where nothing is near."""
    wanted, plain = tidy(text).casefold()[:_LONGEST], bare(text)[:_LONGEST]
    scored = [(_likeness(plain, bare(v)), _likeness(wanted, v.casefold()), -n, v) for n, v in enumerate(values)]
    best = max(scored, default=None)
    return best[3] if best is not None and best[0] >= _NEAR else None


def did_you_mean(text: str, values: Sequence[str]) -> str:
    """`. Có phải “x”?` where something of the list is near, else nothing."""
    near = nearest(text, values)
    return f". Có phải “{near}”?" if near else ""


def _key(text: str) -> str:
    return tone_neutral(tidy(text).casefold().translate(_PUNCTUATION))


def _tone_last(word: re.Match[str]) -> str:
    tones = [letter for letter in word[0] if letter in _TONES]
    if len(tones) != 1:
        return word[0]
    return word[0].replace(tones[0], "") + tones[0]


def _likeness(one: str, other: str) -> float:
    return SequenceMatcher(None, one, other, autojunk=False).ratio()
