"""What parse hands on: a submission with its tables as typed frames."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

import pandas as pd

from schemas.finding import Finding
from schemas.plan import FieldType
from schemas.submission import Submission

KEY = "_key"
"""The column that holds each record's key."""

DECLARED_AS = "_declared"
"""The column that holds what a row was declared to be, one of `schemas.layout.DECLARATIONS`; None: nothing."""

DTYPES: dict[FieldType, str] = {
    "count": "Int64",
    "yes_no": "boolean",
    "date": "datetime64[us]",
    "text": "object",
    "choice": "object",
}
"""The dtype of a field's column; missing is NA, NaT or None."""

CellKey = tuple[str, int, str]
"""A cell of a submission: sheet id, Excel row of its record, field id."""


@dataclass(frozen=True, slots=True)
class Parsed:
    """A submission and, per sheet id, a frame: index = Excel row, columns `KEY`, `DECLARED_AS`, field ids.

    `refused`: cells whose content could not be read; they are NA in the frame and have their finding already.
    `declared`: per sheet id, what the whole sheet was declared to be; its rows say the same in `DECLARED_AS`.
    `filled`: the sheets this file reports on: all of its tables, or, in a round that is reported in parts
    (`schemas.plan.Settings.parts`), those in which something stands or is declared. Only they are asked for.
    """

    submission: Submission
    frames: Mapping[str, pd.DataFrame]
    findings: tuple[Finding, ...]
    refused: frozenset[CellKey]
    declared: Mapping[str, str] = field(default_factory=dict)
    filled: frozenset[str] = frozenset()
