"""Rules on what must be given, and what must not."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import pandas as pd

from schemas.finding import FindingCode
from schemas.rules.answers import When
from schemas.rules.base import Cells, Rule
from schemas.rules.cells import given, names_error, unreadable
from schemas.rules.faces import equals, settled


class RequiredWhen(When):
    """`when` equals a value → field is given."""

    name, code = "required_when", FindingCode.REQUIRED_WHEN
    params = ("field", "when", "equals")
    fields_in = ("field", "when")

    def holds(self, frame: pd.DataFrame) -> pd.Series[bool]:
        return ~equals(frame[self._one("when")], self._one("equals")) | frame[self._one("field")].notna()

    def formula(self, cells: Cells) -> str:
        return f"IF({self._said(cells)},{given(cells.typed(self._one('field')))},TRUE)"

    def words(self) -> str:
        return f"Khi {self._when_said()} thì phải điền {self._label(self._one('field'))}"

    def breach(self, row: Mapping[str, Any]) -> str:  # noqa: ARG002 - what is missing has no value to show
        return f"chưa điền {self._label(self._one('field'))} trong khi {self._when_said()}"


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


class ZeroUnless(When):
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
        return f"Khi {self._when_denied()} thì {self._labels(self._many('fields'), ', ')} phải để trống hoặc bằng 0"

    def at(self, row: Mapping[str, Any]) -> str:
        return self._wrong(row)[0]

    def breach(self, row: Mapping[str, Any]) -> str:
        wrong = ", ".join(self._with(f, row) for f in self._wrong(row))
        return f"{wrong} phải để trống hoặc bằng 0 vì {self._answered(row)}"

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


class RequiredTogether(Rule):
    """All of these fields are given, or none. For a workbook a cell to be typed again is given."""

    name, code = "required_together", FindingCode.REQUIRED_TOGETHER
    params = fields_in = ("fields",)

    def holds(self, frame: pd.DataFrame) -> pd.Series[bool]:
        there = frame[list(self._many("fields"))].notna()
        return there.all(axis=1) | ~there.any(axis=1)

    def formula(self, cells: Cells) -> str:
        typed = [cells.typed(f) for f in self._many("fields")]
        return f"IF({given(*typed)},{'*'.join(f'({given(ref)})' for ref in typed)}>0,TRUE)"

    def words(self) -> str:
        return f"{self._labels(self._many('fields'), ', ')} phải điền đủ, hoặc để trống tất cả"

    def at(self, row: Mapping[str, Any]) -> str:
        return self._missing(row)[0]

    def breach(self, row: Mapping[str, Any]) -> str:
        missing = self._missing(row)
        there = ", ".join(self._with(f, row) for f in self._many("fields") if f not in missing)
        return f"chưa điền {self._labels(missing, ', ')} trong khi đã điền {there}"

    def _missing(self, row: Mapping[str, Any]) -> list[str]:
        return [f for f in self._many("fields") if pd.isna(row[f])]


class BlankWhen(When):
    """`when` equals a value → these texts and choices are blank."""

    name, code = "blank_when", FindingCode.BLANK_WHEN
    params = ("fields", "when", "equals")
    fields_in = ("fields", "when")
    texts = ("fields",)

    def holds(self, frame: pd.DataFrame) -> pd.Series[bool]:
        blank = frame[list(self._many("fields"))].isna().all(axis=1)
        return blank | ~equals(frame[self._one("when")], self._one("equals"))

    def formula(self, cells: Cells) -> str:
        return f"IF({self._said(cells)},{self._all_blank(cells)},TRUE)"

    def words(self) -> str:
        return f"Khi {self._when_said()} thì phải để trống {self._labels(self._many('fields'), ', ')}"

    def at(self, row: Mapping[str, Any]) -> str:
        return self._given(row)[0]

    def breach(self, row: Mapping[str, Any]) -> str:
        there = ", ".join(self._with(f, row) for f in self._given(row))
        return f"{there} phải để trống vì {self._answered(row)}"

    def _all_blank(self, cells: Cells) -> str:
        typed = [cells.typed(f) for f in self._many("fields")]
        return f"IF({'+'.join(map(names_error, typed))},TRUE,1-({given(*typed)}))"

    def _given(self, row: Mapping[str, Any]) -> list[str]:
        return [f for f in self._many("fields") if not pd.isna(row[f])]


class BlankUnless(BlankWhen):
    """`when` given and another value → these texts and choices are blank."""

    name, code = "blank_unless", FindingCode.BLANK_UNLESS

    def holds(self, frame: pd.DataFrame) -> pd.Series[bool]:
        when = frame[self._one("when")]
        blank = frame[list(self._many("fields"))].isna().all(axis=1)
        return blank | when.isna() | equals(when, self._one("equals"))

    def formula(self, cells: Cells) -> str:
        return f"IF({self._denied(cells)},{self._all_blank(cells)},TRUE)"

    def words(self) -> str:
        return f"Khi {self._when_denied()} thì phải để trống {self._labels(self._many('fields'), ', ')}"
