"""Whose workbook it is: the province's, a group's, or one unit's."""

from __future__ import annotations

from dataclasses import dataclass

from tests.oracle_facts import PROVINCE, Facts, Said


@dataclass(frozen=True)
class Scope:
    """Whose workbook it is. `label`: empty for the province, else a group's label or a unit's name."""

    now: Facts
    label: str = ""

    @property
    def codes(self) -> list[str]:
        """Its units, in the plan's order."""
        if self.label in self.now.codes:
            return [self.now.codes[self.label]]
        return self.now.groups[self.label] if self.label else list(self.now.said["units"])

    @property
    def groups(self) -> dict[str, list[str]]:
        """Its groups, each with those of its units that are in it."""
        kept = {group: [c for c in codes if c in self.codes] for group, codes in self.now.groups.items()}
        return {group: codes for group, codes in kept.items() if codes}

    def total(self, indicator: str, group: str = "") -> Said:
        """An indicator over the whole of it, or over one of its groups."""
        if self.label in self.now.codes:
            found: Said = self.now.said["singles"][self.now.codes[self.label], indicator]
            return found
        return self.now.total(indicator, group or self.label or PROVINCE)

    def unit(self, code: str) -> Said:
        """The state of a unit."""
        found: Said = self.now.said["units"][code]
        return found

    def in_state(self, *states: str) -> list[str]:
        """Its units in these states."""
        return [c for c in self.codes if self.unit(c)["state"] in states]
