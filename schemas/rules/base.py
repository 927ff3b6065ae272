"""What every named rule is: its parameters, its fields, and the three faces it has to show."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, ClassVar

import pandas as pd
import pandera.pandas as pa

from schemas.finding import FindingCode, Severity, shown
from schemas.plan import NO, YES, RuleSpec

ARRIVAL = "_arrival"
"""The column that holds the day a record's report arrived (Asia/Ho_Chi_Minh), as a timestamp at midnight."""

REPORT = "_report"
"""The column that says which report a record belongs to: a frame holds those of many."""

Ref = Callable[[str], str]
"""From a field id (or `sheet.field`) to the address of a cell in the row the formula stands in."""


@dataclass(frozen=True, slots=True)
class Cells:
    """The cells a formula may look at: a field's own cell as `typed`, and for `Rule.compared` what it is `meant` as.

    A cell of what is meant holds a number, or `BLANK` or `UNREADABLE` of `schemas.rules.cells`.
    """

    typed: Ref
    meant: Ref


@dataclass(frozen=True)
class Rule(ABC):
    """A rule of one plan, ready to be asked. `labels` gives the header a clerk sees for each field id.

    `blank_is_zero`: counts a clerk may leave blank; a comparison takes a blank one as nothing. Where a count that has
    to be given is blank, a comparison holds: what is missing is said by another rule.
    """

    spec: RuleSpec
    labels: Mapping[str, str]
    blank_is_zero: frozenset[str] = frozenset()

    name: ClassVar[str]
    code: ClassVar[FindingCode]
    params: ClassVar[tuple[str, ...]]
    optional: ClassVar[tuple[str, ...]] = ()
    counts: ClassVar[tuple[str, ...]] = ()
    """The parameters whose fields must be counts."""
    texts: ClassVar[tuple[str, ...]] = ()
    """The parameters whose fields must be text or choices."""
    fields_in: ClassVar[tuple[str, ...]]
    """The parameters that name fields of the rule's own sheet."""

    @property
    def id(self) -> str:
        """The rule's id in its plan."""
        return self.spec.id

    @property
    def severity(self) -> Severity:
        """Whether a breach rejects or warns."""
        return self.spec.severity

    @property
    def fields(self) -> tuple[str, ...]:
        """The fields of its own sheet it looks at: the cells to colour."""
        return tuple(f for p in self.fields_in for f in self.spec.params.get(p, ()))

    @property
    def target(self) -> str:
        """The field a breach is reported at, where no row is known."""
        return self.fields[0]

    def at(self, row: Mapping[str, Any]) -> str:  # noqa: ARG002 - most rules have one place for any row
        """The field a breach in this row is reported at."""
        return self.target

    @property
    def elsewhere(self) -> tuple[str, ...]:
        """The `sheet.field` columns of other sheets it needs."""
        return ()

    @abstractmethod
    def holds(self, frame: pd.DataFrame) -> pd.Series[bool]:
        """Row by row, whether the rule holds. No missing values in the answer."""

    @property
    def compared(self) -> tuple[str, ...]:
        """The fields (or `sheet.field`) whose number or day its formula looks at: each needs a cell `meant`."""
        return (*(f for p in self.counts for f in self.spec.params.get(p, ())), *self.elsewhere)

    @abstractmethod
    def formula(self, cells: Cells) -> str:
        """An Excel expression (no leading `=`): TRUE where the rule holds, FALSE where it is broken.

        An error where it is not to be asked: a sum with anything that means no number is one. It works cell by cell on
        columns as on single cells.
        """

    @abstractmethod
    def words(self) -> str:
        """The rule in Vietnamese, with the labels of its fields."""

    @abstractmethod
    def breach(self, row: Mapping[str, Any]) -> str:
        """What is wrong in a row, with labels and values."""

    def check(self) -> pa.Check:
        """The rule as a vectorised pandera check over the whole frame."""
        return pa.Check(self.holds, name=self.id, ignore_na=False, error=self.words())

    def _amount(self, frame: pd.DataFrame, *fields: str) -> Any:
        columns = (frame[f].fillna(0) if f in self.blank_is_zero else frame[f] for f in fields)
        return sum(columns, start=0)

    def _total(self, row: Mapping[str, Any], fields: Sequence[str]) -> int:
        return sum(int(row[f]) for f in fields if not pd.isna(row[f]))

    def _one(self, param: str) -> str:
        return self.spec.params[param][0]

    def _many(self, param: str) -> tuple[str, ...]:
        return self.spec.params.get(param, ())

    def _label(self, field: str) -> str:
        return f"“{self.labels[field]}”"

    def _labels(self, fields: Sequence[str], between: str = " + ") -> str:
        return between.join(self._label(f) for f in fields)

    def _with(self, field: str, row: Mapping[str, Any]) -> str:
        return f"{self._label(field)} ({said(row[field])})"

    def _all_with(self, fields: Sequence[str], row: Mapping[str, Any]) -> str:
        return " + ".join(self._with(f, row) for f in fields)


def said(value: Any) -> str:
    if pd.isna(value):
        return "để trống"
    plain = value.item() if hasattr(value, "item") else value
    if isinstance(plain, bool):
        return YES if plain else NO
    return shown(plain)
