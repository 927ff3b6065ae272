"""Signs of reporting for form's sake, from what is accepted and stands: for a person to look at, never a verdict.

Source: plan 70-KH/TU, clause I, whose first purpose is to end perfunctory reporting.
"""

from __future__ import annotations

from collections.abc import Sequence

from pipelines.consolidate.signs.alike import like_another, like_before
from pipelines.consolidate.signs.complete import all_complete
from pipelines.consolidate.signs.jumps import jumps
from pipelines.consolidate.signs.repeated import repeated_figures
from pipelines.consolidate.signs.reports import Reports
from pipelines.consolidate.signs.signing import done_after_signing
from pipelines.known import Known
from schemas.results import SheetRows
from schemas.signs import SIGNS, Sign

__all__ = ["signs"]


def signs(known: Known, tables: Sequence[SheetRows]) -> tuple[Sign, ...]:
    """All signs at the units whose reports count, in the plan's order of units, then as `SIGNS` lists them.

    `tables`: the counted rows of the round at that moment.
    """
    plan = known.plan
    reports = Reports(known, {row.unit.code for table in tables for row in table.rows})
    found = [
        *repeated_figures(tables),
        *all_complete(plan, known.round, reports),
        *like_another(tables),
        *like_before(known, tables),
        *jumps(plan, reports),
        *done_after_signing(known.connection, plan, tables),
    ]
    units, kinds = {unit.code: n for n, unit in enumerate(plan.units)}, list(SIGNS)
    return tuple(sorted(found, key=lambda sign: (units[sign.unit.code], kinds.index(sign.kind))))
