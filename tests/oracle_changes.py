"""What the oracle says has changed between the ends of two days: what was sent, states, figures, sums, decisions."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any

from tests.oracle import counted
from tests.oracle_facts import Facts, Said, facts
from tests.oracle_world import Version, World


@dataclass(frozen=True)
class Sent:
    """A report that was sent. `kind`: new, corrected or rejected; `since`: the version that counted before."""

    kind: str
    unit: str
    version: Version
    since: int | None = None
    cells: int | None = None


@dataclass(frozen=True)
class Changes:
    """The facts of two days, and what lies between them."""

    before: Facts
    after: Facts

    @property
    def sent(self) -> list[Sent]:
        """The reports of the nights between, in the plan's order within a night."""
        found = []
        for unit in self.after.known.reporting:
            versions = self.after.known.versions.get(unit["code"], [])
            found += [_sent(self.after.known, unit["code"], v) for v in versions if v.night > self.before.day]
        return sorted(found, key=lambda s: s.version.night)

    @property
    def states(self) -> list[tuple[str, str, str]]:
        """(unit, state before, state after) of units in another state."""
        before, after = self.before.said["units"], self.after.said["units"]
        return [
            (code, before[code]["state"], u["state"])
            for code, u in after.items()
            if before[code]["state"] != u["state"]
        ]

    @property
    def totals(self) -> list[str]:
        """The indicators of the province with other figures or another coverage."""
        before, after = self.before.said["indicators"], self.after.said["indicators"]
        return [i for i in after if _figures(i, before[i]) != _figures(i, after[i])]

    @property
    def fields(self) -> dict[tuple[str, str], list[tuple[str, int, int]]]:
        """(sheet, field) → (unit, sum before, sum after) of units whose own sum is another."""
        found = {}
        for sheet in self.after.known.sheets:
            for field in self.after.known.stored(sheet):
                sums = self.sums(sheet, field["id"]) if field["type"] in ("count", "yes_no") else []
                moved = [one for one in sums if one[1] != one[2]]
                if moved:
                    found[sheet, field["id"]] = moved
        return found

    def sums(self, sheet: str, field: str) -> list[tuple[str, int, int]]:
        """(unit, sum before, sum after) of every unit."""
        codes = [u["code"] for u in self.after.known.reporting]
        return [(c, _sum(self.before.known, c, sheet, field), _sum(self.after.known, c, sheet, field)) for c in codes]

    @property
    def documents(self) -> list[str]:
        """The documents of decisions that were not known before."""
        return [d for d in self.after.known.decided.documents if d not in self.before.known.decided.documents]


def changes(answers: Path, since: date, day: date) -> Changes:
    """What is different at the end of a day of the demo from the end of an earlier one."""
    return Changes(facts(answers, since), facts(answers, day))


def _sent(known: World, unit: str, version: Version) -> Sent:
    if not version.accepted:
        return Sent("rejected", unit, version)
    earlier = [v for v in known.accepted(unit) if v.number < version.number]
    if not earlier:
        return Sent("new", unit, version)
    return Sent("corrected", unit, version, earlier[-1].number, _cells(known, earlier[-1], version))


def _cells(known: World, before: Version, after: Version) -> int:
    """How many cells that the dataset keeps say something else."""
    total = 0
    for sheet in known.sheets:
        stored = [f["id"] for f in known.stored(sheet) if not f["prefill"]]
        rows = [version.values.get(sheet, {}) for version in (before, after)]
        for key in dict.fromkeys(key for of in rows for key in of):
            then, now = (of.get(key, {}) for of in rows)
            total += sum(_plain(then.get(name)) != _plain(now.get(name)) for name in stored)
    return total


def _plain(value: Any) -> str:
    return "" if value is None else str(value).strip()


def _figures(indicator: str, total: Said) -> tuple[Any, ...]:
    figures = (total["numerator"], total["denominator"])
    covered = (total["units_reported"], total["units_expected"])
    return figures if indicator.startswith("NB") else (*figures, *covered)


def _sum(known: World, unit: str, sheet: str, field: str) -> int:
    return sum(counted(row.get(field)) for row in known.rows(unit, sheet))
