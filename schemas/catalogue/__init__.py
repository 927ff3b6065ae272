"""The catalogue of findings: what each code means, what it says to a clerk, and what to do about it (Vietnamese).

`say` is the only maker of findings, so every message names its place, its fault and its remedy in the same order.
"""

from __future__ import annotations

from schemas.catalogue import cells, comparisons, files, identity, repairs, rules, tables
from schemas.catalogue.entry import Entry, Group
from schemas.finding import Finding, FindingCode, Severity, shown

__all__ = ["CATALOGUE", "GROUPS", "KEEP_IF_TRUE", "Entry", "Group", "say"]

GROUPS: tuple[Group, ...] = (
    files.GROUP,
    identity.GROUP,
    tables.GROUP,
    repairs.GROUP,
    cells.GROUP,
    rules.GROUP,
    comparisons.GROUP,
)
"""In the order of the guide: the file, whose it is, its tables, what was mended, cells, rules, the version before."""

CATALOGUE: dict[FindingCode, Entry] = {code: entry for group in GROUPS for code, entry in group.entries.items()}

KEEP_IF_TRUE = "Xem lại; nếu đúng thực tế thì giữ nguyên, không cần gửi lại."
"""What to do about a warning where the catalogue speaks of an error."""


def say(
    code: FindingCode,
    *,
    unit: str | None = None,
    sheet: str | None = None,
    cell: str | None = None,
    field: str | None = None,
    label: str = "",
    value: object = None,
    detail: str = "",
    choices: str = "",
    severity: Severity | None = None,
    rule: str | None = None,
) -> Finding:
    """The finding of that code, its sentence filled in: place, fault, remedy.

    `label` is the column header the clerk sees; `detail` and `choices` fill the sentence's places.
    """
    entry = CATALOGUE[code]
    seen = None if value is None else shown(value)
    places = {"value": seen or "", "label": label, "detail": detail, "choices": choices}
    place = _place(sheet, cell, label)
    sentence = entry.sentence.format(**places)
    said = f"{place}: {sentence}" if place else sentence[:1].upper() + sentence[1:]
    level = severity or entry.severity
    remedy = KEEP_IF_TRUE if level == "warning" and entry.severity == "error" else entry.remedy.format(**places)
    message = f"{said}{'' if said.endswith('?') else '.'} {remedy}"
    return Finding(code, level, message, unit, sheet, cell, field, seen, rule)


def _place(sheet: str | None, cell: str | None, label: str) -> str:
    parts = []
    if sheet:
        parts.append(f"Trang “{sheet}”")
    if cell:
        parts.append(f"ô {cell}" + (f" (“{label}”)" if label else ""))
    return ", ".join(parts)
