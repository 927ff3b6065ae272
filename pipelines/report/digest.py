"""What a consolidated workbook says, as one digest: it is rewritten only when that changes."""

from __future__ import annotations

import dataclasses
import hashlib
import json
from collections.abc import Mapping
from datetime import date
from functools import cache
from typing import TYPE_CHECKING, Any

from schemas.plan import Unit

if TYPE_CHECKING:
    from schemas.consolidation import Consolidation

EDITION = 4
"""Raised whenever the workbook's wording or layout changes, so that published ones are written again."""


def report_digest(result: Consolidation) -> str:
    """SHA-256 (hex) over everything the workbook says: the day, the plan, every table, and the workbook's edition.

    The day belongs to it: days overdue and the line “Số liệu đến hết ngày” change with it.
    """
    said = json.dumps([EDITION, result], default=_plain, ensure_ascii=True, sort_keys=True)
    return hashlib.sha256(said.encode("ascii")).hexdigest()


def _plain(value: object) -> Any:
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, Unit):
        return f"{value.code}\n{value.name}"
    if dataclasses.is_dataclass(value):
        kind: Any = type(value)
        return [getattr(value, name) for name in _names(kind)]
    if isinstance(value, Mapping):
        return dict(value)
    raise TypeError(f"a consolidation holds no {type(value).__name__}")


@cache
def _names(kind: Any) -> tuple[str, ...]:
    return tuple(field.name for field in dataclasses.fields(kind))
