"""Reports on the plan `mini` without workbooks: cells at the places of the layout, judged and booked as at night."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from datetime import date, datetime, time, timedelta
from functools import cache
from typing import Any

from pipelines.clock import TIMEZONE, end_of_day
from pipelines.comparing import compare
from pipelines.consolidate import changes, consolidate
from pipelines.consolidate.listings import findings_of, sources
from pipelines.dataset import Connection, ensure_sheets, open_dataset
from pipelines.demo.figures import Report, Value
from pipelines.judging import judge
from pipelines.known import known_by
from pipelines.merge import book_withdrawals, merge
from pipelines.published import history_json, status_json
from schemas.consolidation import Consolidation
from schemas.finding import Finding
from schemas.layout import DECLARATION_ROW, DECLARED, FIRST_FIELD_COLUMN, layout
from schemas.plan import Plan, Sheet
from schemas.plan_file import load_plan
from schemas.submission import Arrival, Identity, RawCell, Record, Submission, Table
from tests.homes import MINI

ROUND = "dot_1"
ORGANISATIONS = {"HU": ("01001", "01002"), "DU": ("DU",), "CQ": ("CQ",), "MIEN": ("MIEN",)}
RIGHT: dict[str, Value] = {
    "tong": 10,
    "nam": 6,
    "nu": 4,
    "phai_hoc": 8,
    "da_hoc": 8,
    "da_kiem_tra": "có",
    "ngay_kiem_tra": date(2022, 4, 20),
}
COVER: dict[str, Value] = {"nguoi_lap": "Nguyễn Văn A", "ngay_ky": date(2022, 4, 28)}

Rows = Mapping[str, Mapping[str, Value]]


def mini_plan(*parts: str) -> Plan:
    """The plan `mini`; `parts`: its rounds that are reported in parts."""
    plan = _mini()
    return replace(plan, settings=replace(plan.settings, parts=parts))


@cache
def _mini() -> Plan:
    return load_plan(MINI)


def cover(unit: str) -> dict[str, Rows]:
    """The cover of a report, filled."""
    return {"bia": {unit: COVER}}


def study(unit: str, **first: Value | None) -> dict[str, Rows]:
    """The sheet `hoc_tap` of a unit, filled right; `first` goes into its first row (None: left blank)."""
    rows = {code: dict(RIGHT) for code in ORGANISATIONS[unit]}
    row = rows[ORGANISATIONS[unit][0]]
    for name, value in first.items():
        row.pop(name, None)
        if value is not None:
            row[name] = value
    return {"hoc_tap": rows}


def praise(*names: str, times: int = 1) -> dict[str, Rows]:
    """The list `khen` with so many lines."""
    lines = enumerate(names, 1)
    return {"khen": {str(n): {"doi_tuong": "tập thể", "ten": name, "so_luot": times} for n, name in lines}}


def declared(sheet: str, word: str, key: str = "") -> dict[str, Rows]:
    """A sheet on which nothing stands but a declaration: of one row, or of the whole."""
    return {sheet: {key: {DECLARED: word}}}


@dataclass(frozen=True)
class Sent:
    """A file as it arrives, so many minutes after 22:00 of a day."""

    report: Report
    day: str
    name: str = "bao-cao.xlsx"
    minute: int = 0

    @property
    def arrival(self) -> Arrival:
        """When and under what name it came (22:00 and `minute`); its bytes are named by all that was typed."""
        typed = json.dumps([self.report.unit, self.report.sheets, self.name], default=str, sort_keys=True)
        evening = _at(self.day, hour=22) + timedelta(minutes=self.minute)
        return Arrival(hashlib.sha256(typed.encode()).hexdigest(), evening, self.name, "")


def _at(day: str, hour: int, minute: int = 0) -> datetime:
    return datetime.combine(date.fromisoformat(day), time(hour, minute), TIMEZONE)


def sent(unit: str, day: str, *sheets: Mapping[str, Rows], name: str = "bao-cao.xlsx", minute: int = 0) -> Sent:
    """A file of a unit with those sheets filled."""
    filled = {sheet: rows for some in sheets for sheet, rows in some.items()}
    return Sent(Report(unit, filled), day, name, minute)


def whole(unit: str, day: str, *others: Mapping[str, Rows], name: str = "bao-cao.xlsx", **first: Value | None) -> Sent:
    """A whole right report; `first` goes into the first row of `hoc_tap`, `others` are more sheets."""
    return sent(unit, day, cover(unit), study(unit, **first), *others, name=name)


def submission(plan: Plan, one: Sent, round_id: str = ROUND) -> Submission:
    """What intake hands on for it."""
    unit = plan.unit(one.report.unit)
    sheets = plan.sheets_for(unit, round_id)
    tables = {sheet.id: _table(plan, sheet, one.report, round_id) for sheet in sheets}
    return Submission(one.arrival, Identity(plan.id, round_id, unit.code, plan.version, ""), tables)


def _table(plan: Plan, sheet: Sheet, report: Report, round_id: str) -> Table:
    unit = plan.unit(report.unit)
    places, typed = layout(plan, unit, sheet, round_id), report.sheets.get(sheet.id, {})
    written = {"unit_code": unit.code, "unit_name": unit.name, "round_label": plan.round(round_id).label}
    records = []
    for key in places.keys:
        row = typed.get(key, {})
        if sheet.kind == "list" and not row:
            continue
        cells = {
            f.id: RawCell(places.row(key, f.id), places.column(f.id), row.get(f.id, written.get(f.prefill)))
            for f in sheet.fields
        }
        said = RawCell(places.row(key, DECLARED), places.column(DECLARED), row[DECLARED]) if DECLARED in row else None
        records.append(Record(key, places.row(key, sheet.fields[0].id), cells, said))
    word = typed.get("", {}).get(DECLARED)
    return Table(
        sheet.id, sheet.tab, tuple(records), RawCell(DECLARATION_ROW, FIRST_FIELD_COLUMN, word) if word else None
    )


@dataclass
class Books:
    """A dataset in memory, and what the archive would hold of it: what each submission was compared with."""

    plan: Plan
    connection: Connection
    pins: dict[str, Mapping[str, str]] = field(default_factory=dict)
    kept: list[Sent] = field(default_factory=list)
    withdrawals: list[tuple[str, datetime, str]] = field(default_factory=list)

    def night(self, *files: Sent) -> None:
        """Judges and books these files, all in one batch."""
        batch = [(submission(self.plan, one), ()) for one in files]
        judged = [(self.plan, one) for one in judge(self.plan, ROUND, batch)]
        done = compare(self.connection, judged, self.pins.get)
        self.pins |= {one.submission.sha256: one.since for one in done if one.submission.sha256 not in self.pins}
        self.kept += files
        merge(self.connection, self.plan, done)

    def withdraw(self, one: Sent, at: str) -> None:
        """Withdraws a file at 23:30 of a day."""
        self.withdrawals.append((one.arrival.sha256, _at(at, hour=23, minute=30), "Gửi nhầm"))
        book_withdrawals(self.connection, self.withdrawals[-1:])

    def result(self, day: str = "2022-05-20") -> Consolidation:
        """The consolidation at the end of a day."""
        return consolidate(self.connection, self.plan, self.plan.round(ROUND), date.fromisoformat(day))

    def status(self, day: str = "2022-05-20") -> dict[str, Any]:
        """As `status --json` says it."""
        return status_json(self.result(day))

    def unit(self, code: str, day: str = "2022-05-20") -> dict[str, Any]:
        """One unit of the status."""
        return next(u for u in self.status(day)["units"] if u["code"] == code)

    def total(self, indicator: str, day: str = "2022-05-20") -> dict[str, Any]:
        """One indicator of the province."""
        return next(i for i in self.status(day)["indicators"] if i["id"] == indicator)

    def history(self, day: str = "2022-05-20") -> list[dict[str, Any]]:
        """As `history --json` says it, of all units."""
        ensure_sheets(self.connection, self.plan)
        round_ = self.plan.round(ROUND)
        listed = sources(known_by(self.connection, self.plan, round_, end_of_day(date.fromisoformat(day))))
        return [
            history_json(source, changes(self.connection, self.plan, round_, source.unit, source.version))
            for source in listed
        ]

    def findings(self, one: Sent) -> list[tuple[str | None, str | None, str]]:
        """What was found in a file: (tab, cell, code)."""
        return [(f.sheet, f.cell, f.code.value) for f in self.found(one)]

    def found(self, one: Sent) -> tuple[Finding, ...]:
        """The findings themselves."""
        return findings_of(self.connection, one.arrival.sha256)

    def said(self) -> str:
        """Everything that is said: status, history, findings."""
        found = {one.arrival.sha256: [f.published() for f in self.found(one)] for one in self.kept}
        return json.dumps([self.status(), self.history(), found], default=str, sort_keys=True)


@contextmanager
def books(plan: Plan) -> Iterator[Books]:
    """Empty books."""
    with open_dataset(None) as connection:
        yield Books(plan, connection)


def rebuilt(kept: Books, *, pinned: bool = True, files: Sequence[Sent] | None = None) -> str:
    """What is said after everything is judged again, in one batch, from the files and the withdrawals alone."""
    with open_dataset(None) as connection:
        again = Books(kept.plan, connection, dict(kept.pins) if pinned else {})
        again.withdrawals = kept.withdrawals
        book_withdrawals(connection, kept.withdrawals)
        again.night(*(files or kept.kept))
        again.kept = kept.kept
        return again.said()
