"""What parse has to say of a submission's cells, in the order in which it reads them."""

from __future__ import annotations

from schemas.catalogue import say
from schemas.finding import HIDDEN, Finding, FindingCode, Severity
from schemas.plan import Field
from schemas.submission import ErrorCell, RawCell, RawValue, Table, UncachedFormula


class Told:
    """The findings on one unit's submission, as they are made."""

    def __init__(self, unit: str) -> None:
        self._unit = unit
        self.findings: list[Finding] = []

    def say(
        self,
        code: FindingCode,
        table: Table,
        cell: RawCell,
        *,
        field: str,
        label: str,
        value: RawValue | None = None,
        detail: str = "",
        choices: str = "",
        severity: Severity | None = None,
    ) -> None:
        """Says something of a cell. `value`: what was found there, where that is not what the cell holds."""
        finding = say(
            code,
            unit=self._unit,
            sheet=table.tab,
            cell=cell.address,
            field=field,
            label=label,
            value=_plain(cell.value if value is None else value),
            detail=detail,
            choices=choices,
            severity=severity,
        )
        self.findings.append(finding)

    def say_of(
        self,
        field: Field,
        code: FindingCode,
        table: Table,
        cell: RawCell,
        *,
        value: RawValue | None = None,
        detail: str = "",
        choices: str = "",
        severity: Severity | None = None,
    ) -> None:
        """The same of a field's cell; what may concern a person (a field that is not stored) is not shown."""
        if not field.stored:
            value, detail = HIDDEN, HIDDEN if code is FindingCode.TWO_READINGS else detail
        self.say(
            code,
            table,
            cell,
            field=field.id,
            label=field.label,
            value=value,
            detail=detail,
            choices=choices,
            severity=severity,
        )


def _plain(value: RawValue | None) -> object:
    if isinstance(value, ErrorCell):
        return value.text
    if isinstance(value, UncachedFormula):
        return value.formula
    return "" if value is None else value
