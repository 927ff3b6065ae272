"""What a clerk typed, written back as it was: text as text, numbers, days under a date format, errors as their text."""

from __future__ import annotations

import math
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import TYPE_CHECKING

from pipelines.styles import exact_text, sound_text
from schemas.submission import ErrorCell, RawValue, UncachedFormula

if TYPE_CHECKING:
    from xlsxwriter.format import Format
    from xlsxwriter.worksheet import Worksheet

    from pipelines.styles import InputKind

_FIRST_SERIAL = date(1900, 1, 1)
_LEAP_SERIAL = date(1900, 3, 1)
"""From this day on serial numbers count a 29 February 1900 that never was."""
_SECONDS = 86_400


@dataclass(frozen=True, slots=True)
class Moment:
    """A day, with its time if it has one, as a spreadsheet numbers it."""

    serial: float
    kind: InputKind


class _Exact(float):
    """A number that 16 digits do not tell, as xlsxwriter writes it; this one writes all of them."""

    def __format__(self, spec: str, /) -> str:
        del spec
        return repr(float(self))


Written = str | bool | float | Moment | None
"""What stands in the cell. None: blank."""


def written(value: RawValue | None, kind: InputKind) -> Written:
    """What is written for a value in a cell of that kind; an error and a formula without a result are text.

    A day in a count cell is text as well, as it was shown: under a date format every number that the clerk then types
    would be a day again, and the protected sheet does not let them change the format.
    """
    if isinstance(value, ErrorCell):
        return sound_text(value.text)
    if isinstance(value, UncachedFormula):
        return sound_text(value.formula if value.formula.startswith("=") else f"={value.formula}")
    if isinstance(value, date):
        return _day_in_words(value) if kind == "count" else _moment(value)
    if isinstance(value, time | timedelta):
        return _clock(value)
    if isinstance(value, bool) or value is None:
        return value
    return sound_text(value) or None if isinstance(value, str) else _number(value)


def write_value(worksheet: Worksheet, row: int, col: int, value: Written, form: Format) -> None:
    """Write it under a format (row and column 0-based): never as a formula, a link or markup."""
    if value is None:
        worksheet.write_blank(row, col, None, form)
    elif isinstance(value, str):
        worksheet.write_string(row, col, exact_text(value), form)
    elif isinstance(value, bool):
        worksheet.write_boolean(row, col, value, form)
    elif isinstance(value, Moment):
        worksheet.write_number(row, col, value.serial, form)
    else:
        worksheet.write_number(row, col, value, form)


def _number(value: float) -> str | float:
    try:
        number = float(value)
    except OverflowError:
        return sound_text(str(value))
    if not math.isfinite(number):
        return str(number)
    return number if float(f"{number:.16G}") == number else _Exact(number)


def _moment(value: date) -> str | Moment:
    """A day before 1900 has no number and is text."""
    at = value if isinstance(value, datetime) else datetime.combine(value, time())
    at = at.replace(tzinfo=None)
    if at.date() < _FIRST_SERIAL:
        return _day_in_words(value)
    zero = date(1899, 12, 30) if at.date() >= _LEAP_SERIAL else date(1899, 12, 31)
    since = at - datetime.combine(zero, time())
    seconds = since.seconds + since.microseconds / 1e6
    return Moment(since.days + seconds / _SECONDS, "datetime" if seconds else "date")


def _day_in_words(value: date) -> str:
    words = f"{value.day:02}/{value.month:02}/{value.year:04}"
    if isinstance(value, datetime) and value.time().replace(tzinfo=None) != time():
        words += f" {value:%H:%M}"
    return words


def _clock(value: time | timedelta) -> str:
    """A time of day or a duration: `08:30`, `26:05:10`."""
    if isinstance(value, time):
        seconds = value.hour * 3600 + value.minute * 60 + value.second
    else:
        seconds = round(value.total_seconds())
    hours, rest = divmod(abs(seconds), 3600)
    words = f"{'-' if seconds < 0 else ''}{hours:02}:{rest // 60:02}"
    return f"{words}:{rest % 60:02}" if rest % 60 else words
