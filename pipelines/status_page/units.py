"""The table of units: a line each, and those that have to be urged."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from typing import TYPE_CHECKING

from pipelines.status_page.links import Link, Links, unit_documents
from pipelines.status_page.wording import RETURNED, UNIT_TONES, Tone, day, returned
from schemas.results import UNIT_STATES, UnitState, UnitStatus

if TYPE_CHECKING:
    from collections.abc import Sequence

    from schemas.consolidation import Consolidation

_MOST_URGENT: tuple[UnitState, ...] = ("qua_han", "loi", "chua_den_han", "tre_han", "dung_han", "mien")


@dataclass(frozen=True, slots=True)
class UnitLine:
    """One unit. `choices`: what the filter finds it by; `urgency`: by which states are sorted, most urgent first.

    `days`: late or overdue; `days_words` says which, empty where neither.
    """

    number: int
    code: str
    name: str
    group: str
    state: str
    tone: Tone
    choices: str
    urgency: int
    due: date | None
    extended: str
    first: datetime | None
    accepted: datetime | None
    days: int
    days_words: str
    errors: int
    warnings: int
    note: str
    links: tuple[Link, ...]
    urged: bool


def unit_lines(result: Consolidation, links: Links) -> list[UnitLine]:
    """Every unit in the plan's order."""
    return [_line(number, status, links) for number, status in enumerate(result.units, 1)]


def to_urge(lines: Sequence[UnitLine]) -> list[UnitLine]:
    """Units that are overdue, then those not yet due whose submission was returned; the most overdue first."""
    return sorted((line for line in lines if line.urged), key=lambda line: (line.urgency, -line.days))


def _line(number: int, status: UnitStatus, links: Links) -> UnitLine:
    back = returned(status)
    return UnitLine(
        number=number,
        code=status.unit.code,
        name=status.unit.name,
        group=status.group,
        state=UNIT_STATES[status.state],
        tone=UNIT_TONES[status.state],
        choices=f"{status.state} {RETURNED}" if back else status.state,
        urgency=_MOST_URGENT.index(status.state),
        due=status.due,
        extended=_extended(status),
        first=status.first_submitted_at,
        accepted=status.accepted_at,
        days=status.days_late or status.days_overdue,
        days_words="trễ" if status.days_late else "quá hạn" if status.days_overdue else "",
        errors=status.errors,
        warnings=status.warnings,
        note=status.note,
        links=unit_documents(status.unit.code, links),
        urged=status.state in ("qua_han", "loi") or back,
    )


def _extended(status: UnitStatus) -> str:
    """The mark of a unit that has a due date of its own; empty where it has none."""
    if status.extension is None:
        return ""
    said = "gia hạn" if status.original_due is None else f"gia hạn từ {day(status.original_due)}"
    document = status.extension.basis.document
    return f"{said}, {document}" if document else said
