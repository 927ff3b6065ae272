"""“Did you mean” for tabs, columns and markers: the one name that is near. Only ever offered, never acted upon."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from difflib import SequenceMatcher

from pipelines.spelling import bare

_NEAR = 0.8
_LONGEST = 100
_NO_LETTER = re.compile(r"[\W_]+")


def folded(text: str) -> str:
    """A name without case, tones, marks and punctuation: `B2  Học-tập` → `b2 hoc tap`."""
    return _NO_LETTER.sub(" ", bare(text[:_LONGEST])).strip()


def nearest(written: str, names: Mapping[str, Sequence[str]]) -> str | None:
    """Whose name is near to what was written: the key of `names`, which gives the names it goes by.

    None where nothing is near, or where two are equally near.
    """
    text = folded(written)
    scores = sorted(((max(_likeness(text, n) for n in own), key) for key, own in names.items() if own), reverse=True)
    if not text or not scores or scores[0][0] < _NEAR or (len(scores) > 1 and scores[1][0] == scores[0][0]):
        return None
    return scores[0][1]


def _likeness(text: str, name: str) -> float:
    return SequenceMatcher(None, text, folded(name), autojunk=False).ratio()
