"""Rules on dates."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import Any

import pandas as pd

from schemas.finding import FindingCode
from schemas.rules.answers import When
from schemas.rules.base import ARRIVAL, Cells, Rule
from schemas.rules.faces import equals, settled


class BetweenDates(Rule):
    """from ≤ field ≤ to; either end is an ISO date or the day the report arrived."""

    name, code = "between_dates", FindingCode.BETWEEN_DATES
    params = ("field", "from", "to")
    fields_in = ("field",)

    def holds(self, frame: pd.DataFrame) -> pd.Series[bool]:
        day = frame[self._one("field")]
        low, high = (self._end(frame, end) for end in ("from", "to"))
        return settled(day.isna() | ((day >= low) & (day <= high)))

    @property
    def compared(self) -> tuple[str, ...]:
        return self.fields

    def formula(self, cells: Cells) -> str:
        day = cells.meant(self._one("field"))
        low, high = (_excel_day(self._one(end)) for end in ("from", "to"))
        return f"({day}-{low}>=0)*({high}-{day}>=0)"

    def words(self) -> str:
        low, high = (_day_words(self._one(end)) for end in ("from", "to"))
        return f"{self._label(self._one('field'))} phải từ {low} đến {high}"

    def breach(self, row: Mapping[str, Any]) -> str:
        day, low, high = row[self._one("field")], self._day("from", row), self._day("to", row)
        seen = self._with(self._one("field"), row)
        if day < low:
            return f"{seen} sớm hơn {_day_words(self._one('from'))}{_of(self._one('from'), low)}"
        return f"{seen} muộn hơn {_day_words(self._one('to'))}{_of(self._one('to'), high)}"

    def window(self, row: Mapping[str, Any]) -> tuple[pd.Timestamp, pd.Timestamp]:
        """The first and the last day that a row of a frame may hold."""
        return self._day("from", row), self._day("to", row)

    def _end(self, frame: pd.DataFrame, end: str) -> Any:
        return frame[ARRIVAL] if self._one(end) == "arrival" else pd.Timestamp(self._one(end))

    def _day(self, end: str, row: Mapping[str, Any]) -> Any:
        return row[ARRIVAL] if self._one(end) == "arrival" else pd.Timestamp(self._one(end))


class NotBeforeWhen(When):
    """`when` equals a value → field ≥ from, an ISO date."""

    name, code = "not_before_when", FindingCode.NOT_BEFORE_WHEN
    params = ("field", "when", "equals", "from")
    fields_in = ("field", "when")

    def holds(self, frame: pd.DataFrame) -> pd.Series[bool]:
        day = frame[self._one("field")]
        free = day.isna() | ~equals(frame[self._one("when")], self._one("equals"))
        return settled(free | (day >= pd.Timestamp(self._one("from"))))

    @property
    def compared(self) -> tuple[str, ...]:
        return (self._one("field"), *super().compared)

    def formula(self, cells: Cells) -> str:
        room = f"{cells.meant(self._one('field'))}-{_excel_day(self._one('from'))}"
        return f"IF({self._said(cells)},{room}>=0,TRUE)"

    def words(self) -> str:
        first = _day_words(self._one("from"))
        return f"Khi {self._when_said()} thì {self._label(self._one('field'))} không được sớm hơn {first}"

    def breach(self, row: Mapping[str, Any]) -> str:
        first = _day_words(self._one("from"))
        return f"{self._with(self._one('field'), row)} sớm hơn {first} trong khi {self._answered(row)}"


def _excel_day(end: str) -> str:
    if end == "arrival":
        return "TODAY()"
    day = date.fromisoformat(end)
    return f"DATE({day.year},{day.month},{day.day})"


def _day_words(end: str) -> str:
    return "ngày gửi báo cáo" if end == "arrival" else f"ngày {date.fromisoformat(end):%d/%m/%Y}"


def _of(end: str, day: pd.Timestamp) -> str:
    return f" ({day:%d/%m/%Y})" if end == "arrival" else ""
