"""What has changed since the earlier day: lists of sentences, as the page shows them."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING

from pipelines.status_page.wording import DASH, count, coverage, moment, rate_words
from schemas.progress import EVENTS
from schemas.results import UNIT_STATES

if TYPE_CHECKING:
    from schemas.consolidation import Consolidation
    from schemas.progress import Event, Progress, StateChange, TotalChange
    from schemas.results import IndicatorTotal

_SHOWN_AT_ONCE = 8
"""A longer list is folded."""


@dataclass(frozen=True, slots=True)
class ChangeList:
    """One kind of change: its heading and its sentences. `folded`: too long to be shown at once."""

    heading: str
    sentences: tuple[str, ...]

    @property
    def folded(self) -> bool:
        """Whether only its heading shows until it is opened."""
        return len(self.sentences) > _SHOWN_AT_ONCE


@dataclass(frozen=True, slots=True)
class ChangeLists:
    """Everything different from the end of the day `since`; no lists: nothing is."""

    since: date
    lists: tuple[ChangeList, ...]


def change_lists(result: Consolidation) -> ChangeLists | None:
    """The changes; None where there is no earlier day to compare with."""
    progress = result.progress
    return None if progress is None else ChangeLists(progress.since, tuple(_lists(progress)))


def _lists(progress: Progress) -> list[ChangeList]:
    found = []
    for kind, label in EVENTS.items():
        events = [e for e in progress.events if e.kind == kind]
        found.append(ChangeList(f"{label}: {len(events)}", tuple(_event(e) for e in events)))
    states = tuple(_state(change) for change in progress.states)
    totals = tuple(_total(change) for change in progress.totals)
    found.append(ChangeList(f"Đổi trạng thái: {len(states)} đơn vị", states))
    found.append(ChangeList(f"Chỉ tiêu toàn tỉnh có số khác trước: {len(totals)}", totals))
    decided = tuple(
        f"{'' if d.taken else 'Thôi áp dụng: '}{d.words}{f' ({d.document})' if d.document else ''}"
        for d in progress.decisions
    )
    found.append(ChangeList(f"Quyết định điều hành: {len(decided)}", decided))
    return [changes for changes in found if changes.sentences]


def _event(event: Event) -> str:
    said = f"{event.unit.name}: bản số {event.version}, {moment(event.at)}"
    if event.kind == "corrected":
        if event.since is not None:
            said += f", thay bản số {event.since}"
        if event.cells is not None:
            said += f", {count(event.cells)} ô khác trước"
    if event.kind == "withdrawn" and event.reason:
        said += f", lý do: {event.reason}"
    if event.kind in ("new", "corrected") and not event.counts:
        said += "; hiện không tính"
    return said


def _state(change: StateChange) -> str:
    before = UNIT_STATES[change.before] if change.before else "chưa có trong danh sách"
    return f"{change.unit.name}: {before} → {UNIT_STATES[change.after]}"


def _total(change: TotalChange) -> str:
    before = _figure(change.before) if change.before else DASH
    return f"{change.after.id} – {change.after.label}: {before} → {_figure(change.after)}"


def _figure(total: IndicatorTotal) -> str:
    """The rate, or the volume, with the units it rests on."""
    volume = DASH if total.numerator is None else count(total.numerator)
    figure = volume if total.kind == "volume" else rate_words(total.rate)
    return f"{figure} ({coverage(total)} đơn vị)" if total.kind in ("rate", "volume") else f"{figure} ({volume})"
