"""What the office has decided about a plan while it runs, as its control workbook (sổ điều hành) says.

The newest accepted control workbook says everything: what it no longer lists is no longer decided.
Standard library only.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from typing import Literal

ChangeKind = Literal["renamed", "merged", "dissolved", "new"]


@dataclass(frozen=True, slots=True)
class Basis:
    """What a decision rests on: the number of its document, the reason, and where the control workbook says so."""

    document: str
    reason: str
    tab: str = ""
    row: int = 0


@dataclass(frozen=True, slots=True)
class RoundDue:
    """The due date of a round that the plan left open."""

    round: str
    due: date
    basis: Basis


@dataclass(frozen=True, slots=True)
class IndicatorDeadline:
    """The deadline of an indicator that the plan left open."""

    indicator: str
    deadline: date
    basis: Basis


@dataclass(frozen=True, slots=True)
class NewDate:
    """The day by which overdue units are asked, in a reminder, to send the report of a round."""

    round: str
    by: date
    basis: Basis


@dataclass(frozen=True, slots=True)
class Extension:
    """A later due date of one unit in one round."""

    unit: str
    round: str
    due: date
    basis: Basis


@dataclass(frozen=True, slots=True)
class Exemption:
    """A unit that need not report a round, or (`sheet`, an id) one sheet of it."""

    unit: str
    round: str
    sheet: str | None
    basis: Basis


@dataclass(frozen=True, slots=True)
class UnitChange:
    """A unit that from a day on has another `name`, has been merged `into` another, is dissolved, or is new.

    `kind`: what happens; `unit_kind`: the kind of a new unit (its group).
    """

    kind: ChangeKind
    on: date
    unit: str
    basis: Basis
    name: str = ""
    into: str = ""
    unit_kind: str = ""


@dataclass(frozen=True, slots=True)
class Contact:
    """Where a unit is reached: its office, never a person."""

    unit: str
    office: str
    phone: str
    email: str


@dataclass(frozen=True, slots=True)
class Decisions:
    """All that was decided, as one control workbook says. `version` 0, `sha256` empty: there is none yet."""

    round_dues: tuple[RoundDue, ...] = ()
    deadlines: tuple[IndicatorDeadline, ...] = ()
    new_dates: tuple[NewDate, ...] = ()
    extensions: tuple[Extension, ...] = ()
    exemptions: tuple[Exemption, ...] = ()
    unit_changes: tuple[UnitChange, ...] = ()
    contacts: tuple[Contact, ...] = ()
    version: int = 0
    sha256: str = ""
    source_name: str = ""
    received_at: datetime | None = None

    def extension(self, unit: str, round_id: str) -> Extension | None:
        """The extension a unit has in a round."""
        return next((e for e in self.extensions if (e.unit, e.round) == (unit, round_id)), None)

    def exemption(self, unit: str, round_id: str) -> Exemption | None:
        """Why a unit need not report a round at all; None: it must."""
        same = (e for e in self.exemptions if (e.unit, e.round) == (unit, round_id))
        return next((e for e in same if e.sheet is None), None)

    def spared(self, unit: str, round_id: str) -> frozenset[str]:
        """The ids of the sheets a unit need not fill in a round."""
        same = (e for e in self.exemptions if (e.unit, e.round) == (unit, round_id))
        return frozenset(e.sheet for e in same if e.sheet is not None)

    def new_date(self, round_id: str) -> NewDate | None:
        """By when the overdue units of a round are asked to report."""
        return next((n for n in self.new_dates if n.round == round_id), None)

    def contact(self, unit: str) -> Contact | None:
        """Where a unit is reached."""
        return next((c for c in self.contacts if c.unit == unit), None)

    def departure(self, unit: str, day: date) -> UnitChange | None:
        """How a unit has ceased to be by that day: merged or dissolved."""
        gone = (c for c in self.unit_changes if c.unit == unit and c.kind in ("merged", "dissolved") and c.on <= day)
        return next(gone, None)


NO_DECISIONS = Decisions()
