"""Yes and no, entries of a list, and text."""

from __future__ import annotations

from collections.abc import Sequence

from pipelines.legacy_text import suspected
from pipelines.readings.reading import FORMULA_TYPED, Reading, typed_formula
from pipelines.spelling import alike, did_you_mean, tidy
from schemas.finding import FindingCode, shown
from schemas.plan import NO, YES
from schemas.submission import RawValue

C = FindingCode
_CROSS = "x"
"""Marks a yes where people tick a box."""


def read_yes_no(value: RawValue) -> Reading:
    """`có` or `không`, in any case; `x` for yes; TRUE and FALSE as a spreadsheet writes them."""
    if isinstance(value, bool):
        return Reading(value, C.TEXT_TIDIED, YES if value else NO)
    if not isinstance(value, str):
        return Reading(None, C.NOT_YES_NO)
    if typed_formula(value):
        return Reading(None, C.NOT_YES_NO, FORMULA_TYPED)
    word = YES if tidy(value).casefold() == _CROSS else alike(value, (YES, NO))
    if word is None:
        return Reading(None, C.NOT_YES_NO, did_you_mean(value, (YES, NO)))
    return Reading(word == YES) if value == word else Reading(word == YES, C.TEXT_TIDIED, word)


def read_choice(value: RawValue, values: Sequence[str]) -> Reading:
    """An entry of a list, in any case and spacing, its tone marks old style or new.

    What matches nothing is kept as text: the contract refuses it.
    """
    text = value if isinstance(value, str) else shown(value)
    if text in values:
        return Reading(text)
    meant = alike(text, values)
    return Reading(tidy(text)) if meant is None else Reading(meant, C.TEXT_TIDIED, meant)


def read_text(value: RawValue) -> Reading:
    """Text; a number or a day is taken as it would be shown. What looks like a legacy encoding is kept as typed."""
    if isinstance(value, bool):
        return Reading(None, C.NOT_TEXT)
    if not isinstance(value, str):
        return Reading(shown(value))
    if suspected(value):
        return Reading(value, C.LEGACY_SUSPECTED)
    text = tidy(value)
    return Reading(text) if text == value else Reading(text, C.TEXT_TIDIED, text)
