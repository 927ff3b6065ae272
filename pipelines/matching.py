"""Which rows of two versions of a sheet belong together. Pure.

Organisations are matched by code, a form with itself. Rows of a list are matched as wholes first, so that an inserted
line is one new line; the rest by their number.
"""

from __future__ import annotations

from collections import defaultdict, deque
from collections.abc import Sequence
from dataclasses import dataclass

from schemas.changes import Value
from schemas.plan import Sheet
from schemas.reported import Line, Reported, compared_fields


@dataclass(frozen=True, slots=True)
class Pair:
    """A row before and after; one side None where the row is new or gone.

    `row`: its Excel row in the newer file; of a row that is gone from a list, where the newer file has become blank;
    None where it has no place there.
    """

    before: Line | None
    after: Line | None
    row: int | None


def pairs(sheet: Sheet, before: Reported, after: Reported) -> list[Pair]:
    """All rows of both, in the order of the newer version; rows that are gone come last."""
    twins = _twins(sheet, before.lines, after.lines) if sheet.kind == "list" else {}
    paired = {line.key for line in twins.values()}
    rest = {line.key: line for line in before.lines if line.key not in paired}
    matched = [Pair(twins.get(n.key) or rest.pop(n.key, None), n, n.row) for n in after.lines if n.key in twins]
    matched += [Pair(rest.pop(n.key, None), n, n.row) for n in after.lines if n.key not in twins]
    matched.sort(key=lambda pair: pair.row or 0)
    blank = _blank_rows(before, after) if sheet.kind == "list" else {}
    gone = sorted(rest.values(), key=lambda line: line.key not in blank)  # those whose own number became blank go first
    return [*matched, *(Pair(line, None, _place(line, blank)) for line in gone)]


def _twins(sheet: Sheet, old: Sequence[Line], new: Sequence[Line]) -> dict[str, Line]:
    """Key in the newer version → the same row in the older one: at the same number if it can, else anywhere."""
    fields = [f.id for f in compared_fields(sheet)]

    def content(line: Line) -> tuple[Value, ...]:
        return tuple(line.values.get(name) for name in fields)

    by_key = {line.key: line for line in old}
    twins = {n.key: by_key[n.key] for n in new if n.key in by_key and content(by_key[n.key]) == content(n)}
    anywhere: defaultdict[tuple[Value, ...], deque[Line]] = defaultdict(deque)
    for line in old:
        if line.key not in twins:
            anywhere[content(line)].append(line)
    for line in new:
        if line.key not in twins and anywhere[content(line)]:
            twins[line.key] = anywhere[content(line)].popleft()
    return twins


def _blank_rows(before: Reported, after: Reported) -> dict[str, int]:
    """Numbers that held something before and hold nothing now, with the Excel row they have in the newer file."""
    used = {line.key for line in after.lines}
    first = next((line.row - int(line.key) for line in after.lines), None)
    if first is None:
        return {}
    return {line.key: first + int(line.key) for line in before.lines if line.key not in used}


def _place(gone: Line, blank: dict[str, int]) -> int | None:
    """Its own row where that is blank now, else any that is; each is given once."""
    key = gone.key if gone.key in blank else next(iter(blank), None)
    return None if key is None else blank.pop(key)
