"""The named rules of a plan, each with three faces: in words (Vietnamese), as a pandera check, as an Excel formula.

A rule holds on one row of a sheet; `unique_rows` looks at the other rows of its report too. All three faces agree on
blanks: a comparison whose numbers are not all there holds (what is missing is said by the rule that asks for it).
Frames are as `pipelines.parse` types them: one row a record, one column a field, `ARRIVAL` and `REPORT` beside them,
and a column `sheet.field` for a field of another sheet.
"""

from __future__ import annotations

from schemas.plan import Plan
from schemas.rules.amounts import AtMost, SameAs, SumAtMost, SumEquals
from schemas.rules.base import ARRIVAL, REPORT, Cells, Rule
from schemas.rules.days import BetweenDates, NotBeforeWhen
from schemas.rules.presence import (
    AnyGiven,
    BlankUnless,
    BlankWhen,
    RequiredTogether,
    RequiredWhen,
    RequiredWhenComplete,
    RequiredWhenPositive,
    ZeroUnless,
)
from schemas.rules.texts import DiffersFrom, IsCode, NoneOf, UniqueRows

__all__ = ["ARRIVAL", "NAMED", "REPORT", "Cells", "Rule", "rules_of"]

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
        NotBeforeWhen,
        RequiredTogether,
        BlankWhen,
        BlankUnless,
        DiffersFrom,
        NoneOf,
        IsCode,
        UniqueRows,
    )
}


def rules_of(plan: Plan, sheet_id: str, sheets: frozenset[str]) -> tuple[Rule, ...]:
    """The rules of a sheet, ready to be asked, where `sheets` are the sheets filled beside it."""
    fields = plan.sheet(sheet_id).fields
    optional = frozenset(f.id for f in fields if f.type == "count" and not f.required)
    labels = {f.id: f.label for f in fields}
    labels |= {f"{s.id}.{f.id}": f"{f.label}, biểu {s.tab}" for s in plan.sheets for f in s.fields}
    return tuple(NAMED[spec.rule](spec, labels, optional) for spec in plan.rules_for(sheet_id, sheets))
