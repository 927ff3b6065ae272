"""What is written back into a unit's template when its report is handed back: the clerk's own values, and the marks."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from schemas.finding import Severity
from schemas.submission import RawValue

Place = tuple[str, str, str]
"""A cell of a template: sheet id, row key (the unit's code in a form, `""` for the whole sheet), field id.

The field id may be `schemas.layout.DECLARED`; with the key `""` it means the cell in which the whole sheet is declared.
"""


@dataclass(frozen=True, slots=True)
class Mark:
    """Why a cell is coloured. `paragraphs`: its comment: what is wrong, what was found, what to do.

    `rules`: ids of the broken rules that stand behind it; none where the cell itself is at fault.
    """

    severity: Severity
    paragraphs: tuple[str, ...]
    rules: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Entries:
    """Values and marks of one marked copy. `rows`: per list sheet, how many rows its entries need at least."""

    values: Mapping[Place, RawValue] = field(default_factory=dict)
    marks: Mapping[Place, Mark] = field(default_factory=dict)
    rows: Mapping[str, int] = field(default_factory=dict)
