"""A clerk who types anything anywhere: what is asked, what is nearly right, and what no one would think of.

Every row is drawn from a seed, small numbers that meet and miss each other being the most frequent. What was typed is
kept, so that a test knows in which cells the province reads more than a formula can (`beyond`).
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from random import Random
from typing import TYPE_CHECKING, Any

from pipelines.readings import read_count, read_date
from schemas.layout import DECLARED, FIRST_ROW, NOT_APPLICABLE, NOTHING, layout
from schemas.plan import Field, FieldType
from schemas.rules import Rule

if TYPE_CHECKING:
    from openpyxl import Workbook
    from openpyxl.cell import Cell

    from schemas.layout import SheetLayout
    from schemas.plan import Plan, Unit

NBSP = "\N{NO-BREAK SPACE}"
LIST_ROWS = 24
"""So many rows of a list may be used."""
Place = tuple[str, int, str]
"""Sheet id, row (1-based; a form's first), field id or `DECLARED`."""


@dataclass(frozen=True)
class Error:
    """A cell that shows an error."""

    text: str


ERRORS = (Error("#N/A"), Error("#DIV/0!"))
BLANKS = (None, None, None, " ", NBSP, f" {NBSP} ")
COUNTS = (*range(4), *range(4), *range(7), 0, 0, 10**9)
ODD_COUNTS = (
    *("5", "3", " 4 ", f"{NBSP}2{NBSP}", "007", "0", "123456789012345", "1234567890123456"),
    *("1.250", "1,5", "1 250", "5.", "-2", "+3", "1e3", "12/5", "khoảng 5", "=1+1", "#REF!", "năm", "x"),
    *(-1, -3, 2.5, 0.5, 10**9 + 1, 9.1e15, True, False, *ERRORS),
)
ODD_DATES = (
    *("06/04/2022", "05/04/2022", " 28/04/2022 ", f"28/04/2022{NBSP}", "29/02/2024", "01/01/2101", "31/12/1999"),
    *("5/4/2022", "28-04-2022", "2022-04-28", "31/02/2022", "28/13/2022", "hôm qua", "28/04/22", "44687", "#VALUE!"),
    *(date(1999, 12, 31), date(2101, 1, 1), 5, -5, True, *ERRORS),
)
ODD_ANSWERS = ("Có", "CÓ", "x", "X", " có ", f"{NBSP}có", " x", "Không", "không ", "maybe", "cóc", "1", "không có")
ODD_TEXTS = (" chữ  thừa ", f"chữ{NBSP}lạ", "#REF!", " #n/a ", "#1 thi đua", "=1+1", 5, 2.5, True, False, *ERRORS)
DECLARATIONS = (NOTHING, NOT_APPLICABLE)
ODD_DECLARATIONS = (
    "không phát sinh",
    f" {NOTHING}",
    f"Không{NBSP}áp  dụng",
    "không có",
    "x",
    "#REF!",
    5,
    True,
    *ERRORS,
)


@dataclass
class Typed:
    """What a clerk typed into one workbook."""

    values: dict[Place, Any] = field(default_factory=dict)

    def beyond(self, rule: Rule, sheet: str, row: int) -> bool:
        """Whether the province reads a number or a day that this rule compares where a formula does not try."""
        fields = [name if "." in name else f"{sheet}.{name}" for name in rule.compared]
        places = [(*name.split("."), name) for name in fields]
        return any(_read_further(self.values.get((there, row, name))) for there, name, _ in places)


def _read_further(value: object) -> bool:
    if not isinstance(value, str):
        return False
    plain = value.replace(NBSP, " ").strip()
    day = read_date(value).value
    if isinstance(day, date):
        return plain != f"{day:%d/%m/%Y}"
    return read_count(value).value is not None and not plain.isdecimal()


@dataclass(frozen=True)
class _Mood:
    """How a row is typed: the chances of odd values and of blanks, and whether its sums often come out even."""

    odd: float
    blank: float
    even: bool


class Clerk:
    """Types into the template of one unit, over whatever was typed before."""

    def __init__(self, plan: Plan, unit: Unit, round_id: str, today: date) -> None:
        self._plan, self._today = plan, today
        self._layouts = [layout(plan, unit, sheet, round_id) for sheet in plan.sheets_for(unit, round_id)]

    def fill(self, book: Workbook, seed: int) -> Typed:
        """Types into every input cell of the workbook; the same seed types the same."""
        random, typed = Random(seed), Typed()
        for there in self._layouts:
            sheet = book[there.sheet.tab]
            for (row, name), value in self._sheet(random, there).items():
                place = (
                    (there.row(there.keys[0], name), there.column(name)) if there.form else (row, there.column(name))
                )
                _type(sheet.cell(*place), value)
                typed.values[there.sheet.id, place[0], name] = value
            if there.declares_sheet:
                _type(sheet[there.declaration], self._whole(random, there))
        return typed

    def _whole(self, random: Random, there: SheetLayout) -> object:
        chances = (0.15, 0.05) if there.sheet.kind == "list" else (0.08, 0.05)
        return _drawn(random, (None,), (DECLARATIONS, chances[0]), (ODD_DECLARATIONS, chances[1]))

    def _sheet(self, random: Random, there: SheetLayout) -> Mapping[tuple[int, str], Any]:
        """The values of every input cell, row by row; a row is careful, careless, sparse, or left blank."""
        values: dict[tuple[int, str], Any] = {}
        idle = random.random() < 0.1
        for row, _ in enumerate(there.keys, start=FIRST_ROW):
            used = there.form or not (idle or random.random() < (0.3 if there.sheet.kind == "list" else 0.1))
            used = used and (there.sheet.kind != "list" or row < FIRST_ROW + LIST_ROWS)
            mood = _Mood(random.choice((0.0, 0.05, 0.3)), random.choice((0.03, 0.2, 0.7)), random.random() < 0.45)
            for name in (f for f in there.sheet.fields if not f.prefill):
                values[row, name.id] = self._value(random, name, mood) if used else random.choice((*[None] * 60, " "))
            if there.declares_rows:
                declared = _drawn(random, (None,), (DECLARATIONS, 0.5 if not used else 0.08), (ODD_DECLARATIONS, 0.06))
                values[row, DECLARED] = declared
        return values

    def _value(self, random: Random, asked: Field, mood: _Mood) -> object:
        usual, unusual = self._words(asked)
        if mood.even and asked.type == "count":
            usual = (0, 1)
        blank = mood.blank if asked.required else max(mood.blank, 0.35)
        return _drawn(random, usual, (BLANKS, blank), (unusual, mood.odd))

    def _words(self, asked: Field) -> tuple[tuple[Any, ...], tuple[Any, ...]]:
        """What is asked of a field, and what else is typed into it."""
        if asked.type == "choice":
            values = self._plan.values(asked.choices)
            return values, (values[0].upper(), f" {values[-1]}", values[0] + "?", "lạ", 5, True, "#REF!", *ERRORS)
        usual: dict[FieldType, tuple[Any, ...]] = {
            "count": COUNTS,
            "date": self._days(),
            "yes_no": ("có", "không"),
            "text": ("chữ",),
        }
        unusual: dict[FieldType, tuple[Any, ...]] = {
            "count": ODD_COUNTS,
            "date": ODD_DATES,
            "yes_no": (*ODD_ANSWERS, *ODD_ANSWERS, True, False, True, False, 1, 0, *ERRORS),
            "text": ODD_TEXTS,
        }
        return usual[asked.type], unusual[asked.type]

    def _days(self) -> tuple[date, ...]:
        first = self._plan.settings.issued_on
        tonight = datetime(self._today.year, self._today.month, self._today.day, 23, 30)  # noqa: DTZ001 - as a cell holds it
        before = (first - timedelta(1), first - timedelta(2), date(2022, 1, 5), date(2021, 5, 4))
        after = (self._today + timedelta(1), self._today + timedelta(400))
        return (first, first + timedelta(9), date(2022, 5, 4), self._today, tonight, *before, *after)


def _drawn(random: Random, usual: tuple[Any, ...], *others: tuple[tuple[Any, ...], float]) -> Any:
    """One of the usual, or with its chance one of the others."""
    for values, chance in others:
        if random.random() < chance:
            return random.choice(values)
    return random.choice(usual)


def _type(cell: Cell, value: Any) -> None:
    looks = cell.number_format
    cell.value = value.text if isinstance(value, Error) else value
    if isinstance(value, Error):
        cell.data_type = "e"
    elif isinstance(value, str):
        cell.data_type = "s"
    cell.number_format = looks
