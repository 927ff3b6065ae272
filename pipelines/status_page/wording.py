"""Figures, days and states in Vietnamese words, as the page says them."""

from __future__ import annotations

import unicodedata
from datetime import date, datetime
from typing import TYPE_CHECKING, Literal

from markupsafe import Markup

from pipelines.clock import TIMEZONE
from schemas.results import (
    INDICATOR_STATES,
    UNIT_STATES,
    IndicatorState,
    IndicatorTotal,
    UnitState,
    UnitStatus,
    percent,
)

if TYPE_CHECKING:
    from collections.abc import Iterable

    from schemas.consolidation import Consolidation

Tone = Literal["good", "warn", "bad", "calm"]
"""The meaning of a colour; a class of the style sheet. Words always stand beside it."""

DASH = "–"
PENDING = "chưa báo cáo"
RETURNED = "tra_lai"
"""A choice of the page's filter beside the states: units that have only sent what was returned."""
NO_BREAK = "\N{NO-BREAK SPACE}"
_DIRECTIONS = frozenset("\u061c\u200e\u200f\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069")
"""Signs that turn the direction of writing: a text could look like another."""

UNIT_TONES: dict[UnitState, Tone] = {
    "dung_han": "good",
    "tre_han": "warn",
    "qua_han": "bad",
    "loi": "bad",
    "chua_den_han": "calm",
    "mien": "calm",
}
_INDICATOR_TONES: dict[IndicatorState, Tone] = {"hoan_thanh": "good", "dang_thuc_hien": "warn", "qua_han": "bad"}


def sound(value: object) -> object:
    """A text as HTML can hold it: no control signs, no halves of letters, no turned direction; others unchanged."""
    if not isinstance(value, str) or isinstance(value, Markup):
        return value
    whole = value.encode("utf-8", "replace").decode("utf-8")
    return "".join(_sound(letter) for letter in whole)


def _sound(letter: str) -> str:
    if letter in _DIRECTIONS:
        return ""
    return " " if unicodedata.category(letter) == "Cc" else letter


def count(number: int) -> str:
    """1234 → `1.234`."""
    return f"{number:,}".replace(",", ".")


def rate_words(rate: float | None) -> str:
    """0.785 → `78,5 %`, never broken over two lines; a dash where there is no rate."""
    return DASH if rate is None else percent(rate).replace(" ", NO_BREAK)


def day(when: date) -> str:
    """`10/05/2022`."""
    return f"{when.day:02}/{when.month:02}/{when.year:04}"


def moment(when: datetime) -> str:
    """`10/05/2022 22:00`, in the province's time."""
    local = when.astimezone(TIMEZONE)
    return f"{day(local)} {local:%H:%M}"


def days_to(as_of: date, due: date, *, waiting: bool) -> str:
    """How far a deadline is. `waiting`: whether something is still missing, so that the time past it is overdue."""
    left = (due - as_of).days
    if left > 0:
        return f"còn {left} ngày"
    if left == 0:
        return "hôm nay là ngày cuối cùng"
    return f"đã quá hạn {-left} ngày" if waiting else f"hạn đã qua {-left} ngày"


def accepted(units: Iterable[UnitStatus]) -> int:
    """How many units have an accepted report, on time or late."""
    return sum(u.state in ("dung_han", "tre_han") for u in units)


def expected(units: Iterable[UnitStatus]) -> int:
    """How many units a report is expected of: all but the exempt."""
    return sum(u.state != "mien" for u in units)


def returned(status: UnitStatus) -> bool:
    """Whether a unit has only sent what had to be returned."""
    return status.accepted_at is None and status.errors > 0 and status.state != "mien"


def state_choices(result: Consolidation) -> list[tuple[str, str, int]]:
    """What units can be filtered by: value, label, how many; only what some unit is."""
    choices = [(str(s), UNIT_STATES[s], n) for s, n in result.state_counts().items() if n]
    back = sum(returned(u) for u in result.units)
    return [*choices, (RETURNED, "Bị trả lại, phải sửa", back)] if back else choices


def indicator_state(total: IndicatorTotal) -> tuple[str, Tone]:
    """An indicator's state in words, with the days past its deadline, and its tone."""
    if total.state is None:
        return DASH, "calm"
    words = INDICATOR_STATES[total.state]
    if total.state == "qua_han" and total.days_overdue:
        words += f" {total.days_overdue} ngày"
    return words, _INDICATOR_TONES.get(total.state, "calm")


def coverage(total: IndicatorTotal) -> str:
    """How many of the expected units a figure rests on: `27/29`."""
    return f"{total.units_reported}/{total.units_expected}"


def remark(total: IndicatorTotal) -> str:
    """What has to be known beside a figure: that it is partial, its lower bound, that it exceeds the whole."""
    said = []
    if total.partial:
        said.append(f"Một phần: thiếu {total.units_expected - total.units_reported} đơn vị")
    if total.units_not_applicable:
        said.append(f"{total.units_not_applicable} đơn vị khai không áp dụng")
    if total.lower_bound is not None:
        basis = f" ({total.lower_bound_units} đơn vị)" if total.lower_bound_units else ""
        said.append(f"ít nhất {rate_words(total.lower_bound)}{basis}")
    if total.rate is not None and total.rate > 1:
        said.append(f"vượt 100{NO_BREAK}%, cần kiểm tra lại")
    return "; ".join(said)
