"""Typed frames + contract → findings. The only reader of pandera's failures.

All submissions of a round are checked together, one frame a sheet, so the cost is per sheet and not per file. Asked are
the rows of the sheets a file reports on, save those that are declared. A check that itself raises is a programming
fault and stops the run; it is never booked on a unit.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import pandas as pd
import pandera.errors
from pandera.pandas import DataFrameSchema

from pipelines.check.sentences import ContractBroken, Place, broken, broken_unseen, unfit
from pipelines.check.stacked import Stacked, stack, with_elsewhere
from schemas.contract import contract
from schemas.finding import Finding
from schemas.parsed import KEY, Parsed
from schemas.plan import Plan, Sheet
from schemas.rules import Rule, rules_of
from schemas.submission import Record, Table

__all__ = ["ContractBroken", "check"]


def check(plan: Plan, round_id: str, batch: Sequence[Parsed]) -> dict[str, list[Finding]]:
    """Findings per SHA-256 for submissions of one plan and round, in the order sheet, row, column.

    Raises ContractBroken where a check raised or a frame has the wrong types.
    """
    findings: dict[str, list[Finding]] = {p.submission.sha256: [] for p in batch}
    sheets = plan.sheets_of_round(round_id)
    filled = frozenset(sheet.id for sheet in sheets)
    stacked = {sheet.id: stack(sheet, batch) for sheet in sheets}
    for sheet in sheets:
        own = stacked[sheet.id]
        if not own.origins:
            continue
        rules = rules_of(plan, sheet.id, filled)
        whole = Stacked(with_elsewhere(own, stacked, rules), own.origins)
        room = _Room(plan, sheet, {rule.id: rule for rule in rules}, batch, whole)
        for sha, finding in room.findings(contract(plan, sheet, rules)):
            findings[sha].append(finding)
    return findings


class _Room:
    """One sheet of a batch: turns failing positions into findings with the clerk's own cells."""

    def __init__(
        self,
        plan: Plan,
        sheet: Sheet,
        rules: Mapping[str, Rule],
        batch: Sequence[Parsed],
        stacked: Stacked,
    ) -> None:
        self._plan, self._sheet, self._rules = plan, sheet, rules
        self._frame, self._origins = stacked.frame, stacked.origins
        self._batch = {parsed.submission.sha256: parsed for parsed in batch}
        self._found: dict[tuple[str, str], dict[int, Record]] = {}

    def findings(self, schema: Any) -> list[tuple[str, Finding]]:
        """(sha, finding) for every failure, in the order of rows, then columns."""
        order = {field.id: n for n, field in enumerate(self._sheet.fields)}
        found = []
        for name, positions in _failures(schema, self._frame):
            for position in positions:
                finding = self._tell(name, position)
                if finding is not None and finding.field is not None:
                    found.append((position, order[finding.field], finding))
        found.sort(key=lambda f: f[:2])
        return [(self._origins[position][0], finding) for position, _, finding in found]

    def _tell(self, name: str, position: int) -> Finding | None:
        rule = self._rules.get(name)
        fields = rule.fields if rule else (name.partition(":")[2],)
        sha, excel_row = self._origins[position]
        parsed = self._batch[sha]
        table = parsed.submission.tables[self._sheet.id]
        cells = self._records(parsed, table)[excel_row].cells
        if any(f not in cells or (table.sheet, excel_row, f) in parsed.refused for f in fields):
            return None  # its finding stands already; nothing can be said of a cell that is not there or not readable
        seen = {str(column): value for column, value in self._frame.iloc[position].items()}
        field = self._sheet.field(rule.at(seen) if rule else fields[0])
        place = Place(parsed.submission.identity.unit, table.tab, field, cells[field.id])
        if rule is None:
            return unfit(self._plan, name, place, seen)
        for column in rule.elsewhere:
            seen["_there"] = self._there(parsed, column, str(seen[KEY]))
        return broken(rule, place, seen) if self._may_be_shown(rule) else broken_unseen(rule, place)

    def _may_be_shown(self, rule: Rule) -> bool:
        """Whether everything the rule looks at is stored: what is not may concern a person, and no sentence says it."""
        elsewhere = (column.partition(".") for column in rule.elsewhere)
        there = (self._plan.sheet(sheet).field(field) for sheet, _, field in elsewhere)
        return all(field.stored for field in (*map(self._sheet.field, rule.fields), *there))

    def _there(self, parsed: Parsed, column: str, key: str) -> str:
        sheet, _, field = column.partition(".")
        table = parsed.submission.tables[sheet]
        record = next(r for r in table.records if r.key == key)
        return f" ở ô {record.cells[field].address} trang “{table.tab}”"

    def _records(self, parsed: Parsed, table: Table) -> dict[int, Record]:
        place = parsed.submission.sha256, table.sheet
        if place not in self._found:
            self._found[place] = {record.row: record for record in table.records}
        return self._found[place]


def _failures(schema: Any, frame: pd.DataFrame) -> list[tuple[str, list[int]]]:
    """(name of the check, failing positions) for each check that found something.

    The checks are called one by one: with many failures pandera's own report of them costs twice what they do.
    """
    try:
        DataFrameSchema(schema.columns, coerce=False, strict=False, name=schema.name).validate(frame, lazy=True)
    except pandera.errors.SchemaErrors as errors:
        raise ContractBroken(f"{schema.name}: {errors}") from errors
    failures = []
    for one in schema.checks:
        try:
            output = one(frame).check_output
        except Exception as fault:
            raise ContractBroken(f"{schema.name}: {one.name}: {fault!r}") from fault
        if not isinstance(output, pd.Series) or output.dtype != bool:
            raise ContractBroken(f"{schema.name}: {one.name}: {output!r}")
        if not output.all():
            failures.append((str(one.name), [int(n) for n in output.index[~output]]))
    return failures
