"""What rules share that look at one answer: yes or no, or a choice."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from schemas.plan import NO, YES
from schemas.rules.base import Cells, Rule, said
from schemas.rules.cells import given, names_error, text_is


class When(Rule):
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

    def _when_said(self) -> str:
        return f"{self._label(self._one('when'))} là “{self._one('equals')}”"

    def _when_denied(self) -> str:
        return f"{self._label(self._one('when'))} không phải “{self._one('equals')}”"

    def _answered(self, row: Mapping[str, Any]) -> str:
        """The answer that this row gives."""
        return f"{self._label(self._one('when'))} là “{said(row[self._one('when')])}”"

    @property
    def _yes_or_no(self) -> bool:
        return self._one("equals") in (YES, NO)
