"""A consolidation: everything known about a round at the end of a day, as the tables of `schemas.results`.

Workbooks, the status page, letters and reports are all written from it. Standard library only.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date

from schemas.decisions import NO_DECISIONS, Decisions
from schemas.plan import Plan, Round
from schemas.progress import Progress
from schemas.results import (
    UNIT_STATES,
    Declaration,
    IndicatorTotal,
    ListedFinding,
    OrganisationIndicator,
    SheetRows,
    Source,
    UnitIndicator,
    UnitState,
    UnitStatus,
)
from schemas.signs import Sign


@dataclass(frozen=True, slots=True)
class Consolidation:
    """Everything known about a round at the end of the day `as_of`.

    `plan`, `round`: as they are in force that day, with what the office has decided. `by_single`: per unit code, the
    totals over that unit alone. `progress`: against an earlier day, where one was asked for. `scope`: whose workbook it
    is, where it is narrowed to a group or a unit; empty for the province.
    """

    plan: Plan
    round: Round
    as_of: date
    units: tuple[UnitStatus, ...]
    indicators: tuple[IndicatorTotal, ...]
    by_group: tuple[IndicatorTotal, ...]
    by_unit: tuple[UnitIndicator, ...]
    rows: tuple[SheetRows, ...]
    findings: tuple[ListedFinding, ...]
    sources: tuple[Source, ...]
    declarations: tuple[Declaration, ...] = ()
    by_single: Mapping[str, tuple[IndicatorTotal, ...]] = field(default_factory=dict)
    by_organisation: tuple[OrganisationIndicator, ...] = ()
    signs: tuple[Sign, ...] = ()
    decisions: Decisions = NO_DECISIONS
    progress: Progress | None = None
    scope: str = ""

    def state_counts(self) -> dict[UnitState, int]:
        """How many units are in each state, every state named; they add up to the units listed."""
        return {state: sum(u.state == state for u in self.units) for state in UNIT_STATES}

    def end_of_headline(self) -> str:
        """What a headline says after the overdue units, up to its full stop: who else is awaited, whose were sent back.

        Whoever was only sent back is overdue, or counted among those with errors: it is said apart, as a part of them.
        """
        counts = self.state_counts()
        back = sum(u.accepted_at is None and u.errors > 0 for u in self.units)
        said = f"; {counts['loi']} đơn vị có lỗi, chưa đến hạn" if counts["loi"] else ""
        said += f"; {counts['chua_den_han']} đơn vị chưa đến hạn" if counts["chua_den_han"] else ""
        returned = f" Trong các đơn vị chưa được chấp nhận, {back} đơn vị mới chỉ có bản bị trả lại, phải sửa."
        return f"{said}.{returned if back else ''}"
