"""Cells of a table that nobody sees who opens the file: under merged cells, in hidden rows, columns and sheets.

Whoever signed the report did not see them. A value under a merge was left there when the cells were merged, and must
be looked at; what is hidden was typed where it stands, is counted, and is said.
"""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING

from pipelines.intake.texts import told
from schemas.catalogue import say
from schemas.finding import HIDDEN, Finding, FindingCode
from schemas.submission import RawCell, cell_name

if TYPE_CHECKING:
    from pipelines.intake.grid import Place
    from pipelines.intake.ranges import Range
    from pipelines.intake.reading import Reading
    from schemas.plan import Field
    from schemas.submission import Table

C = FindingCode
_LISTED = 6
"""Columns, and runs of rows, that are named."""
_WORDS = 80
"""Characters of a value that are shown."""


def concealed(reading: Reading, table: Table) -> Iterator[Finding]:
    """What is concealed of one table, once it is read."""
    yield from _merged(reading, table)
    yield from _hidden(reading, table)


def _merged(reading: Reading, table: Table) -> Iterator[Finding]:
    """A value under a merge is an error of its cell; blank cells under one that holds something, a warning of it."""
    grid = reading.grid
    fields = _fields(reading, table)
    rows = sorted({cell.row for record in table.records for cell in record.cells.values()})
    columns = sorted(set(reading.columns.values()))
    met: set[Place] = set()
    for area in grid.sheet.concealed.merged:
        first, words = cell_name(*area[:2]), f"{cell_name(*area[:2])}:{cell_name(*area[2:])}"
        covered = [grid.cell(*place) for place in _covered(area, rows, columns, met)]
        left = [(cell, cell.value) for cell in covered if cell.value is not None]
        for cell, value in left:
            quoted = HIDDEN if reading.personal else told(value, _WORDS)
            yield _under(reading, cell, fields.get((cell.row, cell.col)), quoted, words)
        if covered and not left and grid.cell(*area[:2]).value is not None:
            yield say(C.MERGED_CELLS, unit=reading.unit, sheet=table.tab, cell=first, value=words)


def _covered(area: Range, rows: Sequence[int], columns: Sequence[int], met: set[Place]) -> Iterator[Place]:
    """The cells under a merge, among those rows and columns (rising). Of merges that overlap the first has a cell."""
    top, left, bottom, right = area
    for row in rows[bisect_left(rows, top) : bisect_right(rows, bottom)]:
        for col in columns[bisect_left(columns, left) : bisect_right(columns, right)]:
            if (row, col) in met:
                return
            met.add((row, col))
            if (row, col) != (top, left):
                yield row, col


def _under(reading: Reading, cell: RawCell, of: Field | None, quoted: str, area: str) -> Finding:
    return say(
        C.VALUE_UNDER_MERGE,
        unit=reading.unit,
        sheet=reading.grid.sheet.name,
        cell=cell.address,
        field=of.id if of else None,
        label=of.label if of else "",
        value=quoted,
        detail=area,
    )


def _hidden(reading: Reading, table: Table) -> Iterator[Finding]:
    """One warning for all that is hidden of a table, at the first cell of it that holds something."""
    sheet = reading.grid.sheet
    fields = _fields(reading, table)
    filled = sorted(place for place in fields if reading.grid.cell(*place).value is not None)
    if sheet.concealed.whole and filled:
        yield say(C.HIDDEN_CELLS, unit=reading.unit, sheet=table.tab, value="cả trang")
        return
    columns = {c for c in reading.columns.values() if any(a <= c <= b for a, b in sheet.concealed.columns)}
    hidden = [place for place in filled if place[0] in sheet.concealed.rows or place[1] in columns]
    if hidden:
        rows = sorted({row for row, _ in hidden if row in sheet.concealed.rows})
        labels = dict.fromkeys(fields[place].label for place in hidden if place[1] in columns)
        words = " và ".join(
            filter(None, (_in_words("dòng", _runs(rows)), _in_words("cột", [f"“{x}”" for x in labels])))
        )
        yield say(C.HIDDEN_CELLS, unit=reading.unit, sheet=table.tab, cell=cell_name(*hidden[0]), value=words)


def _fields(reading: Reading, table: Table) -> dict[Place, Field]:
    """The fields of a table by their cells; what the template has filled in itself is left out."""
    asked = {name: field for name, field in reading.fields.items() if not field.prefill}
    cells = ((name, cell) for record in table.records for name, cell in record.cells.items())
    return {(cell.row, cell.col): asked[name] for name, cell in cells if name in asked}


def _runs(rows: Sequence[int]) -> list[str]:
    """Rising numbers as runs: 12, 15–17."""
    runs: list[list[int]] = []
    for row in rows:
        if runs and row == runs[-1][-1] + 1:
            runs[-1].append(row)
        else:
            runs.append([row])
    return [str(run[0]) if len(run) == 1 else f"{run[0]}–{run[-1]}" for run in runs]


def _in_words(what: str, found: Sequence[str]) -> str:
    more = len(found) - _LISTED
    return f"{what} {', '.join(found[:_LISTED])}{f' và {more} chỗ khác' if more > 0 else ''}" if found else ""
