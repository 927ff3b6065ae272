"""The successive reports of each unit in a round, and what each of their sheets adds up to."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from typing import Any

from pipelines.consolidate.signs.figures import column_span, numeric_fields
from pipelines.dataset import quoted, table_name
from pipelines.known import Known
from pipelines.parts import Part, gathered
from schemas.layout import NOT_APPLICABLE
from schemas.plan import ROWS, Sheet, Unit
from schemas.signs import Evidence

_STANDING = """
SELECT v.unit, v.version, v.sha256, v.source_name,
    (SELECT list(f.sheet) FROM filled AS f WHERE f.sha256 = v.sha256) AS filled
FROM standing($plan, $round, $moment) AS v
ORDER BY v.unit, v.version
"""
_PLACES = "SELECT sha256, field, col FROM places WHERE sheet = $sheet AND list_contains($shas, sha256)"

Report = Mapping[str, Part]
"""Sheet → the version that gives it."""


@dataclass(frozen=True, slots=True)
class Summed:
    """A sheet of a version: its tab, the sums of its numeric fields (`ROWS`: how many rows), its first and last row."""

    tab: str
    sums: Mapping[str, int]
    rows: tuple[int, int]


class Reports:
    """The accepted versions of some units that stand at a moment, put together where they are parts."""

    def __init__(self, known: Known, units: Collection[str]) -> None:
        self._known, self._plan, self._round = known, known.plan, known.round
        self._parts: defaultdict[str, list[Part]] = defaultdict(list)
        for row in known.read(_STANDING):
            if row["unit"] in units:
                filled = None if row["filled"] is None else frozenset(row["filled"])
                self._parts[row["unit"]].append(Part(row["version"], row["sha256"], row["source_name"], filled))
        self._summed = {
            sheet.id: self._sums(sheet) for sheet in known.plan.sheets_of_round(known.round.id) if sheet.kind != "form"
        }
        self._columns: dict[str, dict[tuple[str, str], int]] = {}

    def successive(self) -> list[tuple[Unit, list[Report]]]:
        """Each unit with its report as it was after each arrival from the one that first made it whole."""
        units = [unit for unit in self._plan.reporting_units if unit.code in self._parts]
        return [(unit, self._of_unit(unit)) for unit in units]

    def summed(self, sheet: str, part: Part) -> Summed | None:
        """A sheet of a version; None where it has no row that counts."""
        return self._summed.get(sheet, {}).get(part.sha256)

    def evidence(self, unit: Unit, sheet: Sheet, field: str, part: Part, what: str) -> Evidence:
        """A field of a sheet as one version gave it: the cells of its column."""
        summed = self.summed(sheet.id, part)
        col = self._of_columns(sheet).get((part.sha256, field))
        cell = column_span(col, *summed.rows) if summed and col else ""
        return Evidence(unit.code, part.source_name, part.version, summed.tab if summed else sheet.tab, cell, what)

    def _of_unit(self, unit: Unit) -> list[Report]:
        parts = self._parts[unit.code]
        after = (gathered(self._plan, unit, self._round.id, parts[:n]) for n in range(1, len(parts) + 1))
        return [report.gives for report in after if report.whole]

    def _sums(self, sheet: Sheet) -> dict[str, Summed]:
        fields = numeric_fields(sheet)
        summed = [f"sum(t.{quoted(f.id)}::BIGINT)::BIGINT AS {quoted('f_' + f.id)}" for f in fields]
        own = ["any_value(t.tab) AS tab", "min(t.excel_row) AS first", "max(t.excel_row) AS last", "count(*) AS rows"]
        sql = (
            f"SELECT s.sha256, {', '.join([*own, *summed])} FROM standing($plan, $round, $moment) AS s "
            f"JOIN {table_name(self._plan, sheet)} AS t ON t.sha256 = s.sha256 "
            "WHERE t.declared IS DISTINCT FROM $left_out GROUP BY s.sha256"
        )
        rows: list[dict[str, Any]] = self._known.read(sql, left_out=NOT_APPLICABLE)
        return {
            row["sha256"]: Summed(
                row["tab"],
                {ROWS: row["rows"], **{f.id: int(row["f_" + f.id] or 0) for f in fields}},
                (row["first"], row["last"]),
            )
            for row in rows
        }

    def _of_columns(self, sheet: Sheet) -> dict[tuple[str, str], int]:
        """(SHA-256, field) → its column, of all versions: read when first asked for."""
        if sheet.id not in self._columns:
            shas = [part.sha256 for parts in self._parts.values() for part in parts]
            places = self._known.read(_PLACES, sheet=sheet.id, shas=shas)
            self._columns[sheet.id] = {(place["sha256"], place["field"]): place["col"] for place in places}
        return self._columns[sheet.id]
