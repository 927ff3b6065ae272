"""What was mended while reading: old templates, renamed and moved tables, lost validations. Each repair is a warning.

Where a table was read with certainty the report is whole; these findings only say what its clerk will find healed in
the marked copy, and what to do differently next time.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from datetime import date
from typing import TYPE_CHECKING, TypeVar

from pipelines.intake.foreign import has_self_check, same_name
from pipelines.intake.ranges import uncovered
from schemas.catalogue import say
from schemas.finding import Finding, FindingCode, shown
from schemas.layout import KEY_COLUMN, MARKER_ROW

if TYPE_CHECKING:
    from pipelines.intake.reading import Reading
    from schemas.plan import Plan
    from schemas.submission import Identity, RawWorkbook, Table

C = FindingCode
_SHORT = 7
"""Characters of a version that are shown."""
_NAMED = 2
"""Moved sheets or columns that are named; and `_SHEETS` that lost validations."""
_SHEETS = 6
T = TypeVar("T")


def healed(
    raw: RawWorkbook, plan: Plan, identity: Identity, readings: Mapping[str, Reading], tables: Mapping[str, Table]
) -> list[Finding]:
    """The repairs of a file and of its tables, as warnings; a right report saved by any program has none."""
    unit = identity.unit
    findings: list[Finding] = []
    current = plan.template_version(unit)
    if identity.template_version != current:
        old, new = _told_apart(identity.template_version, current)
        findings.append(say(C.OLD_TEMPLATE, unit=unit, value=old or "không ghi", detail=new))
    if raw.epoch_1904:
        findings += _epoch(plan, unit, tables)
    if not has_self_check(raw.sheets):
        findings.append(say(C.SELF_CHECK_LOST, unit=unit))
    findings += _sheets_moved(raw, unit, readings)
    findings += _validation(unit, readings, tables)
    for reading in readings.values():
        findings += _table(reading)
    return findings


def _told_apart(old: str, new: str) -> tuple[str, str]:
    """Two versions, cut as short as they still differ: the rest is told by what the office changed since."""
    same = old.partition(".")[0] == new.partition(".")[0]
    return (old, new) if same else (old[:_SHORT], new[:_SHORT])


def _epoch(plan: Plan, unit: str, tables: Mapping[str, Table]) -> Iterator[Finding]:
    """Said only where there is a day to look at; one that may be shown is the example."""
    days = [
        (table, cell, plan.sheet(table.sheet).field(name).stored)
        for table in tables.values()
        for record in table.records
        for name, cell in record.cells.items()
        if isinstance(cell.value, date)
    ]
    if days:
        shows = [f" (ví dụ ô {c.address}, trang “{t.tab}”: {shown(c.value)})" for t, c, stored in days if stored]
        yield say(C.EPOCH_1904, unit=unit, detail=shows[0] if shows else "")


def _sheets_moved(raw: RawWorkbook, unit: str, readings: Mapping[str, Reading]) -> Iterator[Finding]:
    position = {sheet.name: n for n, sheet in enumerate(raw.sheets)}
    tabs = [reading.grid.sheet.name for reading in readings.values()]
    moved = _moves(sorted(tabs, key=position.__getitem__), tabs)
    if moved:
        yield say(C.SHEETS_REORDERED, unit=unit, detail=_in_words(moved, dict(zip(tabs, tabs, strict=True)), "biểu"))


def _validation(unit: str, readings: Mapping[str, Reading], tables: Mapping[str, Table]) -> Iterator[Finding]:
    """How many input cells carry no validation any more; rows that a clerk added never had one."""
    bare = {r.grid.sheet.name: n for i, r in readings.items() if (n := _unvalidated(r, tables[i]))}
    if bare:
        named = [f"trang “{tab}” {count} ô" for tab, count in list(bare.items())[:_SHEETS]]
        more = [f"và {len(bare) - _SHEETS} trang khác"] if len(bare) > _SHEETS else []
        yield say(C.VALIDATION_LOST, unit=unit, value=sum(bare.values()), detail=", ".join(named + more))


def _unvalidated(reading: Reading, table: Table) -> int:
    grid, layout = reading.grid, reading.layout
    asked = [f.id for f in layout.sheet.fields if not f.prefill]
    ranges = grid.sheet.validated
    if layout.form:
        cells = [record.cells[name] for record in table.records for name in asked if name in record.cells]
        return sum(uncovered(ranges, cell.col, [cell.row]) for cell in cells)
    if layout.sheet.kind == "org":
        rows = sorted(record.row for record in table.records)
    else:
        rows = [row for row, cells in grid.body() if grid.key_column in cells]
    return sum(uncovered(ranges, reading.columns[name], rows) for name in asked if name in reading.columns)


def _table(reading: Reading) -> Iterator[Finding]:
    grid, sheet = reading.grid, reading.layout.sheet
    unit, tab = reading.unit, grid.sheet.name
    if same_name(tab) != same_name(sheet.tab):
        yield say(C.SHEET_RENAMED, unit=unit, sheet=tab, value=sheet.tab)
    steps = _steps(reading)
    if steps:
        yield say(C.TABLE_MOVED, unit=unit, sheet=tab, detail=", ".join(steps))
    if not reading.layout.form:
        right = [f.id for f in sheet.fields if f.id in reading.columns]
        moved = _moves(sorted(right, key=reading.columns.__getitem__), right)
        if moved:
            headers = {name: grid.header(reading.columns[name]) or sheet.field(name).label for name in right}
            yield say(C.COLUMNS_REORDERED, unit=unit, sheet=tab, detail=_in_words(moved, headers, "bảng"))


def _steps(reading: Reading) -> list[str]:
    """How a table was moved, in words."""
    grid = reading.grid
    down, right = grid.row - MARKER_ROW, grid.key_column - KEY_COLUMN
    used = {grid.key_column, reading.label, *grid.ids, *(col for _, cells in grid.body() for col in cells)}
    last = max(reading.columns.values(), default=grid.key_column)
    between = sum(col not in used and not grid.header(col) for col in range(grid.key_column, last))
    steps = [f"chèn {down} dòng phía trên bảng"] if down > 0 else []
    steps += [f"xoá {-down} dòng phía trên bảng"] if down < 0 else []
    steps += [f"chèn {right} cột bên trái"] if right else []
    steps += [f"chèn {between} cột trống vào giữa bảng"] if between else []
    return steps


def _moves(found: Sequence[T], right: Sequence[T]) -> list[tuple[T, T | None]]:
    """What no longer stands in its place, with what it now stands behind (None: it is the first).

    The fewest that explain the order: everything else is a longest run that kept it.
    """
    rank = {one: n for n, one in enumerate(right)}
    runs: list[list[T]] = []
    for one in found:
        longest: list[T] = []
        for run in runs:
            if rank[run[-1]] < rank[one] and len(run) > len(longest):
                longest = run
        runs.append([*longest, one])
    kept = {one for run in sorted(runs, key=len)[-1:] for one in run}
    return [(one, found[n - 1] if n else None) for n, one in enumerate(found) if one not in kept]


def _in_words(moved: Sequence[tuple[T, T | None]], names: Mapping[T, str], whole: str) -> str:
    words = []
    for one, before in moved[:_NAMED]:
        place = f"đầu {whole}" if before is None else f"sau “{names[before]}”"
        words.append(f"“{names[one]}” nay đứng {place}")
    more = len(moved) - _NAMED
    return ", ".join(words) + (f" và {more} chỗ khác" if more > 0 else "")
