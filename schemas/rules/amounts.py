"""Rules that compare counts with each other."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import pandas as pd

from schemas.finding import FindingCode
from schemas.rules.base import Cells, Rule
from schemas.rules.cells import given
from schemas.rules.faces import settled


class AtMost(Rule):
    """value ≤ limit − minus."""

    name, code = "at_most", FindingCode.AT_MOST
    params, optional = ("value", "limit"), ("minus",)
    fields_in = counts = ("value", "limit", "minus")

    def holds(self, frame: pd.DataFrame) -> pd.Series[bool]:
        room = self._amount(frame, self._one("limit")) - self._amount(frame, *self._many("minus"))
        return settled(self._amount(frame, self._one("value")) <= room)

    def formula(self, cells: Cells) -> str:
        room = "-".join(map(cells.meant, (self._one("limit"), *self._many("minus"))))
        return f"{room}-{cells.meant(self._one('value'))}>=0"

    def words(self) -> str:
        return f"{self._label(self._one('value'))} không được lớn hơn {self._room()}"

    def breach(self, row: Mapping[str, Any]) -> str:
        room = " trừ ".join(self._with(f, row) for f in (self._one("limit"), *self._many("minus")))
        return f"{self._with(self._one('value'), row)} lớn hơn {room}"

    def _room(self) -> str:
        return self._labels((self._one("limit"), *self._many("minus")), " trừ ")


class SumAtMost(Rule):
    """The sum of parts ≤ limit."""

    name, code = "sum_at_most", FindingCode.SUM_AT_MOST
    params = fields_in = counts = ("parts", "limit")

    def at(self, row: Mapping[str, Any]) -> str:
        return max(self._many("parts"), key=lambda field: self._total(row, [field]))

    def holds(self, frame: pd.DataFrame) -> pd.Series[bool]:
        return settled(self._amount(frame, *self._many("parts")) <= self._amount(frame, self._one("limit")))

    def formula(self, cells: Cells) -> str:
        parts = "+".join(map(cells.meant, self._many("parts")))
        return f"{cells.meant(self._one('limit'))}-({parts})>=0"

    def words(self) -> str:
        return f"Tổng {self._labels(self._many('parts'))} không được lớn hơn {self._label(self._one('limit'))}"

    def breach(self, row: Mapping[str, Any]) -> str:
        total = self._total(row, self._many("parts"))
        parts, limit = self._all_with(self._many("parts"), row), self._with(self._one("limit"), row)
        return f"tổng {parts} bằng {total}, lớn hơn {limit}"


class SumEquals(Rule):
    """The sum of parts = total."""

    name, code = "sum_equals", FindingCode.SUM_EQUALS
    params = counts = ("parts", "total")
    fields_in = ("total", "parts")

    def holds(self, frame: pd.DataFrame) -> pd.Series[bool]:
        return settled(self._amount(frame, *self._many("parts")) == self._amount(frame, self._one("total")))

    def formula(self, cells: Cells) -> str:
        parts = "+".join(map(cells.meant, self._many("parts")))
        return f"{cells.meant(self._one('total'))}-({parts})=0"

    def words(self) -> str:
        return f"Tổng {self._labels(self._many('parts'))} phải bằng {self._label(self._one('total'))}"

    def breach(self, row: Mapping[str, Any]) -> str:
        total = self._total(row, self._many("parts"))
        return (
            f"tổng {self._all_with(self._many('parts'), row)} bằng {total}, khác {self._with(self._one('total'), row)}"
        )


class SameAs(Rule):
    """field = field `other` in the same organisation's row of another sheet."""

    name, code = "same_as", FindingCode.SAME_AS
    params = ("field", "sheet", "other")
    fields_in = counts = ("field",)

    @property
    def elsewhere(self) -> tuple[str, ...]:
        return (f"{self._one('sheet')}.{self._one('other')}",)

    def holds(self, frame: pd.DataFrame) -> pd.Series[bool]:
        return settled(frame[self._one("field")] == frame[self.elsewhere[0]])

    def formula(self, cells: Cells) -> str:
        both = (self._one("field"), self.elsewhere[0])
        told = "*".join(f"({given(cells.typed(field))})" for field in both)
        return f"IF({told},{'-'.join(map(cells.meant, both))}=0,TRUE)"

    def words(self) -> str:
        return f"{self._label(self._one('field'))} phải bằng {self._label(self.elsewhere[0])}"

    def breach(self, row: Mapping[str, Any]) -> str:
        there = f"{self._with(self.elsewhere[0], row)}{row.get('_there', '')}"
        return f"{self._with(self._one('field'), row)} khác {there}"
