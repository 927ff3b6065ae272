"""Figures, days and names in words, as the report says them."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import date, datetime

from pipelines.documents import wording
from pipelines.documents.wording import DASH
from schemas.plan import NO, YES, Sheet
from schemas.results import IndicatorTotal, percent

PENDING = "chưa báo cáo"
PROVINCE = "Toàn tỉnh"
MOST_NAMES = 8
"""As many units are named in a sentence; of more, the annex is named instead."""


def number(value: int | None) -> str:
    """1234 → `1.234`; None → `–`."""
    return DASH if value is None else wording.count(value)


def rate(value: float | None) -> str:
    """0.785 → `78,5 %`; None → `–`: the denominator is 0, or nothing was reported."""
    return DASH if value is None else percent(value)


def goal(value: float) -> str:
    """A target, which is whole: 1.0 → `100 %`."""
    return f"{round(value * 100)} %"


def day(value: date | None) -> str:
    """`20/05/2022`; None → `–`."""
    return DASH if value is None else wording.day(value)


def moment(value: datetime | None) -> str:
    """`20/05/2022 22:00`; None → `–`."""
    return DASH if value is None else f"{value:%d/%m/%Y %H:%M}"


def coverage(total: IndicatorTotal) -> str:
    """How many of the expected units a figure rests on: `27/29`; where fewer than all, it says that it is partial."""
    if not total.units_expected:
        return DASH
    partly = " (một phần)" if total.partial else ""
    return f"{number(total.units_reported)}/{number(total.units_expected)}{partly}"


def value_words(value: str | int | bool | date | None) -> str:
    """A value of a row as a reader sees it; blank stays blank."""
    if value is None or isinstance(value, str):
        return value or ""
    if isinstance(value, bool):
        return YES if value else NO
    return day(value) if isinstance(value, date) else number(value)


def lowered(text: str) -> str:
    """The text as it stands within a sentence; an abbreviation keeps its capitals."""
    return text if text[1:2].isupper() else text[:1].lower() + text[1:]


def raised(text: str) -> str:
    """The text as it begins a sentence."""
    return text[:1].upper() + text[1:]


def named(names: Sequence[str], instead: str) -> str:
    """`A; B; C`; where they are many, what names them `instead` (`xem Phụ lục 1`)."""
    return "; ".join(names) if len(names) <= MOST_NAMES else instead


def sentence(*clauses: str) -> str:
    """Clauses that are not empty, as one sentence."""
    said = "; ".join(c for c in clauses if c)
    return raised(said) + "." if said else ""


def tops(sheets: Iterable[Sheet]) -> str:
    """The short names of sheets that share a part of the plan: `Hội nghị, học tập, tuyên truyền`."""
    labels = [sheet.label for sheet in sheets]
    return ", ".join([*labels[:1], *(lowered(label) for label in labels[1:])])
