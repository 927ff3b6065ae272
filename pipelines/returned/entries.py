"""A submission and its findings → what is written back into its unit's template: values as typed, and marks."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence

from pipelines.returned.doubtful import doubtful
from pipelines.returned.mended import in_copy
from pipelines.returned.places import Places
from pipelines.returned.words import cut, inert
from schemas.finding import HIDDEN, Finding, FindingCode, Severity, shown
from schemas.handback import Entries, Mark, Place
from schemas.layout import DECLARED
from schemas.plan import Field, Sheet
from schemas.submission import Encoding, ErrorCell, OutsideCell, RawCell, RawValue, Record, Table, UncachedFormula

Legible = Callable[[RawValue, Encoding | None], RawValue | None]
"""What a cell says: text of a legacy encoding turned into Unicode, anything else as it is."""

_EPOCHS = 1462
"""Days from the first day that usual workbooks count to that of the 1904 ones."""
_BY_ARRIVAL = (FindingCode.BETWEEN_DATES, FindingCode.DAY_MONTH_SWAPPED)
"""Rules that look at the day of arrival: a formula knows only today, so only a change of the cell mends it."""
_FOUND_LIMIT = 200
"""Characters of a found value in a comment."""


def entries(places: Places, findings: Sequence[Finding], legible: Legible) -> Entries:
    """What the copy of a submission holds: every input cell as typed, a mark on every cell that has a finding.

    Prefilled fields are the template's own, and fields that are not stored are not written back. What the clerk's file
    alone could say (text in an old font, a day number counted from 1904) is written so that the copy says the same.
    What may belong elsewhere (`doubtful`) stays blank.
    """
    values: dict[Place, RawValue] = {}
    for sheet, table in _tables(places):
        if table.declared is not None and table.declared.value is not None and places.layouts[sheet.id].declares_sheet:
            values[sheet.id, "", DECLARED] = table.declared.value
        for record in table.records:
            key = places.key(sheet, record)
            if key is not None:
                values |= {(sheet.id, key, name): value for name, value in _row(places, sheet, record, legible)}
    blank = doubtful(places, findings)
    certain = {place: value for place, value in values.items() if place not in blank}
    return Entries(certain, marks(places, findings), places.rows)


def marks(places: Places, findings: Iterable[Finding]) -> dict[Place, Mark]:
    """One mark a cell: the worst of its findings gives the colour, all of them stand in the comment."""
    on: dict[Place, list[Finding]] = {}
    for finding in findings:
        emptied = (place for place in doubtful(places, [finding]) if places.asked(place))
        for place in dict.fromkeys((*places.concerned(finding), *sorted(emptied))):
            on.setdefault(place, []).append(finding)
    return {place: _mark(places, sorted(found, key=_worst_first)) for place, found in on.items()}


def withheld(places: Places) -> tuple[tuple[Sheet, Field], ...]:
    """The fields that the file fills and the copy leaves blank, because they are not stored."""
    return tuple(
        (sheet, field)
        for sheet, table in _tables(places)
        for field in sheet.fields
        if not field.stored and any(_holds(record.cells.get(field.id)) for record in table.records)
    )


def homeless(places: Places, findings: Sequence[Finding]) -> tuple[OutsideCell, ...]:
    """Filled cells of the file's tables that the copy leaves out: doubtful ones, or of a field that is gone."""
    left_out = {None, *doubtful(places, findings)}
    return tuple(
        OutsideCell(table.tab, cell.address, found(cell.value))
        for table in places.submission.tables.values()
        for record in table.records
        for cell in (*record.cells.values(), *((record.declared,) if record.declared else ()))
        if _holds(cell) and places.at(table.tab, cell.address) in left_out
    )


def found(value: RawValue | None) -> str:
    """A value as the clerk sees it, on one line."""
    if isinstance(value, ErrorCell):
        return value.text
    if isinstance(value, UncachedFormula):
        return value.formula
    return "" if value is None else inert(shown(value))


def _tables(places: Places) -> Iterator[tuple[Sheet, Table]]:
    tables = places.submission.tables
    return ((sheet, tables[sheet.id]) for sheet in places.sheets if sheet.id in tables)


def _row(places: Places, sheet: Sheet, record: Record, legible: Legible) -> Iterator[tuple[str, RawValue]]:
    """What a row gives back, by field id; its own declaration too."""
    for field in sheet.fields:
        cell = record.cells.get(field.id)
        if cell is not None and cell.value is not None and field.stored and not field.prefill:
            value = legible(cell.value, cell.encoding)
            if field.type == "date" and places.submission.epoch_1904 and type(value) in (int, float):
                value = value + _EPOCHS  # type: ignore[operator]
            if value is not None:
                yield field.id, value
    declared = record.declared
    if declared is not None and declared.value is not None and places.layouts[sheet.id].declares_rows:
        yield DECLARED, declared.value


def _holds(cell: RawCell | None) -> bool:
    return cell is not None and cell.value is not None and bool(found(cell.value))


def _worst_first(finding: Finding) -> bool:
    return finding.severity != "error"


def _mark(places: Places, findings: list[Finding]) -> Mark:
    severity: Severity = findings[0].severity
    own_fault = any(f.rule is None or f.code in _BY_ARRIVAL for f in findings)
    rules = () if own_fault else tuple(dict.fromkeys(f.rule for f in findings if f.rule is not None))
    return Mark(severity, tuple(_paragraphs(places, findings)), rules)


def _paragraphs(places: Places, findings: list[Finding]) -> Iterator[str]:
    """What is wrong, what was found, what to do; of several findings the value is said once."""
    value = next((f.value for f in findings if f.value and f.value != HIDDEN), None)
    for n, finding in enumerate(findings):
        wrong, remedy = in_copy(finding)
        kind = "LỖI" if finding.severity == "error" else "XEM LẠI"
        yield f"{kind}: {places.moved(finding, wrong)}"
        if n == 0 and value is not None:
            yield f"Giá trị tìm thấy: {cut(inert(value), _FOUND_LIMIT)}"
        if remedy:
            yield f"Cần làm: {remedy}"
