"""Rules on what must be given, and what must not."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import pandas as pd

from schemas.finding import FindingCode
from schemas.rules.base import Ref, Rule, said
from schemas.rules.faces import equals, given, settled, text_is


class RequiredWhen(Rule):
    """`when` equals a value → field is given."""

    name, code = "required_when", FindingCode.REQUIRED_WHEN
    params = ("field", "when", "equals")
    fields_in = ("field", "when")

    def holds(self, frame: pd.DataFrame) -> pd.Series[bool]:
        return ~equals(frame[self._one("when")], self._one("equals")) | frame[self._one("field")].notna()

    def formula(self, ref: Ref) -> str:
        when = text_is(ref(self._one("when")), self._one("equals"))
        return f"IF({when},{given(ref(self._one('field')))},TRUE)"

    def words(self) -> str:
        when = f"{self._label(self._one('when'))} là “{self._one('equals')}”"
        return f"Khi {when} thì phải điền {self._label(self._one('field'))}"

    def breach(self, row: Mapping[str, Any]) -> str:  # noqa: ARG002 - what is missing has no value to show
        when = f"{self._label(self._one('when'))} là “{self._one('equals')}”"
        return f"chưa điền {self._label(self._one('field'))} trong khi {when}"


class RequiredWhenPositive(Rule):
    """Count `when` > 0 → field is given."""

    name, code = "required_when_positive", FindingCode.REQUIRED_WHEN_POSITIVE
    params = fields_in = ("field", "when")
    counts = ("when",)

    def holds(self, frame: pd.DataFrame) -> pd.Series[bool]:
        positive = (frame[self._one("when")] > 0).fillna(False).astype(bool)
        return ~positive | frame[self._one("field")].notna()

    def formula(self, ref: Ref) -> str:
        when = ref(self._one("when"))
        return f"IF(COUNT({when})<1,TRUE,IF({when}>0,{given(ref(self._one('field')))},TRUE))"

    def words(self) -> str:
        return f"Khi {self._label(self._one('when'))} lớn hơn 0 thì phải điền {self._label(self._one('field'))}"

    def breach(self, row: Mapping[str, Any]) -> str:
        return f"chưa điền {self._label(self._one('field'))} trong khi {self._with(self._one('when'), row)} lớn hơn 0"


class RequiredWhenComplete(Rule):
    """limit > 0 and the sum of parts = limit → field is given."""

    name, code = "required_when_complete", FindingCode.REQUIRED_WHEN_COMPLETE
    params = fields_in = ("field", "parts", "limit")
    counts = ("parts", "limit")

    def holds(self, frame: pd.DataFrame) -> pd.Series[bool]:
        limit = self._amount(frame, self._one("limit"))
        incomplete = ~((limit > 0) & (self._amount(frame, *self._many("parts")) == limit))
        return settled(incomplete | frame[self._one("field")].notna())

    def formula(self, ref: Ref) -> str:
        limit, parts = self._number(ref, self._one("limit")), (self._number(ref, f) for f in self._many("parts"))
        complete = f"IF({limit}>0,{'+'.join(parts)}={limit},FALSE)"
        counts = (*self._many("parts"), self._one("limit"))
        return self._when_numbers(ref, counts, f"IF({complete},{given(ref(self._one('field')))},TRUE)")

    def words(self) -> str:
        parts, limit = self._labels(self._many("parts")), self._label(self._one("limit"))
        return f"Khi {parts} đã bằng {limit} thì phải điền {self._label(self._one('field'))}"

    def breach(self, row: Mapping[str, Any]) -> str:
        parts, limit = self._all_with(self._many("parts"), row), self._with(self._one("limit"), row)
        return f"chưa điền {self._label(self._one('field'))} trong khi {parts} đã bằng {limit}"


class ZeroUnless(Rule):
    """`when` given and another value → fields are empty or 0."""

    name, code = "zero_unless", FindingCode.ZERO_UNLESS
    params = ("fields", "when", "equals")
    fields_in = ("fields", "when")
    counts = ("fields",)

    def holds(self, frame: pd.DataFrame) -> pd.Series[bool]:
        when = frame[self._one("when")]
        free = when.isna() | equals(when, self._one("equals"))
        zero = frame[list(self._many("fields"))].fillna(0).eq(0).all(axis=1)
        return settled(free | zero)

    def formula(self, ref: Ref) -> str:
        when, fields = ref(self._one("when")), [ref(f) for f in self._many("fields")]
        free = f"OR(NOT({given(when)}),{text_is(when, self._one('equals'))})"
        zero = ",".join(f"N({f})=0" for f in fields)
        return f"IF({free},TRUE,AND({zero}))"

    def words(self) -> str:
        when = f"{self._label(self._one('when'))} không phải “{self._one('equals')}”"
        return f"Khi {when} thì {self._labels(self._many('fields'), ', ')} phải để trống hoặc bằng 0"

    def at(self, row: Mapping[str, Any]) -> str:
        return self._wrong(row)[0]

    def breach(self, row: Mapping[str, Any]) -> str:
        when = f"{self._label(self._one('when'))} là “{said(row[self._one('when')])}”"
        return f"{', '.join(self._with(f, row) for f in self._wrong(row))} phải để trống hoặc bằng 0 vì {when}"

    def _wrong(self, row: Mapping[str, Any]) -> list[str]:
        """The fields that hold more than 0."""
        return [f for f in self._many("fields") if not pd.isna(row[f]) and row[f] != 0]


class AnyGiven(Rule):
    """A row that is used gives at least one of these counts."""

    name, code = "any_given", FindingCode.ANY_GIVEN
    params = fields_in = counts = ("fields",)

    def holds(self, frame: pd.DataFrame) -> pd.Series[bool]:
        return frame[list(self._many("fields"))].notna().any(axis=1)

    def formula(self, ref: Ref) -> str:
        return f"COUNT({','.join(ref(f) for f in self._many('fields'))})>0"

    def words(self) -> str:
        return f"Mỗi dòng phải có ít nhất một số trong: {self._labels(self._many('fields'), ', ')}"

    def breach(self, row: Mapping[str, Any]) -> str:  # noqa: ARG002 - what is missing has no value to show
        return f"dòng này chưa có số nào trong: {self._labels(self._many('fields'), ', ')}"
