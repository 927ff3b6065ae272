"""Rules on what must be given, and what must not."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import pandas as pd

from schemas.finding import FindingCode
from schemas.plan import NO, YES
from schemas.rules.base import Cells, Rule, said
from schemas.rules.cells import given, names_error, text_is, unreadable
from schemas.rules.faces import equals, settled


class _When(Rule):
    """A rule that looks at one answer, `when`: yes or no, or a choice."""

    @property
    def compared(self) -> tuple[str, ...]:
        return (*super().compared, self._one("when")) if self._yes_or_no else super().compared

    def _said(self, cells: Cells) -> str:
        """Not 0 where the answer is `equals`."""
        when, value = self._one("when"), self._one("equals")
        return f"{cells.meant(when)}={int(value == YES)}" if self._yes_or_no else text_is(cells.typed(when), value)

    def _denied(self, cells: Cells) -> str:
        """Not 0 where another answer is given; 0 where there is none, or it can not be read."""
        when, value = self._one("when"), self._one("equals")
        if self._yes_or_no:
            return f"{cells.meant(when)}={int(value == NO)}"
        typed = cells.typed(when)
        return f"({given(typed)})*(1-({text_is(typed, value)}))*(1-{names_error(typed)})"

    @property
    def _yes_or_no(self) -> bool:
        return self._one("equals") in (YES, NO)


class RequiredWhen(_When):
    """`when` equals a value → field is given."""

    name, code = "required_when", FindingCode.REQUIRED_WHEN
    params = ("field", "when", "equals")
    fields_in = ("field", "when")

    def holds(self, frame: pd.DataFrame) -> pd.Series[bool]:
        return ~equals(frame[self._one("when")], self._one("equals")) | frame[self._one("field")].notna()

    def formula(self, cells: Cells) -> str:
        return f"IF({self._said(cells)},{given(cells.typed(self._one('field')))},TRUE)"

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

    def formula(self, cells: Cells) -> str:
        return f"IF(0-{cells.meant(self._one('when'))}<0,{given(cells.typed(self._one('field')))},TRUE)"

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

    def formula(self, cells: Cells) -> str:
        limit, parts = cells.meant(self._one("limit")), "+".join(map(cells.meant, self._many("parts")))
        complete = f"({limit}>0)*({limit}-({parts})=0)"
        return f"IF({complete},{given(cells.typed(self._one('field')))},TRUE)"

    def words(self) -> str:
        parts, limit = self._labels(self._many("parts")), self._label(self._one("limit"))
        return f"Khi {parts} đã bằng {limit} thì phải điền {self._label(self._one('field'))}"

    def breach(self, row: Mapping[str, Any]) -> str:
        parts, limit = self._all_with(self._many("parts"), row), self._with(self._one("limit"), row)
        return f"chưa điền {self._label(self._one('field'))} trong khi {parts} đã bằng {limit}"


class ZeroUnless(_When):
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

    def formula(self, cells: Cells) -> str:
        meant = [cells.meant(f) for f in self._many("fields")]
        waits = "+".join(f"({unreadable(f)})" for f in meant)
        above = "+".join(f"ISNUMBER({f})*({f}<>0)" for f in meant)
        return f"IF({self._denied(cells)},IF({waits},TRUE,({above})=0),TRUE)"

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

    @property
    def compared(self) -> tuple[str, ...]:
        return ()

    def formula(self, cells: Cells) -> str:
        """A cell that holds anything is enough: where it is no number, the province does not ask the rule."""
        return given(*map(cells.typed, self._many("fields")))

    def words(self) -> str:
        return f"Mỗi dòng phải có ít nhất một số trong: {self._labels(self._many('fields'), ', ')}"

    def breach(self, row: Mapping[str, Any]) -> str:  # noqa: ARG002 - what is missing has no value to show
        return f"dòng này chưa có số nào trong: {self._labels(self._many('fields'), ', ')}"
