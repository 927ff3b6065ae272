"""The named rules of a plan, each with three faces: in words (Vietnamese), as a pandera check, as an Excel formula.

A rule holds on one row of a sheet. All three faces agree on blanks: a comparison whose numbers are not all there
holds (what is missing is said by the rule that asks for it). Frames are as `pipelines.parse` types them: one row a
record, one column a field, `ARRIVAL` beside them, and a column `sheet.field` for a field of another sheet.
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any, ClassVar

import pandas as pd
import pandera.pandas as pa

from schemas.finding import FindingCode, Severity, shown
from schemas.plan import YES, Plan, RuleSpec

ARRIVAL = "_arrival"
"""The column that holds the day a record's report arrived (Asia/Ho_Chi_Minh), as a timestamp at midnight."""

Ref = Callable[[str], str]
"""From a field id (or `sheet.field`) to the address of its cell in the row the formula stands in."""


class RuleFault(ValueError):
    """A rule that the plan writes wrongly: an unknown name, a missing or unknown parameter, an unknown field."""


@dataclass(frozen=True)
class Rule(ABC):
    """A rule of one plan, ready to be asked. `labels` gives the header a clerk sees for each field id."""

    spec: RuleSpec
    labels: Mapping[str, str]

    name: ClassVar[str]
    code: ClassVar[FindingCode]
    params: ClassVar[tuple[str, ...]]
    optional: ClassVar[tuple[str, ...]] = ()
    counts: ClassVar[tuple[str, ...]] = ()
    """The parameters whose fields must be counts."""
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
        """The field a breach is reported at."""
        return self.fields[0]

    @property
    def elsewhere(self) -> tuple[str, ...]:
        """The `sheet.field` columns of other sheets it needs."""
        return ()

    @abstractmethod
    def holds(self, frame: pd.DataFrame) -> pd.Series[bool]:
        """Row by row, whether the rule holds. No missing values in the answer."""

    @abstractmethod
    def formula(self, ref: Ref) -> str:
        """An Excel expression (no leading `=`) that is TRUE where the rule holds."""

    @abstractmethod
    def words(self) -> str:
        """The rule in Vietnamese, with the labels of its fields."""

    @abstractmethod
    def breach(self, row: Mapping[str, Any]) -> str:
        """What is wrong in a row, with labels and values."""

    def check(self) -> pa.Check:
        """The rule as a vectorised pandera check over the whole frame."""
        return pa.Check(self.holds, name=self.id, ignore_na=False, error=self.words())

    def _one(self, param: str) -> str:
        return self.spec.params[param][0]

    def _many(self, param: str) -> tuple[str, ...]:
        return self.spec.params.get(param, ())

    def _label(self, field: str) -> str:
        return f"“{self.labels[field]}”"

    def _labels(self, fields: Sequence[str], between: str = " + ") -> str:
        return between.join(self._label(f) for f in fields)

    def _with(self, field: str, row: Mapping[str, Any]) -> str:
        return f"{self._label(field)} ({_said(row[field])})"

    def _all_with(self, fields: Sequence[str], row: Mapping[str, Any]) -> str:
        return " + ".join(self._with(f, row) for f in fields)


class AtMost(Rule):
    """value ≤ limit − minus."""

    name, code = "at_most", FindingCode.AT_MOST
    params, optional = ("value", "limit"), ("minus",)
    fields_in = counts = ("value", "limit", "minus")

    def holds(self, frame: pd.DataFrame) -> pd.Series[bool]:
        room = frame[self._one("limit")] - _sum(frame, self._many("minus"))
        return _settled(frame[self._one("value")] <= room)

    def formula(self, ref: Ref) -> str:
        room = "-".join(ref(f) for f in (self._one("limit"), *self._many("minus")))
        return _when_all_numbers([ref(f) for f in self.fields], f"{ref(self._one('value'))}<={room}")

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

    def holds(self, frame: pd.DataFrame) -> pd.Series[bool]:
        return _settled(_sum(frame, self._many("parts")) <= frame[self._one("limit")])

    def formula(self, ref: Ref) -> str:
        parts = "+".join(ref(f) for f in self._many("parts"))
        return _when_all_numbers([ref(f) for f in self.fields], f"{parts}<={ref(self._one('limit'))}")

    def words(self) -> str:
        return f"Tổng {self._labels(self._many('parts'))} không được lớn hơn {self._label(self._one('limit'))}"

    def breach(self, row: Mapping[str, Any]) -> str:
        total = sum(row[f] for f in self._many("parts"))
        parts, limit = self._all_with(self._many("parts"), row), self._with(self._one("limit"), row)
        return f"tổng {parts} bằng {total}, lớn hơn {limit}"


class SumEquals(Rule):
    """The sum of parts = total."""

    name, code = "sum_equals", FindingCode.SUM_EQUALS
    params = counts = ("parts", "total")
    fields_in = ("total", "parts")

    def holds(self, frame: pd.DataFrame) -> pd.Series[bool]:
        return _settled(_sum(frame, self._many("parts")) == frame[self._one("total")])

    def formula(self, ref: Ref) -> str:
        parts = "+".join(ref(f) for f in self._many("parts"))
        return _when_all_numbers([ref(f) for f in self.fields], f"{parts}={ref(self._one('total'))}")

    def words(self) -> str:
        return f"Tổng {self._labels(self._many('parts'))} phải bằng {self._label(self._one('total'))}"

    def breach(self, row: Mapping[str, Any]) -> str:
        total = sum(row[f] for f in self._many("parts"))
        return (
            f"tổng {self._all_with(self._many('parts'), row)} bằng {total}, khác {self._with(self._one('total'), row)}"
        )


class RequiredWhen(Rule):
    """`when` equals a value → field is given."""

    name, code = "required_when", FindingCode.REQUIRED_WHEN
    params = ("field", "when", "equals")
    fields_in = ("field", "when")

    def holds(self, frame: pd.DataFrame) -> pd.Series[bool]:
        return ~_equals(frame[self._one("when")], self._one("equals")) | frame[self._one("field")].notna()

    def formula(self, ref: Ref) -> str:
        when = _text_is(ref(self._one("when")), self._one("equals"))
        return f"IF({when},{_given(ref(self._one('field')))},TRUE)"

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
        return _when_all_numbers([when], f"IF({when}>0,{_given(ref(self._one('field')))},TRUE)")

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
        limit = frame[self._one("limit")]
        incomplete = ~((limit > 0) & (_sum(frame, self._many("parts")) == limit))
        return _settled(incomplete | frame[self._one("field")].notna())

    def formula(self, ref: Ref) -> str:
        limit, parts = ref(self._one("limit")), [ref(f) for f in self._many("parts")]
        complete = f"AND({limit}>0,{'+'.join(parts)}={limit})"
        return _when_all_numbers([*parts, limit], f"IF({complete},{_given(ref(self._one('field')))},TRUE)")

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
        free = when.isna() | _equals(when, self._one("equals"))
        zero = frame[list(self._many("fields"))].fillna(0).eq(0).all(axis=1)
        return _settled(free | zero)

    def formula(self, ref: Ref) -> str:
        when, fields = ref(self._one("when")), [ref(f) for f in self._many("fields")]
        free = f"OR(NOT({_given(when)}),{_text_is(when, self._one('equals'))})"
        zero = ",".join(f"N({f})=0" for f in fields)
        return f"IF({free},TRUE,AND({zero}))"

    def words(self) -> str:
        when = f"{self._label(self._one('when'))} không phải “{self._one('equals')}”"
        return f"Khi {when} thì {self._labels(self._many('fields'), ', ')} phải để trống hoặc bằng 0"

    def breach(self, row: Mapping[str, Any]) -> str:
        when = f"{self._label(self._one('when'))} là “{_said(row[self._one('when')])}”"
        given = [f for f in self._many("fields") if not pd.isna(row[f]) and row[f] != 0]
        return f"{', '.join(self._with(f, row) for f in given)} phải để trống hoặc bằng 0 vì {when}"


class BetweenDates(Rule):
    """from ≤ field ≤ to; either end is an ISO date or the day the report arrived."""

    name, code = "between_dates", FindingCode.BETWEEN_DATES
    params = ("field", "from", "to")
    fields_in = ("field",)

    def holds(self, frame: pd.DataFrame) -> pd.Series[bool]:
        day = frame[self._one("field")]
        low, high = (self._end(frame, end) for end in ("from", "to"))
        return _settled(day.isna() | ((day >= low) & (day <= high)))

    def formula(self, ref: Ref) -> str:
        day = ref(self._one("field"))
        low, high = (_excel_day(self._one(end)) for end in ("from", "to"))
        return _when_all_numbers([day], f"AND({day}>={low},{day}<={high})")

    def words(self) -> str:
        low, high = (_day_words(self._one(end)) for end in ("from", "to"))
        return f"{self._label(self._one('field'))} phải từ {low} đến {high}"

    def breach(self, row: Mapping[str, Any]) -> str:
        day, low, high = row[self._one("field")], self._day("from", row), self._day("to", row)
        seen = self._with(self._one("field"), row)
        if day < low:
            return f"{seen} sớm hơn {_day_words(self._one('from'))}{_of(self._one('from'), low)}"
        return f"{seen} muộn hơn {_day_words(self._one('to'))}{_of(self._one('to'), high)}"

    def _end(self, frame: pd.DataFrame, end: str) -> Any:
        return frame[ARRIVAL] if self._one(end) == "arrival" else pd.Timestamp(self._one(end))

    def _day(self, end: str, row: Mapping[str, Any]) -> Any:
        return row[ARRIVAL] if self._one(end) == "arrival" else pd.Timestamp(self._one(end))


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


class SameAs(Rule):
    """field = field `other` in the same organisation's row of another sheet."""

    name, code = "same_as", FindingCode.SAME_AS
    params = ("field", "sheet", "other")
    fields_in = counts = ("field",)

    @property
    def elsewhere(self) -> tuple[str, ...]:
        return (f"{self._one('sheet')}.{self._one('other')}",)

    def holds(self, frame: pd.DataFrame) -> pd.Series[bool]:
        return _settled(frame[self._one("field")] == frame[self.elsewhere[0]])

    def formula(self, ref: Ref) -> str:
        here, there = ref(self._one("field")), ref(self.elsewhere[0])
        return _when_all_numbers([here, there], f"{here}={there}")

    def words(self) -> str:
        return f"{self._label(self._one('field'))} phải bằng {self._label(self.elsewhere[0])}"

    def breach(self, row: Mapping[str, Any]) -> str:
        there = f"{self._with(self.elsewhere[0], row)}{row.get('_there', '')}"
        return f"{self._with(self._one('field'), row)} khác {there}"


NAMED: dict[str, type[Rule]] = {
    rule.name: rule
    for rule in (
        AtMost,
        SumAtMost,
        SumEquals,
        RequiredWhen,
        RequiredWhenPositive,
        RequiredWhenComplete,
        ZeroUnless,
        BetweenDates,
        AnyGiven,
        SameAs,
    )
}


def rules_of(plan: Plan, sheet_id: str, sheets: frozenset[str]) -> tuple[Rule, ...]:
    """The rules of a sheet, ready to be asked, where `sheets` are the sheets filled beside it."""
    labels = {f.id: f.label for f in plan.sheet(sheet_id).fields}
    labels |= {f"{s.id}.{f.id}": f"{f.label}, biểu {s.tab}" for s in plan.sheets for f in s.fields}
    return tuple(NAMED[spec.rule](spec, labels) for spec in plan.rules_for(sheet_id, sheets))


def _sum(frame: pd.DataFrame, fields: Sequence[str]) -> Any:
    return sum((frame[f] for f in fields), start=0)


def _settled(answer: Any) -> pd.Series[bool]:
    settled: pd.Series[bool] = answer.fillna(True).astype(bool)
    return settled


def _equals(column: pd.Series[Any], value: str) -> pd.Series[bool]:
    if column.dtype == "boolean":
        return (column == (value == YES)).fillna(False).astype(bool)
    return (column == value).fillna(False).astype(bool)


def _when_all_numbers(refs: Sequence[str], expression: str) -> str:
    return f"IF(COUNT({','.join(refs)})<{len(refs)},TRUE,{expression})"


def _given(ref: str) -> str:
    return f"LEN(TRIM({ref}))>0"


def _text_is(ref: str, value: str) -> str:
    return f'TRIM({ref})="{value.replace(chr(34), chr(34) * 2)}"'


def _excel_day(end: str) -> str:
    if end == "arrival":
        return "TODAY()"
    day = date.fromisoformat(end)
    return f"DATE({day.year},{day.month},{day.day})"


def _day_words(end: str) -> str:
    return "ngày gửi báo cáo" if end == "arrival" else f"ngày {date.fromisoformat(end):%d/%m/%Y}"


def _of(end: str, day: pd.Timestamp) -> str:
    return f" ({day:%d/%m/%Y})" if end == "arrival" else ""


def _said(value: Any) -> str:
    if pd.isna(value):
        return "để trống"
    if isinstance(value, bool) or type(value).__name__ == "bool_":
        return "có" if value else "không"
    return shown(value.item() if hasattr(value, "item") else value)
