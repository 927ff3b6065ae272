"""What has changed in a round between two days: what was sent, what was decided, what it did. Standard library only."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from typing import Literal

from schemas.plan import Field, Sheet, Unit
from schemas.results import IndicatorTotal, UnitState

EventKind = Literal["new", "corrected", "rejected", "withdrawn"]
EVENTS: dict[EventKind, str] = {
    "new": "Báo cáo mới",
    "corrected": "Đính chính",
    "rejected": "Bị trả lại",
    "withdrawn": "Đã rút",
}


@dataclass(frozen=True, slots=True)
class Event:
    """One thing that happened to the report of a unit: `version` was sent, or withdrawn.

    `since`: the version that counted before (None: none did); `counts`: whether it counts at the end of the later day;
    `cells`: how many cells a correction changed (None: nothing to compare it with); `reason`: why it was withdrawn.
    """

    kind: EventKind
    unit: Unit
    version: int
    at: datetime
    source_name: str
    sha256: str
    counts: bool
    since: int | None = None
    cells: int | None = None
    reason: str = ""


@dataclass(frozen=True, slots=True)
class StateChange:
    """A unit that is in another state than before; `before` None: it was not listed then."""

    unit: Unit
    before: UnitState | None
    after: UnitState


@dataclass(frozen=True, slots=True)
class TotalChange:
    """An indicator of the province that has another figure than before."""

    before: IndicatorTotal | None
    after: IndicatorTotal


@dataclass(frozen=True, slots=True)
class FieldChange:
    """A field whose sum (yes/no: how many say yes) is another than before in some unit.

    `before`, `after`: over the province; `units`: (unit, before, after) of each that moved it; the differences add up.
    """

    sheet: Sheet
    field: Field
    before: int
    after: int
    units: tuple[tuple[Unit, int, int], ...]


@dataclass(frozen=True, slots=True)
class DecisionChange:
    """A decision of the office that was taken (`taken`) or taken back, in one sentence."""

    taken: bool
    words: str
    document: str


@dataclass(frozen=True, slots=True)
class Progress:
    """Everything that is different at the end of a day from the end of the day `since`."""

    since: date
    events: tuple[Event, ...] = ()
    states: tuple[StateChange, ...] = ()
    totals: tuple[TotalChange, ...] = ()
    fields: tuple[FieldChange, ...] = ()
    decisions: tuple[DecisionChange, ...] = ()

    @property
    def nothing(self) -> bool:
        """Whether nothing is different, but for the days that have passed."""
        return not (self.events or self.states or self.totals or self.fields or self.decisions)
