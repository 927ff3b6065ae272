"""What every reader gives, and what no reader is asked about: blank cells, errors, formulas without a result."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import date

from pipelines.spelling import tidy
from schemas.finding import FindingCode
from schemas.submission import ErrorCell, RawValue, UncachedFormula

_ERROR = re.compile(
    r"#(NULL!|DIV/0!|VALUE!|REF!|NAME\?|NUM!|N/A|SPILL!|CALC!|GETTING_DATA|FIELD!|BLOCKED!|UNKNOWN!|CONNECT!|BUSY!"
    r"|EXTERNAL!|PYTHON!|TIMEOUT!|ERROR!)|(ERR|LỖI):\d{3}"
)
"""What a cell shows in Excel, Google Sheets or LibreOffice instead of a result; values pasted elsewhere keep it."""

FORMULA_TYPED = " (đây là công thức gõ dưới dạng chữ nên không có kết quả)"
"""Said behind a value that is a formula as text."""


@dataclass(frozen=True, slots=True)
class Reading:
    """What a cell was read as; `code` says what was repaired, or (`value` None) why it was refused."""

    value: int | bool | date | str | None
    code: FindingCode | None = None
    detail: str = ""


def is_blank(value: RawValue | None) -> bool:
    """Whether a cell holds nothing a person can see."""
    return value is None or (isinstance(value, str) and not tidy(value))


def unreadable(value: RawValue) -> Reading | None:
    """The refusal of an error, be it a cell's own or the text of one, or of a formula without a result; else None."""
    if isinstance(value, ErrorCell) or (isinstance(value, str) and _ERROR.fullmatch(tidy(value).upper())):
        return Reading(None, FindingCode.ERROR_CELL)
    if isinstance(value, UncachedFormula):
        return Reading(None, FindingCode.UNCACHED_FORMULA)
    return None


def typed_formula(value: object) -> bool:
    """Whether a cell holds a formula as text: Excel shows it, and never calculates it."""
    return isinstance(value, str) and tidy(value).startswith("=")
