"""Totals that jump by more than half between two successive reports of a unit."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import pairwise

from pipelines.consolidate.signs.figures import number, numeric_fields
from pipelines.consolidate.signs.reports import Report, Reports
from pipelines.parts import Part
from schemas.plan import Field, Plan, Sheet, Unit
from schemas.signs import Evidence, Sign

LEAST = 10
"""Totals that never reach it are left out: from 1 to 2 is no jump."""
MOST_NAMED = 3


@dataclass(frozen=True, slots=True)
class _Jump:
    sheet: Sheet
    field: Field
    before: int
    after: int
    versions: tuple[Part, Part]

    @property
    def words(self) -> str:
        return f"“{self.field.label}” ({self.sheet.code}) {number(self.before)} → {number(self.after)}"


def jumps(plan: Plan, reports: Reports) -> Iterator[Sign]:
    """Per unit and pair of successive reports: every total of a field that differs by more than half of what it was.

    What was 0 has no half: work that has begun is no jump.
    """
    for unit, successive in reports.successive():
        for before, after in pairwise(successive):
            found = list(_between(plan, reports, before, after))
            if found:
                yield _sign(reports, unit, found)


def _between(plan: Plan, reports: Reports, before: Report, after: Report) -> Iterator[_Jump]:
    for sheet in plan.sheets:
        versions = before.get(sheet.id), after.get(sheet.id)
        if versions[0] is None or versions[1] is None or versions[0].sha256 == versions[1].sha256:
            continue
        sums = [summed.sums if (summed := reports.summed(sheet.id, part)) else {} for part in versions if part]
        for field in numeric_fields(sheet):
            then, now = (of.get(field.id, 0) for of in sums)
            if max(then, now) >= LEAST and 0 < then < 2 * abs(now - then):
                yield _Jump(sheet, field, then, now, (versions[0], versions[1]))


def _sign(reports: Reports, unit: Unit, found: list[_Jump]) -> Sign:
    older = max(jump.versions[0].version for jump in found)
    newer = max(jump.versions[1].version for jump in found)
    others = f" và {len(found) - MOST_NAMED} tổng khác" if len(found) > MOST_NAMED else ""
    named = "; ".join(jump.words for jump in found[:MOST_NAMED])
    return Sign(
        "jump",
        unit,
        f"Từ bản số {older} đến bản số {newer}, tổng số của đơn vị thay đổi quá một nửa: {named}{others}.",
        "Đề nghị đơn vị cho biết vì sao số liệu thay đổi nhiều như vậy, và số nào là đúng?",
        tuple(evidence for jump in found for evidence in _evidence(reports, unit, jump)),
    )


def _evidence(reports: Reports, unit: Unit, jump: _Jump) -> Iterator[Evidence]:
    """The total before, then after."""
    for part, total in zip(jump.versions, (jump.before, jump.after), strict=True):
        what = f"{jump.field.label}: cộng {number(total)}"
        yield reports.evidence(unit, jump.sheet, jump.field.id, part, what)
