"""Sheets of booked versions as they were reported: read from the dataset, many versions at once."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable
from typing import Any

from pipelines.dataset import Connection, quoted, read, stored_fields, table_name
from schemas.plan import Plan, Sheet
from schemas.reported import Line, Reported

Name = tuple[str, str]
"""A sheet of a version: SHA-256, sheet id."""

_PLACES = "SELECT * FROM places WHERE list_contains($shas, sha256)"
_DECLARED = "SELECT * FROM declarations WHERE list_contains($shas, sha256)"


def booked(connection: Connection, plan: Plan, sheets: Iterable[Sheet], shas: Collection[str]) -> dict[Name, Reported]:
    """Each of the sheets as each of those accepted versions gave it; empty where it has no such sheet."""
    wanted = {"shas": sorted(set(shas))}
    places: defaultdict[Name, dict[str, tuple[int, int | None]]] = defaultdict(dict)
    tabs: dict[Name, str] = {}
    for place in read(connection, _PLACES, wanted):
        name = (place["sha256"], place["sheet"])
        places[name][place["field"]] = (place["col"], place["row"])
        tabs[name] = place["tab"]
    whole = {(row["sha256"], row["sheet"]): row for row in read(connection, _DECLARED, wanted)}
    found: dict[Name, Reported] = {}
    for sheet in sheets:
        lines = _lines(connection, plan, sheet, wanted)
        for name in ((sha, sheet.id) for sha in wanted["shas"]):
            declared = whole.get(name)
            tab = tabs.get(name) or (declared["tab"] if declared else "")
            word, cell = (declared["declared"], declared["cell"]) if declared else (None, "")
            found[name] = Reported(tab, tuple(lines[name[0]]), places[name], word, cell)
    return found


def _lines(
    connection: Connection, plan: Plan, sheet: Sheet, wanted: dict[str, list[str]]
) -> defaultdict[str, list[Line]]:
    names = [field.id for field in stored_fields(sheet)]
    columns = ", ".join(["sha256", "excel_row", "organisation", "declared", *(quoted(n) for n in names)])
    sql = f"SELECT {columns} FROM {table_name(plan, sheet)} WHERE list_contains($shas, sha256) ORDER BY excel_row"
    lines: defaultdict[str, list[Line]] = defaultdict(list)
    rows: list[dict[str, Any]] = read(connection, sql, wanted)
    for row in rows:
        values = {name: row[name] for name in names}
        lines[row["sha256"]].append(Line(row["organisation"], row["excel_row"], values, row["declared"]))
    return lines
