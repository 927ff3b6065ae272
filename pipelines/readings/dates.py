"""Calendar days: date cells, text with the day first, and serial numbers that have lost their date format."""

from __future__ import annotations

import re
from datetime import date, datetime, timedelta

from pipelines.readings.reading import FORMULA_TYPED, Reading, typed_formula
from pipelines.spelling import tidy
from schemas.finding import FindingCode
from schemas.submission import RawValue

C = FindingCode
_DAY_FIRST = re.compile(r"^(\d{1,2})[/.-](\d{1,2})[/.-](\d{4})$")
_YEAR_FIRST = re.compile(r"^(\d{4})-(\d{1,2})-(\d{1,2})(?:[T ]00:00(?::00)?)?$")
_FIRST, _LAST = date(2000, 1, 1), date(2100, 12, 31)
_DAY_0, _DAY_0_OF_1904 = date(1899, 12, 30), date(1904, 1, 1)
"""The day that serial number 0 stands for, right for every day from March 1900 on."""


def read_date(value: RawValue, *, epoch_1904: bool = False) -> Reading:
    """A calendar day between 2000 and 2100. `epoch_1904`: from which day the file counts its serial numbers."""
    if isinstance(value, datetime):
        value = value.date()
    if isinstance(value, date):
        return Reading(value) if _FIRST <= value <= _LAST else Reading(None, C.NOT_A_DATE)
    if isinstance(value, int | float):
        return _read(_serial(value, _DAY_0_OF_1904 if epoch_1904 else _DAY_0), C.DATE_AS_NUMBER)
    if not isinstance(value, str):
        return Reading(None, C.NOT_A_DATE)
    if typed_formula(value):
        return Reading(None, C.NOT_A_DATE, FORMULA_TYPED)
    text = tidy(value)
    day = _day(text)
    return Reading(None, C.NOT_A_DATE, _month_first(text)) if day is None else _read(day, C.DATE_AS_TEXT)


def swapped_into(day: date, first: date, last: date) -> date | None:
    """The day with day and month swapped, where the day lies outside first…last and the swap inside; else None."""
    if first <= day <= last or day.day > 12:
        return None
    swap = date(day.year, day.day, day.month)
    return swap if first <= swap <= last else None


def _read(day: date | None, repaired: FindingCode) -> Reading:
    return Reading(None, C.NOT_A_DATE) if day is None else Reading(day, repaired, f"{day:%d/%m/%Y}")


def _month_first(text: str) -> str:
    """What a day was perhaps meant to be that no calendar has with the day first: `4/25/2022`."""
    match = _DAY_FIRST.match(text)
    swap = _day(f"{match[2]}/{match[1]}/{match[3]}") if match else None
    return "" if swap is None else f". Có phải {swap:%d/%m/%Y} (ghi tháng trước, ngày sau)?"


def _serial(number: float, day_0: date) -> date | None:
    first, last = (_FIRST - day_0).days, (_LAST - day_0).days
    if isinstance(number, bool) or not first <= number <= last or number != int(number):
        return None
    return day_0 + timedelta(days=int(number))


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
    return found if _FIRST <= found <= _LAST else None
