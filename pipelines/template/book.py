"""What every part of a template needs at hand: the workbook, its formats, its sheets and their rules."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, time
from pathlib import Path

from xlsxwriter import Workbook
from xlsxwriter.worksheet import Worksheet

from pipelines.styles import FONT, WORKBOOK_OPTIONS, Styles
from schemas.layout import SheetLayout, layout
from schemas.plan import Field, Plan, Round, Sheet, Unit
from schemas.rules import Rule, rules_of

A4 = 9
MARGINS = {"left": 0.4, "right": 0.4, "top": 0.5, "bottom": 0.6}
"""Inches."""
LISTS = "_lists"


class PlainWorksheet(Worksheet):  # type: ignore[misc,unused-ignore]
    """A worksheet for formulas that Excel 2010 knows: nothing in them needs a prefix.

    Looking through every formula for newer functions takes two thirds of the time a template costs.
    """

    def _prepare_formula(self, formula: str, expand_future_functions: bool = False) -> str:
        del expand_future_functions
        return formula.removeprefix("=")


@dataclass(frozen=True, slots=True)
class Page:
    """One sheet of the plan in this template: its places, its rules in the order of the check columns."""

    layout: SheetLayout
    rules: tuple[Rule, ...]

    @property
    def sheet(self) -> Sheet:
        """The sheet of the plan."""
        return self.layout.sheet

    @property
    def inputs(self) -> tuple[Field, ...]:
        """The fields a clerk fills; the others are prefilled and locked."""
        return tuple(f for f in self.sheet.fields if not f.prefill)

    @property
    def anchor(self) -> str:
        """Where links to the sheet lead: its first input cell."""
        return self.layout.address(self.layout.keys[0], self.inputs[0].id) if self.inputs else "B1"

    def rules_on(self, field_id: str) -> tuple[Rule, ...]:
        """The rules that look at a field."""
        return tuple(r for r in self.rules if field_id in r.fields)


@dataclass(frozen=True, slots=True)
class Book:
    """A template being written."""

    workbook: Workbook
    styles: Styles
    plan: Plan
    unit: Unit
    round: Round
    pages: tuple[Page, ...]
    layouts: Mapping[str, SheetLayout]

    @property
    def deadline(self) -> str:
        """The last day on time, in words."""
        due = self.round.due
        return f"hết ngày {due:%d/%m/%Y}" if due else "chưa ấn định"

    def add_sheet(self, tab: str) -> Worksheet:
        """A new worksheet with the footer every printed page carries: plan, unit, page."""
        worksheet = self.workbook.add_worksheet(tab, PlainWorksheet)
        unit = f"{self.unit.name} ({self.unit.code})".replace("&", "&&")
        number = f"Kế hoạch số {self.plan.settings.number}".replace("&", "&&")
        font = f'&"{FONT},Regular"&9'
        worksheet.set_footer(f"&L{font}{number}&C{font}{unit}&R{font}Trang &P/&N")
        worksheet.set_paper(A4)
        worksheet.set_margins(**MARGINS)
        worksheet.hide_gridlines(2)
        return worksheet


def open_book(plan: Plan, unit: Unit, round_: Round, path: Path) -> Book:
    """A new workbook at `path`, with the places and rules of every sheet the unit fills in the round."""
    workbook = Workbook(str(path), WORKBOOK_OPTIONS | {"in_memory": True})
    sheets = plan.sheets_for(unit, round_.id)
    filled = frozenset(s.id for s in sheets)
    layouts = {s.id: layout(plan, unit, s, round_.id) for s in sheets}
    pages = tuple(Page(layouts[s.id], rules_of(plan, s.id, filled)) for s in sheets)
    workbook.set_properties(
        {
            "title": f"{round_.label} – {unit.name}",
            "subject": f"Kế hoạch số {plan.settings.number}",
            "author": plan.settings.office,
            "company": plan.settings.issuer,
            "created": datetime.combine(plan.settings.issued_on, time()),
        }
    )
    return Book(workbook, Styles(workbook), plan, unit, round_, pages, layouts)


def quoted(tab: str) -> str:
    """A tab's name as formulas and links write it: `'B2 Học tập'`."""
    return "'" + tab.replace("'", "''") + "'"
