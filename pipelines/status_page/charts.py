"""The geometry of three charts; the template draws them as SVG. The picture is 380 wide.

Each chart says itself in a sentence, and its figures stand beside it as a table.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta
from typing import TYPE_CHECKING

from pipelines.clock import local_day
from pipelines.status_page.wording import UNIT_TONES, coverage, day, expected, rate_words
from schemas.results import UNIT_STATES

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence
    from datetime import datetime

    from schemas.consolidation import Consolidation

_LEFT, _RIGHT = 30, 374
"""Between them runs the axis of time."""
_TOP, _BOTTOM = 26, 204
_NEAREST = 46
"""Two dates on the axis closer than this would run into each other."""


@dataclass(frozen=True, slots=True)
class Bar:
    """A bar of a chart: `y` is its top; the label stands left of it, the figure at `figure_x`."""

    label: str
    hint: str
    figure: str
    x: float
    y: float
    width: float
    figure_x: float
    look: str


@dataclass(frozen=True, slots=True)
class Tick:
    """A date on the axis: where, its words, and how they are set against it."""

    x: float
    words: str
    anchor: str


@dataclass(frozen=True, slots=True)
class Timeline:
    """Two lines that only rise, with the due date and the day of the page across them."""

    sent: str
    accepted: str
    area: str
    due_x: float | None
    due_words: str
    due_anchor: str
    ticks: tuple[Tick, ...]
    levels: tuple[tuple[float, int], ...]


@dataclass(frozen=True, slots=True)
class Chart:
    """A chart: its heading, what it says in a sentence, its drawing, and its figures as a table."""

    id: str
    heading: str
    sentence: str
    height: int
    head: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]
    bars: tuple[Bar, ...] = ()
    bar_height: int = 16
    axis_x: int = 0
    target_x: float | None = None
    timeline: Timeline | None = None


def states_chart(result: Consolidation) -> Chart:
    """How many units are in each state."""
    counts = result.state_counts()
    longest = max(*counts.values(), 1)
    widths = {state: round(n / longest * 230, 2) for state, n in counts.items()}
    bars = tuple(
        Bar(UNIT_STATES[state], "", str(n), 104, 14 + 37 * row, widths[state], 111 + widths[state], UNIT_TONES[state])
        for row, (state, n) in enumerate(counts.items())
    )
    sentence = ", ".join(f"{UNIT_STATES[state].lower()} {n}" for state, n in counts.items() if n)
    return Chart(
        id="trang-thai",
        heading="Số đơn vị theo trạng thái",
        sentence=f"Trong {len(result.units)} đơn vị: {sentence}." if sentence else "Chưa có đơn vị nào.",
        height=240,
        head=("Trạng thái", "Số đơn vị"),
        rows=tuple((UNIT_STATES[state], str(n)) for state, n in counts.items()),
        bars=bars,
        bar_height=22,
        axis_x=104,
    )


def completion_chart(result: Consolidation) -> Chart:
    """How far each rate of the province has come."""
    rates = [i for i in result.indicators if i.kind == "rate"]
    step = min(30.0, 216 / max(len(rates), 1))
    bars = tuple(
        Bar(
            label=i.id,
            hint=i.label,
            figure=rate_words(i.rate),
            x=52,
            y=round(10 + step * row, 2),
            width=0 if i.rate is None else round(min(max(i.rate, 0.0), 1.0) * 262, 2),
            figure_x=59 if i.rate is None else 321,
            look="bar",
        )
        for row, i in enumerate(rates)
    )
    known = [i for i in rates if i.rate is not None]
    lowest = min(known, key=lambda i: i.rate or 0.0, default=None)
    sentence = f"Thấp nhất: {lowest.id}, {lowest.label}, {rate_words(lowest.rate)}." if lowest else "Chưa có số liệu."
    return Chart(
        id="hoan-thanh",
        heading="Tỷ lệ hoàn thành theo chỉ tiêu",
        sentence=f"{sentence} Các tỷ lệ tính trên những đơn vị đã có số liệu; tên chỉ tiêu ở bảng dưới.",
        height=240,
        head=("Chỉ tiêu", "Tỷ lệ", "Độ phủ"),
        rows=tuple((f"{i.id} – {i.label}", rate_words(i.rate), coverage(i)) for i in rates),
        bars=bars,
        bar_height=max(round(step * 0.62), 6),
        axis_x=52,
        target_x=52 + 262,
    )


def submissions_chart(result: Consolidation) -> Chart:
    """Units that have sent, and units whose report is accepted, day by day, against the due date."""
    units = [u for u in result.units if u.state != "mien"]
    sent = _days(u.first_submitted_at for u in units)
    taken = _days(u.accepted_at for u in units if u.state in ("dung_han", "tre_han"))
    whole, due, as_of = expected(result.units), result.round.due, result.as_of
    sentence = f"Đến hết ngày {day(as_of)}: {len(sent)}/{whole} đơn vị đã gửi, {len(taken)} đơn vị được chấp nhận."
    if due is not None and due < as_of:
        in_time = [sum(d <= due for d in days) for days in (sent, taken)]
        sentence += f" Đến hết hạn {day(due)}: {in_time[0]} đã gửi, {in_time[1]} được chấp nhận."
    rows = tuple(
        (
            day(d),
            str(sent.count(d)),
            str(sum(s <= d for s in sent)),
            str(taken.count(d)),
            str(sum(t <= d for t in taken)),
        )
        for d in sorted({*sent, *taken})
    )
    return Chart(
        id="theo-ngay",
        heading="Nộp báo cáo theo ngày, so với hạn",
        sentence=sentence,
        height=240,
        head=("Ngày", "Gửi lần đầu", "Cộng dồn", "Được chấp nhận", "Cộng dồn"),
        rows=rows or ((day(as_of), "0", "0", "0", "0"),),
        timeline=_timeline(sent, taken, whole, due, as_of),
    )


def _days(moments: Iterable[datetime | None]) -> list[date]:
    return sorted(local_day(moment) for moment in moments if moment is not None)


def _timeline(sent: Sequence[date], taken: Sequence[date], whole: int, due: date | None, as_of: date) -> Timeline:
    """A day takes a stretch of the axis: what came on it rises at its start, a deadline stands at its end."""
    first = min([*sent, as_of, *([due] if due else [])]) - timedelta(days=2)
    last = max(as_of, due or as_of)
    span, top = (last - first).days + 1, max(whole, 1)

    def x(when: date, *, end: bool = False) -> float:
        return round(_LEFT + ((when - first).days + end) / span * (_RIGHT - _LEFT), 2)

    def y(units: int) -> float:
        return round(_BOTTOM - units / top * (_BOTTOM - _TOP), 2)

    def steps(days: Sequence[date]) -> str:
        path = f"M{_LEFT} {_BOTTOM}"
        for when in sorted(set(days)):
            path += f"H{x(when)}V{y(sum(d <= when for d in days))}"
        return f"{path}H{x(as_of, end=True)}"

    accepted = steps(taken)
    due_x = x(due, end=True) if due else None
    return Timeline(
        sent=steps(sent),
        accepted=accepted,
        area=f"{accepted}V{_BOTTOM}Z",
        due_x=due_x,
        due_words=f"hạn {due.day:02}/{due.month:02}" if due else "",
        due_anchor="start" if due_x is not None and due_x < (_LEFT + _RIGHT) / 2 else "end",
        ticks=_ticks([(when, x(when, end=True)) for when in (due, as_of, first) if when is not None]),
        levels=tuple((y(n), n) for n in sorted({0, top // 2, top})),
    )


def _ticks(days: Sequence[tuple[date, float]]) -> tuple[Tick, ...]:
    """The dates that fit, the more important ones first."""
    ticks: list[Tick] = []
    for when, at in days:
        if all(abs(tick.x - at) >= _NEAREST for tick in ticks):
            anchor = "start" if at < _LEFT + 16 else "end" if at > _RIGHT - 16 else "middle"
            ticks.append(Tick(at, f"{when.day:02}/{when.month:02}", anchor))
    return tuple(sorted(ticks, key=lambda tick: tick.x))
