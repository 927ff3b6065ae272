"""How a cell's content is read as a count, a date, yes/no, a choice or text. Strict: never guessed, each repair said.

Every reader takes what the cell holds (blank cells never come here) and gives a `Reading`.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime

from schemas.finding import FindingCode, shown
from schemas.plan import NO, YES
from schemas.submission import ErrorCell, RawValue, UncachedFormula

C = FindingCode
_INVISIBLE = dict.fromkeys(map(ord, "\u200b\u200c\u200d\u2060\ufeff\u00ad"))
_PLAIN = re.compile(r"^[+-]?\d+$")
_SPACED = re.compile(r"^[+-]? ?\d{1,3}( \d{3})*(,\d+)?$")
_VIETNAMESE = re.compile(r"^[+-]?(\d{1,3}(\.\d{3})+|\d+)(,\d+)?$")
_ENGLISH = re.compile(r"^[+-]?(\d{1,3}(,\d{3})+|\d+)(\.\d+)?$")
_DAY_FIRST = re.compile(r"^(\d{1,2})[/.-](\d{1,2})[/.-](\d{4})$")
_YEAR_FIRST = re.compile(r"^(\d{4})-(\d{1,2})-(\d{1,2})(?:[T ]00:00(?::00)?)?$")
_FIRST_YEAR, _LAST_YEAR = 2000, 2100


@dataclass(frozen=True, slots=True)
class Reading:
    """What a cell was read as; `code` says what was repaired, or (`value` None) why it was refused."""

    value: int | bool | date | str | None
    code: FindingCode | None = None
    detail: str = ""


def tidy(text: str) -> str:
    """Text in NFC, without invisible characters, with single spaces; line breaks are kept."""
    text = unicodedata.normalize("NFC", text).translate(_INVISIBLE).replace("\r\n", "\n")
    lines = (re.sub(r"[^\S\n]+", " ", line).strip() for line in text.split("\n"))
    return "\n".join(lines).strip()


def is_blank(value: RawValue | None) -> bool:
    """Whether a cell holds nothing a person can see."""
    return value is None or (isinstance(value, str) and not tidy(value))


def unreadable(value: RawValue) -> Reading | None:
    """The refusal of an error cell or a formula without a result; None for anything else."""
    if isinstance(value, ErrorCell):
        return Reading(None, C.ERROR_CELL)
    if isinstance(value, UncachedFormula):
        return Reading(None, C.UNCACHED_FORMULA)
    return None


def read_count(value: RawValue) -> Reading:
    """A whole number. Sign and size are the contract's matter."""
    if isinstance(value, bool):
        return _no_count("là giá trị đúng/sai, không phải số lượng")
    if isinstance(value, int | float):
        return _whole(value)
    if not isinstance(value, str):
        return _no_count("là ngày, giờ, không phải số lượng; định dạng ô đang là ngày")
    text = tidy(value)
    if _SPACED.match(text):
        text = text.replace(" ", "")
    readings = {n for n in (_vietnamese(text), _english(text)) if n is not None}
    if len(readings) > 1:
        return Reading(None, C.TWO_READINGS, " hoặc ".join(str(n) for n in sorted(readings)))
    if not readings:
        return _no_count("không phải số nguyên")
    number = readings.pop()
    return Reading(number, C.NUMBER_AS_TEXT, str(number))


def read_date(value: RawValue) -> Reading:
    """A calendar day between 2000 and 2100."""
    if isinstance(value, datetime):
        value = value.date()
    if isinstance(value, date):
        return Reading(value) if _FIRST_YEAR <= value.year <= _LAST_YEAR else Reading(None, C.NOT_A_DATE)
    if not isinstance(value, str):
        return Reading(None, C.NOT_A_DATE)
    day = _day(tidy(value))
    if day is None:
        return Reading(None, C.NOT_A_DATE)
    return Reading(day, C.DATE_AS_TEXT, f"{day:%d/%m/%Y}")


def read_yes_no(value: RawValue) -> Reading:
    """`có` or `không`, in any case; TRUE and FALSE as a spreadsheet writes them."""
    if isinstance(value, bool):
        return Reading(value, C.TEXT_TIDIED, YES if value else NO)
    if not isinstance(value, str):
        return Reading(None, C.NOT_YES_NO)
    word = tidy(value).casefold()
    if word not in (YES, NO):
        return Reading(None, C.NOT_YES_NO)
    return Reading(word == YES) if value == word else Reading(word == YES, C.TEXT_TIDIED, word)


def read_choice(value: RawValue, values: Sequence[str]) -> Reading:
    """An entry of a list, in any case and spacing. What matches nothing is kept as text: the contract refuses it."""
    text = value if isinstance(value, str) else shown(value)
    if text in values:
        return Reading(text)
    wanted = tidy(text).casefold()
    near = [v for v in values if tidy(v).casefold() == wanted]
    if len(near) == 1:
        return Reading(near[0], C.TEXT_TIDIED, near[0])
    return Reading(tidy(text))


def read_text(value: RawValue) -> Reading:
    """Text; a number or a day is taken as it would be shown."""
    if isinstance(value, bool):
        return Reading(None, C.NOT_TEXT)
    if not isinstance(value, str):
        return Reading(shown(value))
    text = tidy(value)
    return Reading(text) if text == value else Reading(text, C.TEXT_TIDIED, text)


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
    if len(whole.lstrip("+-")) > 15 or fraction.strip("0") or not _PLAIN.match(whole):
        return None
    return int(whole)


def _day(text: str) -> date | None:
    if match := _DAY_FIRST.match(text):
        day, month, year = (int(part) for part in match.groups())
    elif match := _YEAR_FIRST.match(text):
        year, month, day = (int(part) for part in match.groups())
    else:
        return None
    try:
        found = date(year, month, day)
    except ValueError:
        return None
    return found if _FIRST_YEAR <= year <= _LAST_YEAR else None
