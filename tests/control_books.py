"""Control workbooks as an office makes them: the one that is issued, filled in and dropped into the inbox."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from pathlib import Path

from pipelines.controlling import issue_control
from pipelines.dataset import open_dataset
from pipelines.demo.clerk import fill
from pipelines.demo.figures import Report, Value
from schemas.control import CONTROL_UNIT, DATES, EXEMPTIONS, EXTENSIONS, UNIT_CHANGES
from schemas.control.names import (
    DISSOLVED,
    MERGED,
    NEW,
    RENAMED,
    indicator_date,
    kind_choice,
    round_choice,
    round_date,
    sheet_choice,
    unit_choice,
)
from schemas.plan import Plan
from tests.homes import MiniHome

Row = dict[str, Value]
DOCUMENT, REASON = "12-CV/BTG", "mưa lũ, mất liên lạc"


@dataclass(frozen=True)
class Office:
    """The office of a small home; `plan`: as its tables say."""

    mini: MiniHome
    plan: Plan

    def book(self, name: str, rows: Mapping[str, Sequence[Row]], template: Path | None = None) -> Path:
        """Fills the control workbook that is issued now (else `template`) and puts it into the inbox; returns where.

        `rows`: by sheet, typed from its first row on.
        """
        given = {sheet: {str(n): row for n, row in enumerate(typed, 1)} for sheet, typed in rows.items()}
        path = self.mini.home.inbox / name
        fill(template or self.issued(), path, Report(CONTROL_UNIT, given))
        return path

    def issued(self) -> Path:
        """The control workbook as it is issued now."""
        dataset = self.mini.home.dataset
        with open_dataset(dataset if dataset.is_file() else None) as connection:
            (path,) = issue_control(connection, self.mini.home, self.plan.id)
        return path

    def extension(self, unit: str, until: date, round_id: str = "dot_1") -> dict[str, list[Row]]:
        """A workbook with one extension."""
        row = {"ky": self._round(round_id), "don_vi": self._unit(unit), "han_moi": until}
        return {EXTENSIONS: [{**row, **_basis()}]}

    def exemption(self, unit: str, sheet: str | None = None, round_id: str = "dot_1") -> dict[str, list[Row]]:
        """A workbook with one exemption."""
        row: Row = {"don_vi": self._unit(unit), "ky": self._round(round_id)}
        if sheet:
            row["bieu"] = sheet_choice(self.plan.sheet(sheet))
        return {EXEMPTIONS: [{**row, **_basis()}]}

    def renamed(self, unit: str, name: str, day: date) -> Row:
        """A row of unit changes."""
        return {"loai": RENAMED, "tu_ngay": day, "don_vi": self._unit(unit), "ten_moi": name, **_basis()}

    def merged(self, unit: str, into: str, day: date) -> Row:
        """A row of unit changes."""
        return {"loai": MERGED, "tu_ngay": day, "don_vi": self._unit(unit), "vao_don_vi": self._unit(into), **_basis()}

    def dissolved(self, unit: str, day: date) -> Row:
        """A row of unit changes."""
        return {"loai": DISSOLVED, "tu_ngay": day, "don_vi": self._unit(unit), **_basis()}

    def new(self, code: str, name: str, kind: str, day: date) -> Row:
        """A row of unit changes."""
        group = next(choice.label for choice in self.plan.choices["unit_kind"] if choice.value == kind)
        named: Row = {"ten_moi": name, "ma_moi": code, "nhom": kind_choice(kind, group)}
        return {"loai": NEW, "tu_ngay": day, **named, **_basis()}

    def changes(self, *rows: Row) -> dict[str, list[Row]]:
        """A workbook with unit changes."""
        return {UNIT_CHANGES: list(rows)}

    def dates(self, rounds: Mapping[str, date], indicators: Mapping[str, date]) -> dict[str, list[Row]]:
        """A workbook that sets dates the plan left open. They stand there already, each in a row of its own."""
        wanted = {round_date(self.plan.round(name)): day for name, day in rounds.items()}
        wanted |= {indicator_date(i): indicators[i.id] for i in self.plan.indicators if i.id in indicators}
        return {DATES: [{"noi_dung": text, "ngay": day, **_basis()} for text, day in wanted.items()]}

    def _unit(self, code: str) -> str:
        return unit_choice(self.plan.unit(code))

    def _round(self, round_id: str) -> str:
        return round_choice(self.plan.round(round_id))


def office_of(mini: MiniHome, plan: Plan) -> Office:
    """The office of a home; the plan without what only a loaded one knows."""
    return Office(mini, replace(plan))


def _basis() -> Row:
    return {"so_van_ban": DOCUMENT, "ly_do": REASON}
