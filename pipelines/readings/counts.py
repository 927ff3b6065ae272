"""Counts: whole numbers, also as text in Vietnamese (`1.250`), English (`1,250`) or plain style."""

from __future__ import annotations

import re

from pipelines.readings.reading import Reading, typed_formula
from pipelines.spelling import tidy
from schemas.finding import FindingCode
from schemas.submission import RawValue

C = FindingCode
_PLAIN = re.compile(r"^[+-]?\d+$")
_SPACED = re.compile(r"^[+-]? ?(?:[1-9]\d{0,2}(?: \d{3})+|\d{1,3})(,\d+)?$")
_VIETNAMESE = re.compile(r"^[+-]?([1-9]\d{0,2}(\.\d{3})+|\d+)(,\d+)?$")
_ENGLISH = re.compile(r"^[+-]?([1-9]\d{0,2}(,\d{3})+|\d+)(\.\d+)?$")
_DIGITS = 15
"""More are not kept exactly by a spreadsheet."""


def read_count(value: RawValue) -> Reading:
    """A whole number. Sign and size are the contract's matter."""
    if isinstance(value, bool):
        return _no_count("là giá trị đúng/sai, không phải số lượng")
    if isinstance(value, int | float):
        return _whole(value)
    if not isinstance(value, str):
        return _no_count("là ngày, giờ, không phải số lượng; định dạng ô đang là ngày")
    if typed_formula(value):
        return _no_count("là công thức gõ dưới dạng chữ nên không có kết quả")
    return _number_in(tidy(value))


def _number_in(text: str) -> Reading:
    if _SPACED.match(text):
        text = text.replace(" ", "")
    readings = {n for n in (_vietnamese(text), _english(text)) if n is not None}
    if len(readings) > 1:
        return Reading(None, C.TWO_READINGS, " hoặc ".join(str(n) for n in sorted(readings)))
    if not readings:
        return _no_count("không phải số nguyên")
    number = readings.pop()
    return Reading(number, C.NUMBER_AS_TEXT, str(number))


def _no_count(detail: str) -> Reading:
    return Reading(None, C.NOT_A_COUNT, detail)


def _whole(number: float) -> Reading:
    if not abs(number) <= 2**53:
        return _no_count("là số quá lớn")
    if number != int(number):
        return _no_count("không phải số nguyên")
    return Reading(int(number))


def _vietnamese(text: str) -> int | None:
    return _integer(text.replace(".", "").replace(",", ".")) if _VIETNAMESE.match(text) else None


def _english(text: str) -> int | None:
    return _integer(text.replace(",", "")) if _ENGLISH.match(text) else None


def _integer(text: str) -> int | None:
    whole, _, fraction = text.partition(".")
    if len(whole.lstrip("+-")) > _DIGITS or fraction.strip("0") or not _PLAIN.match(whole):
        return None
    return int(whole)
