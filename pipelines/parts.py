"""A report put together from parts: which version gives which sheet, and which sheets nobody gives yet. Pure.

Docs: docs/decisions/0023.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from schemas.judged import Judged
from schemas.plan import Plan, Sheet, Unit


@dataclass(frozen=True, slots=True)
class Part:
    """A version that may count, as far as it matters here: its number, what it is called, and the sheets it fills.

    `filled` None: a whole report, which gives every sheet.
    """

    version: int
    sha256: str
    source_name: str
    filled: frozenset[str] | None

    def gives(self, sheet: str) -> bool:
        """Whether the sheet is taken from it where no newer version gives it."""
        return self.filled is None or sheet in self.filled


def filled_by(plan: Plan, judged: Judged) -> frozenset[str] | None:
    """The sheets a submission gives, in a round that is reported in parts; None: it is a whole report."""
    in_parts = judged.submission.identity.round in plan.settings.parts
    return judged.parsed.filled if in_parts else None


def must_give(plan: Plan, unit: Unit, round_id: str) -> tuple[Sheet, ...]:
    """The sheets a unit's report must give to be whole; lists may stay empty."""
    return tuple(sheet for sheet in plan.sheets_for(unit, round_id) if sheet.kind != "list")


@dataclass(frozen=True, slots=True)
class Gathered:
    """A report put together from the versions that may count (`parts`, in order of arrival).

    `gives`: sheet id → the version it is taken from, in the plan's order; `missing`: sheets that nobody gives yet.
    """

    parts: tuple[Part, ...]
    gives: Mapping[str, Part]
    missing: tuple[str, ...]

    @property
    def whole(self) -> bool:
        """Whether it counts."""
        return bool(self.parts) and not self.missing

    def counting(self) -> tuple[Part, ...]:
        """The versions that give something, in order of arrival."""
        return tuple(part for part in self.parts if self.sheets_of(part.version))

    def sheets_of(self, version: int) -> tuple[str, ...]:
        """The ids of the sheets that are taken from a version, in the plan's order."""
        return tuple(sheet for sheet, part in self.gives.items() if part.version == version)

    def instead_of(self, version: int) -> tuple[int, ...]:
        """The versions that give now what this one gave."""
        part = next(part for part in self.parts if part.version == version)
        return tuple(sorted({newer.version for sheet, newer in self.gives.items() if part.gives(sheet)}))


def gathered(plan: Plan, unit: Unit, round_id: str, parts: Sequence[Part]) -> Gathered:
    """The report that accepted, not withdrawn versions give together. `parts` in order of arrival."""
    newest = {
        sheet.id: part
        for sheet in plan.sheets_for(unit, round_id)
        if (part := next((p for p in reversed(parts) if p.gives(sheet.id)), None)) is not None
    }
    missing = tuple(sheet.id for sheet in must_give(plan, unit, round_id) if sheet.id not in newest)
    return Gathered(tuple(parts), newest, missing)


def replaces(plan: Plan, filled: frozenset[str], earlier: Part, unit: Unit, round_id: str) -> bool:
    """Whether a file that fills `filled` is a correction of an earlier one: it fills all of its sheets, forms apart."""
    asked = [sheet for sheet in plan.sheets_for(unit, round_id) if sheet.kind != "form"]
    return all(sheet.id in filled for sheet in asked if earlier.gives(sheet.id))
