"""A plan as frozen values: what has to be reported, by whom, by when. Standard library only.

A `Plan` is read from its eight tables by `schemas.plan_file`; everything else (templates, contracts,
dataset tables, workbooks) is derived from it.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from functools import cached_property
from typing import Literal, Protocol, TypeVar

SheetKind = Literal["form", "org", "list"]
FieldType = Literal["text", "count", "date", "yes_no", "choice"]
Severity = Literal["error", "warning"]
IndicatorKind = Literal["rate", "volume", "reporting", "on_time"]

DEVICE_NAMES = ("CON", "PRN", "AUX", "NUL", *(f"{port}{n}" for port in ("COM", "LPT") for n in range(10)))
"""Names no file may have in Windows, whatever its suffix: so no unit may have them for a code."""
DATES = (date(2000, 1, 1), date(2100, 12, 31))
"""The days a date cell accepts; narrower bounds are a plan's rules."""
YES, NO = "có", "không"
ROWS = "*"
"""The term `sheet.*` counts the rows of a sheet."""


@dataclass(frozen=True, slots=True)
class Settings:
    """The plan's own particulars, as printed on every workbook.

    `parts`: the rounds in which offices of one unit may each report some sheets, in files of their own.
    """

    id: str
    number: str
    title: str
    issued_on: date
    issuer: str
    office: str
    place: str
    stamp: Literal["required", "optional"]
    active: bool
    parts: tuple[str, ...] = ()

    @property
    def office_alone(self) -> str:
        """The office without its committee, whose name stands above it: `Ban Tuyên giáo` of `Tỉnh uỷ Tây Ninh`."""
        own, above = self.office.split(), self.issuer.split()
        for length in range(min(len(own) - 1, len(above)), 0, -1):
            if own[-length:] == above[:length]:
                return " ".join(own[:-length])
        return self.office


@dataclass(frozen=True, slots=True)
class Round:
    """A reporting round (kỳ báo cáo). `due` is the last day on time; None where the plan gives no date."""

    id: str
    label: str
    due: date | None
    active: bool
    clause: str


@dataclass(frozen=True, slots=True)
class Field:
    """One column of a sheet (one line of a form).

    `stored` False: checked, but kept only in the archived file, never in a table.
    `prefill` names what the template writes into it; such a field is locked.
    """

    sheet: str
    id: str
    label: str
    group: str
    type: FieldType
    required: bool
    choices: str
    stored: bool
    prefill: str
    width: int
    clause: str
    hint: str

    @property
    def numeric(self) -> bool:
        """Whether totals and indicators can use it: a count, or yes/no counted as 1/0."""
        return self.type in ("count", "yes_no")


@dataclass(frozen=True, slots=True)
class Sheet:
    """A form (biểu). `rounds` empty means every round; `applies_to` empty means every unit."""

    id: str
    code: str
    label: str
    title: str
    kind: SheetKind
    clause: str
    rounds: tuple[str, ...]
    applies_to: tuple[str, ...]
    rows: int
    fields: tuple[Field, ...]

    @property
    def tab(self) -> str:
        """The name of its tab in a template: `B2 Học tập`."""
        return f"{self.code} {self.label}"

    def field(self, field_id: str) -> Field:
        """The field of that id. Raises KeyError."""
        for field in self.fields:
            if field.id == field_id:
                return field
        raise KeyError(f"{self.id}.{field_id}")


@dataclass(frozen=True, slots=True)
class Choice:
    """One entry of a list. `label` is for people where the value is an id."""

    list: str
    value: str
    label: str


@dataclass(frozen=True, slots=True)
class RuleSpec:
    """A named rule with its parameters, as the plan's table gives it; `schemas.rules` gives it its three faces."""

    id: str
    sheet: str
    rule: str
    severity: Severity
    params: Mapping[str, tuple[str, ...]]
    clause: str


@dataclass(frozen=True, slots=True)
class Term:
    """One summand of an indicator: a field of a sheet, or its rows (`field` is `ROWS`)."""

    sheet: str
    field: str


@dataclass(frozen=True, slots=True)
class Indicator:
    """A rate (numerator / (denominator − denominator_minus)), a volume (numerator), or the reporting rate itself.

    `target` is in percent; `deadline` None where the plan gives none.
    """

    id: str
    label: str
    kind: IndicatorKind
    numerator: tuple[Term, ...]
    denominator: tuple[Term, ...]
    denominator_minus: tuple[Term, ...]
    target: int | None
    deadline: date | None
    clause: str

    @property
    def sheets(self) -> frozenset[str]:
        """The sheets it rests on; empty for the reporting rate."""
        return frozenset(t.sheet for t in (*self.numerator, *self.denominator, *self.denominator_minus))


@dataclass(frozen=True, slots=True)
class Unit:
    """A reporting unit, or a subordinate organisation whose row its `parent` fills.

    A reporting unit that is its own parent fills a row of its own beside those of its organisations.

    `reports`: `yes`, `no` (a subordinate organisation) or `exempt` (listed, not expected).
    """

    code: str
    name: str
    kind: str
    parent: str
    reports: Literal["yes", "no", "exempt"]
    basis: str


@dataclass(frozen=True)
class Plan:
    """One plan, whole and consistent: `schemas.plan_file` returns no other.

    `version` is a digest of the eight tables (first 12 hex digits of SHA-256): templates carry it, verdicts name it.
    `templates`: the units whose template has another version, because the office has changed the unit since.
    """

    settings: Settings
    rounds: tuple[Round, ...]
    sheets: tuple[Sheet, ...]
    choices: Mapping[str, tuple[Choice, ...]]
    rules: tuple[RuleSpec, ...]
    indicators: tuple[Indicator, ...]
    units: tuple[Unit, ...]
    version: str
    templates: Mapping[str, str] = dataclasses.field(default_factory=dict)

    @property
    def id(self) -> str:
        """The plan's id, also the name of its folder."""
        return self.settings.id

    @cached_property
    def _units(self) -> dict[str, Unit]:
        return {u.code: u for u in self.units}

    @cached_property
    def reporting_units(self) -> tuple[Unit, ...]:
        """The units a report is asked of (exempt ones included), in the plan's order."""
        return tuple(u for u in self.units if u.reports != "no")

    def round(self, round_id: str) -> Round:
        """The round of that id. Raises KeyError."""
        return _by_id(self.rounds, round_id)

    def sheet(self, sheet_id: str) -> Sheet:
        """The sheet of that id. Raises KeyError."""
        return _by_id(self.sheets, sheet_id)

    def unit(self, code: str) -> Unit:
        """The unit or organisation of that code. Raises KeyError."""
        return self._units[code]

    def has_unit(self, code: str) -> bool:
        """Whether a reporting unit of that code exists."""
        return code in self._units and self._units[code].reports != "no"

    def template_version(self, code: str) -> str:
        """The version that a unit's present template names."""
        return self.templates.get(code, self.version.partition(".")[0])

    def values(self, list_id: str) -> tuple[str, ...]:
        """The values of a choice list, in order."""
        return tuple(c.value for c in self.choices.get(list_id, ()))

    def group(self, unit: Unit) -> str:
        """The label of the group of units it is counted with."""
        for choice in self.choices.get("unit_kind", ()):
            if choice.value == unit.kind:
                return choice.label
        return unit.kind

    def organisations(self, unit: Unit) -> tuple[Unit, ...]:
        """The organisations whose rows a unit fills: its subordinates, or itself where it has none."""
        own = tuple(u for u in self.units if u.parent == unit.code)
        return own or (unit,)

    def applies(self, sheet: Sheet, unit: Unit, round_id: str) -> bool:
        """Whether a unit fills a sheet in a round."""
        in_round = not sheet.rounds or round_id in sheet.rounds
        return in_round and (not sheet.applies_to or unit.kind in sheet.applies_to or unit.code in sheet.applies_to)

    def sheets_of_round(self, round_id: str) -> tuple[Sheet, ...]:
        """The sheets some unit fills in a round, in order."""
        return tuple(s for s in self.sheets if not s.rounds or round_id in s.rounds)

    def sheets_for(self, unit: Unit, round_id: str) -> tuple[Sheet, ...]:
        """The sheets a unit fills in a round, in order."""
        return tuple(s for s in self.sheets if self.applies(s, unit, round_id))

    def rules_for(self, sheet_id: str, sheets: frozenset[str]) -> tuple[RuleSpec, ...]:
        """The rules of a sheet that can be said where `sheets` are filled (a rule may look at a second sheet)."""
        return tuple(
            r for r in self.rules if r.sheet == sheet_id and all(s in sheets for s in r.params.get("sheet", ()))
        )

    def indicators_of_round(self, round_id: str) -> tuple[Indicator, ...]:
        """The indicators whose sheets are all filled in a round."""
        filled = frozenset(s.id for s in self.sheets_of_round(round_id))
        return tuple(i for i in self.indicators if i.sheets <= filled)


class _Named(Protocol):
    @property
    def id(self) -> str: ...


_T = TypeVar("_T", bound=_Named)


def _by_id(items: tuple[_T, ...], key: str) -> _T:
    for item in items:
        if item.id == key:
            return item
    raise KeyError(key)
