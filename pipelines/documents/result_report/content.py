"""The report's parts in order, and its digest."""

from __future__ import annotations

import dataclasses
import hashlib
import json
from datetime import date
from typing import TYPE_CHECKING, Any

from pipelines.documents.result_report.annexes import annexes
from pipelines.documents.result_report.blocks import Annex, Block, Heading, Text
from pipelines.documents.result_report.clauses import clauses
from pipelines.documents.result_report.overdue import overdue
from pipelines.documents.result_report.submitting import submitting
from pipelines.documents.result_report.words import in_words
from pipelines.documents.wording import day

if TYPE_CHECKING:
    from schemas.consolidation import Consolidation

EDITION = 1
"""Raised whenever the report's wording or layout changes, so that published ones are written again."""


def subject(result: Consolidation) -> str:
    """What the report is about, under its title."""
    settings = result.plan.settings
    return f"kết quả thực hiện Kế hoạch số {settings.number}, ngày {day(settings.issued_on)} của {settings.issuer}"


def body(result: Consolidation) -> list[Block]:
    """Opening, parts I to V; nothing in them but the plan's words and the consolidation's figures."""
    settings = result.plan.settings
    opening = (
        f"Thực hiện Kế hoạch số {settings.number}, ngày {day(settings.issued_on)} của {settings.issuer} về "
        f"{settings.title}; trên cơ sở báo cáo của các đơn vị trong kỳ “{result.round.label}” (số liệu đến hết ngày "
        f"{day(result.as_of)}), {settings.office} báo cáo kết quả như sau:"
    )
    return [
        Text(opening),
        *submitting(result),
        *clauses(result),
        *in_words(result),
        *overdue(result),
        Heading(1, f"Nhận xét, kiến nghị, đề xuất của {settings.office_alone}"),
        Text("", "dots"),
    ]


def attached(result: Consolidation) -> list[Annex]:
    """The annexes."""
    return annexes(result)


def content_digest(result: Consolidation) -> str:
    """SHA-256 (hex) over every word and figure of the report, and its edition."""
    settings = result.plan.settings
    head = [EDITION, settings.issuer, settings.office, settings.place, result.as_of, subject(result)]
    said = json.dumps([head, body(result), attached(result)], default=_plain, ensure_ascii=True)
    return hashlib.sha256(said.encode("ascii")).hexdigest()


def _plain(value: object) -> Any:
    if isinstance(value, date):
        return value.isoformat()
    if dataclasses.is_dataclass(value):
        return [type(value).__name__, *(getattr(value, f.name) for f in dataclasses.fields(value))]
    raise TypeError(f"a report holds no {type(value).__name__}")
