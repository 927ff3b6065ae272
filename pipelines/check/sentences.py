"""What a failed check says of a clerk's cell."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

import pandas as pd

from pipelines.legacy_text import converted, legible, suspected
from pipelines.readings import FORMULA_TYPED, swapped_into, typed_formula
from pipelines.spelling import did_you_mean
from schemas.catalogue import say
from schemas.contract import CHOICE, LARGEST_COUNT, RANGE, REQUIRED
from schemas.finding import HIDDEN, Finding, FindingCode, shown
from schemas.plan import Field, FieldType, Plan
from schemas.rules import Rule
from schemas.rules.days import BetweenDates
from schemas.submission import RawCell

_NOTHING: dict[FieldType, str] = {
    "count": "; không có thì ghi 0",
    "yes_no": ": chọn “có” hoặc “không”",
    "date": ": ngày/tháng/năm",
}
"""What to write where there is nothing to say, by type."""


class ContractBroken(RuntimeError):
    """A contract failed for a reason that no submission can have: a fault of the plan's code, not of a unit."""


@dataclass(frozen=True, slots=True)
class Place:
    """A clerk's cell: whose, on which tab, of which field."""

    unit: str
    tab: str
    field: Field
    cell: RawCell

    def say(self, code: FindingCode, **places: Any) -> Finding:
        """The finding of that code on this cell."""
        value = legible(self.cell.value, self.cell.encoding)
        return say(
            code,
            unit=self.unit,
            sheet=self.tab,
            cell=self.cell.address,
            field=self.field.id,
            label=self.field.label,
            value=value if self.field.stored or value is None else HIDDEN,
            **places,
        )


def broken(rule: Rule, place: Place, row: Mapping[str, Any]) -> Finding:
    """A rule of the plan is broken; where a date cell has its day and month swapped, perhaps, it says that instead."""
    if isinstance(rule, BetweenDates) and isinstance(place.cell.value, date):
        first, last = (day.date() for day in rule.window(row))
        swap = swapped_into(pd.Timestamp(row[place.field.id]).date(), first, last)
        if swap is not None:
            window = f"từ {first:%d/%m/%Y} đến {last:%d/%m/%Y}"
            code = FindingCode.DAY_MONTH_SWAPPED
            return place.say(code, severity=rule.severity, rule=rule.id, detail=f"{swap:%d/%m/%Y}", choices=window)
    return place.say(rule.code, severity=rule.severity, rule=rule.id, detail=rule.breach(row))


def broken_unseen(rule: Rule, place: Place) -> Finding:
    """A rule of the plan is broken that looks at what may not be shown: the rule's own words, without values."""
    detail = f"không đúng quy định: {rule.words()}"
    return place.say(rule.code, severity=rule.severity, rule=rule.id, detail=detail)


def unfit(plan: Plan, check: str, place: Place, row: Mapping[str, Any]) -> Finding:
    """A check of the field itself failed: nothing there, not in its list, out of range. Raises ContractBroken."""
    field = place.field
    if check.startswith(REQUIRED):
        return place.say(FindingCode.MISSING_VALUE, detail=_NOTHING.get(field.type, ""))
    if check.startswith(CHOICE):
        values = plan.values(field.choices)
        meant = _meant(place.cell, values) if field.stored else ""
        return place.say(FindingCode.NOT_A_CHOICE, detail=meant, choices="; ".join(values))
    if check.startswith(RANGE):
        detail = "là số âm" if row[field.id] < 0 else f"lớn hơn {LARGEST_COUNT:,}".replace(",", ".")
        return place.say(FindingCode.NOT_A_COUNT, detail=detail)
    raise ContractBroken(f"{field.sheet}: {check}")


def _meant(cell: RawCell, values: tuple[str, ...]) -> str:
    typed = legible(cell.value, cell.encoding)
    if typed_formula(typed):
        return FORMULA_TYPED
    text = typed if isinstance(typed, str) else shown(typed)
    legacy = suspected(text)
    return did_you_mean(converted(text, legacy) if legacy else text, values)
