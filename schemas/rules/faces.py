"""What the faces of several rules share: sums and settled answers in pandas, blanks and texts in Excel."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import pandas as pd

from schemas.plan import YES


def summed(frame: pd.DataFrame, fields: Sequence[str]) -> Any:
    return sum((frame[f] for f in fields), start=0)


def settled(answer: Any) -> pd.Series[bool]:
    whole: pd.Series[bool] = answer.fillna(True).astype(bool)
    return whole


def equals(column: pd.Series[Any], value: str) -> pd.Series[bool]:
    if column.dtype == "boolean":
        return (column == (value == YES)).fillna(False).astype(bool)
    return (column == value).fillna(False).astype(bool)


def when_all_numbers(refs: Sequence[str], expression: str) -> str:
    return f"IF(COUNT({','.join(refs)})<{len(refs)},TRUE,{expression})"


def given(ref: str) -> str:
    return f"LEN(TRIM({ref}))>0"


def text_is(ref: str, value: str) -> str:
    return f'TRIM({ref})="{value.replace(chr(34), chr(34) * 2)}"'
