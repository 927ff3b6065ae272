"""What a leader reads first: the state of the round in a sentence, six figures, and how far the due date is."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import date
from typing import TYPE_CHECKING

from pipelines.status_page.wording import (
    RETURNED,
    Tone,
    accepted,
    day,
    days_to,
    expected,
    rate_words,
    returned,
)
from schemas.results import UNIT_STATES

if TYPE_CHECKING:
    from schemas.consolidation import Consolidation
    from schemas.plan import IndicatorKind


@dataclass(frozen=True, slots=True)
class Tile:
    """One figure: `choice` is what the table of units is filtered by when it is pressed; empty: all of them."""

    label: str
    figure: int
    tone: Tone
    hint: str
    choice: str = ""


@dataclass(frozen=True, slots=True)
class Countdown:
    """How far the round's due date is at the end of the day the page speaks of.

    `waiting`: whether a report that is asked for is still missing; `extended`: how many units have a date of their own.
    """

    due: date | None
    words: str
    tone: Tone
    waiting: bool
    extended: str


def headline(result: Consolidation) -> str:
    """The state of the round in one sentence."""
    whole = expected(result.units)
    if not whole:
        return "Không có đơn vị nào phải báo cáo trong kỳ này."
    done, on_time = _reporting(result, "reporting"), _reporting(result, "on_time")
    counts = result.state_counts()
    said = (
        f"Đến hết ngày {day(result.as_of)}, {done}/{whole} đơn vị đã có báo cáo được chấp nhận "
        f"({rate_words(done / whole)}), trong đó {on_time} đơn vị đúng hạn"
    )
    if counts["qua_han"]:
        said += f"; {counts['qua_han']} đơn vị quá hạn"
    return said + result.end_of_headline()


def tiles(result: Consolidation) -> list[Tile]:
    """Expected, accepted, on time, late, overdue, returned."""
    counts, whole = result.state_counts(), expected(result.units)
    done, back = accepted(result.units), sum(returned(u) for u in result.units)
    spared = f"không kể {counts['mien']} đơn vị được miễn" if counts["mien"] else "đơn vị"
    found = [
        Tile("Phải báo cáo", whole, "calm", spared),
        Tile("Đã được chấp nhận", done, "good", f"{rate_words(done / whole)} số phải báo cáo" if whole else "đơn vị"),
        Tile("Đúng hạn", counts["dung_han"], "good", "đơn vị", "dung_han"),
        Tile("Trễ hạn", counts["tre_han"], "warn", "đã nộp sau hạn", "tre_han"),
        Tile("Quá hạn", counts["qua_han"], "bad", "chưa có bản được chấp nhận", "qua_han"),
        Tile("Bị trả lại", back, "bad", "phải sửa và gửi lại", RETURNED),
    ]
    return [tile if tile.figure else replace(tile, tone="calm") for tile in found]


def partition(result: Consolidation) -> str:
    """The states, and that they add up to the units listed."""
    counts = result.state_counts()
    named = " + ".join(f"{n} {UNIT_STATES[state].lower()}" for state, n in counts.items() if n)
    return f"Trạng thái cộng lại bằng số đơn vị: {named or 0} = {len(result.units)} đơn vị."


def countdown(result: Consolidation) -> Countdown:
    """The due date and how far it is, in words that name the day they speak of."""
    due, own = result.round.due, sum(u.extension is not None for u in result.units)
    waiting = accepted(result.units) < expected(result.units)
    extended = f"{own} đơn vị được gia hạn, có hạn riêng (xem bảng)." if own else ""
    if due is None:
        return Countdown(None, "Kế hoạch không ấn định hạn nộp của kỳ này.", "calm", waiting, extended)
    left = (due - result.as_of).days
    tone: Tone = "calm" if left > 3 or not waiting else "warn" if left >= 0 else "bad"
    return Countdown(due, days_to(result.as_of, due, waiting=waiting), tone, waiting, extended)


def _reporting(result: Consolidation, kind: IndicatorKind) -> int:
    """Reported (or on time) units of the province, as the indicator says, else counted from the states."""
    for total in result.indicators:
        if total.kind == kind and total.numerator is not None:
            return total.numerator
    return accepted(result.units) if kind == "reporting" else result.state_counts()["dung_han"]
