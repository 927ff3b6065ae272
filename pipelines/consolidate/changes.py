"""What a correction changed: its cells against what counted before it, and the totals of unit and province."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from typing import Any

from pipelines.booked import booked
from pipelines.corrections import changed_cells
from pipelines.dataset import Connection, quoted, read, table_name
from pipelines.known import Known, known_by
from pipelines.parts import Gathered, Part, gathered
from schemas.changes import CellChange, Changes, Value
from schemas.layout import DECLARED, NOT_APPLICABLE
from schemas.plan import Plan, Round, Sheet, Unit
from schemas.reported import Reported

_VERSIONS = """
SELECT v.sha256, v.version, v.received_at, v.source_name, v.accepted,
    (SELECT list(f.sheet) FROM filled AS f WHERE f.sha256 = v.sha256) AS filled,
    (SELECT min(w.withdrawn_at) FROM withdrawals AS w WHERE w.sha256 = v.sha256) AS withdrawn_at
FROM versions($plan, $round, 'infinity'::TIMESTAMPTZ) AS v
WHERE v.unit = $unit
ORDER BY v.version
"""
_SINCE = "SELECT sheet, since FROM predecessors WHERE sha256 = $sha"


def changes(connection: Connection, plan: Plan, round_: Round, unit: Unit, version: int) -> Changes | None:
    """An accepted version against what counted just before it arrived; None for a first one and a rejected one.

    The province's totals are those known at its arrival. Only stored fields appear.
    """
    known = {"plan": plan.id, "round": round_.id, "unit": unit.code}
    versions = read(connection, _VERSIONS, known)
    own = next((row for row in versions if row["version"] == version), None)
    if own is None or not own["accepted"]:
        return None
    since = {row["sheet"]: row["since"] for row in read(connection, _SINCE, {"sha": own["sha256"]})}
    number = {row["sha256"]: row["version"] for row in versions}
    if not any(since.get(sheet.id) in number for sheet in plan.sheets):
        return None
    totals = _Totals(
        known_by(connection, plan, round_, own["received_at"]), unit, *_whole(plan, round_, unit, versions, own)
    )
    compared = [sheet for sheet in plan.sheets if since.get(sheet.id) in number]
    found = booked(connection, plan, compared, {own["sha256"], *since.values()})
    cells: list[CellChange] = []
    for sheet in compared:
        before, after = found[since[sheet.id], sheet.id], found[own["sha256"], sheet.id]
        cells += totals.filled_in(sheet, before, after, changed_cells(plan, sheet, before, after))
    return Changes(version, max(number[since[sheet.id]] for sheet in compared), tuple(cells))


def _whole(
    plan: Plan, round_: Round, unit: Unit, versions: Iterable[Mapping[str, Any]], own: Mapping[str, Any]
) -> tuple[bool, bool]:
    """Whether the unit's report was whole, and so counted, just before a version arrived, and just after."""
    standing = [
        row
        for row in versions
        if row["accepted"] and not (row["withdrawn_at"] and row["withdrawn_at"] <= own["received_at"])
    ]

    def report(until: int) -> Gathered:
        parts = [_part(row) for row in standing if row["version"] <= until]
        return gathered(plan, unit, round_.id, parts)

    return report(own["version"] - 1).whole, report(own["version"]).whole


def _part(row: Mapping[str, Any]) -> Part:
    filled = None if row["filled"] is None else frozenset(row["filled"])
    return Part(row["version"], row["sha256"], row["source_name"], filled)


@dataclass(frozen=True, slots=True)
class _Totals:
    """Totals of fields over the unit and the province, at the moment of one arrival."""

    known: Known
    unit: Unit
    counted_before: bool
    counts_after: bool

    def filled_in(self, sheet: Sheet, before: Reported, after: Reported, cells: list[CellChange]) -> list[CellChange]:
        """The changes of one sheet with the totals of their fields."""
        fields = sorted({c.field for c in cells if c.field != DECLARED and sheet.field(c.field).numeric})
        others = self._others(sheet, fields) if fields else {}
        return [
            self._with_totals(c, _total(before, c.field), _total(after, c.field), others[c.field])
            if c.field in others
            else c
            for c in cells
        ]

    def _with_totals(self, change: CellChange, before: int, after: int, others: int) -> CellChange:
        return replace(
            change,
            unit_before=before,
            unit_after=after,
            province_before=others + before * self.counted_before,
            province_after=others + after * self.counts_after,
        )

    def _others(self, sheet: Sheet, fields: list[str]) -> dict[str, int]:
        """The sums over all other units, as they counted then."""
        sums = ", ".join(f"sum(s.{quoted(f)}::BIGINT)::BIGINT AS {quoted(f)}" for f in fields)
        sql = (
            f"SELECT c.unit AS {quoted('*')}, {sums} FROM giving($plan, $round, $moment, $sheet) AS c "
            f"JOIN {table_name(self.known.plan, sheet)} AS s ON s.sha256 = c.sha256 "
            "WHERE c.unit <> $unit AND s.declared IS DISTINCT FROM $left_out GROUP BY c.unit"
        )
        rows = self.known.read(sql, sheet=sheet.id, unit=self.unit.code, left_out=NOT_APPLICABLE)
        totals: defaultdict[str, int] = defaultdict(int)
        for row in rows:
            if self.known.plan.has_unit(row.pop("*")):
                for field, value in row.items():
                    totals[field] += int(value or 0)
        return {field: totals[field] for field in fields}


def _total(reported: Reported, field: str) -> int:
    return sum(_counted(line.values.get(field)) for line in reported.lines)


def _counted(value: Value) -> int:
    return int(value) if isinstance(value, int) else 0
