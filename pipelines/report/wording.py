"""Figures and states in words, and the colours of states, as every sheet says them."""

from __future__ import annotations

from typing import TYPE_CHECKING

from pipelines import styles as palette
from schemas.consolidation import Consolidation
from schemas.results import INDICATOR_STATES, IndicatorState, IndicatorTotal, UnitState, UnitStatus, percent

if TYPE_CHECKING:
    from collections.abc import Iterable

    from xlsxwriter.format import Format

    from pipelines.styles import Styles
    from schemas.plan import IndicatorKind
    from schemas.submission import Verdict

NOT_APPLICABLE = "–"
VERDICTS: dict[Verdict, str] = {
    "accepted": "Được chấp nhận",
    "accepted_with_warnings": "Chấp nhận, có cảnh báo",
    "rejected": "Bị trả lại",
    "unusable": "Không dùng được",
}
ACCEPTED_STATES: tuple[UnitState, ...] = ("dung_han", "tre_han")
SEVERITIES = {"error": "Lỗi", "warning": "Cảnh báo"}
STATE_BARS: dict[UnitState, str] = {
    "dung_han": palette.GOOD_BAR,
    "tre_han": palette.WARNING_BAR,
    "qua_han": palette.BAD_BAR,
    "loi": palette.BAD_BAR,
    "chua_den_han": palette.NEUTRAL_BAR,
    "mien": palette.NEUTRAL_BAR,
}


def unit_state_style(styles: Styles, state: UnitState) -> Format:
    """The colour of a unit's state."""
    by_state: dict[UnitState, Format] = {
        "dung_han": styles.good,
        "tre_han": styles.warn,
        "qua_han": styles.bad,
        "loi": styles.bad,
        "chua_den_han": styles.neutral,
        "mien": styles.neutral,
    }
    return by_state[state]


def indicator_state_style(styles: Styles, state: IndicatorState | None) -> Format:
    """The colour of an indicator's state."""
    return {"hoan_thanh": styles.good, "dang_thuc_hien": styles.warn, "qua_han": styles.bad}.get(
        state or "", styles.neutral
    )


def verdict_style(styles: Styles, verdict: Verdict) -> Format:
    """The colour of a verdict."""
    return {"accepted": styles.good, "accepted_with_warnings": styles.warn}.get(verdict, styles.bad)


def indicator_state(total: IndicatorTotal) -> str:
    """An indicator's state in words, with the days past its deadline."""
    if total.state is None:
        return NOT_APPLICABLE
    words = INDICATOR_STATES[total.state]
    return f"{words} {total.days_overdue} ngày" if total.state == "qua_han" and total.days_overdue else words


def coverage(total: IndicatorTotal) -> str:
    """How many of the expected units a figure rests on: `27/29`."""
    return f"{total.units_reported}/{total.units_expected}"


def remark(total: IndicatorTotal) -> str:
    """What has to be known beside a rate: that it is partial, its lower bound, that it exceeds the whole."""
    said = []
    if total.partial and total.kind in ("rate", "volume"):
        missing = total.units_expected - total.units_reported
        said.append(f"Một phần: thiếu {missing} đơn vị")
    if total.units_not_applicable:
        said.append(f"{total.units_not_applicable} đơn vị khai không áp dụng")
    if total.lower_bound is not None:
        basis = f" ({total.lower_bound_units} đơn vị)" if total.lower_bound_units else ""
        said.append(f"ít nhất {percent(total.lower_bound)}{basis}")
    if total.rate is not None and total.rate > 1:
        said.append("vượt 100 %, cần kiểm tra lại")
    return "; ".join(said)


def accepted(units: Iterable[UnitStatus]) -> int:
    """How many units have an accepted report, on time or late."""
    return sum(u.state in ACCEPTED_STATES for u in units)


def expected(units: Iterable[UnitStatus]) -> int:
    """How many units a report is expected of: all but the exempt."""
    return sum(u.state != "mien" for u in units)


def reporting(result: Consolidation, kind: IndicatorKind) -> tuple[int, int]:
    """Reported (or on time) and expected units of the province, as the indicator says, else counted from the states."""
    for total in result.indicators:
        if total.kind == kind and total.numerator is not None and total.denominator is not None:
            return total.numerator, total.denominator
    on_time = sum(u.state == "dung_han" for u in result.units)
    return (on_time if kind == "on_time" else accepted(result.units)), expected(result.units)


def rate_of(numerator: int, denominator: int) -> float | None:
    """A rate, or None where the denominator is 0."""
    return numerator / denominator if denominator else None


def grouped(count: int) -> str:
    """A count in a sentence: `1.234`."""
    return f"{count:,}".replace(",", ".")


def signed(value: int) -> str:
    """A difference in a sentence: `+12`, `−3`."""
    return f"{'−' if value < 0 else '+'}{grouped(abs(value))}"
