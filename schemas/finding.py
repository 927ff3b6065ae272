"""A fault is a value: `Finding` and its code. What each code says stands in `schemas.catalogue`."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum
from typing import Literal

Severity = Literal["error", "warning"]


class FindingCode(StrEnum):
    """Every fault tonghop can name in a submission."""

    # the file
    EMPTY_FILE = "EMPTY_FILE"
    NOT_A_FILE = "NOT_A_FILE"
    NOT_A_WORKBOOK = "NOT_A_WORKBOOK"
    OLD_FORMAT = "OLD_FORMAT"
    PASSWORD_PROTECTED = "PASSWORD_PROTECTED"  # noqa: S105 - the name of a fault
    DAMAGED_FILE = "DAMAGED_FILE"
    TOO_LARGE = "TOO_LARGE"
    READER_FAILED = "READER_FAILED"
    # whose report it is
    NO_STAMP = "NO_STAMP"
    WRONG_STAMP = "WRONG_STAMP"
    EXPIRED_STAMP = "EXPIRED_STAMP"
    UNKNOWN_PLAN = "UNKNOWN_PLAN"
    UNKNOWN_ROUND = "UNKNOWN_ROUND"
    UNKNOWN_UNIT = "UNKNOWN_UNIT"
    WRONG_FOLDER = "WRONG_FOLDER"
    # the shape of its tables
    SHEET_MISSING = "SHEET_MISSING"
    SHEET_REPEATED = "SHEET_REPEATED"
    TABLE_NOT_CLOSED = "TABLE_NOT_CLOSED"
    COLUMN_MISSING = "COLUMN_MISSING"
    COLUMN_UNKNOWN = "COLUMN_UNKNOWN"
    COLUMN_REPEATED = "COLUMN_REPEATED"
    ROW_MISSING = "ROW_MISSING"
    ROW_UNKNOWN = "ROW_UNKNOWN"
    ROW_REPEATED = "ROW_REPEATED"
    OUTSIDE_TABLE = "OUTSIDE_TABLE"
    FOREIGN_SHEET = "FOREIGN_SHEET"
    # what was mended while reading it
    OLD_TEMPLATE = "OLD_TEMPLATE"
    SHEET_RENAMED = "SHEET_RENAMED"
    SHEETS_REORDERED = "SHEETS_REORDERED"
    TABLE_MOVED = "TABLE_MOVED"
    COLUMNS_REORDERED = "COLUMNS_REORDERED"
    VALIDATION_LOST = "VALIDATION_LOST"
    SELF_CHECK_LOST = "SELF_CHECK_LOST"
    EPOCH_1904 = "EPOCH_1904"
    # a cell
    MISSING_VALUE = "MISSING_VALUE"
    ERROR_CELL = "ERROR_CELL"
    UNCACHED_FORMULA = "UNCACHED_FORMULA"
    NOT_A_COUNT = "NOT_A_COUNT"
    NOT_A_DATE = "NOT_A_DATE"
    NOT_YES_NO = "NOT_YES_NO"
    NOT_A_CHOICE = "NOT_A_CHOICE"
    NOT_TEXT = "NOT_TEXT"
    TWO_READINGS = "TWO_READINGS"
    PREFILL_CHANGED = "PREFILL_CHANGED"
    VALUE_UNDER_MERGE = "VALUE_UNDER_MERGE"
    MERGED_CELLS = "MERGED_CELLS"
    HIDDEN_CELLS = "HIDDEN_CELLS"
    DAY_MONTH_SWAPPED = "DAY_MONTH_SWAPPED"
    DECLARED_AND_FILLED = "DECLARED_AND_FILLED"
    NUMBER_AS_TEXT = "NUMBER_AS_TEXT"
    DATE_AS_TEXT = "DATE_AS_TEXT"
    DATE_AS_NUMBER = "DATE_AS_NUMBER"
    TEXT_TIDIED = "TEXT_TIDIED"
    LEGACY_FONT = "LEGACY_FONT"
    LEGACY_SUSPECTED = "LEGACY_SUSPECTED"
    # against what the unit sent before
    COUNT_LOWERED = "COUNT_LOWERED"
    VALUE_EMPTIED = "VALUE_EMPTIED"
    PARTS_CONFLICT = "PARTS_CONFLICT"
    # a rule of the plan
    AT_MOST = "AT_MOST"
    SUM_AT_MOST = "SUM_AT_MOST"
    SUM_EQUALS = "SUM_EQUALS"
    REQUIRED_WHEN = "REQUIRED_WHEN"
    REQUIRED_WHEN_POSITIVE = "REQUIRED_WHEN_POSITIVE"
    REQUIRED_WHEN_COMPLETE = "REQUIRED_WHEN_COMPLETE"
    ZERO_UNLESS = "ZERO_UNLESS"
    BETWEEN_DATES = "BETWEEN_DATES"
    ANY_GIVEN = "ANY_GIVEN"
    SAME_AS = "SAME_AS"
    NOT_BEFORE_WHEN = "NOT_BEFORE_WHEN"
    REQUIRED_TOGETHER = "REQUIRED_TOGETHER"
    BLANK_WHEN = "BLANK_WHEN"
    BLANK_UNLESS = "BLANK_UNLESS"
    DIFFERS_FROM = "DIFFERS_FROM"
    NONE_OF = "NONE_OF"
    IS_CODE = "IS_CODE"
    UNIQUE_ROWS = "UNIQUE_ROWS"


@dataclass(frozen=True, slots=True)
class Finding:
    """One fault. `sheet`: the tab the clerk sees; `cell`: its address; `field`: its field's id; `value`: found there.

    `rule` is the plan's rule where a rule was broken; it is not part of the published shape.
    """

    code: FindingCode
    severity: Severity
    message: str
    unit: str | None = None
    sheet: str | None = None
    cell: str | None = None
    field: str | None = None
    value: str | None = None
    rule: str | None = None

    def published(self) -> dict[str, str | None]:
        """The stable JSON shape of `tonghop check --json`."""
        return {
            "code": self.code.value,
            "severity": self.severity,
            "sheet": self.sheet,
            "cell": self.cell,
            "field": self.field,
            "value": self.value,
            "message": self.message,
        }


HIDDEN = "(không hiển thị)"
"""Stands for what a clerk typed where it may concern a person: fields that are not stored."""


def shown(value: object) -> str:
    """A value as a person would read it back: text whole, dates dd/mm/yyyy, long text cut at 80 characters."""
    if isinstance(value, datetime) and (value.hour or value.minute or value.second):
        return f"{value:%d/%m/%Y %H:%M}"
    if isinstance(value, date):
        return f"{value:%d/%m/%Y}"
    if isinstance(value, bool):
        return "TRUE" if value else "FALSE"
    if isinstance(value, float) and value.is_integer() and abs(value) < 1e15:
        return str(int(value))
    text = str(value)
    return text if len(text) <= 80 else text[:77] + "…"
