"""What the faces of several rules share in pandas: settled answers, equality of yes/no and choices."""

from __future__ import annotations

from typing import Any

import pandas as pd

from schemas.plan import YES


def settled(answer: Any) -> pd.Series[bool]:
    whole: pd.Series[bool] = answer.fillna(True).astype(bool)
    return whole


def equals(column: pd.Series[Any], value: str) -> pd.Series[bool]:
    if column.dtype == "boolean":
        return (column == (value == YES)).fillna(False).astype(bool)
    return (column == value).fillna(False).astype(bool)


def folded(column: pd.Series[Any]) -> pd.Series[Any]:
    """Text in one case, as a spreadsheet compares it."""
    return column.map(lambda text: text.casefold() if isinstance(text, str) else text)
