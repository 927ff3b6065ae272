"""The province's indicators: rates with bar, coverage, deadline and state; volumes; the deadlines one by one."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING

from pipelines.status_page.wording import (
    DASH,
    PENDING,
    Tone,
    count,
    coverage,
    days_to,
    indicator_state,
    rate_words,
    remark,
)

if TYPE_CHECKING:
    from schemas.consolidation import Consolidation
    from schemas.results import IndicatorTotal


@dataclass(frozen=True, slots=True)
class IndicatorLine:
    """One indicator. `bar`: the filled part of a bar that is 100 wide; None: there is no rate."""

    id: str
    label: str
    rate: str
    bar: float | None
    done: str
    whole: str
    target: str
    deadline: date | None
    state: str
    tone: Tone
    coverage: str
    remark: str


@dataclass(frozen=True, slots=True)
class Milestone:
    """A day by which indicators of the plan are to be reached, and how far it is."""

    day: date
    indicators: tuple[tuple[str, str], ...]
    words: str
    tone: Tone


def indicator_lines(result: Consolidation) -> list[IndicatorLine]:
    """Rates first, then the reporting rate and that of reports on time."""
    ordered = [i for i in result.indicators if i.kind == "rate"]
    ordered += [i for i in result.indicators if i.kind in ("reporting", "on_time")]
    return [_line(total) for total in ordered]


def volume_lines(result: Consolidation) -> list[IndicatorLine]:
    """How much was done, where there is no whole to compare it with."""
    return [_line(total) for total in result.indicators if total.kind == "volume"]


def milestones(result: Consolidation) -> list[Milestone]:
    """The deadlines of rates, in order; those of the reporting rate are the round's own."""
    rates = [i for i in result.indicators if i.kind == "rate"]
    found = []
    for deadline in sorted({i.deadline for i in rates if i.deadline is not None}):
        of_day = [i for i in rates if i.deadline == deadline]
        waiting = any(i.units_expected and i.state not in ("hoan_thanh", "khong_ap_dung") for i in of_day)
        passed, asked = deadline < result.as_of, any(i.units_expected for i in of_day)
        tone: Tone = "bad" if waiting and passed else "warn" if waiting else "good" if asked else "calm"
        words = days_to(result.as_of, deadline, waiting=True) if waiting else "hoàn thành" if asked else "không áp dụng"
        found.append(Milestone(deadline, tuple((i.id, i.label) for i in of_day), words, tone))
    return found


def _line(total: IndicatorTotal) -> IndicatorLine:
    state, tone = indicator_state(total)
    pending = total.units_reported == 0 and total.units_expected > 0
    return IndicatorLine(
        id=total.id,
        label=total.label,
        rate=PENDING if total.rate is None and pending else rate_words(total.rate),
        bar=None if total.rate is None else round(min(max(total.rate, 0.0), 1.0) * 100, 2),
        done=DASH if total.numerator is None else count(total.numerator),
        whole=DASH if total.denominator is None else count(total.denominator),
        target=rate_words(total.target),
        deadline=total.deadline,
        state=state,
        tone=tone,
        coverage=coverage(total),
        remark=remark(total),
    )
