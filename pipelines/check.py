"""Typed frames + contract → findings. The only reader of pandera's failures.

All submissions of a round are checked together, one frame a sheet, so the cost is per sheet and not per file. A check
that itself raises is a programming fault and stops the run; it is never booked on a unit.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from difflib import get_close_matches
from typing import Any

import pandas as pd
import pandera.errors

from schemas.catalogue import say
from schemas.contract import CHOICE, LARGEST_COUNT, RANGE, REQUIRED, contract
from schemas.finding import HIDDEN, Finding, FindingCode
from schemas.parsed import KEY, Parsed
from schemas.plan import Field, FieldType, Plan, Sheet
from schemas.rules import ARRIVAL, Rule, rules_of
from schemas.submission import Record, Table

SHA, ROW = "_sha256", "_row"
_NOTHING: dict[FieldType, str] = {
    "count": "; không có thì ghi 0",
    "yes_no": ": chọn “có” hoặc “không”",
    "date": ": ngày/tháng/năm",
}
"""What to write where there is nothing to say, by type."""


class ContractBroken(RuntimeError):
    """A contract failed for a reason that no submission can have: a fault of the plan's code, not of a unit."""


def check(plan: Plan, round_id: str, batch: Sequence[Parsed]) -> dict[str, list[Finding]]:
    """Findings per SHA-256 for submissions of one plan and round, in the order sheet, row, column.

    Raises ContractBroken where a check raised or a frame has the wrong types.
    """
    findings: dict[str, list[Finding]] = {p.submission.sha256: [] for p in batch}
    sheets = plan.sheets_of_round(round_id)
    filled = frozenset(sheet.id for sheet in sheets)
    frames = {sheet.id: _stack(sheet, batch) for sheet in sheets}
    for sheet in sheets:
        if frames[sheet.id].empty:
            continue
        rules = rules_of(plan, sheet.id, filled)
        frame = _with_elsewhere(frames[sheet.id], frames, rules)
        room = _Room(plan, sheet, {rule.id: rule for rule in rules}, batch, frame)
        for sha, finding in room.findings(contract(plan, sheet, rules)):
            findings[sha].append(finding)
    return findings


def _stack(sheet: Sheet, batch: Sequence[Parsed]) -> pd.DataFrame:
    """All rows of a sheet, one after the other, with where each came from and the day it arrived."""
    stacked = []
    for parsed in batch:
        frame = parsed.frames.get(sheet.id)
        if frame is None or frame.empty:
            continue
        arrived = parsed.submission.arrival.received_at
        day = pd.Timestamp(arrived.year, arrived.month, arrived.day)
        own = frame.copy()
        own[SHA], own[ROW], own[ARRIVAL] = parsed.submission.sha256, frame.index, day
        stacked.append(own)
    return pd.concat(stacked, ignore_index=True) if stacked else pd.DataFrame()


def _with_elsewhere(frame: pd.DataFrame, frames: Mapping[str, pd.DataFrame], rules: Sequence[Rule]) -> pd.DataFrame:
    for column in {c for rule in rules for c in rule.elsewhere}:
        sheet, _, field = column.partition(".")
        other = frames[sheet]
        if other.empty:
            frame = frame.assign(**{column: pd.array([None] * len(frame), dtype="Int64")})
            continue
        there = other[[SHA, KEY, field]].drop_duplicates([SHA, KEY]).rename(columns={field: column})
        frame = frame.merge(there, on=[SHA, KEY], how="left")
    return frame


class _Room:
    """One sheet of a batch: turns failing positions into findings with the clerk's own cells."""

    def __init__(
        self,
        plan: Plan,
        sheet: Sheet,
        rules: Mapping[str, Rule],
        batch: Sequence[Parsed],
        frame: pd.DataFrame,
    ) -> None:
        self._plan, self._sheet, self._rules, self._frame = plan, sheet, rules, frame
        self._tables: dict[tuple[str, str], Table] = {}
        self._records: dict[tuple[str, str, int], Record] = {}
        self._refused = {(p.submission.sha256, *cell) for p in batch for cell in p.refused}
        self._units = {p.submission.sha256: p.submission.identity.unit for p in batch}
        wanted = {sheet.id} | {c.partition(".")[0] for rule in rules.values() for c in rule.elsewhere}
        for parsed in batch:
            sha = parsed.submission.sha256
            for table in (t for t in parsed.submission.tables.values() if t.sheet in wanted):
                self._tables[sha, table.sheet] = table
                if table.sheet == sheet.id:
                    self._records.update({(sha, table.sheet, r.row): r for r in table.records})

    def findings(self, schema: Any) -> list[tuple[str, Finding]]:
        """(sha, finding) for every failure, in the order of rows, then columns."""
        order = {field.id: n for n, field in enumerate(self._sheet.fields)}
        found = []
        for name, positions in _failures(schema, self._frame):
            for position in positions:
                told = self._tell(name, self._frame.iloc[position])
                if told is not None:
                    found.append((position, order[told[2]], told[0], told[1]))
        found.sort(key=lambda f: f[:2])
        return [(sha, finding) for _, _, sha, finding in found]

    def _tell(self, name: str, row: pd.Series[Any]) -> tuple[str, Finding, str] | None:
        rule = self._rules.get(name)
        fields = rule.fields if rule else (name.partition(":")[2],)
        sha, excel_row = str(row[SHA]), int(row[ROW])
        cells = self._records[sha, self._sheet.id, excel_row].cells
        if any(f not in cells or (sha, self._sheet.id, excel_row, f) in self._refused for f in fields):
            return None  # its finding stands already; nothing can be said of a cell that is not there or not readable
        seen = {str(column): value for column, value in row.items()}
        field = self._sheet.field(rule.at(seen) if rule else fields[0])
        cell = cells[field.id]
        place = {
            "unit": self._units[sha],
            "sheet": self._tables[sha, self._sheet.id].tab,
            "cell": cell.address,
            "field": field.id,
            "label": field.label,
            "value": cell.value if field.stored or cell.value is None else HIDDEN,
        }
        finding = self._broken(rule, row, seen, place) if rule else self._unfit(name, field, seen, place)
        return sha, finding, field.id

    def _broken(self, rule: Rule, row: pd.Series[Any], seen: dict[str, Any], place: dict[str, Any]) -> Finding:
        for column in rule.elsewhere:
            seen["_there"] = self._there(column, row)
        return say(rule.code, severity=rule.severity, rule=rule.id, detail=rule.breach(seen), **place)

    def _there(self, column: str, row: pd.Series[Any]) -> str:
        sheet, _, field = column.partition(".")
        table = self._tables[str(row[SHA]), sheet]
        record = next(r for r in table.records if r.key == row[KEY])
        return f" ở ô {record.cells[field].address} trang “{table.tab}”"

    def _unfit(self, name: str, field: Field, seen: dict[str, Any], place: dict[str, Any]) -> Finding:
        if name.startswith(REQUIRED):
            return say(FindingCode.MISSING_VALUE, detail=_NOTHING.get(field.type, ""), **place)
        if name.startswith(CHOICE):
            values = self._plan.values(field.choices)
            near = get_close_matches(str(place["value"]), values, n=1, cutoff=0.6)
            detail = f". Có phải “{near[0]}”?" if near else ""
            return say(FindingCode.NOT_A_CHOICE, detail=detail, choices="; ".join(values), **place)
        if name.startswith(RANGE):
            detail = "là số âm" if seen[field.id] < 0 else f"lớn hơn {LARGEST_COUNT:,}".replace(",", ".")
            return say(FindingCode.NOT_A_COUNT, detail=detail, **place)
        raise ContractBroken(f"{self._sheet.id}: {name}")


def _failures(schema: Any, frame: pd.DataFrame) -> list[tuple[str, list[int]]]:
    """(name of the check, failing positions) for each check that found something."""
    try:
        schema.validate(frame, lazy=True)
    except pandera.errors.SchemaErrors as errors:
        failures = []
        for error in errors.schema_errors:
            name = str(getattr(error.check, "name", None) or error.check)
            output = error.check_output
            if not isinstance(output, pd.Series) or output.dtype != bool:
                raise ContractBroken(f"{schema.name}: {name}: {error}") from errors
            failures.append((name, [int(n) for n in output.index[~output]]))
        return failures
    return []
