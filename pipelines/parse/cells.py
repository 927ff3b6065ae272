"""One cell of a field → its value, with what was repaired in it, or why it was refused."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from typing import Any

from pipelines.legacy_text import NAMES, legible
from pipelines.parse.told import Told
from pipelines.readings import (
    Reading,
    is_blank,
    read_choice,
    read_count,
    read_date,
    read_text,
    read_yes_no,
    swapped_into,
    unreadable,
)
from pipelines.spelling import alike
from schemas.finding import FindingCode, shown
from schemas.parsed import CellKey
from schemas.plan import Field, FieldType, Plan, Sheet
from schemas.submission import RawCell, RawValue, Record, Submission, Table

C = FindingCode
_READERS: dict[FieldType, Callable[[RawValue], Reading]] = {
    "count": read_count,
    "yes_no": read_yes_no,
    "text": read_text,
}


class Cells:
    """Reads the cells of one table. `refused`: those that could not be read."""

    def __init__(self, plan: Plan, submission: Submission, table: Table, told: Told) -> None:
        self._plan, self._table, self._told = plan, table, told
        self._identity, self._epoch_1904 = submission.identity, submission.epoch_1904
        arrived = submission.arrival.received_at
        self._window = plan.settings.issued_on, date(arrived.year, arrived.month, arrived.day)
        self._ruled = {
            field
            for rule in plan.rules
            if rule.rule == "between_dates" and rule.sheet == table.sheet
            for field in rule.params["field"]
        }
        self.refused: set[CellKey] = set()

    def values(self, sheet: Sheet, record: Record, *, asked: bool) -> list[Any]:
        """What each field of a record holds; None where it is blank or refused. Where nothing is asked for (the row is
        declared, or the sheet is not this file's), nothing is said."""
        return [self._value(field, record, asked=asked) for field in sheet.fields]

    def _value(self, field: Field, record: Record, *, asked: bool) -> Any:
        cell = record.cells.get(field.id)
        if field.prefill:
            return self._prefilled(field, cell, asked=asked)
        typed = None if cell is None else legible(cell.value, cell.encoding)
        if cell is None or typed is None or is_blank(typed):
            return None
        reading = unreadable(typed) or self._read(field, typed)
        if reading.value is None:
            self.refused.add((self._table.sheet, record.row, field.id))
        if asked and reading.value is None:
            self._refuse(field, cell, typed, reading)
        elif asked and field.stored:  # of what nobody reads further nothing is to be said
            self._repaired(field, cell, typed, reading)
        return reading.value

    def _read(self, field: Field, value: RawValue) -> Reading:
        if field.type == "choice":
            return read_choice(value, self._plan.values(field.choices))
        if field.type == "date":
            return read_date(value, epoch_1904=self._epoch_1904)
        return _READERS[field.type](value)

    def _refuse(self, field: Field, cell: RawCell, typed: RawValue, reading: Reading) -> None:
        assert reading.code is not None
        self._told.say_of(field, reading.code, self._table, cell, value=typed, detail=reading.detail)

    def _repaired(self, field: Field, cell: RawCell, typed: RawValue, reading: Reading) -> None:
        if cell.encoding is not None and typed != cell.value:
            said = reading.value if isinstance(reading.value, str) else reading.detail or shown(typed)
            self._told.say_of(field, C.LEGACY_FONT, self._table, cell, detail=said, choices=NAMES[cell.encoding])
            return
        negative = isinstance(reading.value, int) and reading.value < 0  # the contract refuses it; nothing to add
        if reading.code is not None and not negative:
            self._told.say_of(field, reading.code, self._table, cell, detail=reading.detail)
        if isinstance(cell.value, date) and isinstance(reading.value, date) and field.id not in self._ruled:
            self._look_for_a_swap(field, cell, reading.value)

    def _look_for_a_swap(self, field: Field, cell: RawCell, day: date) -> None:
        """A day outside the plan's time whose day and month are perhaps the wrong way round is named, never turned."""
        swap = swapped_into(day, *self._window)
        if swap is not None:
            first, last = self._window
            window = f"từ {first:%d/%m/%Y} đến {last:%d/%m/%Y}"
            self._told.say_of(
                field,
                C.DAY_MONTH_SWAPPED,
                self._table,
                cell,
                value=day,
                detail=f"{swap:%d/%m/%Y}",
                choices=window,
                severity="warning",
            )

    def _prefilled(self, field: Field, cell: RawCell | None, *, asked: bool) -> str:
        """What the template wrote there; a change is a finding while the template is the plan's present version."""
        unit = self._plan.unit(self._identity.unit)
        wanted = {
            "unit_code": unit.code,
            "unit_name": unit.name,
            "round_label": self._plan.round(self._identity.round).label,
        }[field.prefill]
        value = "" if cell is None or cell.value is None else cell.value
        found = value if isinstance(value, str) else shown(value)
        current = asked and self._identity.template_version == self._plan.template_version(unit.code)
        if cell is not None and current and alike(found, [wanted]) is None:
            self._told.say_of(field, C.PREFILL_CHANGED, self._table, cell, detail=wanted)
        return wanted
