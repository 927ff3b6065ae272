"""What every part of a template needs at hand: the workbook, its formats, its sheets and their rules."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime, time
from pathlib import Path
from typing import TYPE_CHECKING, TypeVar

from xlsxwriter import Workbook
from xlsxwriter.utility import xl_range
from xlsxwriter.worksheet import (
    CellArrayFormulaTuple,
    CellFormulaTuple,
    CellNumberTuple,
    CellStringTuple,
    Worksheet,
)

from pipelines.styles import FONT, WORKBOOK_OPTIONS, Styles, footer_text, property_text
from schemas.handback import Entries, Mark, Place
from schemas.layout import DECLARED, MEANT, SheetLayout, layout
from schemas.plan import Field, Plan, Round, Sheet, Unit
from schemas.rules import Rule, rules_of
from schemas.submission import RawValue

if TYPE_CHECKING:
    from xlsxwriter.format import Format

A4 = 9
MARGINS = {"left": 0.4, "right": 0.4, "top": 0.5, "bottom": 0.6}
"""Inches."""
LISTS = "_lists"


RowField = tuple[str, str]
"""A cell of one sheet: row key and field id, as in `schemas.handback.Place`."""


class PlainWorksheet(Worksheet):  # type: ignore[misc,unused-ignore]
    """A worksheet for formulas that Excel 2010 knows: nothing in them needs a prefix.

    Looking through every formula for newer functions takes two thirds of the time a template costs.

    `blank`: no cell has been filled, so the results given with formulas are right. Else they are left out, but for
    those of `write_result`, and every program calculates them when it opens the file (LibreOffice only those).
    """

    blank = True

    def write_result(self, row: int, col: int, formula: str, form: Format, value: float) -> None:
        """Write a formula with a result that is right however the workbook is filled (row and column 0-based)."""
        if not self._check_dimensions(row, col):
            self.table[row][col] = CellFormulaTuple(formula.removeprefix("="), form, value)

    def write_down(self, first_row: int, last_row: int, col: int, expression: str, value: float | str) -> None:
        """Write one array formula over the rows of a column, with one result for all of them (0-based)."""
        if self._check_dimensions(first_row, col) or self._check_dimensions(last_row, col):
            return
        span = xl_range(first_row, col, last_row, col)
        known = value if self.blank else ""
        self.table[first_row][col] = CellArrayFormulaTuple(expression, None, known, span, "static")
        if self.blank:
            text = isinstance(value, str)
            below = CellStringTuple(self.str_table._get_shared_string_index(value), None) if text else None
            for row in range(first_row + 1, last_row + 1):
                self.table[row][col] = below or CellNumberTuple(value, None)

    def _prepare_formula(self, formula: str, expand_future_functions: bool = False) -> str:
        del expand_future_functions
        return formula.removeprefix("=")

    def _write_formula(
        self, row: int, col: int, formula: str, cell_format: Format | None = None, value: float | str = 0
    ) -> int:
        if self._check_dimensions(row, col):
            return -1
        known = value if self.blank else ""
        self.table[row][col] = CellFormulaTuple(formula.removeprefix("="), cell_format, known)
        return 0


@dataclass(frozen=True, slots=True)
class Page:
    """One sheet of the plan in this template: its places, its rules in the order of the check columns.

    `values`, `marks`: what a marked copy holds; the whole sheet's declaration has the key `""`.
    """

    layout: SheetLayout
    rules: tuple[Rule, ...]
    values: Mapping[RowField, RawValue] = field(default_factory=dict)
    marks: Mapping[RowField, Mark] = field(default_factory=dict)

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
    """A template being written. `filled`: it is a marked copy. `version`: the template version it names."""

    workbook: Workbook
    styles: Styles
    plan: Plan
    unit: Unit
    round: Round
    pages: tuple[Page, ...]
    layouts: Mapping[str, SheetLayout]
    version: str
    filled: bool

    @property
    def deadline(self) -> str:
        """The last day on time, in words."""
        due = self.round.due
        return f"hết ngày {due:%d/%m/%Y}" if due else "chưa ấn định"

    @property
    def in_parts(self) -> bool:
        """Whether offices of one unit may each fill some sheets: then a sheet left blank is asked for nothing."""
        return self.round.id in self.plan.settings.parts

    def add_sheet(self, tab: str) -> PlainWorksheet:
        """A new worksheet with the footer every printed page carries: plan, unit, page."""
        worksheet: PlainWorksheet = self.workbook.add_worksheet(tab, PlainWorksheet)
        worksheet.blank = not self.filled
        unit = f"{footer_text(self.unit.name)} ({self.unit.code})"
        number = f"Kế hoạch số {footer_text(self.plan.settings.number)}"
        font = f'&"{FONT},Regular"&9'
        worksheet.set_footer(f"&L{font}{number}&C{font}{unit}&R{font}Trang &P/&N")
        worksheet.set_paper(A4)
        worksheet.set_margins(**MARGINS)
        worksheet.hide_gridlines(2)
        return worksheet


def open_book(
    plan: Plan, unit: Unit, round_: Round, path: Path, entries: Entries | None = None, version: str = ""
) -> Book:
    """A new workbook at `path`, with the places and rules of every sheet the unit fills in the round.

    Raises KeyError where an entry has no place in the template.
    """
    sheets = plan.sheets_for(unit, round_.id)
    filled = frozenset(s.id for s in sheets)
    rules = {s.id: rules_of(plan, s.id, filled) for s in sheets}
    given = entries or Entries()
    layouts = _with_meant({s.id: layout(plan, unit, s, round_.id, given.rows.get(s.id, 0)) for s in sheets}, rules)
    values, marks = _by_sheet(layouts, given.values), _by_sheet(layouts, given.marks)
    pages = tuple(Page(layouts[s.id], rules[s.id], values[s.id], marks[s.id]) for s in sheets)
    workbook = Workbook(str(path), WORKBOOK_OPTIONS | {"in_memory": True})
    workbook.set_properties(
        {
            "title": property_text(f"{round_.label} – {unit.name}"),
            "subject": f"Kế hoạch số {plan.settings.number}",
            "author": plan.settings.office,
            "company": plan.settings.issuer,
            "created": datetime.combine(plan.settings.issued_on, time()),
        }
    )
    named = version or plan.template_version(unit.code)
    return Book(workbook, Styles(workbook), plan, unit, round_, pages, layouts, named, entries is not None)


_Entry = TypeVar("_Entry")


def _by_sheet(layouts: Mapping[str, SheetLayout], entries: Mapping[Place, _Entry]) -> dict[str, dict[RowField, _Entry]]:
    """Entries sheet by sheet. Raises KeyError for one that has no place."""
    found: dict[str, dict[RowField, _Entry]] = {sheet: {} for sheet in layouts}
    rows = {sheet: frozenset(there.keys) for sheet, there in layouts.items()}
    for (sheet, key, name), entry in entries.items():
        there = layouts[sheet]
        if key not in rows[sheet] and not (there.declares_sheet and (key, name) == ("", DECLARED)):
            raise KeyError(f"{sheet}.{key}.{name}")
        if name != DECLARED or (key and not there.declares_rows):
            there.sheet.field(name)
        found[sheet][key, name] = entry
    return found


def _with_meant(layouts: Mapping[str, SheetLayout], rules: Mapping[str, tuple[Rule, ...]]) -> Mapping[str, SheetLayout]:
    """The layouts with a check column for each field whose number or day a rule compares, of this sheet or another."""
    meant: dict[str, dict[str, None]] = {sheet: {} for sheet in layouts}
    for own, of_sheet in rules.items():
        for name in (name for rule in of_sheet for name in rule.compared):
            sheet, _, field = name.rpartition(".")
            meant[sheet or own][MEANT + field] = None
    return {sheet: replace(there, checks=(*there.checks, *meant[sheet])) for sheet, there in layouts.items()}


def quoted(tab: str) -> str:
    """A tab's name as formulas and links write it: `'B2 Học tập'`."""
    return "'" + tab.replace("'", "''") + "'"
