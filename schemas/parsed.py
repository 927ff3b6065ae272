"""What parse hands on: a submission with its tables as typed frames."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import pandas as pd

from schemas.finding import Finding
from schemas.plan import FieldType
from schemas.submission import Submission

KEY = "_key"
"""The column that holds each record's key."""

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
    """A submission and, per sheet id, a frame: index = Excel row of the record, columns = `KEY` and the field ids.

    `refused`: cells whose content could not be read; they are NA in the frame and have their finding already.
    """

    submission: Submission
    frames: Mapping[str, pd.DataFrame]
    findings: tuple[Finding, ...]
    refused: frozenset[CellKey]
