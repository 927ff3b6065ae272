"""Sheet → pandera.DataFrameSchema: types, required fields, choice lists, ranges, and the plan's rules.

Every check is named, and named checks are all a reader of failures needs: `required:<field>`, `choice:<field>`,
`range:<field>`, or a rule's id. Frames are validated whole (all units' rows of one sheet), lazily, never coerced.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence

import pandas as pd
import pandera.pandas as pa

from schemas.parsed import DTYPES
from schemas.plan import Field, Plan, Sheet
from schemas.rules import Rule

REQUIRED, CHOICE, RANGE = "required:", "choice:", "range:"
LARGEST_COUNT = 1_000_000_000


_Key = tuple[str, Sheet, tuple[tuple[str, ...], ...], tuple[str, ...]]
_made: dict[_Key, pa.DataFrameSchema] = {}
_LIMIT = 500


def contract(plan: Plan, sheet: Sheet, rules: Sequence[Rule]) -> pa.DataFrameSchema:
    """The contract of a sheet for frames as `schemas.parsed` describes them. Made once for what it says."""
    choices = tuple(plan.values(field.choices) for field in sheet.fields)
    key = (plan.version, sheet, choices, tuple(repr(rule.spec) for rule in rules))
    if key not in _made:
        if len(_made) >= _LIMIT:
            _made.clear()
        _made[key] = _contract(plan, sheet, rules)
    return _made[key]


def _contract(plan: Plan, sheet: Sheet, rules: Sequence[Rule]) -> pa.DataFrameSchema:
    fields = [f for f in sheet.fields if not f.prefill]
    checks = [check for field in fields for check in _field_checks(plan, field)]
    return pa.DataFrameSchema(
        columns={f.id: pa.Column(DTYPES[f.type], nullable=True) for f in sheet.fields},
        checks=[*checks, *(rule.check() for rule in rules)],
        coerce=False,
        strict=False,
        name=sheet.id,
    )


def _field_checks(plan: Plan, field: Field) -> list[pa.Check]:
    checks = []
    if field.required:
        checks.append(_check(REQUIRED + field.id, lambda frame: frame[field.id].notna()))
    if field.type == "choice":
        values = plan.values(field.choices)
        checks.append(_check(CHOICE + field.id, lambda frame: frame[field.id].isna() | frame[field.id].isin(values)))
    if field.type == "count":
        checks.append(_check(RANGE + field.id, lambda frame: _in_range(frame[field.id])))
    return checks


def _in_range(counts: pd.Series[int]) -> pd.Series[bool]:
    numbers = counts.to_numpy(dtype="float64", na_value=0)
    return pd.Series((numbers >= 0) & (numbers <= LARGEST_COUNT), index=counts.index)


def _check(name: str, holds: Callable[[pd.DataFrame], pd.Series[bool]]) -> pa.Check:
    return pa.Check(holds, name=name, ignore_na=False)
